"""Which jobs of a repository's workflows take which roles on: what the delivery means to let in."""

from __future__ import annotations

from github_repository import Repository
from github_tokens import Origin
from values import JourneyError
from workflow_language import EXPRESSION, Language
from workflows import FOLDER, Job, Workflow, read

ACTION = "aws-actions/configure-aws-credentials@"


def workflows_of(language: Language, repository: Repository, branch: str) -> list[Workflow]:
    """All workflows of a branch."""
    files = repository.resolve(branch).files
    found = [path for path in sorted(files) if path.startswith(f"{FOLDER}/") and path.endswith((".yml", ".yaml"))]
    return [read(language, path, files[path]) for path in found]


def taken_roles(language: Language, repository: Repository) -> dict[str, list[Origin]]:
    """Each role, with what the tokens of the jobs say that take it on."""
    found: dict[str, list[Origin]] = {}
    for workflow in workflows_of(language, repository, repository.default_branch):
        for job in workflow.jobs.values():
            for step in job.steps:
                if step.uses.startswith(ACTION):
                    role = step.inputs["role-to-assume"]
                    if not isinstance(role, str):
                        raise JourneyError(f"{workflow.file}: {job.identity} takes a role on that no reader sees")
                    found.setdefault(role, []).extend(_origins(repository, workflow, job))
    return found


def _origins(repository: Repository, workflow: Workflow, job: Job) -> list[Origin]:
    """One for each branch that the workflow is meant to run on."""
    given = job.environment["name"] if isinstance(job.environment, dict) else job.environment
    if isinstance(given, dict) and EXPRESSION in given:
        raise JourneyError(f"{workflow.file}: {job.identity} is in an environment that no reader sees")
    pushes = workflow.events.get("push") or {}
    branches = pushes.get("branches", [] if "push" in workflow.events else [repository.default_branch])
    if not branches:
        raise JourneyError(f"{workflow.file} takes roles on for pushes to any branch")
    owner, event = repository.owner, next(iter(workflow.events))
    made = lambda ref: Origin(
        owner.login, owner.identity, repository.name, repository.identity, workflow.file, ref, workflow.name,
        given or "", event,
    )  # fmt: skip
    return [made(f"refs/heads/{branch}") for branch in branches]
