"""What each column of a table is: as recorded in `config/columns.json`, as the options say, or as it looks.

What is certainly not a feature is left out: row numbers, identifiers, columns of one value, copies of another
column or of the target. What only looks odd is kept and reported. `decide` is deterministic and looks at all
rows of all files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import (
    CODE,
    DATE,
    KINDS,
    NUMBER,
    PARSERS,
    Column,
    floats,
    gaps,
    missing_tokens,
    numbers,
    whole,
)
from data_settings import Data
from job import UserError, listed, nearest
from oddities import BUCKETS, FEW_ROWS, MOST_CATEGORIES, headless, odd, ordered
from split import Hashes, RowHashes, cell_hashes, number_hashes, signature
from texts import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

IDENTIFIER = re.compile(
    r"(?i)^(.*[\s_.-])?(id|ids|uid|uuid|guid|key|idx|index|rownames?|row[\s_.-]?(id|no|num|number)|unnamed:?.*|"
    r"column 1)$|[a-z]I[dD]$"
)
ORDINALS = re.compile(
    r"(?i)^(|column 1|unnamed:? ?\d*|.*\bid|.*_id|.*[a-z]Id|idx|index|row.*|no|nr|num|number|obs|case|rank)$"
)
MAX_SHOWN = 8


@dataclass
class Decided:
    """Columns in the order of the table, values of the used ones, hashes of the rows, notes for the log."""

    rows: RowHashes
    columns: list[Column] = field(default_factory=list)
    values: dict[str, pa.Array] = field(default_factory=dict)
    signatures: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def record(self) -> dict[str, dict[str, str]]:
        """What goes into `config/columns.json`."""
        return {c.name: {"kind": c.kind, **({"reason": c.reason} if c.reason else {})} for c in self.columns}


def decide(table: Texts, target: str, settings: Data, target_hashes: Hashes, seed: int) -> Decided:
    """The columns of a table without its target and weights. Raises `UserError` that names all problems."""
    names = [name for name in table.column_names if name not in (target, settings.sample_weight_column)]
    _check_names(names, table.column_names, target, settings)
    decided, wrong = Decided(RowHashes(table.num_rows, seed)), []
    for name in names:
        cells = whole(table[name])
        try:
            column, values = _column(name, cells, settings)
        except UserError as error:
            wrong.append(str(error))
            continue
        if values is not None:
            column, values = _looked_at(column, cells, values, decided, target, target_hashes, settings)
        decided.columns.append(column)
        if values is not None:
            decided.values[name] = values
    if wrong:
        raise UserError(
            "; ".join(wrong[:MAX_SHOWN]) + (f"; {len(wrong)} in all" if wrong[MAX_SHOWN:] else "")
        )
    decided.notes = [
        *headless(table.column_names),
        *(f"column {c.name!r} is dropped: {c.reason}" for c in decided.columns if c.kind == "dropped"),
        *decided.notes,
    ]
    decided.rows.add(target_hashes)
    if not decided.values:
        raise UserError(f"no column is left to learn from: {'; '.join(decided.notes) or listed(names)}")
    return decided


def with_categories(column: Column, values: pa.Array) -> Column:
    """A column as the training rows have it: the most frequent categories, buckets for others, the offset."""
    if column.kind == "category":
        counts = {
            entry["values"]: entry["counts"]
            for entry in values.dictionary_decode().value_counts().to_pylist()
            if entry["values"] is not None
        }
        frequent = sorted(counts, key=lambda text: (-counts[text], text))[:MOST_CATEGORIES]
        buckets = BUCKETS if len(counts) > MOST_CATEGORIES else 0
        return replace(column, categories=tuple(sorted(frequent)), buckets=buckets)
    if column.kind == "number":
        found = floats(values)
        found = found[~np.isnan(found)]
        if len(found) and _coarse(found):
            return replace(column, offset=float(np.floor(found.min())))
    return column


def _coarse(values: NDArray[np.float64]) -> bool:
    """Whether float32 steps at these values are large beside their spread, as for milliseconds since 1970."""
    spread = float(values.max() - values.min())
    return bool(spread > 0 and float(np.abs(values).max()) * 2**-24 > spread * 1e-5)


def _check_names(names: Sequence[str], there: Sequence[str], target: str, settings: Data) -> None:
    asked = {
        "data.dropColumns": settings.drop_columns,
        "data.idColumns": settings.id_columns,
        "data.dateColumns": settings.date_columns,
        "data.sampleWeightColumn": [c for c in [settings.sample_weight_column] if c],
        "data.groupColumn": [c for c in [settings.group_column] if c],
        "data.timeColumn": [c for c in [settings.time_column] if c],
    }
    for option, columns in asked.items():
        for column in columns:
            if column not in there:
                raise UserError(
                    f"{option}: {column!r} is not in the data{nearest(column, there)}; there: {listed(there)}"
                )
            if column == target:
                raise UserError(f"{option}: {column!r} is the target")
    if settings.columns:
        new = [name for name in names if name not in settings.columns]
        gone = [
            name
            for name in settings.columns
            if name not in names and name not in (target, settings.sample_weight_column)
        ]
        if new or gone:
            parts = [f"{listed(new)} not recorded"] * bool(new) + [f"{listed(gone)} not in the data"] * bool(
                gone
            )
            raise UserError(
                f"the data and config/columns.json have different columns ({'; '.join(parts)}): requests "
                "would have a different format. Use the data that the model is for, or remove "
                "config/columns.json to decide again"
            )
        for name, entry in settings.columns.items():
            if entry.get("kind") not in KINDS:
                raise UserError(
                    f"config/columns.json: the kind of {name!r} is {entry.get('kind')!r}, it must be one of "
                    f"{', '.join(KINDS)}"
                )


def _column(name: str, cells: pa.Array, settings: Data) -> tuple[Column, pa.Array | None]:
    """Kind and typed values of a column; no values if it is not a feature."""
    recorded = settings.columns.get(name, {})
    if name in settings.drop_columns:
        return Column(name, "dropped", reason="data.dropColumns"), None
    if name in settings.id_columns:
        return Column(name, "id"), None
    kind = "date" if name in settings.date_columns else recorded.get("kind")
    if kind in ("id", "dropped"):
        return Column(name, kind, reason=recorded.get("reason", "")), None
    if kind is None and name in (settings.group_column, settings.time_column):
        which = "groupColumn" if name == settings.group_column else "timeColumn"
        return Column(name, "dropped", reason=f"data.{which}"), None
    if kind is None:
        return _inferred(name, cells, settings.missing_tokens)
    values, bad = PARSERS[kind](cells, missing_tokens(kind, settings.missing_tokens))
    if bad.any():
        row = int(np.argmax(bad))
        source = "data.dateColumns" if name in settings.date_columns else "config/columns.json"
        raise UserError(
            f"column {name!r} is {'dates' if kind == 'date' else f'a {kind}'} by {source}, but row "
            f"{row + 1} has {cells[row].as_py()!r} ({int(bad.sum())} such rows): correct the data, name the "
            "cell in data.missingTokens, or change the kind"
        )
    return Column(name, kind, missing=bool(values.null_count)), values


def _inferred(name: str, cells: pa.Array, tokens: Sequence[str] | None) -> tuple[Column, pa.Array | None]:
    values, bad = numbers(cells, missing_tokens("number", tokens))
    if not bad.any() and values.null_count < len(values) and not _codes(values, cells):
        return Column(name, "number", missing=bool(values.null_count)), values
    there = gaps(cells, missing_tokens("category", tokens))
    if there.null_count == len(there) or (values.null_count == len(values) and not bad.any()):
        return Column(name, "dropped", reason="it is empty in all rows"), None
    if bad.any():
        wrong_cells = pc.utf8_trim_whitespace(cells.filter(pa.array(bad)))
        if _all_match(wrong_cells, r"(?i)^[+-]?inf(inity)?$"):
            raise UserError(f"column {name!r} has an infinite value: leave the cell empty or correct it")
        if _all_match(wrong_cells, NUMBER):
            raise UserError(f"column {name!r} has a value beyond ±3.4e38: leave the cell empty or correct it")
    for kind in ("boolean", "date"):
        if kind == "date" and not pc.any(pc.match_substring_regex(there, DATE)).as_py():
            continue
        typed, wrong = PARSERS[kind](cells, missing_tokens(kind, tokens))
        if not wrong.any() and typed.null_count < len(typed):
            return Column(name, kind, missing=bool(typed.null_count)), typed
    typed, _ = PARSERS["category"](cells, missing_tokens("category", tokens))
    return Column(name, "category", missing=bool(typed.null_count)), typed


def _all_match(cells: pa.Array, pattern: str) -> bool:
    return bool(pc.all(pc.match_substring_regex(cells, pattern)).as_py())


def _codes(values: pa.Array, cells: pa.Array) -> bool:
    """Whether numbers are codes such as 007: whole, and one is written with a zero in front."""
    found = floats(values)
    integers = np.isnan(found) | (found == np.floor(found))
    return bool(
        integers.all() and pc.any(pc.match_substring_regex(pc.utf8_trim_whitespace(cells), CODE)).as_py()
    )


def _looked_at(
    column: Column,
    cells: pa.Array,
    values: pa.Array,
    decided: Decided,
    target: str,
    target_hashes: Hashes,
    settings: Data,
) -> tuple[Column, pa.Array | None]:
    """The column, or that it is left out; adds notes for the log."""
    name, fixed = column.name, column.name in settings.columns or column.name in settings.date_columns
    hashes = (
        number_hashes(floats(values)) if column.kind == "number" else cell_hashes(_plain(values, column.kind))
    )
    sign = signature(hashes)
    twin = (
        f"the target {target!r}"
        if np.array_equal(hashes, target_hashes)
        else decided.signatures.get(sign, "")
    )
    reason = "" if fixed else _no_feature(column, values, hashes, twin)
    series = [] if fixed or settings.time_column or settings.group_column else ordered(column, values)
    decided.notes += [f"column {name!r} {note}" for note in series]
    if reason:
        return Column(name, "dropped", reason=reason), None
    decided.signatures[sign] = repr(name)
    decided.rows.add(hashes)
    if not fixed:
        notes = odd(column, cells, values, hashes, target_hashes)
        decided.notes += [f"column {name!r} {note}" for note in notes]
    return column, values


def _plain(values: pa.Array, kind: str) -> pa.Array:
    """The canonical texts of typed values that are not numbers."""
    if kind == "category":
        return pc.fill_null(values.dictionary_decode(), "")
    return pc.fill_null(values.cast(pa.string()), "")


def _no_feature(column: Column, values: pa.Array, hashes: Hashes, twin: str) -> str:
    """Why a column is certainly not a feature; empty if it may be one. `twin` is the original of a copy."""
    rows = len(values)
    if (hashes == hashes[0]).all():
        return "it has one value"
    if twin:
        return f"it is a copy of {twin}"
    if rows < FEW_ROWS or values.null_count:
        return ""
    if column.kind == "number":
        found = floats(values)
        if (found == np.floor(found)).all():
            counted = bool((np.diff(found) == 1).all())
            if counted and (found[0] in (0, 1) or ORDINALS.match(column.name)):
                return f"it numbers the rows from {found[0]:.0f} to {found[-1]:.0f}"
            if ORDINALS.match(column.name) and _restarts(found):
                return "it numbers the rows of each file"
            if IDENTIFIER.search(column.name) and len(np.unique(found)) == rows:
                return "it is an identifier: every value differs"
        return ""
    if column.kind == "category" and len(values.dictionary) == rows:
        return "it is an identifier: every value differs"
    return ""


def _restarts(found: NDArray[np.float64]) -> bool:
    """Whether a count starts again, as in part files: every step is 1, or back to the first number."""
    steps = np.diff(found)
    back = found[1:][steps != 1]
    return bool(len(back) and (back == found[0]).all() and (steps == 1).mean() > 0.9)
