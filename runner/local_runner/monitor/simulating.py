"""`monitor simulate`: the package's own command, on the rows that a version was trained with."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from ..errors import RunnerError, StepError
from ..options import Options, add_python, add_version, add_work
from ..registry import Registry
from ..store import LocalStore, read_mounts
from . import versions
from .place import PACKAGE, variables

BUILD = Path("build/pipeline/manifest.json")
PASSED = {
    "--kind": "a kind of change, such as shift or 'unit change'; may be given several times (default: all)",
    "--column": "the column that changes (default: the first that can)",
    "--rows": "sizes of windows, with commas (default: 100 to 10,000)",
    "--trials": "windows of each kind and size",
    "--days": "days without a change, for false alarms",
    "--runs-a-day": "how often rows are compared",
    "--seed": "of the random numbers",
}
"""Options of the package's command."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE",
        help="rows to draw from (default: the data that the version was trained with)",
    )  # fmt: skip
    add_version(parser, "--model")
    for name, text in PASSED.items():
        parser.add_argument(name, action="append", metavar="VALUE", help=text)
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    add_python(parser, "the monitor")
    add_work(parser)
    parser.set_defaults(action=_simulate)


def _simulate(args: argparse.Namespace) -> int:
    work = args.work.absolute()
    package = Registry(work / "registry").choose(args.model, "whose training rows can be changed")
    found = versions.of_version(work, package)
    files = args.files or _trained_with(work, package, found.title)
    schema = found.schema
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["--separator", found.separator]
        if schema:
            path = Path(folder) / "schema.json"
            path.write_text(json.dumps(schema), "utf-8")
            arguments += ["--schema", str(path)]
        if target := schema.get("target"):
            arguments += ["--label", str(target)]
        if leave := [name for name in found.others if name not in found.columns and name != target]:
            arguments += ["--leave", ",".join(leave)]
        for name in PASSED:
            for value in getattr(args, name.removeprefix("--").replace("-", "_")) or ():
                arguments += [name, value]
        arguments += ["--json"] if args.json else []
        command = [Options(python=args.python).interpreter(), "-m", PACKAGE, "simulate"]
        done = subprocess.run(
            [*command, *arguments, *map(str, files)], env={**os.environ, **variables()}, check=False
        )
        return 1 if done.returncode else 0


def _trained_with(work: Path, package: dict[str, Any], title: str) -> list[Path]:
    """Return the files of a version's data, which must be on this machine."""
    uri = (package.get("CustomerMetadataProperties") or {}).get("DataUrl")
    if not uri:
        raise RunnerError(f"{title} does not say what data it was trained with: name files with rows.")
    mounts: dict[str, Path] = {}
    if BUILD.is_file():
        mounts = read_mounts(json.loads(BUILD.read_text("utf-8")), BUILD.parent)
    try:
        return LocalStore(work, mounts).sources(str(uri), title)
    except StepError as error:
        raise RunnerError(f"the data of {title} is not on this machine: {error}") from None
