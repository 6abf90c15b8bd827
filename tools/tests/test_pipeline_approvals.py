"""
Manual approvals of pipelines: which execution they are about, who gave them, and what waits for their
records.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from records import append

import decision_records
from account import ACCOUNT
from governed import HEAD, Governed, session, trail_event
from people import Unavailable
from targets import Refused

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
RELEASER = {"role": "churn-main-releaser", "name": "eve", "source": "eve"}
STAGE, ACTION = "Deploy-prod", "Approve-prod"


def action(
    execution: str = "x1", id_: str = "a1", status: str = "Succeeded", late: int = 1, **more: Any
) -> dict[str, Any]:
    return {
        "pipelineExecutionId": execution,
        "actionExecutionId": id_,
        "stageName": STAGE,
        "actionName": ACTION,
        "status": status,
        "startTime": AT - timedelta(hours=1),
        "lastUpdateTime": AT + timedelta(seconds=late),
        **more,
    }


def result(
    event: str = "p1",
    status: str = "Approved",
    summary: str = "[approval] tested",
    pipeline: str = "churn-main-deploy",
    who: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return trail_event(
        "codepipeline",
        "PutApprovalResult",
        event,
        {
            "pipelineName": pipeline,
            "stageName": STAGE,
            "actionName": ACTION,
            "token": "t",
            "result": {"summary": summary, "status": status},
        },
        who or session(**RELEASER),
        AT.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


@pytest.fixture
def released(governed: Governed) -> Governed:
    """A deployment of a version that Ben pushed, and that waits for a person."""
    package = governed.version()
    governed.executions.append(
        {
            "pipelineExecutionId": "x1",
            "trigger": {
                "triggerType": "StartPipelineExecution",
                "triggerDetail": f"arn:aws:sts::{ACCOUNT}:assumed-role/churn-main-gate/x",
            },
            "status": "InProgress",
            "startTime": AT,
            "variables": [{"name": "ModelPackageArn", "resolvedValue": package}],
        }
    )
    governed.actions.append(action())
    return governed


def test_an_approval_of_a_deployment_is_recorded_with_its_execution(released: Governed) -> None:
    released.recorder.handle(result())
    [record] = released.records()
    bound = record["bound"]
    assert (record["subject"], record["method"], record["outcome"], record["signer"]["name"]) == (
        "deployment",
        "pipeline",
        "accepted",
        "Eve Evans",
    )
    assert (bound["execution"], bound["action"], bound["actionExecution"]) == (
        "x1",
        f"{STAGE}/{ACTION}",
        "a1",
    )
    assert bound["package"].endswith("model-package/churn-main/1")
    # It says nothing of the model itself.
    assert (
        decision_records.standing_decision(released.recorder.evidence.store, "main", bound["package"]) is None
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"summary": ""}, "There is no reason."),
        ({"who": session("ana", role="churn-main-approver")}, "may not decide"),
        (
            {"who": session("zoe", role="churn-main-releaser", source="zoe")},
            "zoe is not in governance.identities",
        ),
        ({"who": session("ben", role="churn-main-releaser", source="ben")}, "Ben Bauer pushed"),
    ],
)
def test_an_approval_that_does_not_count_is_refused_and_told(
    released: Governed, change: dict[str, Any], problem: str
) -> None:
    released.recorder.handle(result(**change))
    [record] = released.records()
    assert record["outcome"] == "refused" and any(problem in one for one in record["problems"])
    [told] = released.told()
    assert told["detail-type"] == "Model Package Approval Refused" and told["detail"]["About"].startswith(
        f"churn-main-deploy, {STAGE}/"
    )


def test_whoever_started_the_deployment_does_not_approve_it(released: Governed) -> None:
    released.executions[-1]["trigger"]["triggerDetail"] = f"arn:aws:iam::{ACCOUNT}:user/eve"
    released.recorder.handle(result())
    assert released.records()[-1]["problems"] == [
        "Eve Evans started the build, and approves it: somebody else must."
    ]


def test_the_execution_is_the_one_whose_approval_changed_then_by_the_same_caller(released: Governed) -> None:
    released.actions[:] = [
        action("x9", "other", late=1, updatedBy="arn:aws:sts::1:assumed-role/churn-main-releaser/zoe"),
        action("x8", "old", late=-400),
        action("x1", "a1", late=2),
        action("x7", "rejected", "Failed"),
    ]
    released.recorder.handle(result())
    assert released.records()[-1]["bound"]["actionExecution"] == "a1"


def test_an_approval_that_codepipeline_does_not_show_yet_is_waited_for(released: Governed) -> None:
    released.actions.clear()
    with pytest.raises(Unavailable, match="does not show the decision about Deploy-prod yet"):
        released.recorder.handle(result())
    assert released.records() == []


def test_other_pipelines_are_left_alone(released: Governed) -> None:
    assert released.recorder.handle(result(pipeline="somebody-elses")) is None
    assert released.records() == []


def test_changes_of_the_infrastructure_have_a_chain_of_their_own(released: Governed) -> None:
    released.executions.append(
        {
            "pipelineExecutionId": "i1",
            "status": "InProgress",
            "artifactRevisions": [{"revisionId": HEAD}],
            "trigger": {
                "triggerType": "StartPipelineExecution",
                "triggerDetail": f"arn:aws:sts::{ACCOUNT}:assumed-role/churn-infrastructuregate/x",
            },
        }
    )
    [pipeline] = [
        name for name, one in released.settings.pipelines.items() if one.subject == "infrastructure"
    ]
    role = released.settings.pipelines[pipeline].approver
    assert role
    released.actions[:] = [action("i1", "a2")]
    for event, who in (("p1", "ben"), ("p2", "eve")):
        released.recorder.handle(result(event, pipeline=pipeline, who=session(who, role[1], who)))
    refused, accepted = released.records("infrastructure")
    assert refused["problems"] == ["Ben Bauer pushed aaaaaaaa, and approves it: somebody else must."]
    assert (accepted["subject"], accepted["outcome"], accepted["bound"]["code"]) == (
        "infrastructure",
        "accepted",
        HEAD,
    )


class Shown:
    """The deploy pipeline and the evidence, as the check after an approval sees them."""

    def __init__(self, governed: Governed, targets_file) -> None:
        self.governed = governed
        from aws import Aws
        from targets import Evidence

        self.aws = Aws()
        targets = self.aws.targets(targets_file)
        evidence = Evidence(**governed.settings.evidence)
        self.targets = replace(targets, evidence=evidence, group="main", pipeline="churn-main-deploy")
        self.prod = replace(targets.environment("prod"), approval=f"{STAGE}/{ACTION}")

    def record(self, action_: str, outcome: str, problems: list[str] | None = None) -> None:
        append(
            self.governed.recorder.evidence.store,
            "main",
            {
                "kind": "decision",
                "subject": "deployment",
                "decision": "Approved",
                "outcome": outcome,
                "problems": problems or [],
                "signer": {"name": "Eve Evans"},
                "event": f"e-{action_}-{outcome}",
                "time": "2026-03-02T09:00:00Z",
                "bound": {"package": None, "actionExecution": action_},
            },
        )

    def wait(self, sleep=lambda _: None) -> str:
        return decision_records.wait_for_approval(self.aws, self.targets, self.prod, "x1", "none", sleep)


@pytest.fixture
def shown(released: Governed, targets_file) -> Shown:
    return Shown(released, targets_file)


def test_a_deployment_goes_on_once_its_approval_is_recorded(shown: Shown) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            shown.record("a1", "accepted")

    assert shown.wait(sleep) == "prod: approved by Eve Evans, record 1"
    assert waits == [15.0, 15.0]


def test_a_deployment_whose_approval_was_refused_is_held_back(shown: Shown) -> None:
    shown.record("a1", "refused", ["There is no reason."])
    with pytest.raises(Refused, match=r"by Eve Evans was refused: There is no reason\. To go on, retry"):
        shown.wait()


def test_a_stage_that_was_approved_again_waits_for_the_new_record(shown: Shown) -> None:
    shown.record("a1", "refused", ["There is no reason."])
    shown.governed.actions.append(action("x1", "a2", late=600))
    shown.record("a2", "accepted")
    assert shown.wait() == "prod: approved by Eve Evans, record 2"


def test_an_approval_that_nobody_records_ends_with_what_to_look_at(
    shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decision_records, "WAIT_SECONDS", -1)
    with pytest.raises(Refused, match="was not recorded within"):
        shown.wait()
