"""The options of the `run` command, and the commands that messages name."""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .errors import RunnerError, describe_os_error

COMMAND_VARIABLE = "PIPELINE_LOCAL_COMMAND"
"""Environment variable with the command that replaces `python -m ... run` in messages."""

REGISTRY_COMMAND_VARIABLE = "PIPELINE_REGISTRY_COMMAND"
"""The same for `python -m ... registry`."""

OPT_ML_MODES = ("namespace", "shared", "mapped")
"""How jobs may get their /opt/ml; see `opt_ml/place.py`."""


@dataclass
class Options:
    """The options of the `run` command."""

    definition: Path = Path("build/pipeline/definition.json")
    work: Path = Path(".local")
    settings: list[str] = field(default_factory=list)
    only: str | None = None
    from_run: str = "latest"
    jobs: int | None = None
    cache: bool = True
    register: bool = True
    python: str = sys.executable
    time_limit: float | None = None
    opt_ml: str | None = None
    pipeline: str | None = None
    """Name of the pipeline where the definition's surroundings name another one."""

    def interpreter(self) -> str:
        """Return the absolute path of the interpreter that runs the scripts."""
        found = shutil.which(self.python)
        if found is None:
            raise RunnerError(f"--python {self.python}: the interpreter does not exist.")
        # A resolved link would leave the virtual environment.
        return os.path.abspath(found)  # noqa: PTH100

    def rerun_command(self, step: str, execution_id: str) -> str:
        """Return the command that runs one step again, with the results of a run."""
        parts = ["--only", step, "--from-run", execution_id]
        defaults = Options()
        for name, value, default in (
            ("--definition", self.definition, defaults.definition),
            ("--work", self.work, defaults.work),
            ("--python", self.python, defaults.python),
            ("--time-limit", self.time_limit, defaults.time_limit),
            ("--opt-ml", self.opt_ml, defaults.opt_ml),
        ):
            if value != default:
                parts += [name, str(value)]
        if not self.register:
            parts.append("--no-register")
        return f"{shown_command()} {shlex.join(parts)}"


def shown_command() -> str:
    """Return what people type for the `run` command here."""
    return _shown("run", COMMAND_VARIABLE)


def shown_registry_command() -> str:
    """Return what people type for the `registry` command here."""
    return _shown("registry", REGISTRY_COMMAND_VARIABLE)


def _shown(name: str, variable: str) -> str:
    if command := os.environ.get(variable):
        return command
    python = Path(sys.executable)
    shown = python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else python
    return f"{shlex.quote(str(shown))} -m {__package__} {name}"


def guarded(command: Callable[[], int]) -> int:
    """Run a command; errors that a user can fix become one line and exit code 1."""
    try:
        return command()
    except RunnerError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: {describe_os_error(error)}", file=sys.stderr)
    return 1


def add_python(parser: argparse.ArgumentParser, code: str) -> None:
    """Add the option of every command that runs code of the repository; `code` says which."""
    parser.add_argument(
        "--python",
        default=Options().python,
        metavar="PATH",
        help=f"interpreter of {code} (default: this one)",
    )


def add_version(parser: argparse.ArgumentParser, name: str) -> None:
    """Add the argument that names a version of the local registry; it may be left out."""
    parser.add_argument(
        name,
        nargs=None if name.startswith("-") else "?",
        metavar="VERSION",
        help="version of the local registry: ARN, GROUP/VERSION, or GROUP for its newest"
        " (default: the newest of all)",
    )


def add_work(parser: argparse.ArgumentParser) -> None:
    """Add the option that every command has."""
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(".local"),
        metavar="DIR",
        help="work directory (default: %(default)s)",
    )
