"""Made-up requests: rows of values that fit and of those that do not, in every spelling of CSV and JSON."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

from local_runner.api.columns import Column
from local_runner.api.contract import Contract

SPACES = ("", "", "", " ", "  ", "\t", "\u00a0", "\u2003")
NUMBERS = ("0", "1", "-2.5", "+3", "1e5", "1E-3", ".5", "7.", "00012", "-0", "3.4e38", "12345678901234567890")
NO_NUMBERS = (
    "1e39", "-1e400", "inf", "-inf", "Infinity", "+nan", "nan(1)", "0x10", "1_000", "1,5", "\u0661", "1e",
    "e5", "--1", "1 2", "1f", "ten", "true",
)  # fmt: skip
BOOLEANS = ("true", "false", "TRUE", "False", "tRuE")
NO_BOOLEANS = ("1", "0", "yes", "t", "truee", "tru\u00e9", "wahr")
DATES = (
    "2026-01-31", "2024-02-29", "2026-01-31T08:30:00Z", "2026-01-31 08:30", "2026-01-31T08:30:00.123+02:00",
    "1700000000", "1700000000000", "999999999", "20260131T083000", "2026-W05-6", "0001-01-01", "9999-12-31",
)  # fmt: skip
NO_DATES = (
    "2026-02-30", "2025-02-29", "2026-13-01", "31.01.2026", "2026-1-1", "20260131", "17000000000",
    "2026-01-31T25:00", "-1700000000", "1700000000.5", "tomorrow", "2026-01-31T08:30:00 Z", "10000-01-01",
)  # fmt: skip
TEXTS = (
    "Rome", "Lima, PE", 'a "b" c', "caf\u00e9", "\u6771\u4eac", "\U0001f600", "two\nlines", "cr\rhere",
    "x" * 300, "\u2028", "-1", "3", "true", "'", "\\", "a\tb", "<NA>x", "\x1f", "\x85", "\ufeff", "=1+1",
)  # fmt: skip
GAPS = ("", "NA", "nan", "NULL", "-", "?", "None", "unknown", "-1", "n/a")
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -7, 2.5, 1e5, 1e16, 1e300, 3.5e38, 1700000000, 1.7e12, 20260131, 10**30, -0.0,
    float("nan"), float("inf"), [], {}, [1], {"a": 1}, "\ud800",
)  # fmt: skip
CONTENT_TYPES = ("text/csv; charset=utf-8", "TEXT/CSV", "application/json;charset=UTF-8", "Application/JSON")
NO_CONTENT_TYPES = ("", "text/plain", "application/x-www-form-urlencoded", "text", "application/jsonl", "csv")
NOISE = (
    b'"', b",", b"\n", b"\r", b"\r\n", b" ", b"\0", b"\xff", b"\xef\xbb\xbf", b"{", b"[", b"]", b"}", b":",
    b"\\ud800", b"null", b"1", b"\xef\xbf\xbd", b' "',
)  # fmt: skip


class MadeUp:
    """Requests for a model, from a seed."""

    def __init__(self, contract: Contract, seed: str) -> None:
        self._contract = contract
        self._random = random.Random(seed)

    def request(self) -> tuple[bytes, str]:
        """A body and its content type."""
        pick = self._random
        rows = [self._row(wrong=pick.random() < 0.25) for _ in range(pick.choice((1, 1, 1, 2, 3)))]
        kind = pick.choice(("text/csv", "application/json"))
        body = self._csv(rows) if kind == "text/csv" else self._json(rows)
        for _ in range(pick.choice((0,) * 8 + (1, 2))):
            at = pick.randrange(len(body) + 1)
            body = body[:at] + pick.choice(NOISE) + body[at + pick.choice((0, 0, 1)) :]
        if pick.random() < 0.05:
            return body, pick.choice(NO_CONTENT_TYPES)
        spelled = [one for one in CONTENT_TYPES if one.lower().startswith(kind)]
        return body, pick.choice((kind, kind, kind, *spelled))

    def _row(self, *, wrong: bool) -> list[str]:
        columns = self._contract.columns
        at = self._random.randrange(len(columns)) if wrong else -1
        return [self._cell(column, wrong=place == at) for place, column in enumerate(columns)]

    def _cell(self, column: Column, *, wrong: bool) -> str:
        pick = self._random
        good: dict[str, Sequence[str]] = {"number": NUMBERS, "boolean": BOOLEANS, "date": DATES}
        bad: dict[str, Sequence[str]] = {"number": NO_NUMBERS, "boolean": NO_BOOLEANS, "date": NO_DATES}
        if wrong:
            return pick.choice((*bad.get(column.kind, GAPS), *GAPS))
        if column.missing and pick.random() < 0.2:
            return pick.choice(GAPS)
        texts = good.get(column.kind, (*TEXTS, *column.categories))
        return pick.choice(SPACES) + pick.choice(texts) + pick.choice(SPACES)

    def _csv(self, rows: Sequence[Sequence[str]]) -> bytes:
        pick = self._random
        end = pick.choice(("\n", "\n", "\r\n", "\r"))
        spelling = self._quoted if pick.random() < 0.9 else self._spelled
        lines = [",".join(spelling(cell) for cell in row) for row in rows]
        names = [column.name for column in self._contract.columns]
        if pick.random() < 0.1:
            lines.insert(0, ",".join(self._quoted(name) for name in names))
        if pick.random() < 0.05:
            lines.insert(pick.randrange(len(lines) + 1), pick.choice(("", " ", '""', ",")))
        if pick.random() < 0.05:
            lines[0] = pick.choice((f"{lines[0]},1", lines[0].rpartition(",")[0]))
        return (end.join(lines) + pick.choice((end, end, "", end * 2))).encode()

    def _quoted(self, cell: str) -> str:
        needs = any(mark in cell for mark in ',"\r\n') or cell.startswith(" ") or self._random.random() < 0.1
        return '"' + cell.replace('"', '""') + '"' if needs else cell

    def _spelled(self, cell: str) -> str:
        """As people and programs also write it."""
        return self._random.choice(
            (cell, f'"{cell}', f'{cell}"', f' "{cell}"', f'"{cell}" ', f'"{cell}"x', self._quoted(cell))
        )

    def _json(self, rows: Sequence[Sequence[str]]) -> bytes:
        pick = self._random
        names = [column.name for column in self._contract.columns]
        made: list[Any] = []
        for row in rows:
            values = [self._value(cell) for cell in row]
            if pick.random() < 0.5:
                made.append(self._changed(dict(zip(names, values, strict=True))))
            elif pick.random() < 0.05:
                made.append(pick.choice((values[1:], [*values, 1], [])))
            else:
                made.append(values)
        if pick.random() < 0.05:
            made = made[0] if isinstance(made[0], list) else made
        payload: Any = made if pick.random() < 0.4 else {"instances": made}
        if pick.random() < 0.04:
            payload = pick.choice(
                ({"rows": made}, {"instances": {}}, [], {"instances": []}, 1, "x", None, [made])
            )
        elif isinstance(payload, dict) and pick.random() < 0.1:
            payload["other"] = pick.choice(VALUES)
        separators = pick.choice(((",", ":"), (", ", ": ")))
        text = json.dumps(payload, ensure_ascii=pick.random() < 0.5, separators=separators)
        return text.encode("utf-8", "surrogatepass")

    def _value(self, cell: str) -> Any:
        """A cell as a text, or as what JSON has for it; now and then as something else."""
        pick = self._random
        if pick.random() < 0.04:
            return pick.choice(VALUES)
        readers: Sequence[Callable[[str], Any]] = (
            int,
            float,
            {"true": True, "false": False, "": None}.__getitem__,
        )
        for read in readers:
            if pick.random() < 0.6:
                try:
                    return read(cell)
                except (ValueError, KeyError):
                    continue
        return cell

    def _changed(self, row: dict[str, Any]) -> dict[str, Any]:
        """A row as an object, without what the model does not use, or with what it does not know."""
        pick = self._random
        for column in self._contract.columns:
            if pick.random() < (0.02 if column.is_used else 0.4):
                del row[column.name]
        if pick.random() < 0.03:
            row[pick.choice(("Age", "x/y~z", "", "extra"))] = 1
        shuffled = list(row.items())
        pick.shuffle(shuffled)
        return dict(shuffled)
