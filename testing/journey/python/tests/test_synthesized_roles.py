"""The attacks on all roles of a synthesized delivery that trust GitHub.

`GITHUB_ROLES` names a file with them: `{arn: {trust, origins}}`, where origins are what tokens of the jobs say that the
delivery means to let in, as `Origin` takes it. Without the file nothing is looked at.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import account, judged

from github_attacks import Table, conditions, expected, let_in, without
from github_tokens import Issuer, Origin
from web_identity import WebIdentity

FILE = os.environ.get("GITHUB_ROLES")
GIVEN: dict[str, dict[str, Any]] = json.loads(Path(FILE).read_text()) if FILE else {}
ROLES = {arn: (about["trust"], [Origin(**origin) for origin in about["origins"]]) for arn, about in GIVEN.items()}
SPOILT = [(arn, claim) for arn, (trust, _) in ROLES.items() for claim in conditions(trust)]

pytestmark = pytest.mark.skipif(not GIVEN, reason="GITHUB_ROLES names no roles")


def spoilt(arn: str, claim: str) -> str:
    """The role whose trust policy lacks the condition on a claim."""
    return f"{arn}-without-{claim}"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    policies = {arn: trust for arn, (trust, _) in ROLES.items()}
    policies |= {spoilt(arn, claim): without(ROLES[arn][0], claim) for arn, claim in SPOILT}
    roles: dict[str, dict[str, Any]] = {arn: {"trust": policy} for arn, policy in policies.items()}
    with judged(roles, tmp_path_factory.mktemp("synthesized")) as judge:
        issuer = Issuer()
        yield Table(WebIdentity(account(roles, judge), judge.claims, {issuer.url: issuer}), issuer)


@pytest.mark.parametrize("arn", ROLES)
def test_only_its_jobs(table: Table, arn: str) -> None:
    trust, origins = ROLES[arn]
    for origin in origins:
        assert table.legitimate(arn, origin) == []
        assert let_in(table.play(arn, origin, sorted({*expected(origin), *conditions(trust)}))) == []


@pytest.mark.parametrize("arn", ROLES)
def test_no_job_takes_another_role(table: Table, arn: str) -> None:
    """Jobs that differ in their workflow, branch or environment have other roles."""
    mine = ROLES[arn][1]
    for _, origins in ROLES.values():
        for origin in (o for o in origins if o not in mine):
            assert len(table.legitimate(arn, origin)) == 2, f"{origin.subject} of {origin.file} gets {arn}"


@pytest.mark.parametrize(("arn", "claim"), SPOILT)
def test_every_condition_counts(table: Table, arn: str, claim: str) -> None:
    trust, [origin, *_] = ROLES[arn]
    assert let_in(table.play(spoilt(arn, claim), origin, conditions(trust)))
