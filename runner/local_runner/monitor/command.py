"""The `monitor` command: a version's baseline, rows compared with it, and drift that is made up."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from ..errors import RunnerError
from ..files import write_atomic, write_json
from ..options import Options, add_python, add_version, add_work
from ..registry import Registry
from . import versions
from .place import variables
from .simulating import add_arguments as add_simulate

SCRIPT = Path(__file__).with_name("watching.py")
PAGE = "report.html"
FOUND = "found.json"
VIOLATIONS = 2
"""Exit code when something was found."""


class _Parser(argparse.ArgumentParser):
    """A parser whose errors do not have the exit code of violations."""

    def error(self, message: str) -> NoReturn:
        """End with a wrong argument."""
        self.print_usage(sys.stderr)
        self.exit(1, f"{self.prog}: error: {message}\n")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the three commands."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    describing = commands.add_parser(
        "baseline", help="show what the training rows of a version look like", allow_abbrev=False
    )
    add_version(describing, "--model")
    describing.add_argument(
        "--out", type=Path, metavar="DIR", help=f"copy {' and '.join(versions.FILES)} into this folder"
    )
    describing.add_argument("--json", action="store_true", help="print the statistics as JSON")
    describing.set_defaults(action=_baseline)
    running = commands.add_parser(
        "run",
        help="compare rows with a version's baseline; exit code 2: violations",
        allow_abbrev=False,
    )
    running.add_argument(
        "files", nargs="+", type=Path, metavar="FILE",
        help="rows: CSV, Parquet, JSON Lines, an endpoint's capture, the prediction log; or a folder of them",
    )  # fmt: skip
    add_version(running, "--model")
    running.add_argument(
        "--baseline", type=Path, metavar="DIR", help=f"folder with {' and '.join(versions.FILES)}"
    )
    running.add_argument(
        "--leave", action="append", default=[], metavar="COLUMN",
        help="a column that is not compared, such as one that the prediction log omits (repeatable)",
    )  # fmt: skip
    running.add_argument(
        "--runs-a-day", type=_positive, default=1.0, metavar="N",
        help="how often such rows are compared: all runs of a day share one probability of a false alarm,"
        " 1 %% (default: 1)",
    )  # fmt: skip
    running.add_argument("--out", type=Path, metavar="DIR", help="where to write (default: in --work)")
    running.add_argument("--json", action="store_true", help="print what was found as JSON")
    running.add_argument("--open", action="store_true", help="open the page in the browser")
    add_python(running, "the monitor")
    running.set_defaults(action=_run)
    trying = commands.add_parser(
        "simulate", help="change rows, and show what is found, after how many rows, and what for nothing",
        allow_abbrev=False,
    )  # fmt: skip
    add_simulate(trying)
    trying.set_defaults(parser=trying)
    for one in (describing, running):
        add_work(one)
        one.set_defaults(parser=one)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not greater than 0")
    return value


def _baseline(args: argparse.Namespace) -> int:
    work = args.work.absolute()
    found = versions.of_version(work, Registry(work / "registry").choose(args.model, "with a baseline"))
    statistics = json.loads(found.statistics.read_text("utf-8"))
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        for path in (found.statistics, found.constraints):
            shutil.copyfile(path, args.out / path.name)
    if args.json:
        print(json.dumps(statistics, indent=1, ensure_ascii=False))
        return 0
    from .table import described

    rows = statistics["dataset"]["item_count"]
    print(f"{found.title}: {rows:,} training rows, {len(statistics['features'])} columns\n")
    for line in described(statistics):
        print(line)
    print(f"\nStatistics:  {found.statistics}\nConstraints: {found.constraints}")
    return 0


def _run(args: argparse.Namespace) -> int:
    work = args.work.absolute()
    files = [file for path in args.files for file in _files(path)]
    baseline = versions.choose(work, args.model, args.baseline, files)
    out = (args.out or work / "monitor" / f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}").absolute()
    out.mkdir(parents=True, exist_ok=True)
    request = {
        "files": [str(file) for file in files],
        "statistics": str(baseline.statistics),
        "constraints": str(baseline.constraints),
        "columns": baseline.columns,
        "others": baseline.others,
        "separator": baseline.separator,
        "encoding": baseline.encoding,
        "booleans": baseline.booleans,
        "missingTokens": baseline.schema.get("missing_tokens"),
        "leave": args.leave,
        "runsADay": args.runs_a_day,
        "out": str(out),
    }
    write_json(out / "request.json", request)
    _started(Options(python=args.python).interpreter(), [str(SCRIPT), str(out / "request.json")])
    found: dict[str, Any] = {
        "title": baseline.title,
        "statistics": str(baseline.statistics),
        "constraints": str(baseline.constraints),
        **json.loads((out / FOUND).read_text("utf-8")),
    }
    write_json(out / FOUND, found)
    _shown(found, out, args.json)
    if args.open:
        from ..report.browser import open_in_browser

        open_in_browser(out / PAGE)
    return VIOLATIONS if found["violations"] else 0


def _files(path: Path) -> list[Path]:
    """Return a file, or those of a folder."""
    if path.is_dir():
        inside = (file for file in path.rglob("*") if file.is_file())
        hidden = (".", "_")
        found = sorted(
            file
            for file in inside
            if not any(part.startswith(hidden) for part in file.relative_to(path).parts)
        )
        if not found:
            raise RunnerError(f"{path} has no file in it: name the file or folder with the rows.")
        return found
    if not path.is_file():
        raise RunnerError(f"{path}: there is no such file; name the file or folder with the rows to compare.")
    return [path]


def _started(python: str, arguments: list[str]) -> None:
    """Run the monitor to its end; raises RunnerError with its own words."""
    done = subprocess.run(
        [python, *arguments], env={**os.environ, **variables()}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        told = lines[-1].removeprefix("error: ")
        raise RunnerError(told if lines[-1].startswith("error: ") else f"the monitor failed: {told}")


def _shown(found: dict[str, Any], out: Path, as_json: bool) -> None:
    from ..report.monitor_page import render, sentence

    write_atomic(out / PAGE, render(found))
    if as_json:
        print(json.dumps(found, indent=1, ensure_ascii=False))
        return
    from .table import compared

    for line in compared(found):
        print(line)
    for words in found["notes"]:
        print(f"note: {words}")
    print(f"\n{sentence(found)}\nReport: {out / PAGE}\n        {(out / PAGE).as_uri()}", flush=True)
