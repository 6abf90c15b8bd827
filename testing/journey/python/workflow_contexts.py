"""What expressions of a workflow can look at, and the variables that GitHub sets.

After GitHub's documentation, "Contexts reference" and "Variables reference".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow_language import Contexts, Status
from workflow_runs import JobRun, Run

SERVER = "https://github.com"


@dataclass(frozen=True)
class Where:
    """The folders of a machine, and where the API is."""

    workspace: str
    temporary: str
    event: str
    api: str
    token: str


def github(run: Run, job: JobRun | None = None, where: Where | None = None) -> dict[str, Any]:
    """The context `github`; on a machine also what is only known there."""
    repository, event, workflow = run.repository, run.event, run.workflow
    owner = repository.owner
    found = {
        "actor": event.actor, "base_ref": event.base_ref, "event": event.payload, "event_name": event.name,
        "head_ref": event.head_ref, "ref": event.ref, "ref_name": event.short_ref,
        "ref_type": "branch", "repository": repository.full_name, "repository_id": str(repository.identity),
        "repository_owner": owner.login, "repository_owner_id": str(owner.identity), "run_id": str(run.identity),
        "run_number": str(run.number), "run_attempt": str(run.attempt), "server_url": SERVER, "sha": event.sha,
        "triggering_actor": run.starter, "workflow": workflow.name,
        "workflow_ref": f"{repository.full_name}/{workflow.path}@{event.ref}", "workflow_sha": event.sha,
    }  # fmt: skip
    if where is None or job is None:
        return found
    more = {"job": job.job.identity, "workspace": where.workspace, "event_path": where.event, "api_url": where.api,
            "token": where.token}  # fmt: skip
    return {**found, **more}


def of_run(run: Run) -> Contexts:
    """What the workflow itself can look at."""
    return {"github": github(run), "inputs": run.inputs, "vars": run.repository.variables}


def of_job(run: Run, job: JobRun) -> Contexts:
    """What a job can look at before it has a machine: only the jobs that it names."""
    needs = {name: run.jobs[name] for name in job.job.needs}
    told = {name: {"result": need.result, "outputs": need.outputs} for name, need in needs.items()}
    return {**of_run(run), "needs": told}


def status_of(run: Run, job: JobRun) -> Status:
    """What the functions about the status say for a job: they look at all jobs before it, so that one which was
    skipped far above skips it as well (actions/runner, issues 491 and 2205)."""
    results = [run.jobs[name].result for name in run.workflow.ancestors(job.job.identity)]
    return {
        "success": not run.cancelled and all(result == "success" for result in results),
        "failure": not run.cancelled and "failure" in results,
        "cancelled": run.cancelled,
        "always": True,
    }


def variables(run: Run, job: JobRun, where: Where) -> dict[str, str]:
    """The environment that every step has."""
    known = github(run, job, where)
    names = (
        "actor", "api_url", "base_ref", "event_name", "event_path", "head_ref", "job", "ref", "ref_name", "ref_type",
        "repository", "repository_id", "repository_owner", "repository_owner_id", "run_attempt", "run_id",
        "run_number", "server_url", "sha", "triggering_actor", "workflow", "workflow_ref", "workflow_sha",
        "workspace",
    )  # fmt: skip
    return {
        "CI": "true", "GITHUB_ACTIONS": "true", "RUNNER_OS": "Linux", "RUNNER_ARCH": "X64",
        "RUNNER_ENVIRONMENT": "github-hosted", "RUNNER_NAME": "runner", "RUNNER_TEMP": where.temporary,
        "RUNNER_TOOL_CACHE": f"{where.temporary}/tools",
        **{f"GITHUB_{name.upper()}": str(known[name]) for name in names},
    }  # fmt: skip
