"""JSON Schema (2020-12) of what a model takes and answers.

It refuses nothing that the model takes. Two things no pattern says: whether a text is a day of the calendar,
and whether a number in quotes is too large. `format` names them, and `check` looks at them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from .columns import LARGEST, NUMBER, WANTED, Column, text_of
from .layout import Layout

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SPACE = r"[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*"
"""What counts as no part of a cell, in words that every dialect of regular expressions has."""
FORMATS = {"number": "cell-number", "date": "cell-date"}
"""Names of what a pattern cannot say: within 32-bit floats; a date of ISO 8601 that exists."""
ANY = ["string", "number", "boolean", "null"]
# Wider than the calendar: the separator of date and time may be any character.
_DATE = r"[0-9]{4}-?[0-9W][\s\S]{2,40}"
_EPOCHS = ((100_000_000, 9_999_999_999), (100_000_000_000, 9_999_999_999_999))
_PATTERNS = {
    "number": NUMBER,
    "boolean": "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]",
    "date": rf"[0-9]{{9,10}}|[0-9]{{12,13}}|{_DATE}",
    "category": r"[\s\S]*",
}


def document(contract: Layout) -> Schema:
    """Of requests in JSON, alone."""
    parts = components(contract, "#/$defs/")
    return {"$schema": DIALECT, "title": "Request", "$defs": parts, **parts.pop("Request")}


def components(contract: Layout, prefix: str) -> dict[str, Schema]:
    """The schemas of requests and answers by name; `prefix` is where a reference to one begins."""

    def ref(name: str) -> Schema:
        return {"$ref": f"{prefix}{name}"}

    columns = contract.columns
    cells = [cell(column, contract.missing_tokens) for column in columns]
    rows = {"type": "array", "minItems": 1, "items": {"anyOf": [ref("RowList"), ref("RowObject")]}}
    return {
        "Request": {
            "description": "Rows: under `instances`, or the list alone; one row needs no list around it.",
            "anyOf": [
                {
                    "type": "object",
                    "required": ["instances"],
                    "properties": {"instances": {"anyOf": [ref("Rows"), ref("RowList")]}},
                },
                ref("Rows"),
                ref("RowList"),
            ],
        },
        "Rows": rows,
        "RowList": {
            "description": f"Values in the order {', '.join(contract.names)}.",
            "type": "array",
            "prefixItems": cells,
            "minItems": len(cells),
            "maxItems": len(cells),
        },
        "RowObject": {
            "description": "Values by column.",
            "type": "object",
            "properties": dict(zip(contract.names, cells, strict=True)),
            "required": [column.name for column in columns if column.is_used],
            "additionalProperties": False,
        },
    }


def cell(column: Column, given: Sequence[str] | None) -> Schema:
    """Of one value; the missing tokens that are numbers or booleans in JSON count as such."""
    described = {"title": column.name, "description": _words(column)}
    if column.categories:
        described["examples"] = list(column.categories[:5])  # type: ignore[assignment]
    if not column.is_used or (column.kind == "category" and column.missing):
        return {**described, "type": ANY}
    tokens = column.tokens(given)
    values = _plain(tokens)
    text: Schema = {"type": "string", "pattern": _pattern(column, tokens)}
    if column.kind in FORMATS:
        text["format"] = FORMATS[column.kind]
    either = [*_values(column.kind), text]
    if column.missing:
        either += [{"type": "null"}, *([{"enum": values}] if values else [])]
        return {**described, "anyOf": either}
    return {**described, "anyOf": either, **({"not": {"enum": values}} if values else {})}


def answer(contract: Layout) -> Schema:
    """Of answers in JSON."""
    share = {"type": "number", "minimum": 0, "maximum": 1}
    labels = list(contract.labels)
    if not labels:
        properties: Schema = {"value": {"type": "number"}}
    else:
        properties = {"label": {"enum": labels}, "probability": share}
        if len(labels) > 2:
            named = {str(label): share for label in labels}
            properties["probabilities"] = {"type": "object", "properties": named, "required": list(named)}
    if contract.identifiers:
        texts = {name: {"type": "string"} for name in contract.identifiers}
        properties["id"] = {"type": "object", "properties": texts, "required": list(texts)}
    one = {"type": "object", "required": list(properties), "properties": properties}
    return {
        "description": "One prediction for each row, in the same order.",
        "type": "object",
        "required": ["predictions"],
        "properties": {"predictions": {"type": "array", "items": one}},
    }


def _values(kind: str) -> list[Schema]:
    """What is no text."""
    if kind == "number":
        return [{"type": "number", "minimum": -LARGEST, "maximum": LARGEST}]
    if kind == "date":
        return [{"type": "integer", "minimum": low, "maximum": high} for low, high in _EPOCHS]
    return [{"type": "boolean"}] if kind == "boolean" else [{"type": ["number", "boolean"]}]


def _pattern(column: Column, tokens: Sequence[str]) -> str:
    words = "|".join(_literal(token) for token in tokens)
    base = _PATTERNS[column.kind]
    if column.missing:
        return f"^{SPACE}(?:{base}|{words}){SPACE}$"
    return f"^(?!{SPACE}(?:{words}){SPACE}$){SPACE}(?:{base}){SPACE}$"


def _literal(text: str) -> str:
    """A text as a pattern in every dialect; `re.escape` escapes more than ECMAScript takes."""
    return re.sub(r"[\\^$.*+?()\[\]{}|/]", r"\\\g<0>", text)


def _plain(tokens: Sequence[str]) -> list[Any]:
    """The numbers and booleans of JSON whose text is a token."""
    found = []
    for token in tokens:
        try:
            value = json.loads(token, parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, (bool, int, float)) and text_of(value) == token:
            found.append(value)
    return found


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _words(column: Column) -> str:
    if column.kind == "id":
        return "Identifier: any text, given back beside the prediction."
    if not column.is_used:
        return "Accepted and ignored; an object may leave it out."
    wanted = WANTED.get(column.kind, "a text")
    gaps = "; null or an empty text where it is missing" if column.missing else ""
    known = " Other texts than those of the training data are possible." if column.categories else ""
    return f"{wanted[0].upper()}{wanted[1:]}{gaps}.{known}"


def parts(contract: Layout | None, prefix: str) -> Mapping[str, Schema]:
    """The schemas that a document refers to."""
    if contract is None:
        return {}
    return {**components(contract, prefix), "Answer": answer(contract)}
