"""What a model takes and answers, from the `schema.json` of its package.

`check` takes exactly what the model's own `inference.py` takes, and says about everything else which field is
wrong: a request that passes reaches the model, and one that does not costs no invocation.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from . import openapi, schemas
from .columns import Test, text_of
from .layout import CSV, MEDIA_TYPES, Layout, fields_of
from .problems import FieldProblem

MOST_PROBLEMS = 20
FORM = 'the request needs the form {"instances": [[...], ...]} or [[...], ...]'
# Two of these are one character, which is text; a single one is none.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
csv.field_size_limit(2**31 - 1)


class Refused(Exception):
    """A request that is refused as a whole: its status, and what is wrong."""

    def __init__(self, detail: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(detail)
        self.status = status


@dataclass(frozen=True)
class Checked:
    """What a request says, or why the model would refuse it."""

    rows: Sequence[Sequence[str]] = ()
    """The cells of its rows in the order of the columns; empty if it is refused."""
    problems: Sequence[FieldProblem] = ()
    status: HTTPStatus = HTTPStatus.OK

    @property
    def is_taken(self) -> bool:
        """Whether the model takes it."""
        return self.status is HTTPStatus.OK


class Contract(Layout):
    """What a model takes, and whether a request is that."""

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Contract:
        """From the content of `schema.json`; raises ValueError for one of another form."""
        return cls(**fields_of(schema))

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema (2020-12) of requests in JSON."""
        return schemas.document(self)

    def openapi(
        self,
        path: str,
        title: str,
        version: str,
        security: str | None = None,
        *,
        asynchronous: bool = False,
    ) -> dict[str, Any]:
        """OpenAPI 3.1 document; `security` names how callers prove who they are (`openapi.SECURITY`)."""
        about = openapi.About(path, title, version, security, asynchronous)
        return openapi.document(about, openapi.of_contract(self))

    def check(self, body: bytes, content_type: str) -> Checked:
        """The rows of a request, or what is wrong with it."""
        try:
            kind = media_type(content_type)
            if kind not in MEDIA_TYPES:
                raise Refused(
                    f"content type {content_type!r} is not supported: send {' or '.join(MEDIA_TYPES)}",
                    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                )
            text = text_in(body)
            rows, problems = self._csv(text) if kind == CSV else self._json(text)
        except Refused as refused:
            return Checked((), (FieldProblem(str(refused)),), refused.status)
        if problems:
            return Checked((), tuple(problems[:MOST_PROBLEMS]), HTTPStatus.BAD_REQUEST)
        return Checked(rows)

    def _csv(self, text: str) -> tuple[list[list[str]], list[FieldProblem]]:
        rows = csv_rows(text, self.names)
        problems: list[FieldProblem] = []
        tests = self._tests
        for number, row in enumerate(rows, 1):
            if len(row) != len(self.columns):
                problems.append(FieldProblem(self._length(row), row=number))
            else:
                for place, name, test in tests:
                    if (wrong := test(row[place])) is not None:
                        problems.append(FieldProblem(wrong, field=name, row=number))
            if len(problems) >= MOST_PROBLEMS:
                break
        if problems:
            refuse_broken(text)
        return rows, problems

    def _json(self, text: str) -> tuple[list[list[str]], list[FieldProblem]]:
        found, base = json_rows(text)
        known = {name: place for place, name in enumerate(self.names)}
        needed = [column.name for column in self.columns if column.is_used]
        tests = self._tests
        rows: list[list[str]] = []
        problems: list[FieldProblem] = []
        for number, row in enumerate(found, 1):
            if len(problems) >= MOST_PROBLEMS:
                break
            values = row.values() if isinstance(row, dict) else row
            if not isinstance(row, (list, dict)) or any(isinstance(value, (list, dict)) for value in values):
                raise Refused(f"row {number} is not a list of values or an object of them")
            where = base(number - 1)
            if isinstance(row, dict):
                wrong = [(name, "is missing") for name in needed if name not in row]
                wrong += [(name, "is not a column of the model") for name in row if name not in known]
                problems += [
                    FieldProblem(why, f"{where}/{escaped(name)}", name, number) for name, why in wrong
                ]
                cells = [text_of(row.get(name)) for name in known]
                wrong_names = {name for name, _ in wrong}
            else:
                cells, wrong_names = [text_of(cell) for cell in row], set()
                if len(cells) != len(known):
                    problems.append(FieldProblem(self._length(cells), where, row=number))
                    continue
            for place, name, test in tests:
                if name not in wrong_names and (why_not := test(cells[place])) is not None:
                    at = escaped(name) if isinstance(row, dict) else str(place)
                    problems.append(FieldProblem(why_not, f"{where}/{at}", name, number))
            rows.append(cells)
        return rows, problems

    @cached_property
    def _tests(self) -> list[tuple[int, str, Test]]:
        found = ((i, c.name, c.test(self.missing_tokens)) for i, c in enumerate(self.columns))
        return [(place, name, test) for place, name, test in found if test]

    def _length(self, row: Sequence[Any]) -> str:
        return f"has {len(row)} values, the model takes {len(self.columns)}: {', '.join(self.names)}"


def media_type(header: str) -> str:
    """A content type without its parameters."""
    return (header or "").split(";")[0].strip().lower()


def escaped(name: str) -> str:
    """A name as a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def text_in(body: bytes) -> str:
    """A body as text, without a byte-order mark. Raises Refused."""
    text = body.decode("utf-8", "replace")
    if "\ufffd" in text:
        raise Refused("the request is not text in UTF-8")
    return text.removeprefix("\ufeff")


def csv_rows(text: str, names: Sequence[str]) -> list[list[str]]:
    """The rows of a CSV body without a header. Raises Refused."""
    if "\0" in text:
        raise Refused("the request is not CSV: it has NUL characters")
    if not text or text.isspace():
        raise Refused("the request has no rows")
    rows: list[list[str]] = []
    blank = 0
    for row in csv.reader(io.StringIO(text, newline=""), skipinitialspace=True):
        if not row:
            blank += 1  # at the end, blank lines do not count
            continue
        if blank and len(names) > 1:
            raise Refused(f"row {len(rows) + 1} is blank: each line is a row, so remove blank lines")
        rows += [[""]] * blank
        rows.append(row)
        blank = 0
    if [cell.strip() for cell in rows[0]] == list(names):
        raise Refused("row 1 has the names of the columns: send rows without a header")
    return rows


def refuse_broken(text: str) -> None:
    """Refuse a CSV with a wrong quote: the cells after it are not those that were meant."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True):
            pass
    except csv.Error as error:
        raise Refused(f"the request is not CSV: {error}") from None


def json_rows(text: str) -> tuple[list[Any], Any]:
    """What should be the rows of a JSON body, and what gives the pointer of a row by its place.

    Raises Refused.
    """
    try:
        payload = json.loads(text)
        if _SURROGATE.search(text):
            json.dumps(payload, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise Refused("the request is not text in UTF-8: it has half a surrogate pair") from None
    except (ValueError, RecursionError) as error:
        raise Refused(f"the request is not JSON: {error}") from None
    prefix = "/instances" if isinstance(payload, dict) else ""
    rows = payload.get("instances") if isinstance(payload, dict) else payload
    if not isinstance(rows, list):
        raise Refused(FORM)
    if not rows:
        raise Refused("the request has no rows")
    if not any(isinstance(row, (list, dict)) for row in rows):  # one row alone
        return [rows], lambda _: prefix
    return rows, lambda place: f"{prefix}/{place}"
