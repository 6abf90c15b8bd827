"""The columns of a model's requests, as its `schema.json` has them, and which cells each of them takes.

The same rules as `model/columns.py` and `model/cells.py`, without the libraries of those; a property test
holds them together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

KINDS = ("number", "boolean", "category", "date", "id", "dropped")
MISSING = ("", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "null", "NULL", "<NA>", "#N/A", "#NA")
NO_NUMBER = (
    *MISSING, "None", "none", "NONE", "nil", "NIL", "Null", "n.a.", "N.A.", "na", "-", "--", "?", ".",
    "#VALUE!", "#DIV/0!", "#REF!",
)  # fmt: skip
NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
"""Each part begins with a character that the part before cannot end with: no text takes long to refuse."""
LARGEST = 3.4028234663852886e38
"""Of 32-bit floats, which models calculate with."""

WANTED = {
    "number": "a finite number",
    "boolean": "true or false",
    "date": "a date in ISO 8601, such as 2026-01-31 or 2026-01-31T08:30:00Z",
}
SHOWN = 60
"""Characters of a wrong value that a message repeats."""

_NUMBER = re.compile(NUMBER)

Test = Callable[[str], str | None]
"""Says what is wrong with the text of a cell; None when the model takes it."""


@dataclass(frozen=True)
class Column:
    """One column; `missing` says whether training rows had gaps in it."""

    name: str
    kind: str
    missing: bool = False
    categories: tuple[str, ...] = ()
    buckets: int = 0

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Column:
        """From its place in `schema.json`. Raises ValueError, KeyError or TypeError."""
        name, kind = content["name"], content["kind"]
        if not isinstance(name, str) or kind not in KINDS:
            raise ValueError(f"column {name!r} has the kind {kind!r}, which is none of {', '.join(KINDS)}")
        categories = tuple(map(str, content.get("categories", ())))
        return cls(name, kind, bool(content.get("missing")), categories, int(content.get("buckets", 0)))

    @property
    def is_used(self) -> bool:
        """Whether the model looks at it; others are accepted and ignored, and objects may leave them out."""
        if self.kind == "category":
            return bool(self.categories or self.buckets)
        return self.kind in WANTED

    def tokens(self, given: Sequence[str] | None) -> tuple[str, ...]:
        """The texts that are missing values here; `given` are those of the settings."""
        if given is not None:
            return ("", *given)
        return MISSING if self.kind == "category" else NO_NUMBER

    def test(self, given: Sequence[str] | None) -> Test | None:
        """What tests its cells; None where any cell is taken."""
        if not self.is_used or (self.kind == "category" and self.missing):
            return None
        tokens, missing = frozenset(self.tokens(given)), self.missing
        allowed = WANTED.get(self.kind, "a text")
        fits = _FITS[self.kind]

        def test(cell: str) -> str | None:
            text = cell.strip()
            if text in tokens:
                return None if missing else f"is empty, which no training row was: give {allowed}"
            return None if fits(text) else f"is {_shown(cell)}, not {allowed}"

        return test

    def value(self, cell: str, given: Sequence[str] | None) -> Any:
        """The value of a cell that is taken; None where it is missing."""
        text = cell.strip()
        if not self.is_used:
            return text
        if text in self.tokens(given):
            return None
        if self.kind == "number":
            return int(text) if re.fullmatch("-?[0-9]{1,15}", text) else float(text)
        return text.lower() == "true" if self.kind == "boolean" else text


def text_of(value: Any) -> str:
    """The text of one value of a JSON request, as the model makes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e16 else repr(value)
    return str(value)


def _shown(cell: str) -> str:
    return repr(cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}...")


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None and abs(float(text)) <= LARGEST


def _is_boolean(text: str) -> bool:
    return text.lower() in ("true", "false")


def _is_date(text: str) -> bool:
    if text.isascii() and text.isdigit():
        return len(text) in (9, 10, 12, 13)  # seconds or milliseconds since 1970
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_text(_: str) -> bool:
    return True


_FITS: Mapping[str, Callable[[str], bool]] = {
    "number": _is_number,
    "boolean": _is_boolean,
    "category": _is_text,
    "date": _is_date,
}
