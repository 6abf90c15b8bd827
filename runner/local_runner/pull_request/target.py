"""The branch that is merged into: where the two parted, in a working tree of its own, and its run there."""

from __future__ import annotations

import os
import subprocess
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .. import git
from ..errors import RunnerError
from ..files import remove_tree
from ..options import Options
from ..report.cli import runs

COMMAND_VARIABLE = "PIPELINE_TARGET_COMMAND"
"""Environment variable with the shell command that compiles and runs the pipeline of a working tree."""

PLACE = Path("pull-request", "target")
"""Where the working tree is, in the work directory."""

TAIL_LINES = 20

_OURS = ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What says where this working tree and its environment are: the other one has its own."""


@dataclass(frozen=True)
class Ran:
    """A run of the target; without an execution id, `output` has the last lines of what failed."""

    tree: Path
    work: Path
    execution_id: str
    output: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """The commit at which this branch and another one parted."""

    name: str
    commit: str

    @property
    def title(self) -> str:
        """How it is called: `main at 8f2c1e0b7d5a`."""
        short = self.commit[:12]
        return short if self.commit.startswith(self.name) else f"{self.name} at {short}"

    def folder(self, work: Path) -> Path:
        """Return where its working tree is."""
        return work / PLACE

    def run(self, work: Path, command: str, settings: Sequence[str]) -> Ran:
        """Compile and run its pipeline; whatever goes wrong there is told, not raised."""
        tree = self.folder(work)
        inside = tree / Options().work
        if failure := _check_out(tree, self.commit, work):
            return Ran(tree, inside, "", (f"git makes no working tree of {self.commit}: {failure}",))
        before = set(runs(inside))
        arguments = [part for setting in settings for part in ("--set", setting)]
        output = _call(["sh", "-c", f'{command} "$@"', "sh", *arguments], tree)
        new = [each for each in runs(inside) if each not in before]
        return Ran(tree, inside, new[-1] if new else "", () if new else output)


def find(name: str) -> Target:
    """Return the target; RunnerError where git does not know it, or it has nothing in common with this."""
    # A fresh clone has the branches of its origin and none of its own.
    for reference in (f"refs/remotes/origin/{name}", name):
        if tip := git.commit_of(reference):
            if common := git.common_commit(tip):
                return Target(name, common)
            raise RunnerError(
                f"--target {name}: it has no commit in common with this branch. In a shallow clone, fetch the"
                " whole history: git fetch --unshallow."
            )
    raise RunnerError(
        f"--target {name}: git knows no such branch or commit here. Fetch it (git fetch origin), or name"
        " another one."
    )


def _check_out(tree: Path, commit: str, work: Path) -> str | None:
    """Bring the working tree to a commit; returns what went wrong.

    What is ignored in it stays: environments, caches, runs.
    """
    kept = (tree / ".git").is_file() and _git(tree, "checkout", "--force", "--detach", commit) is None
    if kept and _git(tree, "clean", "--force", "-d") is None:
        return None
    remove_tree(tree)
    tree.parent.mkdir(parents=True, exist_ok=True)
    ignore = work / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    _git(Path.cwd(), "worktree", "prune")
    return _git(Path.cwd(), "worktree", "add", "--force", "--detach", str(tree.absolute()), commit)


def _git(folder: Path, *arguments: str) -> str | None:
    """Run git without the repository's hooks; returns what went wrong."""
    command = ["git", "-c", f"core.hooksPath={os.devnull}", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return None if done.returncode == 0 else done.stderr.strip() or f"exit code {done.returncode}"


def _call(command: Sequence[str], folder: Path) -> tuple[str, ...]:
    """Run a command and show its output; returns its last lines."""
    last: deque[str] = deque(maxlen=TAIL_LINES)
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(),
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    for line in process.stdout:
        print(f"  {line}", end="", flush=True)
        last.append(line.rstrip())
    process.wait()
    return tuple(last)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _OURS}
