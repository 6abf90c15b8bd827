"""The `compare` command: runs and versions beside each other, on the terminal or as a page."""

from __future__ import annotations

import argparse
from pathlib import Path

from .errors import RunnerError
from .files import write_atomic
from .options import add_work

PAGE = "compare.html"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "references",
        nargs="+",
        metavar="WHAT",
        help="run, version (3 or GROUP/3), latest (the newest run) or approved (the newest approved version);"
        " the others are compared with the first",
    )
    parser.add_argument("--html", action="store_true", help="write a page too, with the curves")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help=f"where to write the page (default: {PAGE} in --work)"
    )
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    add_work(parser)
    parser.set_defaults(action=_compare)


def _compare(args: argparse.Namespace) -> int:
    from .report.compare_text import lines
    from .report.subjects import subjects
    from .runs import load_all

    work = args.work.absolute()
    load_all(work)  # a run whose runner died is shown as what it is
    chosen = subjects(work, args.references)
    for line in lines(chosen):
        print(line)
    if not (args.html or args.output or args.open):
        return 0
    from .report.browser import open_in_browser
    from .report.compare_page import render

    path = (args.output or work / PAGE).absolute()
    if path.is_dir():
        raise RunnerError(f"--output {path}: this is a directory; name a file in it, such as {path / PAGE}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, render(chosen))
    print(f"\nComparison: {path}\n            {path.as_uri()}", flush=True)
    if args.open:
        open_in_browser(path)
    return 0
