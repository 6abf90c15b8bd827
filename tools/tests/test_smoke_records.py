"""What a smoke test that fails leaves: a record of the version, where that is to blame."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from account import ACCOUNT, REGION
from aws import Aws
from fakes import before_calls, service_error
from rollbacks import rollbacks_of
from smoke_runs import GOOD, Run
from targets import Refused


@pytest.fixture
def run(smoke_run: Run) -> Run:
    return smoke_run


def recorded(targets_file: Path) -> str | None:
    aws = Aws()
    found = rollbacks_of(aws, aws.targets(targets_file)).active("prod", 1)
    return found.reason if found else None


WRONG = {"contentType": "text/csv", "accept": "application/json", "rows": ["1"], "answers": [1]}


def test_a_new_version_that_fails_is_recorded_and_told_with_what_serves(run, account, targets_file):
    queue = account.bus()
    with pytest.raises(
        Refused, match=r"Version 1 is recorded as rolled back in prod: no execution"
    ) as refusal:
        run(GOOD, golden=WRONG)
    assert "name=RetryIn,value=prod" in str(refusal.value)
    reason = recorded(targets_file)
    assert reason and "does not answer as" in reason
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["version"]) == ("Version Rolled Back", 1)
    assert event["detail"]["serves"].endswith("/1")


def test_an_endpoint_that_went_back_has_its_version_recorded(run, account, targets_file):
    before = account.deploy("prod", account.register("Approved"))
    with pytest.raises(Refused, match="SageMaker rolled back to it"):
        run(GOOD, then=lambda: account.go_back("prod", before))
    assert "SageMaker rolled back to it" in (recorded(targets_file) or "")


def test_a_version_that_was_live_before_is_not_recorded_and_a_good_one_is_not_either(
    run, account, targets_file
):
    run(GOOD)
    with pytest.raises(Refused) as refusal:
        run(GOOD, golden=WRONG, before=f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn-main/1")
    assert "recorded" not in str(refusal.value)
    assert recorded(targets_file) is None


def test_what_could_not_be_tested_is_not_recorded(run, account, targets_file, monkeypatch):
    denied = service_error("InvokeEndpoint", "AccessDeniedException")

    def refuse(*_: Any) -> None:
        raise denied

    with pytest.raises(Refused, match="does not exist"):
        run(GOOD, then=lambda: account.sagemaker.delete_endpoint(EndpointName="churn-main-prod"))
    before_calls(monkeypatch, "sagemaker-runtime", refuse)
    before_calls(monkeypatch, "sagemaker runtime", refuse)
    with pytest.raises(Refused, match="AccessDenied"):
        run(GOOD)
    assert recorded(targets_file) is None
