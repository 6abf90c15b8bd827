"""Stacks that are broken when the deploy pipeline prepares: what is left alone and reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

import check
import prepare
from aws import Aws
from decide_all import decide_all
from targets import KEEP_LIVE, Refused


def test_a_stack_whose_creation_failed_is_named_with_what_to_do(account, decide):
    account.deploy("staging", "none")
    account.set_stack_status("staging", "ROLLBACK_COMPLETE")
    with pytest.raises(
        Refused, match=r"Delete it, then retry this stage from its first action \(all actions\)"
    ):
        decide(KEEP_LIVE)


BROKEN_STATUSES = [
    "UPDATE_ROLLBACK_FAILED",
    "UPDATE_FAILED",
    "IMPORT_ROLLBACK_FAILED",
    "ROLLBACK_COMPLETE",
    "CREATE_FAILED",
    "UPDATE_IN_PROGRESS",
]


@pytest.fixture
def no_patience(monkeypatch):
    monkeypatch.setattr("decide_all.settle_seconds", lambda _: 0)


@pytest.mark.parametrize("status", BROKEN_STATUSES)
def test_a_rejected_model_gives_way_everywhere_but_where_the_stack_is_broken_and_that_is_told(
    account, decide, no_patience, status
):
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", bad)
    account.set_stack_status("staging", status)
    account.set_approval(bad, "Rejected")
    queue = account.bus()
    assert decide(bad) == {"staging": ("skip", "none"), "prod": ("deploy", good)}
    [event] = account.taken(queue)
    assert event["source"] == "sagemaker-cicd-projen"
    assert event["detail-type"] == "Endpoint Stack Broken"
    assert event["detail"] == {
        "project": "churn",
        "group": "main",
        "environment": "staging",
        "stack": "churn-main-staging-endpoint",
        "status": status,
    }


@pytest.mark.parametrize("status", BROKEN_STATUSES)
@pytest.mark.parametrize("wanted", ["approved", KEEP_LIVE])
def test_a_new_model_or_a_change_goes_nowhere_while_a_stack_is_broken(
    account, decide, no_patience, status, wanted
):
    account.deploy("staging", "none")
    account.set_stack_status("staging", status)
    package = account.register("Approved")
    queue = account.bus()
    with pytest.raises(Refused, match=rf"churn-main-staging-endpoint is .*{status}.* \(all actions\)"):
        decide(package if wanted == "approved" else wanted)
    assert account.taken(queue) == []


def test_a_rejection_fails_when_the_broken_stack_is_all_there_is_to_do(account, decide):
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", good)
    account.deploy("prod", bad)
    account.set_stack_status("prod", "UPDATE_ROLLBACK_FAILED")
    account.set_approval(bad, "Rejected")
    queue = account.bus()
    with pytest.raises(Refused, match=r"^prod: .* Continue its rollback in CloudFormation, then retry"):
        decide(bad)
    assert [e["detail"]["environment"] for e in account.taken(queue)] == ["prod"]


def test_a_broken_stack_and_a_model_that_nothing_can_replace_are_both_told(account, decide):
    bad = account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", bad)
    account.set_stack_status("staging", "UPDATE_ROLLBACK_FAILED")
    account.set_approval(bad, "Rejected")
    queue = account.bus()
    with pytest.raises(Refused, match=r"^staging: The stack .* prod: Version 1 is live"):
        decide(bad)
    told = {(e["detail-type"], e["detail"]["environment"]) for e in account.taken(queue)}
    assert told == {("Endpoint Stack Broken", "staging"), ("Rejected Model Package Still Live", "prod")}


def test_stacks_are_waited_for_no_longer_in_all_than_for_one(account, decide, monkeypatch):
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", bad)
    account.set_approval(bad, "Rejected")
    clock = [1000.0]
    patience = []

    def settled(_client, _name, *, seconds):
        patience.append(seconds)
        clock[0] += 2200

    monkeypatch.setattr("decide_all.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("live.wait_until_settled", settled)
    assert decide(bad) == {"staging": ("deploy", good), "prod": ("deploy", good)}
    # The bake of prod, whose update may be under way, is ten minutes.
    assert patience == [1500 + 600, 0]


def test_what_is_broken_is_not_prepared_and_the_check_refuses_it(
    account, assembly, targets_file, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    aws = Aws()
    targets = aws.targets(targets_file)
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", bad)
    account.set_stack_status("staging", "UPDATE_ROLLBACK_FAILED")
    account.set_approval(bad, "Rejected")
    account.bus()
    prepare.prepare(aws, assembly, tmp_path, prepare.Execution("e", bad, "2026-01-02T00:00:00.0Z"))
    assert "staging: skip none (The stack churn-main-staging-endpoint is UPDATE_ROLLBACK_FAILED" in (
        capsys.readouterr().out
    )
    assert (tmp_path / "exports.sh").read_text() == "export ACTION_0=skip\nexport ACTION_1=deploy\n"
    assert check.check(aws, targets, targets.environment("prod"), tmp_path).startswith("prod: version 1,")
    # Mended meanwhile or not: nothing was prepared for it.
    for status in ("UPDATE_ROLLBACK_FAILED", "UPDATE_ROLLBACK_COMPLETE"):
        account.set_stack_status("staging", status)
        with pytest.raises(Refused, match=f"Nothing was prepared for staging: .*again with {bad}"):
            check.check(aws, targets, targets.environment("staging"), tmp_path)
    assert good in (tmp_path / "prod" / "configuration.json").read_text()


def test_a_stage_with_a_broken_stack_is_left_alone_as_a_whole_and_each_environment_is_told_of(
    account, targets_file, monkeypatch
):
    aws = Aws()
    targets = aws.targets(targets_file)
    both = replace(targets, environments=tuple(replace(e, wave=0) for e in targets.environments))
    account.register("Approved")
    bad = account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", bad)
    account.set_stack_status("prod", "UPDATE_ROLLBACK_FAILED")
    account.set_approval(bad, "Rejected")
    queue = account.bus()
    with pytest.raises(Refused, match=r"^prod: The stack churn-main-prod-endpoint"):
        decide_all(aws, both, bad)
    told = {e["detail"]["environment"]: e["detail"]["status"] for e in account.taken(queue)}
    assert told == {"prod": "UPDATE_ROLLBACK_FAILED", "staging": "held up by prod"}
