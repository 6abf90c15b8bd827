"""Asks a model for the predictions of rows, and finds the row that it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ..errors import RunnerError
from ..serving.client import ModelServer, NotAnswered, Reply

Answers = list[dict[str, Any]]
_QUOTED = re.compile('[",\r\n]|^[ \t]')
_FIRST_ROW = re.compile(r"^row 1\b(?:, |: | )?")


class Model:
    """A model that is asked in CSV, as a client of an endpoint would, and answers in JSON."""

    def __init__(self, server: ModelServer, title: str, file: Path) -> None:
        self._server = server
        self._title = title
        self._file = file

    def predictions(self, rows: Sequence[Sequence[str]], places: Sequence[str]) -> Answers:
        """Return an answer for each row. Raises RunnerError, which names the first row that is refused."""
        lines = [line(row) for row in rows]
        found = self._ask(lines)
        if not isinstance(found, str):
            return found
        bad = first(len(lines), lambda count: isinstance(self._ask(lines[:count]), str)) - 1
        alone = self._ask(lines[bad : bad + 1])
        reason = _FIRST_ROW.sub("", alone) if isinstance(alone, str) else found
        raise RunnerError(f"{self._file}, {places[bad]}: {reason}")

    def _ask(self, lines: Sequence[str]) -> Answers | str:
        """Return the answers, or why there are none."""
        body = "".join(f"{each}\n" for each in lines).encode()
        try:
            reply = self._server.reply(body, "text/csv", "application/json")
        except NotAnswered as error:
            refused = 400 <= error.reply.status < 500
            return error.reply.body.decode("utf-8", "replace").strip() if refused else str(error)
        if reply.status >= 400:
            return reply.body.decode("utf-8", "replace").strip()
        return self._understood(reply, len(lines))

    def _understood(self, reply: Reply, count: int) -> Answers:
        try:
            answers = json.loads(reply.body)["predictions"]
            right = all(isinstance(answer, dict) for answer in answers)
        except (ValueError, KeyError, TypeError):
            right = False
        if not right:
            raise RunnerError(
                f"{self._title} does not answer in the form of this repository's inference.py,"
                ' {"predictions": [{...}, ...]}: ask it with the serve command.'
            )
        if len(answers) != count:
            raise RunnerError(f"{self._title} was asked for {count} rows and answered {len(answers)}.")
        return list(answers)


def line(row: Sequence[str]) -> str:
    """Return a row as a line of CSV by RFC 4180, without its end."""
    if len(row) == 1 and not row[0]:
        return '""'
    return ",".join('"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell for cell in row)


def first(most: int, is_bad: Callable[[int], bool]) -> int:
    """Return the smallest number from 1 to `most` that is bad; those after it are bad too, as is the last."""
    low, high = 1, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_bad(middle) else (middle + 1, high)
    return low
