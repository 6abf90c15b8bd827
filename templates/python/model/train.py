"""Training step (script mode): fits on the `train` channel and stops early on the `validation` channel.

Hyperparameters arrive as `--name value`; names and rules are those of `<framework>_hyperparameters.json`, and
an unknown one is an error, so that a misspelt one never trains with a default unnoticed. The artifact holds
the model, its schema, what was measured, and under `code/` everything that serving needs.
"""

from __future__ import annotations

import vendored  # isort: skip  # noqa: F401  (first, so that all others find your packages)

import argparse
import importlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol, cast

import numpy as np

import hyperparameters
from job import UserError, listed, nearest, run
from schema import Schema
from training import Fitted, Job

if TYPE_CHECKING:
    from numpy.typing import NDArray

PACKAGING = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "build", "*.egg-info")
"""What the container writes into the code to install it; the pipeline refuses code that brings such files."""


class Framework(Protocol):
    """What the modules `<framework>_model` have in common."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the hyperparameters."""

    def fit(self, job: Job) -> Fitted | None:
        """Train, save the model into `job.model_dir`; None on a host that leaves saving to another one."""


class Parser(argparse.ArgumentParser):
    """Reports a wrong hyperparameter as a `UserError`, which `run` puts in one line."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"hyperparameters: {message}")


def parse(argv: Sequence[str] | None = None) -> tuple[str, Framework, argparse.Namespace]:
    """The framework's name and module, and its typed hyperparameters."""
    first = Parser(add_help=False, allow_abbrev=False)
    there = [file.stem.removesuffix("_model") for file in Path(__file__).parent.glob("*_model.py")]
    first.add_argument("--framework", required=True, choices=sorted(there, reverse=True))
    chosen, rest = first.parse_known_args(argv)
    framework = cast(Framework, importlib.import_module(f"{chosen.framework}_model"))
    parser = Parser(allow_abbrev=False)
    framework.add_arguments(parser)
    parser.add_argument("--_tuning_objective_metric", dest=argparse.SUPPRESS, help="added by tuning jobs")
    args, unknown = parser.parse_known_args(hyperparameters.whole(rest, chosen.framework))
    known = [action.dest for action in parser._actions if action.dest not in ("help", argparse.SUPPRESS)]
    refused = hyperparameters.declared(chosen.framework)["refused"]
    for option in unknown:
        name = option.lstrip("-").split("=")[0]
        if name in refused:
            raise UserError(f"hyperparameter {name!r} is not taken: {refused[name]}")
        raise UserError(f"unknown hyperparameter {name!r}{nearest(name, known)}; known: {listed(known)}")
    return chosen.framework, framework, args


def importance_by_column(schema: Schema, importance: NDArray[np.float64]) -> list[dict[str, str | float]]:
    """Importances summed over the features of each column, as shares of 1, in descending order."""
    ends = np.cumsum([size for _, size in schema.groups])
    sums = [float(part.sum()) for part in np.split(importance, ends[:-1])]
    total = sum(sums) or 1.0
    pairs = sorted(
        zip(sums, (name for name, _ in schema.groups), strict=True), key=lambda pair: (-pair[0], pair[1])
    )
    return [{"feature": name, "importance": round(value / total, 6)} for value, name in pairs]


def copy_code(source: Path, target: Path) -> None:
    """Everything in the code's directory except hidden files, caches and what the container put there."""
    shutil.copytree(source, target, ignore=left_out(source), dirs_exist_ok=True)


def left_out(top: Path) -> Callable[[str, list[str]], set[str]]:
    """What `shutil.copytree` ignores."""

    def ignored(directory: str, names: list[str]) -> set[str]:
        patterns = (".*", "__pycache__*", *(PACKAGING if Path(directory) == top else ()))
        return {name for name in names if any(fnmatch(name, pattern) for pattern in patterns)}

    return ignored


def main() -> None:
    """Run the training job."""
    name, framework, args = parse()
    job = Job(args)
    job.model_dir.mkdir(parents=True, exist_ok=True)
    fitted = framework.fit(job)
    if fitted is None:
        print(f"{job.host}: trained with the others, the first host saves the model")
        return
    job.keep_schema()
    copy_code(Path(__file__).parent, job.model_dir / "code")
    summary = {
        "framework": name,
        "hyperparameters": hyperparameters.given(args),
        "rounds": fitted.rounds,
        "metrics": fitted.metrics,
        "curves": fitted.curves,
        "feature_importance": importance_by_column(job.schema, fitted.importance),
    }
    text = json.dumps(summary, indent=1) + "\n"
    (job.model_dir / "training.json").write_text(text, encoding="utf-8")
    job.output_dir.mkdir(parents=True, exist_ok=True)
    (job.output_dir / "training.json").write_text(text, encoding="utf-8")
    print(
        f"rounds={fitted.rounds} " + " ".join(f"{name}:{value:.6f}" for name, value in fitted.metrics.items())
    )


if __name__ == "__main__":
    run(main, Path(os.environ.get("SM_OUTPUT_DATA_DIR", "/opt/ml/output/data")).parent / "failure")
