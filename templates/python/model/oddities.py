"""What a person should look at in a column, although it may not be a mistake."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import EPOCH, NUMBER, Column, floats
from job import listed
from split import Hashes

MOST_CATEGORIES = 50
BUCKETS = 32
"""A column with more categories keeps its most frequent ones; all others share so many buckets of a hash."""
FEW_ROWS = 20
"""With fewer rows, what all rows have in common means nothing."""
ORDERED_BY = "for a time series name it in data.timeColumn, so that the newest rows are the test"
ORDERED = f"from row to row: {ORDERED_BY}"
TIME = re.compile(r"(?i)^(.*[\s_.-])?(time|date|datetime|timestamp|day|week|month|quarter|year|period)$")


IN_ORDER = (
    (r"(\d{4})[-/. ]?(Q[1-4]|M?\d{2})", "{0}{1}"),
    (r"(\d{4})[/.](\d{2})[/.](\d{2})( .*)?", "{0}{1}{2}{3}"),
    (r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})( .*)?", "{2}{0:0>2}{1:0>2}{3}"),
    (r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})( .*)?", "{2}{1:0>2}{0:0>2}{3}"),
)
"""Times that are not ISO 8601 (quarters, months, days with the month or the day first), and how they sort."""


def headless(names: Sequence[str]) -> list[str]:
    """The note if the first line looks like data: numbers that do not count the columns."""
    if len(names) < 2 or not _numbers(names):
        return []
    counts = [float(name) for name in names]
    if counts in ([*range(len(names))], [*range(1, len(names) + 1)]):
        return []
    return [f"all columns are named by numbers ({listed(names, 3)}): is the line with their names missing?"]


def first_row(names: Sequence[str]) -> str:
    """What to add to an error about the names of columns when they look like a row of data."""
    if not _numbers(names):
        return ""
    return "; the first line holds numbers alone: if it is a row of data, put a line with the names before it"


def _numbers(cells: Sequence[str]) -> bool:
    """Whether every cell is a number or, where the line lacks one, `column 3` in its place."""
    found = [cell for cell in cells if not re.fullmatch(r"column \d+", cell)]
    return bool(found) and all(re.fullmatch(NUMBER, cell) for cell in found)


def ordered(column: Column, values: pa.Array) -> list[str]:
    """The note if the rows are in chronological order, oldest or newest first."""
    if column.kind == "category":
        return _ordered_texts(values)
    if column.kind != "date" and not (column.kind == "number" and TIME.match(column.name)):
        return []
    found = floats(values)
    if len(found) < FEW_ROWS or np.isnan(found).any():
        return []
    steps = np.diff(found)
    for way, there in (("grows", steps), ("falls", -steps)):
        if (there > 0).mean() > 0.5 and not (there < 0).any():
            return [f"{way} {ORDERED}"]
    return []


def _ordered_texts(values: pa.Array) -> list[str]:
    known = values.dictionary.to_pylist() if len(values.dictionary) > 0.5 * len(values) else []
    if len(values) < FEW_ROWS or values.null_count or (np.diff(values.indices.to_numpy()) < 0).any():
        return []
    for pattern, key in IN_ORDER:
        found = (re.fullmatch(pattern, text) for text in known)
        keys = [key.format(*(part or "" for part in match.groups())) for match in found if match]
        if keys and len(keys) == len(known) and sorted(keys) in (keys, keys[::-1]):
            return [f"has times in order of the rows: write them in ISO 8601 (2026-01-31); {ORDERED_BY}"]
    return []


def odd(
    column: Column, cells: pa.Array, values: pa.Array, hashes: Hashes, target_hashes: Hashes
) -> list[str]:
    """The notes about a column."""
    rows, notes = len(values), []
    if column.kind == "category":
        known = values.dictionary
        many = len(known)
        numeric = int(
            pc.sum(pc.match_substring_regex(known, r"^[+-]?[0-9.]+([eE][+-]?[0-9]+)?$")).as_py() or 0
        )
        if many > MOST_CATEGORIES:
            if numeric > 0.8 * many:
                texts = [
                    t for t in known.to_pylist() if not re.fullmatch(r"[+-]?[0-9.]+([eE][+-]?[0-9]+)?", t)
                ]
                codes = "codes with zeros in front" if not texts else f"not {listed(map(repr, texts), 3)}"
                notes.append(
                    f"is text, though most cells are numbers ({codes}): name such cells in data.missingTokens"
                )
            elif pc.all(pc.match_substring_regex(known, r"^[+-]?[0-9.]*,[0-9]+$")).as_py():
                notes.append("looks like numbers with a decimal comma, and is text: write decimal points")
            elif pc.all(
                pc.match_substring_regex(known, r"^[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}( .*)?$")
            ).as_py():
                notes.append("looks like dates, and is text: write them in ISO 8601 (2026-01-31)")
            elif many > 0.9 * rows:
                notes.append(
                    f"is text with {many} different values in {rows} rows: leave it out if it names rows"
                )
            else:
                notes.append(
                    f"has {many} categories: the {MOST_CATEGORIES} most frequent ones count, all others "
                    f"share {BUCKETS} buckets"
                )
    if (
        column.kind == "number"
        and pc.all(pc.match_substring_regex(pc.utf8_trim_whitespace(cells[:1000]), EPOCH)).as_py()
    ):
        found = floats(values)
        if not values.null_count and len(np.unique(found)) > 0.5 * rows:
            notes.append("looks like times since 1970: name it in data.dateColumns")
    if rows >= FEW_ROWS and _determines(hashes, target_hashes):
        notes.append("determines the target: is it known before the target is?")
    return notes


def _determines(hashes: Hashes, target: Hashes) -> bool:
    """Whether equal values always have the same target, of several, while values repeat."""
    if len(np.unique(target[:1000])) < 2:
        return False
    sample = slice(0, 20_000)
    known, place = np.unique(hashes[sample], return_inverse=True)
    if len(known) < 2 or len(known) > 0.2 * len(place):
        return False
    _, classes = np.unique(target[sample], return_inverse=True)
    pairs = len(np.unique(place.astype(np.int64) * (int(classes.max()) + 1) + classes))
    return pairs == len(known)
