"""Approvals that people give in AWS: waited for, found, refused, and given with a tool."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import approve_deployment
import boto3
import pytest

import await_approval
import await_change
from account import REGION
from approvals_table import APPROVED, REJECTED, Approvals, Given
from fakes import before_calls, service_error, validate
from github_targets import github_targets_file
from request_table import TABLE, make_table

ALICE = Given(APPROVED, "alice", "2026-01-01T00:00:00Z", "golden rows are fine.")


class Gate:
    """A step that waits, and the table that it looks at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
        make_table()
        self.approvals = Approvals(boto3.client("dynamodb", region_name=REGION), TABLE)
        monkeypatch.setattr(await_approval, "__file__", str(file))
        for name, value in {"ENVIRONMENT": "prod", "EXECUTION_ID": "gh-7", "APPROVAL_MINUTES": "30"}.items():
            monkeypatch.setenv(name, value)
        self.told: list[dict[str, Any]] = []
        before_calls(monkeypatch, "events", self._tell)
        self.waited = 0.0
        self.at: dict[float, Callable[[], None]] = {}
        """What happens after so many seconds."""

    def _tell(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        self.told += [
            {"type": entry["DetailType"], **json.loads(entry["Detail"])} for entry in arguments["Entries"]
        ]
        return {"FailedEntryCount": 0, "Entries": []}

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.at.pop(self.waited, lambda: None)()

    def give(self, given: Given, execution: str = "gh-7", environment: str = "prod") -> None:
        self.approvals.put(execution, environment, given, 1)

    def run(self) -> int:
        return await_approval.main(self.sleep)


@pytest.fixture
def gate(account: Any, targets_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch, github_targets_file(targets_file, tmp_path))


COMMAND = "npx projen deployment:approve -- --environment prod --run 7 --group main"


def test_the_step_waits_until_somebody_approves(gate: Gate, capsys: Any) -> None:
    gate.at[600] = lambda: gate.give(ALICE)
    assert gate.run() == 0 and gate.waited == 600
    assert gate.told == [
        {
            "type": "Deployment Awaits Approval",
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "run": "7",
        }
    ]
    printed = capsys.readouterr().out
    assert printed.splitlines() == [
        f"prod waits for an approval: {COMMAND}",
        "prod was approved by alice at 2026-01-01T00:00:00Z: golden rows are fine",
    ]


def test_other_runs_and_environments_are_not_meant(gate: Gate) -> None:
    gate.give(ALICE, execution="gh-8")
    gate.give(ALICE, environment="staging")
    assert gate.run() == 1 and gate.waited == 1800


def test_a_rejection_ends_it_and_a_later_approval_lets_it_run_again(gate: Gate, capsys: Any) -> None:
    gate.give(Given(REJECTED, "bob", "now", "drift"))
    assert gate.run() == 1 and gate.waited == 0
    assert (
        "Deployment refused: prod was rejected by bob at now: drift. To deploy it all the same, approve it "
        f"({COMMAND}) and re-run the failed jobs." in capsys.readouterr().err
    )
    gate.give(ALICE)
    assert gate.run() == 0


def test_an_entry_that_decides_nothing_is_no_approval(gate: Gate, capsys: Any) -> None:
    for decision in ("", "approved", "Pending"):
        gate.give(Given(decision, "bob", "now", ""))
        assert gate.run() == 1
    assert "prod was left open by bob" in capsys.readouterr().err


def test_nobody_decides_in_time(gate: Gate, capsys: Any) -> None:
    assert gate.run() == 1 and gate.waited == 1800
    assert f"within 30 minutes. To deploy it, approve it ({COMMAND})" in capsys.readouterr().err
    gate.give(ALICE)
    assert gate.run() == 0


@pytest.mark.parametrize("minutes", ["", "0", "-1", "soon", "nan", "inf"])
def test_how_long_to_wait_must_be_a_number(gate: Gate, monkeypatch: Any, capsys: Any, minutes: str) -> None:
    monkeypatch.setenv("APPROVAL_MINUTES", minutes)
    assert gate.run() == 1 and f"APPROVAL_MINUTES is {minutes!r}" in capsys.readouterr().err


@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDeniedException"])
def test_a_session_that_ends_says_what_to_do(gate: Gate, monkeypatch: Any, capsys: Any, code: str) -> None:
    def over(*_: Any) -> None:
        raise service_error("GetItem", code)

    gate.at[300] = lambda: before_calls(monkeypatch, "dynamodb", over)
    if code == "AccessDeniedException":
        with pytest.raises(Exception, match=code):
            gate.run()
        return
    assert gate.run() == 1
    assert "The session ended before anybody decided about prod. Re-run" in capsys.readouterr().err


def test_targets_of_a_pipeline_are_approved_there(
    gate: Gate, targets_file: Path, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setattr(await_approval, "__file__", str(targets_file))
    assert gate.run() == 1 and "which has approvals of its own" in capsys.readouterr().err


# The tool of people


def decide(tmp_path: Path, monkeypatch: Any, **changed: Any) -> int:
    wanted = {
        "table": TABLE,
        "environment": "prod",
        "execution": "gh-7",
        "decision": APPROVED,
        "reason": "fine",
        "role": "churn-main-releaser",
        "region": REGION,
        **changed,
    }
    file = tmp_path / "wanted.json"
    file.write_text(json.dumps(wanted))
    monkeypatch.setattr(sys, "argv", ["approve_deployment.py", str(file)])
    return approve_deployment.main()


def test_what_a_person_decides_is_what_the_step_finds(
    gate: Gate, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    gate.at[15] = lambda: [decide(tmp_path, monkeypatch)][0] and None
    assert gate.run() == 0
    me = boto3.client("sts", region_name=REGION).get_caller_identity()["Arn"]
    assert f"prod was approved by {me} at 20" in capsys.readouterr().out
    assert decide(tmp_path, monkeypatch, decision=REJECTED, reason="not after all") == 0
    assert gate.run() == 1


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"execution": "7"}, "The run is '7': it must be gh- or gl- and the number of the run"),
        ({"execution": "gh-7#prod"}, "The run is 'gh-7#prod'"),
        ({"decision": "approved"}, "The decision is 'approved': it must be Approved or Rejected."),
        ({"reason": "  "}, "The reason must be one line of 1 to 1024 characters."),
        ({"reason": "a\nb"}, "The reason must be one line"),
        ({"reason": "a" * 1025}, "The reason must be one line"),
    ],
)
def test_nothing_is_written_that_is_not_whole(
    gate: Gate, tmp_path: Path, monkeypatch: Any, capsys: Any, changed: dict[str, Any], message: str
) -> None:
    assert decide(tmp_path, monkeypatch, **changed) == 1
    assert message in capsys.readouterr().err and gate.approvals.get("gh-7", "prod") is None


def test_without_the_right_the_role_is_named(
    gate: Gate, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    def denied(*_: Any) -> None:
        raise service_error("PutItem", "AccessDeniedException")

    before_calls(monkeypatch, "dynamodb", denied)
    assert decide(tmp_path, monkeypatch) == 1
    assert "Use credentials of the role churn-main-releaser" in capsys.readouterr().err


def test_without_a_region_nothing_is_done(gate: Gate, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    assert decide(tmp_path, monkeypatch, region=None) == 1
    assert "Set AWS_REGION to that of the delivery" in capsys.readouterr().err


# Changes of the infrastructure

SHOWN = "0123456789abcdef" * 4
CHANGE = "npx projen deployment:approve -- --infrastructure prod --digest 0123456789ab --run 7"


@pytest.fixture
def change(gate: Gate, tmp_path: Path, monkeypatch: Any) -> Callable[[], int]:
    """The step of a stage."""
    file = tmp_path / "stages.json"
    file.write_text(json.dumps({"approvals": TABLE}))
    monkeypatch.setattr(await_change, "STAGES", file)
    for name, value in {"STAGE": "prod", "DIGEST": SHOWN}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("APPROVAL_MINUTES")
    return lambda: await_change.main(gate.sleep)


def test_changes_of_the_infrastructure_wait_for_an_approval(
    gate: Gate, change: Callable[[], int], capsys: Any
) -> None:
    gate.at[600] = lambda: gate.give(ALICE, environment="prod-0123456789ab")
    assert change() == 0 and gate.waited == 600
    printed = capsys.readouterr().out
    assert f"prod-0123456789ab waits for an approval: {CHANGE}\n" in printed
    assert "prod-0123456789ab was approved by alice" in printed


def test_what_was_not_shown_is_not_approved(gate: Gate, change: Callable[[], int], capsys: Any) -> None:
    gate.give(ALICE, environment="prod")
    gate.give(ALICE, environment="prod-ffffffffffff")
    gate.give(ALICE, environment="preprod-0123456789ab")
    gate.give(ALICE, execution="gh-8", environment="prod-0123456789ab")
    assert change() == 1 and gate.waited == 1800
    assert f"within 30 minutes. To deploy it, approve it ({CHANGE})" in capsys.readouterr().err
    gate.give(Given(REJECTED, "bob", "now", "too much"), environment="prod-0123456789ab")
    assert change() == 1 and gate.waited == 1800


def test_changes_that_reviewers_approve_have_no_table(
    change: Callable[[], int], tmp_path: Path, capsys: Any
) -> None:
    (tmp_path / "stages.json").write_text("{}")
    assert change() == 1 and "The reviewers of an environment on GitHub" in capsys.readouterr().err
