"""Where a job finds its /opt/ml: probed once for a run, by really mounting."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import RunnerError, StepError
from . import shared

OPT_ML = "/opt/ml"
_ENTER = str(Path(__file__).with_name("enter.py"))


@dataclass(frozen=True)
class Place:
    """How jobs of a run find their directory.

    `namespace`: it is mounted at /opt/ml. `shared`: it is moved to the machine's own /opt/ml, for one job at
    a time. `mapped`: variables and arguments point into it, and nothing stands at /opt/ml.
    """

    mode: str

    @property
    def alone(self) -> bool:
        """Say whether jobs must run one after the other."""
        return self.mode == "shared"

    def command(self, directory: Path, cwd: Path, command: Sequence[str]) -> tuple[list[str], Path]:
        """Return the command and the working directory to start; `cwd` is below `directory`."""
        seen = Path(OPT_ML, cwd.relative_to(directory)) if cwd.is_relative_to(directory) else cwd
        if self.mode == "namespace":
            return [sys.executable, "-I", "-S", _ENTER, str(directory), str(seen), *command], directory
        return list(command), seen if self.mode == "shared" else cwd

    @contextmanager
    def occupied(self, directory: Path, stopping: Callable[[], bool]) -> Iterator[None]:
        """Have the directory in its place while a job runs; raises StepError when the job wrote elsewhere."""
        if self.mode == "shared":
            with shared.lent(directory, stopping):
                yield
        elif self.mode == "mapped":
            before = _stamps(OPT_ML)
            yield
            if _stamps(OPT_ML) != before:
                raise StepError(
                    f"it wrote to {OPT_ML} of this machine, not to its own directory, which cannot be"
                    " mounted there. Let the script take its paths from the SM_* variables."
                )
        else:
            yield


def choose(
    wish: str | None, absolute: Callable[[], tuple[str, str] | None], keep: Sequence[str | Path]
) -> Place:
    """Return how jobs get their /opt/ml; raises RunnerError when some cannot have what they need.

    `absolute` finds a step and the place in its code where it names /opt/ml; `keep` are paths of this machine
    that must stay visible.
    """
    hidden = next((path for path in map(str, keep) if Path(path).is_relative_to(OPT_ML)), None)
    why = (
        f"{hidden} is below it"
        if hidden
        else why_not_mounted()
        if wish in (None, "namespace")
        else "not tried"
    )
    if why is None:
        return Place("namespace")
    if wish == "mapped":
        return Place("mapped")
    found = absolute() if wish is None else None
    if wish is None and found is None:
        return Place("mapped")
    against = f"{hidden} is below it" if hidden else shared.reason_against()
    if against is None and wish != "namespace":
        return Place("shared")
    step, where = found or ("a step", "")
    what = f"step {step} uses {OPT_ML} by its absolute path ({where})" if found else f"--opt-ml {wish}"
    raise RunnerError(
        f"{what}, and there is no way here to put a directory there: mounting it: {why};"
        f" using the machine's own: {against or 'not asked for'}. Allow user namespaces"
        f' (Docker: --security-opt seccomp=unconfined), or: sudo mkdir -p {OPT_ML} && sudo chown "$USER"'
        f" {OPT_ML} (it must be empty), or let the script take its paths from the SM_* variables."
    )


def why_not_mounted() -> str | None:
    """Mount a directory at /opt/ml and read it from there; returns why that does not work."""
    if sys.platform != "linux":
        return "only Linux has namespaces"
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "probe").write_text("there")
        command = [
            sys.executable,
            "-I",
            "-S",
            _ENTER,
            folder,
            OPT_ML,
            "/bin/sh",
            "-c",
            f"read x < {OPT_ML}/probe",
        ]
        command[-1] += ' || [ "$x" = there ]'
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]


def _stamps(root: str) -> list[tuple[str, int]]:
    """Return the directories below the machine's /opt/ml and when each was changed, four levels deep."""
    found = []
    for folder, folders, names in os.walk(root):
        depth = folder.removeprefix(root).count("/")
        found.append((folder, Path(folder).stat().st_mtime_ns))
        found += [(name, os.lstat(os.path.join(folder, name)).st_mtime_ns) for name in names]  # noqa: PTH118
        if depth >= 4:
            folders.clear()
    return found
