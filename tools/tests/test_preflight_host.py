"""The preflight of what GitHub must have: everything there, each thing missing, and nobody to ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

import preflight
import preflight_host
from github_repository_site import NAME, RepositorySite, sample
from preflight_accounts import TOOLING
from preflight_host_checks import look_at_host

ENVIRONMENT = "environments/main-prod"
REVIEWERS = {"id": 1, "node_id": "x", "type": "required_reviewers", "reviewers": []}
BRANCHES = {"id": 2, "node_id": "y", "type": "branch_policy"}
OWN = {"protected_branches": False, "custom_branch_policies": True}
PROTECTED = {"protected_branches": True, "custom_branch_policies": False}


def right(site: RepositorySite) -> None:
    """A repository that is as it must be."""
    user = {**_user(), "id": 7, "login": "acme"}
    site.says("", id=42, full_name=NAME, default_branch="main", visibility="private", owner=user)
    site.says("actions/oidc/customization/sub", use_default=True)
    site.says("branches/main", name="main", protected=True)
    site.rules("main")
    site.says(ENVIRONMENT, protection_rules=[REVIEWERS, BRANCHES], deployment_branch_policy=OWN)
    policies(site, "main")


def policies(site: RepositorySite, *names: str) -> None:
    found = [{"id": i, "node_id": "x", "name": name, "type": "branch"} for i, name in enumerate(names)]
    site.says(f"{ENVIRONMENT}/deployment-branch-policies", total_count=len(found), branch_policies=found)


def _user() -> dict[str, Any]:
    return dict(sample({"$ref": "#/components/schemas/simple-user"}))


@pytest.fixture(params=["gh", "token"])
def site(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RepositorySite]:
    """The repository, asked through the command line and with a token."""
    made = RepositorySite()
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(preflight_host, "API", made.address)
    if request.param == "gh":
        made.gh(tmp_path)
        monkeypatch.delenv("GH_TOKEN", raising=False)
    else:
        monkeypatch.setenv("GH_TOKEN", "a token")
    right(made)
    yield made
    made.close()


def look(kind: str, **wants: Any) -> tuple[str, str]:
    found = look_at_host(preflight_host.Host(NAME), {"kind": kind, "wants": wants})
    return found.status, found.what


def repository() -> tuple[str, str]:
    return look("hostRepository", repositoryId="42", ownerId="7", defaultBranch="main")


def environment(asks: bool = True, branch: str = "main") -> tuple[str, str]:
    return look("hostEnvironment", name="main-prod", branch=branch, asks=asks)


def test_everything_there(site: RepositorySite) -> None:
    assert repository() == ("ok", "")
    assert look("hostSubject") == ("ok", "default")
    assert look("hostBranch", branch="main") == ("ok", "protected")
    assert environment() == ("ok", "only main")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"id": 43}, "its number is 43, not 42"),
        ({"owner": {**_user(), "id": 8}}, "its owner's number is 8, not 7"),
        ({"full_name": "acme/customers"}, "its name is acme/customers, not acme/churn"),
        ({"default_branch": "trunk"}, "its default branch is trunk, not main"),
        ({"archived": True}, "it is archived"),
    ],
)
def test_another_repository(site: RepositorySite, change: dict[str, Any], what: str) -> None:
    site.answers[""] = (200, {**site.answers[""][1], **change})
    assert repository() == ("missing", what)


def test_a_repository_that_is_not_shown(site: RepositorySite) -> None:
    del site.answers[""]
    status, what = repository()
    assert status == "missing" and "does not show repos/acme/churn" in what


def test_another_subject(site: RepositorySite) -> None:
    site.says("actions/oidc/customization/sub", use_default=False, include_claim_keys=["repo", "actor"])
    assert look("hostSubject") == ("missing", "it is made from repo, actor")


def test_branches(site: RepositorySite) -> None:
    site.says("branches/main", name="main", protected=False)
    assert look("hostBranch", branch="main")[0] == "missing"
    site.rules("main", "deletion")
    assert look("hostBranch", branch="main")[0] == "missing"
    site.rules("main", "deletion", "pull_request")
    assert look("hostBranch", branch="main") == ("ok", "by rules")
    assert look("hostBranch", branch="other")[0] == "missing"
    site.says("branches/release%2Fone", name="release/one", protected=True)
    site.rules("release%2Fone")
    assert look("hostBranch", branch="release/one")[0] == "ok"
    assert "branches/release%2Fone" in site.asked


def test_an_environment_that_is_not_there(site: RepositorySite) -> None:
    del site.answers[ENVIRONMENT]
    status, what = environment()
    assert status == "missing" and "without any protection" in what


def test_reviewers(site: RepositorySite) -> None:
    site.says(ENVIRONMENT, protection_rules=[BRANCHES], deployment_branch_policy=OWN)
    assert environment(asks=False) == ("ok", "only main")
    check = {"kind": "hostEnvironment", "wants": {"name": "main-prod", "branch": "main", "asks": True}}
    found = look_at_host(preflight_host.Host(NAME), check)
    assert (found.status, found.what) == ("missing", "it has no required reviewers: nobody would be asked")
    assert "GitHub Enterprise" in found.fix and 'approvals "aws"' in found.fix
    site.answers[""] = (200, {**site.answers[""][1], "visibility": "public"})
    assert "Enterprise" not in look_at_host(preflight_host.Host(NAME), check).fix


def test_branches_of_an_environment(site: RepositorySite) -> None:
    policies(site, "main", "release/*")
    assert environment() == ("warning", "release/* may use it, too")
    policies(site, "trunk")
    assert environment() == ("missing", "main may not use it, but trunk")
    policies(site)
    assert environment() == ("missing", "main may not use it, but no branch")
    site.says(ENVIRONMENT, protection_rules=[REVIEWERS], deployment_branch_policy=None)
    assert environment()[0] == "warning"
    site.says(ENVIRONMENT, protection_rules=[REVIEWERS, BRANCHES], deployment_branch_policy=PROTECTED)
    assert environment() == ("ok", "protected branches")
    site.says("branches/main", name="main", protected=False)
    assert environment() == ("missing", "main is not protected")


def test_what_may_not_be_read(site: RepositorySite) -> None:
    site.says("actions/oidc/customization/sub", status=403)
    status, what = look("hostSubject")
    assert status == "unknown" and "GitHub answers 403" in what and what.endswith(": no")


def test_nothing_is_asked_twice(site: RepositorySite) -> None:
    host = preflight_host.Host(NAME)
    for _ in range(2):
        look_at_host(host, {"kind": "hostBranch", "wants": {"branch": "main"}})
    assert site.asked == ["branches/main", "rules/branches/main"]


ENVIRONMENT_WANTED = {"name": "main-prod", "branch": "main", "asks": True}

WANTED = {
    "tooling": TOOLING, "qualifier": "churn", "project": "churn",
    "checks": [
        {"kind": kind, "title": title, "fix": "fix it", "place": TOOLING, "host": NAME, "wants": wants}
        for kind, title, wants in (
            ("hostRepository", "Repository", {"repositoryId": "42", "ownerId": "7", "defaultBranch": "main"}),
            ("hostSubject", "Subject", {}),
            ("hostEnvironment", "Environment main-prod", ENVIRONMENT_WANTED),
        )
    ],
}  # fmt: skip


@mock_aws
def test_the_report(site: RepositorySite, capsys: pytest.CaptureFixture[str]) -> None:
    assert preflight.run(WANTED) == 0
    assert "ok       acme/churn: Environment main-prod (only main)" in capsys.readouterr().out
    del site.answers[""]
    assert preflight.run(WANTED) == 1
    assert (
        "skipped  acme/churn: Subject (not checked, because there is no such repository)"
        in capsys.readouterr().out
    )


@mock_aws
@pytest.mark.parametrize("gh", [False, True])
def test_nobody_to_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], gh: bool
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("GH_TOKEN", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    if gh:
        # What gh says before anybody signed in.
        (tmp_path / "gh").write_text("#!/bin/sh\necho 'please run:  gh auth login' >&2\nexit 4\n")
        (tmp_path / "gh").chmod(0o755)
    assert preflight.run(WANTED) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if "acme/churn" in line]
    why = "gh says: please run:  gh auth login" if gh else "there is neither gh nor GH_TOKEN"
    assert lines == [f"unknown  acme/churn: not checked: Repository, Subject, Environment main-prod ({why})"]
