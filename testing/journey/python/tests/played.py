"""Workflows that tests write, and their runs."""

from __future__ import annotations

from typing import Any

from conftest import repository

from github import Github
from github_repository import Repository
from workflow_runs import Run


def begin(github: Github, text: str, files: dict[str, str] | None = None, **more: Any) -> tuple[Repository, Run]:
    """A push of a workflow that stands for pushes; as far as it goes."""
    found = github.add(repository(**more))
    github.push(found, "main", {".github/workflows/x.yml": text, **(files or {})}, "developer")
    github.settle()
    return found, github.scheduler.runs[-1]


def results(run: Run) -> dict[str, str]:
    return {name: job.result for name, job in run.jobs.items()}


def job(needs: str = "", condition: str = "", run: str = "true", more: str = "") -> str:
    asked = f"needs: [{needs}]\n    " if needs else ""
    held = f'if: "{condition}"\n    ' if condition else ""
    return f"{asked}{held}{more}runs-on: ubuntu-24.04\n    steps: [{{shell: bash, run: '{run}'}}]"


def workflow(head: str = "", **jobs: str) -> str:
    return "on: push\n" + head + "jobs:\n" + "".join(f"  {name}:\n    {text}\n" for name, text in jobs.items())
