"""The report command: find the run, write the page, say where it is."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import sys
import tempfile
from pathlib import Path

from .browser import open_in_browser
from .coerce import mapping, text
from .page import render
from .record import ReportError

LATEST = "latest"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of the report command to a parser."""
    parser.add_argument("--run", default=LATEST, metavar="ID", help="run to report on, or `latest` (default)")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="where to write (default: report.html in the run's directory)",
    )
    parser.add_argument("--open", action="store_true", help="open the report in the browser")
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(".local"),
        metavar="DIR",
        help="the runner's work directory (default: .local)",
    )


def main(args: argparse.Namespace) -> int:
    """Write the report; 0 when it is written, 2 with one message on standard error when it cannot be."""
    try:
        path = write(args.work, args.run, args.output)
    except ReportError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"Report: {path}\n        {path.as_uri()}", flush=True)
    if args.open:
        open_in_browser(path)
    return 0


def write(work: Path, wanted: str = LATEST, output: Path | None = None) -> Path:
    """Write the report of a run (an id, or `latest`); returns its absolute path, ReportError says why not."""
    found = find(work, wanted)
    path = (output or work / "runs" / found / "report.html").absolute()
    if path.is_dir():
        raise ReportError(
            f"--output {path}: this is a directory; name a file in it, such as {path / 'report.html'}"
        )
    page = render(work, found)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, page)
    except OSError as error:
        raise ReportError(
            f"--output {path}: cannot be written ({error.strerror}); choose another file with --output"
        ) from None
    return path


def find(work: Path, wanted: str) -> str:
    """Return the id of the wanted run; ReportError names the nearest one where there is none of that id."""
    ids = runs(work)
    if not ids:
        raise ReportError(
            f"--work {work}: there is no run in it; run the pipeline first, or name the right work directory"
        )
    if wanted == LATEST:
        return ids[-1]
    if wanted in ids:
        return wanted
    begun = [each for each in ids if wanted and each.startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    near = begun[-3:] or difflib.get_close_matches(wanted, ids, n=1, cutoff=0.4)
    hint = f"did you mean {' or '.join(near)}?" if near else f"the latest is {ids[-1]}"
    raise ReportError(f"--run {wanted}: no such run in {work / 'runs'}; {hint}")


def runs(work: Path) -> list[str]:
    """Return the ids of all runs that have a record, the latest last."""
    try:
        names = [each.name for each in (work / "runs").iterdir() if (each / "run.json").is_file()]
    except OSError:
        return []
    latest_second = max((name.partition("-")[0] for name in names), default="")
    # Ids begin with the second of the start; only runs of the same second need a look at their exact start.
    starts = {name: _started(work, name) for name in names if name.partition("-")[0] == latest_second}
    return sorted(names, key=lambda name: (name.partition("-")[0], starts.get(name, ""), name))


def _started(work: Path, name: str) -> str:
    try:
        return text(
            mapping(json.loads((work / "runs" / name / "run.json").read_text("utf-8"))).get("startTime")
        )
    except (OSError, ValueError, RecursionError):
        return ""


def _replace(path: Path, page: str) -> None:
    """Write beside the file and rename, so that nobody ever sees half a page."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(page)
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
