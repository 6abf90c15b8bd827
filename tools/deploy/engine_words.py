"""What people are told to do next, in the words of the engine that runs the delivery."""

from __future__ import annotations

import os

from targets import KEEP_LIVE, Targets

RETURN = "return-"
"""What an execution's id begins with where CodeBuild returns an endpoint."""


def retry_request(group: str, version: int | str, environment: str) -> str:
    """What a person types to have a workflow deploy a version."""
    return f"npx projen deployment:retry -- --environment {environment} --version {version} --group {group}"


def to_deploy(targets: Targets, package: str, environment: str) -> str:
    """How a person has an approved version deployed; goes on with "then"."""
    if targets.engine is None:
        return f"start the pipeline with {package}"
    return f"have it deployed: {retry_request(targets.group, package.rsplit('/', 1)[-1], environment)}"


def to_begin_again(targets: Targets, wanted: str) -> str:
    """
    How a person has an execution begin again with what it was to deploy. A run of a workflow takes what it
    had taken before, and decides anew.
    """
    if targets.engine is None:
        return f"start the pipeline again with {wanted}"
    what = "what is live" if wanted == KEEP_LIVE else wanted
    if page := pipeline_page():
        return f"retry the job that takes the request for {what}, and those after it: {page}"
    return f"re-run all jobs for {what}: gh run rerun {os.environ.get('GITHUB_RUN_ID', 'RUN')}"


def to_change_again() -> str:
    """How a person has the infrastructure looked at and deployed once more, from the newest commit."""
    # The path of the workflow's file, and its branch (GitHub docs, "Variables reference").
    file, _, ref = os.environ.get("GITHUB_WORKFLOW_REF", "").partition("@")
    if page := pipeline_page():
        return f"retry the first job, and those after it: {page}"
    if not ref:
        return "start the pipeline again"
    return f"start the workflow again: gh workflow run {file.rsplit('/', 1)[-1]} --ref {branch_of(ref)}"


def own_stage() -> str:
    """The stage that changes what deploys the infrastructure."""
    in_workflow = os.environ.get("GITHUB_WORKFLOW_REF") or pipeline_page()
    return "the job deploy-self" if in_workflow else "SelfMutate"


def pipeline_page() -> str | None:
    """The pipeline of GitLab that runs this (GitLab docs, "Predefined CI/CD variables reference")."""
    return os.environ.get("CI_PIPELINE_URL")


def branch_of(ref: str) -> str:
    """The branch in the form that the GitHub CLI takes."""
    return ref.removeprefix("refs/heads/")


def to_retry(whole: str = "") -> str:
    """
    How a person has what failed go on: the stage of a pipeline, `whole` says how far, or the jobs of a run. A
    return is a build in AWS.
    """
    if run := os.environ.get("GITHUB_RUN_ID"):
        return f"re-run the failed jobs: gh run rerun {run} --failed"
    if page := pipeline_page():
        return f"retry the failed jobs: {page}"
    if os.environ.get("EXECUTION_ID", "").startswith(RETURN):
        return "start the return again: npx projen rollback"
    return f"retry this stage{whole}"


def to_retry_all() -> str:
    """The same from the first action of the stage, which looks at everything again."""
    return to_retry(" from its first action (all actions)")


def retry() -> str:
    """The same as a sentence."""
    text = to_retry()
    return f"{text[0].upper()}{text[1:]}."
