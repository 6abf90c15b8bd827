"""Workflows as they stand in a repository; what GitHub's schema knows and the journey does not is an error.

After GitHub's documentation, "Workflow syntax for GitHub Actions".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow_language import EXPRESSION, Language, WorkflowError

FOLDER = ".github/workflows"
READ_ONLY = {"contents": "read", "packages": "read", "metadata": "read"}
"""What a token may do where a workflow does not say it (documentation, "GITHUB_TOKEN", restricted default)."""

_WORKFLOW_KEYS = {"on", "events", "name", "run-name", "permissions", "concurrency", "env", "defaults", "jobs"}
_JOB_KEYS = {
    "name", "needs", "if", "runs-on", "permissions", "environment", "concurrency", "outputs", "env", "defaults",
    "steps", "timeout-minutes", "container",
}  # fmt: skip
_STEP_KEYS = {
    "id", "name", "if", "run", "uses", "with", "env", "shell", "working-directory", "continue-on-error",
    "timeout-minutes",
}  # fmt: skip
_SCOPES = (
    "actions", "attestations", "checks", "contents", "deployments", "id-token", "issues", "packages",
    "pull-requests", "security-events", "statuses",
)  # fmt: skip


@dataclass(frozen=True)
class Concurrency:
    """What must not run at the same time."""

    group: Any
    cancel: Any = False
    queue: str = "single"
    """How many wait: the newest one alone, or all (`max`)."""


@dataclass(frozen=True)
class Step:
    """One step; what may be an expression is kept as it stands."""

    identity: str
    name: Any
    condition: str
    run: Any
    uses: str
    inputs: dict[str, Any]
    env: dict[str, Any]
    shell: str
    folder: Any
    continues: Any

    @property
    def shown(self) -> str:
        """How it is called in a log."""
        if isinstance(self.name, str):
            return self.name
        return self.uses.partition("@")[0] or self.identity


@dataclass(frozen=True)
class Job:
    """One job."""

    identity: str
    needs: tuple[str, ...]
    condition: str
    runs_on: Any
    permissions: dict[str, str] | None
    environment: Any
    concurrency: Concurrency | None
    outputs: dict[str, Any]
    env: dict[str, Any]
    defaults: dict[str, str]
    steps: tuple[Step, ...]
    minutes: Any


@dataclass(frozen=True)
class Workflow:
    """A file of the folder of workflows."""

    path: str
    name: str
    events: dict[str, Any]
    permissions: dict[str, str] | None
    concurrency: Concurrency | None
    env: dict[str, Any]
    defaults: dict[str, str]
    jobs: dict[str, Job]

    @property
    def file(self) -> str:
        """Its name without the folder."""
        return self.path.rpartition("/")[2]

    def ancestors(self, job: str) -> set[str]:
        """All jobs that must be over before one begins, not only those that it names."""
        direct = self.jobs[job].needs
        return {*direct, *(found for need in direct for found in self.ancestors(need))}


def read(language: Language, path: str, text: str) -> Workflow:
    """Reads a file of the repository."""
    data = language.parse(path, text)
    _known(path, data, _WORKFLOW_KEYS)
    jobs = {identity: _job(f"{path}: {identity}", identity, given) for identity, given in data["jobs"].items()}
    for job in jobs.values():
        missing = set(job.needs) - set(jobs)
        if missing:
            raise WorkflowError(f"{path}: {job.identity} needs {', '.join(sorted(missing))}, which is no job")
    return Workflow(
        path, data.get("name", path), data["events"], _permissions(path, data), _concurrency(data),
        data.get("env", {}), _defaults(path, data), jobs,
    )  # fmt: skip


def _job(where: str, identity: str, given: dict[str, Any]) -> Job:
    _known(where, given, _JOB_KEYS)
    container = given.get("container")
    if isinstance(container, dict):
        _known(f"{where}: container", container, {"image"})
    needs = given.get("needs", [])
    steps = tuple(_step(f"{where}: step {index}", step) for index, step in enumerate(given["steps"], 1))
    return Job(
        identity, tuple([needs] if isinstance(needs, str) else needs), given["if"][EXPRESSION], given["runs-on"],
        _permissions(where, given), given.get("environment"), _concurrency(given), given.get("outputs", {}),
        given.get("env", {}), _defaults(where, given), steps, given.get("timeout-minutes", 360),
    )  # fmt: skip


def _step(where: str, given: dict[str, Any]) -> Step:
    _known(where, given, _STEP_KEYS)
    return Step(
        given["id"], given.get("name"), given["if"][EXPRESSION], given.get("run"), given.get("uses", ""),
        given.get("with", {}), given.get("env", {}), given.get("shell", ""), given.get("working-directory", ""),
        given.get("continue-on-error", False),
    )  # fmt: skip


def _permissions(where: str, given: dict[str, Any]) -> dict[str, str] | None:
    """None where nothing is said; what a workflow does not name it does not have."""
    found = given.get("permissions")
    if found in ("read-all", "write-all"):
        return dict.fromkeys(_SCOPES, found.partition("-")[0])
    if found is None and "permissions" not in given:
        return None
    if not isinstance(found or {}, dict):
        raise WorkflowError(f"{where}: the permissions {found} are not known here")
    return {scope: str(level) for scope, level in (found or {}).items()}


def _concurrency(given: dict[str, Any]) -> Concurrency | None:
    found = given.get("concurrency")
    if found is None:
        return None
    if not isinstance(found, dict) or EXPRESSION in found:
        return Concurrency(found)
    return Concurrency(found["group"], found.get("cancel-in-progress", False), found.get("queue", "single"))


def _defaults(where: str, given: dict[str, Any]) -> dict[str, str]:
    defaults = given.get("defaults", {})
    _known(f"{where}: defaults", defaults, {"run"})
    found: dict[str, str] = defaults.get("run", {})
    _known(f"{where}: defaults.run", found, {"shell", "working-directory"})
    return found


def _known(where: str, given: dict[str, Any], known: set[str]) -> None:
    unknown = set(given) - known
    if unknown:
        raise WorkflowError(f"{where} has {', '.join(sorted(unknown))}, which the journey does not know")
