"""The command: the version is loaded as `serve` loads it, and asked block by block."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..errors import RunnerError, describe_os_error
from ..options import Options, add_python, add_version, add_work
from ..registry import Registry
from ..report.text import plural
from ..serve_page import SCHEMA
from ..serving.loaded import Loaded, loaded
from .asking import Model
from .parquet_process import ParquetReader, ParquetWriter
from .sources import ROWS, Chosen, CsvSource, JsonLinesSource, ParquetSource, Source
from .targets import CsvTarget, JsonLinesTarget, Names, ParquetTarget, Target

READ = (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet")
WRITTEN = (".csv", ".jsonl", ".parquet")
QUIET_SECONDS = 2.0
"""How long nothing is said about the progress."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("file", type=Path, metavar="FILE", help=f"rows to predict: {', '.join(READ)}")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help=f"where to write: {', '.join(WRITTEN)} (default: CSV, to standard output)",
    )
    add_version(parser, "--model")
    add_python(parser, "the model code")
    add_work(parser)
    parser.set_defaults(action=_predict)


class _Stopped(BaseException):
    """Somebody has stopped the command."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def _stop(number: int, _: object) -> None:
    raise _Stopped(number)


def _predict(args: argparse.Namespace) -> int:
    _check(args.file, args.out)
    work = args.work.absolute()
    package = Registry(work / "registry").choose(args.model, "to predict with")
    python = Options(python=args.python).interpreter()
    earlier = {number: signal.signal(number, _stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with loaded(work, package, python, "predict") as model:
            _written(model, package, args.file, args.out)
    except _Stopped as stopped:
        print("stopped: nothing was written", file=sys.stderr)
        return 128 + stopped.number
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
    return 0


def _check(file: Path, out: Path | None) -> None:
    """Raise RunnerError for files that cannot be read or written."""
    if file.is_dir():
        raise RunnerError(f"{file} is a folder: name one file ({', '.join(READ)}).")
    if not file.is_file():
        raise RunnerError(f"{file}: there is no such file; name the file with the rows to predict.")
    if not file.name.lower().endswith(READ):
        raise RunnerError(f"{file}: its name must end with {', '.join(READ)}, which say how it is read.")
    if out is None:
        return
    if out.suffix.lower() not in WRITTEN:
        raise RunnerError(
            f"--out {out}: the name must end with {' or '.join(WRITTEN)}, which say the format."
        )
    if out.is_dir():
        raise RunnerError(f"--out {out}: this is a folder; name a file in it.")
    if out.exists() and out.samefile(file):
        raise RunnerError(f"--out {out}: this is the file with the rows; choose another name.")


def _written(model: Loaded, package: dict[str, Any], file: Path, out: Path | None) -> None:
    """Predict the rows into a file beside the wanted one, which takes its place when it is whole."""
    title = f"{package['ModelPackageGroupName']} version {package['ModelPackageVersion']}"
    schema = _schema(model, title)
    with _place(model, out) as (temporary, place), contextlib.ExitStack() as ends:
        source = _source(model, file, schema, place, ends)
        target = _target(model, source, file, temporary, place, ends)
        rows = _predicted(Model(model.server, title, file), Chosen(str(file), schema), source, target)
        if rows == 0:
            raise RunnerError(f"{file} has no rows to predict.")
        target.end()
        told = f" to {out}" if out else ""
        print(f"{plural(rows, 'row')} predicted with {title}{told}", file=sys.stderr)


def _schema(model: Loaded, title: str) -> list[dict[str, Any]]:
    """Return the columns that the model takes, in their order."""
    try:
        found = json.loads((model.server.model_directory / SCHEMA).read_text("utf-8"))["columns"]
        columns = [column for column in found if isinstance(column["name"], str)]
    except (OSError, ValueError, KeyError, TypeError):
        columns = []
    if not columns:
        raise RunnerError(
            f"{title} has no {SCHEMA} in its artifact, so the columns that it takes are not known: ask it"
            " with the serve command."
        )
    return columns


@contextlib.contextmanager
def _place(model: Loaded, out: Path | None) -> Iterator[tuple[Path, Path]]:
    """Give a temporary file, and a name that says its format; standard output gets a whole file only."""
    if out is None:
        temporary = model.context.directory / "predictions.csv"
        yield temporary, temporary
        _copied(temporary)
        return
    out = out.absolute()
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise RunnerError(f"--out {out}: {describe_os_error(error)}") from None
    os.close(handle)
    try:
        yield Path(name), out
        mask = os.umask(0)
        os.umask(mask)
        Path(name).chmod(0o666 & ~mask)
        Path(name).replace(out)
    finally:
        Path(name).unlink(missing_ok=True)


def _copied(file: Path) -> None:
    """Copy a file to standard output; a reader that wants no more of it is no error."""
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            shutil.copyfileobj(stream, sys.stdout)
        sys.stdout.flush()
    except BrokenPipeError:
        # What the interpreter would still write at its end has no reader either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _source(
    model: Loaded, file: Path, schema: list[dict[str, Any]], out: Path, ends: contextlib.ExitStack
) -> Source:
    name, kind = file.name.lower().removesuffix(".gz"), out.suffix.lower()
    if name.endswith(".jsonl"):
        return JsonLinesSource(file)
    if name.endswith(".parquet"):
        values = "values" if kind == ".jsonl" else "texts"
        reader = ParquetReader(model.context, model.server.code_directory, file, ROWS, values)
        ends.callback(reader.close)
        return ParquetSource(file, reader)
    settings = _data_settings(model.server.code_directory)
    return CsvSource(file, schema, settings.get("separator") or ",", settings.get("encoding") or "utf-8")


def _data_settings(code: Path) -> dict[str, Any]:
    """Return how the version's training data was read; what is not said there is the default."""
    try:
        found = json.loads((code / "data.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _target(
    model: Loaded, source: Source, file: Path, temporary: Path, out: Path, ends: contextlib.ExitStack
) -> Target:
    if out.suffix.lower() == ".csv":
        target = CsvTarget(temporary)
        ends.callback(target.end)
        return target
    if out.suffix.lower() == ".jsonl":
        lines = JsonLinesTarget(temporary, source)
        ends.callback(lines.end)
        return lines
    kinds: dict[type, str] = {ParquetSource: "parquet", JsonLinesSource: "jsonl"}
    kind = kinds.get(type(source), "texts")
    writer = ParquetWriter(model.context, model.server.code_directory, temporary, file, kind)
    ends.callback(writer.close)
    return ParquetTarget(writer, kind == "texts")


def _predicted(model: Model, chosen: Chosen, source: Source, target: Target) -> int:
    """Predict all rows; returns their number."""
    names, done, begin = Names(), 0, time.monotonic()
    told = begin
    for block in source.blocks():
        answers = model.predictions(chosen.rows(block), block.places)
        if not done:
            names.first(block.columns, answers[0])
            if names.prefix:
                print(f"note: the predictions are in columns named {names.prefix}..., since the file has"
                      " such columns already", file=sys.stderr)  # fmt: skip
        target.write(block, [names.of(answer) for answer in answers])
        done += len(answers)
        told = _progress(done, begin, told)
    return done


def _progress(done: int, begin: float, told: float) -> float:
    """Say how far it is, more often on a terminal than elsewhere; returns when it was said."""
    now, often = time.monotonic(), QUIET_SECONDS if sys.stderr.isatty() else 10 * QUIET_SECONDS
    if now - told < often:
        return told
    print(f"{done:,} rows, {done / (now - begin):,.0f} a second", file=sys.stderr, flush=True)
    return now
