"""The `pull-request` command: runs the pipeline of this branch and of its target, and compares the runs."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..definition import read
from ..errors import RunnerError
from ..files import read_json, write_atomic
from ..lookup import DATA
from ..options import Options, add_work
from ..report.subjects import subject
from ..run import INCOMPLETE, execute
from ..store import LocalStore, read_mounts
from .summary import Pair, Side, not_run, render
from .target import COMMAND_VARIABLE, Ran, Target, find

OUTPUT = Path("build/pull-request/summary.md")
OURS = "this branch"
BRANCH_VARIABLE = "PIPELINE_TARGET_BRANCH"
"""Environment variable with the branch that others are merged into."""

INTERRUPTED = 130
STOPPED = 128
"""Exit codes from here on are those of a run that a signal has ended."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "--target",
        default=os.environ.get(BRANCH_VARIABLE) or "main",
        metavar="BRANCH",
        help="branch or commit that this one is to be merged into (default: %(default)s); compared is the"
        " commit at which the two parted",
    )
    parser.add_argument(
        "--data", type=Path, metavar="PATH", help="data for both runs (default: what this branch names)"
    )
    parser.add_argument(
        "--offline", action="store_true", help="run nothing when the data is not on this machine"
    )
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, metavar="FILE", help="where to write (default: %(default)s)"
    )
    parser.add_argument(
        "--summary", type=Path, metavar="FILE", help="append the comparison to this file, too"
    )
    add_work(parser)
    parser.set_defaults(action=_compare)


def _compare(args: argparse.Namespace) -> int:
    options = Options(work=args.work, register=False)
    target, command = find(args.target), os.environ.get(COMMAND_VARIABLE, "")
    if not command:
        raise RunnerError(
            f"{COMMAND_VARIABLE} is not set: it is the shell command that compiles and runs the pipeline in"
            " the target's working tree. The task that runs this command sets it."
        )
    data, missing = _data(options, args.data)
    if missing and args.offline:
        _write(args, not_run(missing))
        return 0
    given = [f"{DATA}={data}"] if data else []
    print(f"\n{OURS}", flush=True)
    options.settings = given
    code, record = execute(options)
    if code >= STOPPED:
        return code
    print(f"\n{target.title}, in {target.folder(args.work)}", flush=True)
    try:
        ran = target.run(args.work.absolute(), command, given)
    except KeyboardInterrupt:
        return INTERRUPTED
    _write(args, render(_pair(options, str(record["executionId"]), target, ran)))
    return 0 if code == INCOMPLETE else code


def _data(options: Options, named: Path | None) -> tuple[Path | None, str]:
    """Return the data that both runs get, and the address of data that is not on this machine."""
    raw = read(options.definition)
    declared = [item for item in raw.get("Parameters", []) if item.get("Name") == DATA]
    if named is not None:
        if not declared:
            raise RunnerError(f"--data {named}: the pipeline has no parameter {DATA}; leave --data out.")
        if not named.exists():
            raise RunnerError(f"--data {named}: there is no such file or directory; name one that exists.")
        return named.absolute(), ""
    uri = declared[0].get("DefaultValue") if declared else None
    if not isinstance(uri, str) or not uri.startswith("s3://"):
        return None, ""
    store = LocalStore(options.work.absolute(), _mounts(options.definition))
    path = store.locate(uri)
    return (path, "") if path.exists() else (None, uri)


def _mounts(definition: Path) -> dict[str, Path]:
    folder = definition.absolute().parent
    return read_mounts(read_json(folder / "manifest.json"), folder)


def _pair(options: Options, execution_id: str, target: Target, ran: Ran) -> Pair:
    return Pair(
        ours=_side(OURS, options.work.absolute(), execution_id, Path.cwd()),
        theirs=_side(target.title, ran.work, ran.execution_id, ran.tree) if ran.execution_id else None,
        target=target.title,
        failure=ran.output,
    )


def _side(title: str, work: Path, execution_id: str, tree: Path) -> Side:
    definition = tree / Options().definition
    manifest: dict[str, Any] = read_json(definition.parent / "manifest.json") or {}
    return Side(subject(work, execution_id, title), read_json(definition) or {}, manifest.get("mounts") or {})


def _write(args: argparse.Namespace, lines: Sequence[str]) -> None:
    text = "\n".join(lines) + "\n"
    path = args.output.absolute()
    if path.is_dir():
        raise RunnerError(
            f"--output {path}: this is a directory; name a file in it, such as {path / OUTPUT.name}."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, text)
    if args.summary:
        with args.summary.open("a", encoding="utf-8") as file:
            file.write(text)
    print(f"\n{text}\nComparison: {path}", flush=True)
