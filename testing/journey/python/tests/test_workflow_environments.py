"""Environments that wait for a reviewer, branches that they admit, and groups of runs that exclude each other."""

from __future__ import annotations

import pytest
from played import begin, job, results, workflow

from github import Github
from github_repository import GithubEnvironment
from values import JourneyError

PROTECTED = GithubEnvironment("prod", ("reviewer",), ("main",), no_self_review=True)


def test_an_environment_waits(github: Github) -> None:
    text = workflow(a=job(more="environment: prod\n    "), b=job("a"))
    _, run = begin(github, text, environments={"prod": PROTECTED})
    assert [j.environment for j in run.questions] == ["prod"] and not run.done
    with pytest.raises(JourneyError, match="no reviewer"):
        github.answer(run, "prod", "mallory", True)
    github.answer(run, "prod", "reviewer", True)
    github.settle()
    assert (run.conclusion, results(run)) == ("success", {"a": "success", "b": "success"})


def test_an_environment_is_rejected(github: Github) -> None:
    text = workflow(a=job(more="environment: prod\n    "), b=job("a"), c=job("a", "always()"))
    _, run = begin(github, text, environments={"prod": PROTECTED})
    github.answer(run, "prod", "reviewer", False)
    github.settle()
    assert (run.conclusion, results(run)) == ("failure", {"a": "failure", "b": "skipped", "c": "success"})
    assert "reviewer rejected prod" in run.message


def test_whoever_starts_does_not_approve(github: Github) -> None:
    own = GithubEnvironment("prod", ("developer",), no_self_review=True)
    _, run = begin(github, workflow(a=job(more="environment: prod\n    ")), environments={"prod": own})
    with pytest.raises(JourneyError, match="cannot approve"):
        github.answer(run, "prod", "developer", True)


def test_an_environment_admits_its_branches(github: Github) -> None:
    text = workflow(a=job(more="environment: PROD\n    "))
    found, _ = begin(github, text, environments={"prod": PROTECTED})
    found.branch("attack", "main")
    github.push(found, "attack", {"a": "b"}, "mallory")
    github.settle()
    assert "Branch attack is not allowed" in github.scheduler.runs[-1].message


def test_an_environment_that_nobody_has_made_protects_nothing(github: Github) -> None:
    found, run = begin(github, workflow(a=job(more="environment: prd\n    ")), environments={"prod": PROTECTED})
    assert run.conclusion == "success" and "prd" in found.environments
    assert any("unprotected" in line for line in github.story.lines)


@pytest.mark.parametrize(
    ("how", "ends"),
    [("", ["success", "cancelled", "success"]), (", cancel-in-progress: true", ["cancelled", "cancelled", "success"]),
     (", queue: max", ["success", "success", "success"])],
)  # fmt: skip
def test_groups(github: Github, how: str, ends: list[str]) -> None:
    head = "concurrency: {group: 'deploy-${{ github.ref }}'" + how + "}\n"
    found, first = begin(github, workflow(head, a=job(more="environment: prod\n    ")),
                         environments={"prod": GithubEnvironment("prod", ("reviewer",))})  # fmt: skip
    for number in range(2):
        github.push(found, "main", {"a": str(number)}, "developer")
        github.settle()
    runs = github.runs(found, "x.yml")
    while waiting := [r for r in runs if r.questions]:
        github.answer(waiting[0], "prod", "reviewer", True)
        github.settle()
    assert [r.conclusion for r in runs] == ends and first is runs[0]
