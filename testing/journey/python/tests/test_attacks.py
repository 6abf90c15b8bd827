"""The attacks on roles that trust GitHub, and that no condition of their trust policies is there in vain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from conftest import account, judged, role, trust

from github_attacks import Table, conditions, let_in, without
from github_tokens import Issuer, Origin
from web_identity import WebIdentity

BUILDER = Origin("acme", 7, "churn", 42, "build-main.yml", "refs/heads/main", "build")
SHIPPER = BUILDER.but(file="deploy-main.yml", environment="main-prod", event="repository_dispatch")
TRUSTED = {
    "builder": (trust("build-main.yml"), BUILDER),
    "shipper": (trust("deploy-main.yml", environment="main-prod"), SHIPPER),
}
SPOILT = {
    f"{name}-without-{claim}": (without(policy, claim), origin, name)
    for name, (policy, origin) in TRUSTED.items()
    for claim in conditions(policy)
}


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    policies = {**{name: t for name, (t, _) in TRUSTED.items()}, **{name: t for name, (t, *_) in SPOILT.items()}}
    roles: dict[str, dict[str, Any]] = {role(name): {"trust": policy} for name, policy in policies.items()}
    with judged(roles, tmp_path_factory.mktemp("attacks")) as judge:
        issuer = Issuer()
        yield Table(WebIdentity(account(roles, judge), judge.claims, {issuer.url: issuer}), issuer)


@pytest.mark.parametrize("name", TRUSTED)
def test_legitimate(table: Table, name: str) -> None:
    assert table.legitimate(role(name), TRUSTED[name][1]) == []


@pytest.mark.parametrize("name", TRUSTED)
def test_attacks(table: Table, name: str) -> None:
    policy, origin = TRUSTED[name]
    outcomes = table.play(role(name), origin, conditions(policy))
    assert let_in(outcomes) == []
    # Nothing is refused for what has nothing to do with it.
    reasons = [o.refused for o in outcomes if "AccessDenied" not in o.refused]
    assert all("InvalidIdentityToken" in why or "ExpiredToken" in why for why in reasons), reasons
    assert len(reasons) < len(outcomes) / 2


@pytest.mark.parametrize("name", SPOILT)
def test_every_condition_counts(table: Table, name: str) -> None:
    """One that is gone lets somebody in."""
    _, origin, original = SPOILT[name]
    assert table.legitimate(role(name), origin) == []
    assert let_in(table.play(role(name), origin, conditions(TRUSTED[original][0])))


def test_what_conditions_are_for(table: Table) -> None:
    """Which conditions keep out somebody to whom GitHub would issue the token."""
    found = {}
    for name, (_, origin, original) in SPOILT.items():
        outcomes = table.play(role(name), origin, conditions(TRUSTED[original][0]))
        found[name] = [o.attack.name for o in outcomes if not o.refused and o.attack.issued]
    assert found["shipper-without-repository_id"] == ["a repository that took the name over, with a subject of names"]
    assert found["shipper-without-ref"] == ["a workflow of another branch that calls this one"]
    assert found["builder-without-sub"] == ["another job of the workflow, with an environment of its own"]
    assert "another workflow of the same branch" in found["shipper-without-job_workflow_ref"]
    assert found["shipper-without-aud"] == ["a token for another service"]
    # The subject says the same as these.
    assert found["builder-without-ref"] == found["shipper-without-environment"] == []


def test_claims() -> None:
    """The example of GitHub's documentation, "OpenID Connect", and its immutable subject."""
    made = Origin("octo-org", 65, "octo-repo", 74, "oidc.yml", "refs/heads/main", environment="prod", run=5)
    claims = made.but(immutable=False).claims()
    assert claims["sub"] == "repo:octo-org/octo-repo:environment:prod"
    assert claims["aud"] == "https://github.com/octo-org"
    assert claims["job_workflow_ref"] == "octo-org/octo-repo/.github/workflows/oidc.yml@refs/heads/main"
    mine = Origin("octocat", 123456, "my-repo", 456789, "x.yml", "refs/heads/main")
    assert mine.subject == "repo:octocat@123456/my-repo@456789:ref:refs/heads/main"
    assert mine.but(immutable=False, event="pull_request").subject == "repo:octocat/my-repo:pull_request"
