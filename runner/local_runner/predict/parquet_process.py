"""The runner's side of the process that reads or writes Parquet."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..context import Context
from ..errors import RunnerError

_SCRIPT = Path(__file__).with_name("parquet.py")


class _Parquet:
    """A process that speaks in lines of JSON; `name` is the file, for messages."""

    def __init__(self, context: Context, name: str, arguments: list[str]) -> None:
        self._name = name
        self._processes = context.processes
        self._log = context.directory / "parquet.log"
        pipe = subprocess.PIPE
        with self._log.open("ab") as log:
            self._process = self._processes.start(
                [context.python, str(_SCRIPT), *arguments], dict(os.environ), Path.cwd(), pipe, pipe, log
            )

    def close(self) -> None:
        """End the process."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream and not stream.closed:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        self._processes.finish(self._process)

    def _receive(self) -> dict[str, Any] | None:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            return None
        message: dict[str, Any] = json.loads(line)
        if "error" in message:
            raise RunnerError(f"{self._name}: {message['error']}.")
        return message

    def _died(self) -> RunnerError:
        last = (self._log.read_text("utf-8", "replace").strip().splitlines() or ["it said nothing"])[-1]
        return RunnerError(f"{self._name}: the process that has pyarrow ended: {last}.")


class ParquetReader(_Parquet):
    """Reads a file; `kind` is `texts` or `values`."""

    def __init__(self, context: Context, code: Path, file: Path, rows: int, kind: str) -> None:
        super().__init__(context, str(file), ["read", str(code), str(file), str(rows), kind])

    def columns(self) -> list[str]:
        """Return the names of the columns; called once, before `blocks`."""
        message = self._receive()
        if message is None:
            raise self._died()
        return list(message["columns"])

    def blocks(self) -> Iterator[list[list[Any]]]:
        """Yield the columns of each block."""
        while (message := self._receive()) is not None:
            yield message["block"]
        if self._process.wait() != 0:
            raise self._died()


class ParquetWriter(_Parquet):
    """Writes a file: predictions beside the rows of `source`, which is read again, or beside texts."""

    def __init__(self, context: Context, code: Path, target: Path, source: Path, kind: str) -> None:
        super().__init__(context, str(target), ["write", str(code), str(target), str(source), kind])
        self._name = str(source)

    def write(self, predictions: Mapping[str, list[Any]], texts: Mapping[str, list[str]] | None) -> None:
        """Write one block."""
        assert self._process.stdin is not None
        message = {"predictions": predictions, **({"texts": texts} if texts is not None else {})}
        try:
            self._process.stdin.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._receive()
            raise self._died() from None

    def end(self) -> int:
        """Finish the file; returns the number of its rows."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        message = self._receive()
        if message is None or self._process.wait() != 0:
            raise self._died()
        return int(message["rows"])
