"""Who must not get a role that trusts GitHub: a table of attacks for any role, by what a legitimate token says.

Each row is a token as somebody could have it: as GitHub issues it to somebody else, or forged. The last rows are tokens
in which nothing but one claim is another's, whether or not GitHub would issue them, so that no condition of a trust
policy is there in vain.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from github_tokens import ISSUER, LIFETIME_SECONDS, STS, Issuer, Origin
from web_identity import WebIdentity

OTHER_AUDIENCE = "other-service"
"""An audience that the account's provider is asked for by somebody else, so that STS lets its tokens through."""


@dataclass(frozen=True)
class Attack:
    """A token that somebody has who must not get the role."""

    name: str
    token: Callable[[Issuer, Origin], str]
    issued: bool = True
    """Whether GitHub issues such a token, or it is one that only shows what a condition is for."""


@dataclass(frozen=True)
class Outcome:
    """What came of an attack."""

    attack: Attack
    refused: str
    """Why; empty where the role was given."""


@dataclass
class Table:
    """Plays attacks on roles."""

    web: WebIdentity
    issuer: Issuer
    others: tuple[str, ...] = field(default=(OTHER_AUDIENCE,))

    def legitimate(self, role: str, origin: Origin) -> list[str]:
        """Why tokens with which the role is meant to be taken on are refused: one for each form of the subject."""
        forms = (origin.but(immutable=False), origin.but(immutable=True))
        refused = [self.web.refusal(role, self.issuer.sign(form.claims(STS))) for form in forms]
        return [why for why in refused if why]

    def play(self, role: str, origin: Origin, claims: list[str]) -> list[Outcome]:
        """All attacks on a role whose trust policy has conditions on these claims."""
        before, self.web.audiences = self.web.audiences, (*self.web.audiences, *self.others)
        rows = attacks(origin, claims)
        try:
            return [Outcome(row, self.web.refusal(role, row.token(self.issuer, origin))) for row in rows]
        finally:
            self.web.audiences = before


def let_in(outcomes: list[Outcome]) -> list[str]:
    """The attacks that got the role."""
    return [outcome.attack.name for outcome in outcomes if not outcome.refused]


def attacks(origin: Origin, claims: list[str]) -> list[Attack]:
    """The rows for a role whose trust policy has conditions on these claims."""
    issued = [
        _from("another repository of the owner with the same workflow", repository_id=90001, name="other"),
        _from("a repository of somebody else with the same workflow", repository_id=90002, owner="mallory",
              owner_id=90003),
        _from("a fork", repository_id=90004, owner="mallory", owner_id=90005, actor="mallory"),
        _from("a repository that took the name over, with a subject of names", repository_id=90006, owner_id=90007,
              immutable=False),
        _from("a repository that took the name over, with a subject of ids", repository_id=90006, owner_id=90007,
              immutable=True),
        _from("another branch", ref="refs/heads/attack", event="push"),
        _from("a tag of the branch's name", ref=origin.ref.replace("refs/heads/", "refs/tags/")),
        _from("a pull request", ref="refs/pull/7/merge", event="pull_request", head_ref="attack", base_ref="main",
              environment=""),
        _from("a pull request with the environment", ref="refs/pull/7/merge", event="pull_request",
              head_ref="attack", base_ref="main"),
        _from("another workflow of the same branch", file="attack.yml"),
        Attack("a workflow of another branch that calls this one", _calling),
        _from("a workflow of another repository that is called by one of this", file_owner="mallory/actions",
              file_ref="refs/heads/main"),
        _from("a workflow of another repository of the owner that calls this one", repository_id=90014, name="other",
              file_owner=origin.repository, file_ref=origin.ref),
        _from("another job of the workflow, with an environment of its own", environment="attack"),
        _audience("a token for another service", OTHER_AUDIENCE),
        _audience("a token for no service", ""),
    ]  # fmt: skip
    if origin.environment:
        issued += [
            _from("a job of the workflow without the environment", environment=""),
            _from("the environment's name with another case", environment=origin.environment.upper()),
            _from("the environment of somebody else's repository", repository_id=90008, owner="mallory",
                  owner_id=90009),
        ]  # fmt: skip
    return [*issued, *_forged(), *_single(claims)]


def _from(name: str, /, **changes: Any) -> Attack:
    """A token that GitHub issues elsewhere."""
    return Attack(name, lambda issuer, origin: issuer.sign(origin.but(**changes).claims(STS)))


def _calling(issuer: Issuer, origin: Origin) -> str:
    """The file of a workflow that is called is its own, all else is the caller's."""
    caller = origin.but(ref="refs/heads/attack", file="caller.yml")
    return issuer.sign({**caller.claims(STS), "job_workflow_ref": origin.file_at})


def _audience(name: str, audience: str) -> Attack:
    return Attack(name, lambda issuer, origin: issuer.sign(origin.claims(audience)))


def _forged() -> list[Attack]:
    """Tokens that say the right things and that GitHub did not sign, or not now."""
    foreign = Issuer("https://token.actions.githubusercontent.com.attacker.example")
    enterprise = Issuer(f"{ISSUER}/mallory")
    return [
        Attack("an expired token", lambda issuer, origin: issuer.sign(
            origin.claims(STS), time.time() - LIFETIME_SECONDS - 60)),
        Attack("a token of tomorrow", lambda issuer, origin: issuer.sign(origin.claims(STS), time.time() + 86400)),
        Attack("a token that another key signed", lambda issuer, origin: issuer.sign(
            origin.claims(STS), key=rsa.generate_private_key(65537, 2048))),
        Attack("a token of another issuer", lambda _, origin: foreign.sign(origin.claims(STS))),
        Attack("a token of an enterprise's own issuer", lambda _, origin: enterprise.sign(origin.claims(STS))),
        Attack("a token of another issuer that claims to be GitHub's", lambda _, origin: Issuer().sign(
            origin.claims(STS))),
        Attack("a token that nobody signed", lambda issuer, origin: _unsigned(issuer, origin)),
        Attack("a token whose text was changed", lambda issuer, origin: _changed(issuer, origin)),
    ]  # fmt: skip


def _unsigned(issuer: Issuer, origin: Origin) -> str:
    now = int(time.time())
    claims = {**origin.claims(STS), "iss": issuer.url, "iat": now, "exp": now + LIFETIME_SECONDS}
    return jwt.encode(claims, "", "none", {"kid": issuer.identity})


def _changed(issuer: Issuer, origin: Origin) -> str:
    other = issuer.sign(origin.but(repository_id=90010).claims(STS)).split(".")
    mine = issuer.sign(origin.claims(STS)).split(".")
    return ".".join([mine[0], mine[1], other[2]])


def _single(claims: list[str]) -> list[Attack]:
    """Tokens in which one claim alone is another's."""
    others = {
        "repository_id": "90011", "repository_owner_id": "90012", "ref": "refs/heads/attack",
        "environment": "attack", "job_workflow_ref": "mallory/x/.github/workflows/x.yml@refs/heads/main",
        "repository": "mallory/x", "workflow": "attack", "actor": "mallory", "actor_id": "90013",
        "sub": "repo:mallory/x:ref:refs/heads/main", "aud": OTHER_AUDIENCE,
    }  # fmt: skip

    def row(claim: str, value: str) -> Attack:
        token = lambda issuer, origin: issuer.sign({**origin.claims(STS), claim: value})
        return Attack(f"nothing but {claim} is another's", token, issued=False)

    return [row(claim, value) for claim, value in others.items() if claim in claims]


def without(trust: dict[str, Any], claim: str) -> dict[str, Any]:
    """A trust policy in which the condition on a claim is gone."""
    key = f"{ISSUER.removeprefix('https://')}:{claim}"
    statements = []
    for statement in trust["Statement"]:
        tests = {op: {k: v for k, v in keys.items() if k != key} for op, keys in statement["Condition"].items()}
        statements.append({**statement, "Condition": {op: keys for op, keys in tests.items() if keys}})
    return {**trust, "Statement": statements}


def expected(origin: Origin) -> list[str]:
    """The claims that the trust of a role must look at, also where one of them says what another one says."""
    always = ["aud", "job_workflow_ref", "ref", "repository_id", "sub"]
    return [*always, *(["environment"] if origin.environment else [])]


def conditions(trust: dict[str, Any]) -> list[str]:
    """The claims that a trust policy has conditions on."""
    tests = [keys for statement in trust["Statement"] for keys in statement.get("Condition", {}).values()]
    return sorted({key.partition(":")[2] for keys in tests for key in keys})
