"""The `runs` command: lists the runs of a work directory, and removes old ones."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from datetime import datetime
from typing import Any

from .errors import RunnerError
from .options import add_work
from .runs import load_all

HEADER = ("run", "started", "took", "status", "gate", "data", "commit", "registered")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    add_work(parser)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--prune",
        type=_count,
        metavar="N",
        help="remove all runs but the newest N, and what only they have made; a run that registered a"
        " version is kept",
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="with --prune: remove runs that registered a version too; the version keeps its artifacts",
    )
    parser.set_defaults(action=_runs)


def _count(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is not at least 0")
    return value


def _runs(args: argparse.Namespace) -> int:
    if args.force and args.prune is None:
        args.parser.error("--force goes with --prune N")
    if args.prune is not None:
        from .prune import prune

        return prune(args.work.absolute(), args.prune, args.force, args.json)
    from .report import ReportError
    from .report.overview import overview

    records = load_all(args.work)[::-1]
    try:
        found = [overview(args.work.absolute(), str(record["executionId"])) for record in records]
    except ReportError as error:
        raise RunnerError(str(error)) from None
    if args.json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
    elif found:
        _table(found)
    else:
        print(f"no runs in {args.work}")
    return 0


def _table(found: list[dict[str, Any]]) -> None:
    rows = [HEADER, *map(_row, found)]
    wide = [max(len(row[place]) for row in rows) for place in range(len(HEADER))]
    for row, one in zip(rows, [None, *found], strict=True):
        print("  ".join(f"{cell:<{size}}" for cell, size in zip(row, wide, strict=True)).rstrip())
        if one and one["failureReason"]:
            print(f"  {_cut(one['failureReason'])}")


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    from .report.text import duration

    gate = one["gate"]
    met = {True: "met", False: "missed", None: ""}[gate["met"]] if gate else ""
    registered = ", ".join(f"{item['package']} {item['approvalStatus']}" for item in one["registered"])
    commit = one["gitCommit"] or ""
    return (
        one["executionId"],
        _moment(one["startTime"]),
        duration(one["seconds"]) if one["seconds"] is not None else "",
        one["status"],
        f"{gate['metric']} {gate['shown']} {met}".rstrip() if gate else "",
        (one["dataVersion"] or "")[:12],
        commit[:12] + ("-dirty" if commit.endswith("-dirty") else ""),
        registered or ("" if one["registers"] else "no: --no-register"),
    )


def _moment(value: str) -> str:
    """Return a time of the record in the time zone of this machine."""
    try:
        return f"{datetime.fromisoformat(value).astimezone():%Y-%m-%d %H:%M:%S}"
    except ValueError:
        return value


def _cut(text: str) -> str:
    line = " ".join(text.split())
    width = shutil.get_terminal_size((110, 24)).columns - 2 if sys.stdout.isatty() else 500
    return line if len(line) <= width else f"{line[: width - 1]}…"
