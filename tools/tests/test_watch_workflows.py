"""A rollback alarm where workflows deploy: the return begins in AWS, and never waits for GitHub."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from account import Account
from endpoints import Listed
from fakes import before_calls, validate
from starters import Starters
from targets import GithubActions
from test_watch import Watched


@pytest.fixture
def watched(account: Account, targets_file: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch) -> Watched:
    return Watched(account, targets_file, listed, monkeypatch)


def test_where_workflows_deploy_an_alarm_starts_the_build_that_returns(
    watched: Watched, starters: Starters, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[dict[str, Any]] = []

    def answer(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        started.append(arguments)
        return {"build": {}}

    before_calls(monkeypatch, "codebuild", answer)
    engine = GithubActions("deploy-main.yml", "requests", "churn-main-roll-back")
    watched.targets = replace(watched.targets, engine=engine)
    told = watched.fire()
    assert f"The execution {started[0]['idempotencyToken']} of churn-main-deploy returns" in told
    assert starters.started == [] and watched.reason()
