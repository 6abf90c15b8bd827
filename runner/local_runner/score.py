"""The `score` command: runs the pipeline "score" on data of this machine, with a version of the local
registry.

A deployment makes a model from an approved package, and names it to the pipeline; here a version of the
registry becomes such a model.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import RunnerError
from .files import walk_files, write_json
from .options import Options, add_version
from .registry import Registry
from .run import execute
from .store import LOCAL_FILES

DEFINITION = Path("config/score.json")
NAME = "score"
"""What its runs are called, beside those of the pipeline that trains."""


@dataclass(frozen=True)
class Scoring:
    """What is scored, with which version; `options` are those of the run."""

    data: Path
    model: str | None
    options: Options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that only this command has."""
    parser.add_argument("data", type=Path, metavar="DATA", help="file or folder to score")
    add_version(parser, "--model")


def score(scoring: Scoring) -> int:
    """Score data; says where the predictions are, and returns the exit code of the run."""
    options = scoring.options
    work = options.work.absolute()
    package = Registry(work / "registry").choose(scoring.model, "to score with")
    model = make_model(work, package)
    print(f"model: {package['ModelPackageGroupName']} version {package['ModelPackageVersion']}", flush=True)
    options.pipeline = NAME
    options.settings = [*_settings(scoring.data, model), *options.settings]
    code, record = execute(options)
    for folder, files in _predictions(work, record):
        print(f"predictions: {folder}")
        for name, rows in files:
            print(f"  {name}: {rows} {'line' if rows == 1 else 'lines'}")
    return code


def make_model(work: Path, package: Mapping[str, Any]) -> str:
    """Make a model of a package, as CreateModel does; returns its name."""
    name = f"{package['ModelPackageGroupName']}-{package['ModelPackageVersion']}"
    path = work / "models" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"ModelName": name, "Containers": package["InferenceSpecification"]["Containers"]})
    return name


def _settings(data: Path, model: str) -> list[str]:
    path = data.expanduser().absolute()
    if not path.exists():
        raise RunnerError(f"{data}: there is no such file or folder; name the data to score.")
    bucket, _, prefix = LOCAL_FILES.removeprefix("s3://").partition("/")
    # A folder ends with a slash, or its name would also stand for longer names beside it.
    key = f"{prefix}{path.as_posix().lstrip('/')}{'/' if path.is_dir() else ''}"
    return [f"ModelName={model}", f"InputBucket={bucket}", f"InputKey={key}"]


def _predictions(work: Path, record: Mapping[str, Any]) -> Iterator[tuple[Path, list[tuple[str, int]]]]:
    for step in record["steps"]:
        for output in step["outputs"] or ():
            folder = work / output["path"]
            if step["type"] == "Transform" and step["status"] == "Succeeded":
                yield folder, [(name, _lines(file)) for name, file in walk_files(folder)]


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)
