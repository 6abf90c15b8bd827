"""Which rows train, validate and test: decided by each row's content and a seed, not by its place.

Every row gets a number from a hash of its cells and the seed. A cell counts by its canonical text: a number
by the double that is nearest to it, however it is written, everything else without the spaces around it.
Columns that are left out do not count.

Within each class, rows in the order of their numbers fill the test set up to its share, then the validation
set; the rest trains. So

- shuffling the file, or splitting it into several, changes nothing;
- each class has the same share in all three sets (stratified);
- rows that are equal are always in the same set: no copy of a training row is in the test set;
- new rows move only the few old ones that are next to a border.

With `data.groupColumn` the rows of a group stay together in the same way. With `data.timeColumn` the newest
rows are the test set and those before them the validation set.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from job import UserError

TRAIN, VALIDATION, TEST = 0, 1, 2
NAMES = ("training", "validation", "test")
SPLIT_VERSION = 3
"""Which rule split the data; 2 counted all columns and let equal rows overfill a set."""

Hashes = NDArray[np.uint64]
Sets = NDArray[np.int8]
STEP = 0x9E3779B97F4A7C15


class RowHashes:
    """One 64-bit number per row, from those of its cells, which are added column by column."""

    def __init__(self, rows: int, seed: int) -> None:
        self.numbers: Hashes = np.full(rows, (seed + 1) * STEP % 2**64, np.uint64)

    def add(self, column: Hashes) -> None:
        """Take in the cells of a column; the order of the columns counts."""
        self.numbers = _mixed(self.numbers + column)


def signature(column: Hashes) -> int:
    """A number that two columns share only when all their cells are equal (but for a chance of 1 in 2^64)."""
    return int(
        _mixed(column + np.arange(len(column), dtype=np.uint64) * np.uint64(STEP)).sum(dtype=np.uint64)
    )


def cell_hashes(texts: pa.Array) -> Hashes:
    """One 64-bit number per cell: equal ones for cells with the same canonical text."""
    coded = texts.dictionary_encode()
    known = np.array([_cell_hash(text or "") for text in coded.dictionary.to_pylist()] or [0], np.uint64)
    return np.asarray(known[coded.indices.to_numpy(zero_copy_only=False)], np.uint64)


def number_hashes(values: NDArray[np.float64]) -> Hashes:
    """The same for cells that are all numbers, NaN where one is missing."""
    return _mixed(_bits(values))


def _cell_hash(cell: str) -> int:
    text = cell.strip()
    try:
        return int(number_hashes(np.array([float(text or "nan")]))[0])
    except ValueError:
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _bits(values: NDArray[np.float64]) -> Hashes:
    """The bits of doubles, the same for both zeros and for every NaN."""
    values = values + 0.0
    values[np.isnan(values)] = np.nan
    return values.view(np.uint64)


def _mixed(x: Hashes) -> Hashes:
    """The last steps of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): every bit depends on every bit."""
    x = x + np.uint64(STEP)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def split(
    hashes: Hashes, classes: NDArray[np.int64], shares: tuple[float, float], labels: Sequence[Any]
) -> Sets:
    """The set (`TRAIN`, `VALIDATION`, `TEST`) of each row; `classes`: its class index, 0 for a regression.

    `shares` are those of validation and test. Raises `UserError` for a class that cannot be in all three.
    """
    chosen = np.full(len(hashes), TRAIN, np.int8)
    for place in np.unique(classes):
        rows = np.flatnonzero(classes == place)
        parts = _share_out(hashes[rows], shares)
        if parts is None:
            different = len(np.unique(hashes[rows]))
            whose = (
                f"class {labels[int(place)]!r} has {len(rows)} rows"
                if labels
                else f"there are {len(rows)} rows"
            )
            raise UserError(
                f"{whose}, but only {different} different: training, validation and test need one each, "
                "and equal rows stay together; give more" + (", or leave that class out" if labels else "")
            )
        chosen[rows] = parts
    return chosen


def split_groups(groups: Hashes, shares: tuple[float, float]) -> Sets:
    """The same, with all rows of a group together."""
    parts = _share_out(groups, shares)
    if parts is None:
        raise UserError(
            "data.groupColumn has fewer than 3 groups: training, validation and test need one each"
        )
    return parts


def split_times(times: NDArray[np.float64], shares: tuple[float, float]) -> Sets:
    """The newest rows test, those before them validate, the rest trains; equal times stay together."""
    known, place, counts = np.unique(times, return_inverse=True, return_counts=True)
    if len(known) < 3:
        raise UserError("data.timeColumn has fewer than 3 different times: each set needs one")
    middle = np.cumsum(counts[::-1])[::-1] - counts / 2  # rows that are later, and half of those of this time
    validation, test = (share * len(times) for share in shares)
    parts = np.where(middle <= test, TEST, np.where(middle <= test + validation, VALIDATION, TRAIN))
    parts[0], parts[-1] = TRAIN, TEST
    if VALIDATION not in parts:
        first = int(np.argmax(parts == TEST))
        parts[first if first < len(parts) - 1 else first - 1] = VALIDATION
    return np.asarray(parts[place], np.int8)


def check_classes(sets: Sets, classes: NDArray[np.int64], labels: Sequence[Any]) -> None:
    """Raises `UserError` when a class is not in every set."""
    for place, label in enumerate(labels):
        counts = np.bincount(sets[classes == place], minlength=3)
        if counts.min() == 0:
            shown = ", ".join(f"{name} {count}" for name, count in zip(NAMES, counts, strict=True))
            raise UserError(
                f"class {label!r} has no row in the {NAMES[int(np.argmin(counts))]} set ({shown}): give "
                "more rows of it, leave it out, or choose another column to split by"
            )


def _share_out(hashes: Hashes, shares: tuple[float, float]) -> Sets | None:
    """Fill test, then validation, up to their share with whole groups of equal numbers; None below 3."""
    known, place, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    if len(known) < 3:
        return None
    rows = len(hashes)
    validations, tests = (max(1, round(rows * share)) for share in shares)
    parts = np.full(len(known), TRAIN, np.int8)
    if len(known) == rows:
        parts[: tests + validations] = VALIDATION
        parts[:tests] = TEST
    else:
        left = {TEST: tests, VALIDATION: validations}
        for i, count in enumerate(counts.tolist()):
            for name in (TEST, VALIDATION):
                if count <= left[name]:
                    parts[i], left[name] = name, left[name] - count
                    break
            if not any(left.values()):
                break
    for name in (TEST, VALIDATION):
        if name not in parts:  # every group is too large: the smallest one
            free = np.flatnonzero(parts == TRAIN)
            parts[free[np.argmin(counts[free])]] = name
    if TRAIN not in parts:
        last = np.flatnonzero(parts == max((TEST, VALIDATION), key=lambda name: int((parts == name).sum())))[
            -1
        ]
        parts[last] = TRAIN
    return np.asarray(parts[place], np.int8)
