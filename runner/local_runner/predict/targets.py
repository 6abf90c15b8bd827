"""Where predictions go: CSV, JSON Lines or Parquet, a block at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from .parquet_process import ParquetWriter
from .sources import Block, JsonLinesSource, text_of


class Target(Protocol):
    """A file that is being written."""

    def write(self, block: Block, answers: Sequence[Mapping[str, Any]]) -> None:
        """Write rows with their answers, whose names are those of the columns."""
        ...

    def end(self) -> None:
        """Finish the file."""
        ...


class Names:
    """The names of the prediction columns: another one where the file has a column of that name."""

    def __init__(self) -> None:
        self._before = ""

    def first(self, columns: Sequence[str], answer: Mapping[str, Any]) -> None:
        """Decide, by the first answer."""
        known = [name for name in [*answer, *flat(answer)] if name != "id"]
        while any(f"{self._before}{name}" in columns for name in known):
            self._before += "predicted_"

    @property
    def prefix(self) -> str:
        """Return what the names begin with: usually nothing."""
        return self._before

    def of(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Return an answer by these names; identifiers are in the file already."""
        return {f"{self._before}{name}": value for name, value in answer.items() if name != "id"}


def flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return an answer as columns: one for each class of `probabilities`."""
    found: dict[str, Any] = {}
    for name, value in answer.items():
        if isinstance(value, dict):
            base = (
                f"{name.removesuffix('probabilities')}probability" if name.endswith("probabilities") else name
            )
            found |= {f"{base}_{key}": item for key, item in value.items()}
        else:
            found[name] = value
    return found


class CsvTarget:
    """CSV with a header, by RFC 4180 but for its line ends."""

    def __init__(self, file: Path) -> None:
        self._stream = file.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._stream, lineterminator="\n")
        self._names: list[str] | None = None

    def write(self, block: Block, answers: Sequence[Mapping[str, Any]]) -> None:
        """Write rows with their answers."""
        columns = [flat(answer) for answer in answers]
        if self._names is None:
            self._names = list(columns[0])
            self._writer.writerow([*block.columns, *self._names])
        for row, answer in zip(block.cells, columns, strict=True):
            self._writer.writerow([*map(_shown, row), *(text_of(answer.get(name)) for name in self._names)])

    def end(self) -> None:
        """Finish the file."""
        self._stream.close()


class JsonLinesTarget:
    """JSON Lines: the object of each row with its answer."""

    def __init__(self, file: Path, source: object) -> None:
        self._stream = file.open("w", encoding="utf-8")
        self._objects = source.objects() if isinstance(source, JsonLinesSource) else None

    def write(self, block: Block, answers: Sequence[Mapping[str, Any]]) -> None:
        """Write rows with their answers."""
        for row, answer in zip(self._rows(block), answers, strict=True):
            self._stream.write(json.dumps({**row, **answer}, ensure_ascii=False) + "\n")

    def end(self) -> None:
        """Finish the file."""
        self._stream.close()

    def _rows(self, block: Block) -> Iterator[dict[str, Any]]:
        if self._objects is not None:
            for _ in block.cells:
                yield next(self._objects)
            return
        for row in block.cells:
            yield dict(zip(block.columns, row, strict=True))


class ParquetTarget:
    """Parquet, with the types of a source that has types, and texts of another."""

    def __init__(self, writer: ParquetWriter, of_texts: bool) -> None:
        self._writer = writer
        self._of_texts = of_texts
        self._names: list[str] | None = None

    def write(self, block: Block, answers: Sequence[Mapping[str, Any]]) -> None:
        """Write rows with their answers."""
        columns = [flat(answer) for answer in answers]
        self._names = self._names or list(columns[0])
        found = {name: [answer.get(name) for answer in columns] for name in self._names}
        texts = None
        if self._of_texts:
            texts = {name: [row[at] for row in block.cells] for at, name in enumerate(block.columns)}
        self._writer.write(found, texts)

    def end(self) -> None:
        """Finish the file."""
        self._writer.end()


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else text_of(value)
