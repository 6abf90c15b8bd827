"""How often each text occurs, in bounded memory, with what was left out."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

KEPT = 4096
"""So many different texts are counted exactly; of more, the most frequent ones are kept."""
HASHES = 1024
LONGEST = 200


class Counts:
    """The summary of Misra and Gries: counts are too small by at most `error`."""

    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self.rows = 0
        self.error = 0
        self.by_text: dict[str, int] = {}
        self._hashes: NDArray[np.uint64] = np.empty(0, np.uint64)

    def add(self, counts: Mapping[str, int]) -> None:
        """Add how often some texts occur."""
        for text, rows in counts.items():
            self.rows += rows
            text = shortened(text)
            self.by_text[text] = self.by_text.get(text, 0) + rows
        self._cut()

    def merge(self, other: Counts) -> Counts:
        """The counts of both."""
        merged = Counts(min(self.kept, other.kept))
        merged.rows, merged.error = self.rows + other.rows, self.error + other.error
        merged.by_text = dict(self.by_text)
        for text, rows in other.by_text.items():
            merged.by_text[text] = merged.by_text.get(text, 0) + rows
        merged._hashes = self._hashes
        merged._remember(other._hashes)
        if merged.error:
            merged._remember(_hashed(merged.by_text))
        merged._cut()
        return merged

    @property
    def left_out(self) -> int:
        """How many rows are in no count."""
        return self.rows - sum(self.by_text.values())

    @property
    def distinct(self) -> int:
        """How many different texts there are: exact while nothing was left out, else to about 3 %."""
        if not self.error or len(self._hashes) < HASHES:
            return len(self.by_text)
        share = float(self._hashes[-1]) / 2.0**64
        return max(len(self.by_text), round((HASHES - 1) / share))

    def most_frequent(self) -> list[tuple[str, int]]:
        """Texts with their counts, the most frequent first, then by name."""
        return sorted(self.by_text.items(), key=lambda item: (-item[1], item[0]))

    def _remember(self, hashes: NDArray[np.uint64]) -> None:
        """The least hashes of the texts that were cut, and of those beside them, tell how many there are."""
        self._hashes = np.unique(np.concatenate([self._hashes, hashes]))[:HASHES]

    def _cut(self) -> None:
        if len(self.by_text) > self.kept:
            self._remember(_hashed(self.by_text))
            least = sorted(self.by_text.values(), reverse=True)[self.kept]
            self.by_text = {text: rows - least for text, rows in self.by_text.items() if rows > least}
            self.error += least

    def hashes(self) -> list[int]:
        """What is remembered to count different texts."""
        return [int(value) for value in self._hashes]

    @classmethod
    def restored(cls, by_text: Mapping[str, int], rows: int, error: int, hashes: list[int]) -> Counts:
        """Counts as they were written."""
        counts = cls()
        counts.by_text, counts.rows, counts.error = dict(by_text), rows, error
        counts._remember(np.array(hashes, np.uint64))
        return counts


def _hashed(texts: Iterable[str]) -> NDArray[np.uint64]:
    hashes: NDArray[np.uint64] = pd.util.hash_array(np.array(list(texts), dtype=object))
    return hashes


def shortened(text: str) -> str:
    """A long text by its beginning and its hash: memory is bounded, different texts stay different."""
    if len(text) <= LONGEST:
        return text
    return f"{text[:LONGEST]}…{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
