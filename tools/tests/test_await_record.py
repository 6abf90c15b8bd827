"""Runs that wait where decisions are recorded: it is the record that lets them go on, and says why not."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import approve_deployment
import boto3
import pytest
from records import append

import await_approval
import await_change
import decision_records
from account import ACCOUNT, REGION
from fakes import before_calls, service_error, validate
from github_targets import github_targets_file
from record_store import Bucket
from request_table import make_table

EVIDENCE = {"bucket": "churn-evidence", "account": ACCOUNT, "region": REGION}
PACKAGE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn-main/7"
COMMAND = "npx projen deployment:approve -- --environment prod --run 7 --group main --version 7"


class Waiting:
    """A run that waits for the version 7, and the records that it looks at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, file: Path, folder: Path) -> None:
        data = json.loads(file.read_text())
        self.registry = data["modelPackageGroup"]
        file.write_text(json.dumps({**data, "evidence": EVIDENCE}))
        s3 = boto3.client("s3", region_name=REGION)
        s3.create_bucket(Bucket=EVIDENCE["bucket"], CreateBucketConfiguration={"LocationConstraint": REGION})
        make_table()
        self.store = Bucket(s3, EVIDENCE["bucket"])
        self.package = self._package("7")
        (folder / "prod").mkdir()
        self.prepare(folder, self.package)
        monkeypatch.chdir(folder)
        monkeypatch.setattr(await_approval, "__file__", str(file))
        for name, value in {"ENVIRONMENT": "prod", "EXECUTION_ID": "gh-7", "APPROVAL_MINUTES": "30"}.items():
            monkeypatch.setenv(name, value)
        self.told: list[dict[str, Any]] = []
        before_calls(monkeypatch, "events", self._tell)
        self.waited = 0.0
        self.at: dict[float, Callable[[], None]] = {}
        self.events = 0

    def _tell(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        self.told += [json.loads(entry["Detail"]) for entry in arguments["Entries"]]
        return {"FailedEntryCount": 0, "Entries": []}

    def _package(self, version: str) -> str:
        group = self.registry.replace("{partition}", "aws").replace("{account}", ACCOUNT)
        return group.replace("{region}", REGION).replace("-group/", "/", 1) + f"/{version}"

    def prepare(self, folder: Path, package: str) -> None:
        """What the run is to deploy."""
        content = {"Parameters": {"ModelPackageArn": package}}
        (folder / "prod/configuration.json").write_text(json.dumps(content))

    def record(self, outcome: str = "accepted", decision: str = "Approved", **changed: Any) -> None:
        self.events += 1
        chain = changed.pop("chain", "main")
        at = changed.pop("at", f"10:{self.events:02d}")
        bound = {"package": self.package, "actionExecution": "gh-7#prod", **changed}
        append(
            self.store,
            chain,
            {
                "kind": "decision",
                "subject": "deployment",
                "decision": decision,
                "outcome": outcome,
                "problems": ["Eve wrote it, and approves it: somebody else must."] * (outcome == "refused"),
                "signer": {"name": "Eve Evans", "principal": "p", "identity": "i"},
                "reason": "seen",
                "event": str(self.events),
                "time": f"2026-03-01T{at}:00Z",
                "bound": bound,
            },
        )

    def sleep(self, seconds: float) -> None:
        self.waited += seconds
        self.at.pop(self.waited, lambda: None)()

    def run(self) -> int:
        return await_approval.main(self.sleep)


@pytest.fixture
def waiting(account: Any, targets_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Waiting:
    return Waiting(monkeypatch, github_targets_file(targets_file, tmp_path), tmp_path)


def test_an_accepted_record_of_the_version_lets_the_run_go_on(waiting: Waiting, capsys: Any) -> None:
    waiting.at[600] = waiting.record
    assert waiting.run() == 0 and waiting.waited == 600
    assert [(each["run"], each["version"]) for each in waiting.told] == [("7", "7")]
    assert capsys.readouterr().out.splitlines() == [
        f"prod waits for an approval: {COMMAND}",
        "prod was approved by Eve Evans at 2026-03-01T10:01:00Z: seen",
    ]
    assert still(waiting).startswith("prod: approved by Eve Evans, record 1")


def still(waiting: Waiting) -> str:
    """What the check after the approval says."""
    targets = decision_records.Aws().targets(Path(await_approval.__file__))
    return decision_records.wait_for_approval(
        decision_records.Aws(), targets, targets.environment("prod"), "gh-7", waiting.package
    )


def test_a_refused_record_is_told_once_and_somebody_else_approves(waiting: Waiting, capsys: Any) -> None:
    waiting.record("refused")
    waiting.at[60] = waiting.record
    assert waiting.run() == 0 and waiting.waited == 60
    printed = capsys.readouterr().out
    assert (
        printed.count("The decision about prod by Eve Evans was refused: Eve wrote it, and approves it") == 1
    )


def test_a_refused_record_alone_lets_nothing_go_on(waiting: Waiting, capsys: Any) -> None:
    waiting.record("refused")
    assert waiting.run() == 1 and waiting.waited == 1800
    with pytest.raises(decision_records.Refused, match="No accepted record approves prod in gh-7"):
        still(waiting)


@pytest.mark.parametrize(
    "changed",
    [
        {"actionExecution": "gh-8#prod"},
        {"actionExecution": "gh-7#staging"},
        {"package": PACKAGE + "0"},
        {"package": None},
        {"chain": "infrastructure"},
    ],
)
def test_a_record_of_anything_else_does_not_count(waiting: Waiting, changed: dict[str, Any]) -> None:
    waiting.record(**changed)
    assert waiting.run() == 1 and waiting.waited == 1800


@pytest.mark.parametrize("outcome", ["accepted", "refused"])
def test_a_rejection_ends_it_however_it_was_judged(waiting: Waiting, outcome: str, capsys: Any) -> None:
    waiting.record()
    waiting.record(outcome, "Rejected")
    assert waiting.run() == 1 and waiting.waited == 0
    assert "prod was rejected by Eve Evans" in capsys.readouterr().err
    with pytest.raises(decision_records.Refused):
        still(waiting)
    # What was decided earlier and recorded late changes nothing; a later approval does.
    waiting.record(at="09:00")
    assert waiting.run() == 1
    waiting.record()
    assert waiting.run() == 0


def test_without_a_model_the_record_names_none(waiting: Waiting, tmp_path: Path, capsys: Any) -> None:
    waiting.prepare(tmp_path, "none")
    waiting.record()
    assert waiting.run() == 1
    assert "--version none" in capsys.readouterr().out
    waiting.record(package=None)
    assert waiting.run() == 0


def test_an_entry_of_the_table_decides_nothing(waiting: Waiting) -> None:
    boto3.client("dynamodb", region_name=REGION).put_item(
        TableName="churn-main-requests",
        Item={"kind": {"S": "approval"}, "id": {"S": "gh-7#prod"}, "decision": {"S": "Approved"}},
    )
    assert waiting.run() == 1 and waiting.waited == 1800


def test_a_session_that_ends_says_what_to_do(waiting: Waiting, monkeypatch: Any, capsys: Any) -> None:
    def over(*_: Any) -> None:
        raise service_error("ListObjectsV2", "ExpiredToken")

    waiting.at[300] = lambda: before_calls(monkeypatch, "s3", over)
    assert waiting.run() == 1
    assert "The session ended before anybody decided about prod. Re-run" in capsys.readouterr().err


# Changes of the infrastructure


def test_changes_of_the_infrastructure_wait_for_their_record(
    waiting: Waiting, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    file = tmp_path / "stages.json"
    file.write_text(json.dumps({"chain": "infrastructure", "evidence": EVIDENCE}))
    monkeypatch.setattr(await_change, "STAGES", file)
    for name, value in {"STAGE": "prod", "DIGEST": "0123456789abcdef" * 4}.items():
        monkeypatch.setenv(name, value)
    about = {"package": None, "actionExecution": "gh-7#prod-0123456789ab"}
    waiting.record(**about)
    waiting.record(chain="infrastructure", **{**about, "actionExecution": "gh-7#prod-ffffffffffff"})
    waiting.record("refused", chain="infrastructure", **about)
    waiting.at[60] = lambda: waiting.record(chain="infrastructure", **about)
    assert await_change.main(waiting.sleep) == 0 and waiting.waited == 60
    printed = capsys.readouterr().out
    assert "prod-0123456789ab was approved by Eve Evans" in printed and "was refused: Eve wrote it" in printed


# The tool of people


def test_a_person_decides_by_starting_the_state_machine(
    waiting: Waiting, tmp_path: Path, monkeypatch: Any, capsys: Any
) -> None:
    states = boto3.client("stepfunctions", region_name=REGION)
    machine = states.create_state_machine(
        name="churn-main-decisions",
        definition='{"StartAt": "D", "States": {"D": {"Type": "Succeed"}}}',
        roleArn=f"arn:aws:iam::{ACCOUNT}:role/churn-decisions",
    )["stateMachineArn"]
    wanted = {
        "machine": machine.replace("arn:aws:", "arn:{partition}:"),
        "environment": "prod",
        "execution": "gh-7",
        "version": "7",
        "decision": "Approved",
        "reason": " seen ",
        "role": "churn-main-releaser",
        "region": REGION,
    }
    for changed, code in (({}, 0), ({"reason": ""}, 1), ({"decision": "yes"}, 1)):
        file = tmp_path / "wanted.json"
        file.write_text(json.dumps({**wanted, **changed}))
        monkeypatch.setattr(sys, "argv", ["approve_deployment.py", str(file)])
        assert approve_deployment.main() == code
    [execution] = states.list_executions(stateMachineArn=machine)["executions"]
    found = states.describe_execution(executionArn=execution["executionArn"])["input"]
    assert json.loads(found) == {
        "execution": "gh-7",
        "environment": "prod",
        "version": "7",
        "decision": "Approved",
        "reason": "seen",
    }
    assert "It counts when it is recorded" in capsys.readouterr().out
