"""
Separation of duties and records of decisions where workflows on GitHub build and deploy: GitHub says who is
behind a version, and CloudTrail who decided.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import host_api
import hosts
from account import ACCOUNT, REGION
from github_builds_site import BuildsSite
from governed import BASE, HEAD, Governed, approval, session, settings_of, trail_event
from people import Unavailable
from recorder import WAITS
from request_table import make_table

MACHINE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:churn-main-decisions"
INFRASTRUCTURE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:churn-infrastructuredecisions"


class GovernedByWorkflows(Governed):
    """The same accounts; GitHub builds, and people start state machines."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Any, site: BuildsSite) -> None:
        super().__init__(monkeypatch, settings)
        self.site = site
        self.states: Any = boto3.client("stepfunctions", region_name=REGION)
        self.number = 0
        for machine in settings.machines:
            self.states.create_state_machine(
                name=machine.rsplit(":", 1)[-1],
                definition='{"StartAt": "D", "States": {"D": {"Type": "Succeed"}}}',
                roleArn=f"arn:aws:iam::{ACCOUNT}:role/churn-decisions",
            )

    def decide(self, who: dict[str, Any], machine: str = MACHINE, tries: int = 1, **asked: str) -> Any:
        """A person starts the state machine, and CloudTrail tells of it."""
        self.number += 1
        text = json.dumps({"decision": "Approved", "reason": "looks right", **asked})
        started = self.states.start_execution(stateMachineArn=machine, input=text)["executionArn"]
        event = trail_event("states", "StartExecution", f"s{self.number}", {"stateMachineArn": machine}, who)
        # What CloudTrail keeps of the input does not matter: the execution has it.
        event["detail"]["requestParameters"]["input"] = "HIDDEN_DUE_TO_SECURITY_REASONS"
        event["detail"]["responseElements"] = {"executionArn": started, "startDate": "Mar 1, 2026 1:00:00 PM"}
        return self.recorder.handle(event, tries)


@pytest.fixture
def governed(monkeypatch: pytest.MonkeyPatch, assemblies: Path, tmp_path: Path):
    """Ben pushed and so built the version that is to be approved."""
    site = BuildsSite()
    monkeypatch.setattr(host_api, "WAIT", 0.01)
    monkeypatch.setitem(hosts.APIS, "github", site.url)
    with mock_aws():
        secrets = boto3.client("secretsmanager", region_name=REGION)
        token = secrets.create_secret(Name="ml/github", SecretString="the-token")["ARN"]
        settings = settings_of(assemblies, tmp_path, of="workflowsGxp", token=token)
        make_table(settings.groups[0].workflows.requests)
        made = GovernedByWorkflows(monkeypatch, settings, site)
        site.push(BASE, "ben-b", "2026-02-01T00:00:00Z")
        site.run(1, BASE, "2026-02-01T00:00:00Z")
        site.push(HEAD, "ben-b", "2026-03-01T11:00:00Z")
        site.run(2, HEAD, "2026-03-01T11:00:00Z")
        yield made
    site.close()


def ana() -> dict[str, Any]:
    return session("ana")


def releaser(name: str = "eve", role: str = "churn-main-releaser") -> dict[str, Any]:
    return session(name, role=role, source=name)


def problems(governed: GovernedByWorkflows, event: dict[str, Any]) -> list[str]:
    governed.recorder.handle(event)
    return governed.records()[-1]["problems"]


# Versions


def test_somebody_else_approves_what_a_push_built(governed: GovernedByWorkflows) -> None:
    assert problems(governed, approval(governed.version())) == []
    assert (
        governed.status(f"{governed.recorder.settings.groups[0].registry}/1".replace("-group/", "/", 1))
        == "Approved"
    )


def test_whoever_pushed_does_not_approve(governed: GovernedByWorkflows) -> None:
    assert problems(governed, approval(governed.version(), who=session("ben", source="ben"))) == [
        "Ben Bauer wrote aaaaaaaa, and approves it: somebody else must."
    ]


def test_whoever_has_a_build_run_again_does_not_approve(governed: GovernedByWorkflows) -> None:
    governed.site.again(2, "ana-a", "2026-03-01T11:30:00Z")
    assert problems(governed, approval(governed.version())) == [
        "Ana Almeida started the build, and approves it: somebody else must."
    ]


def test_each_attempt_counts_and_none_after_the_registration(governed: GovernedByWorkflows) -> None:
    governed.site.again(2, "ana-a", "2026-03-01T11:30:00Z")
    governed.site.again(2, "eve-e", "2026-03-01T11:40:00Z")
    governed.site.again(2, "mallory", "2026-03-02T00:00:00Z")
    assert problems(governed, approval(governed.version(), who=session("eve", source="eve"))) == [
        "Eve Evans started the build, and approves it: somebody else must."
    ]
    assert problems(governed, approval(governed.version(), "d2"))[0].startswith("Ana Almeida started")


@pytest.mark.parametrize(
    ("actor", "kind", "expected"),
    [
        ("ana-a", "User", ["Ana Almeida started the build, and approves it: somebody else must."]),
        (
            "zoe-z",
            "User",
            ["zoe-z, who started the build, is not in governance.identities. Add the person there."],
        ),
        ("churn-starter[bot]", "Bot", []),
        ("eve-e", "User", []),
    ],
)
def test_whoever_starts_a_build_by_hand_does_not_approve(
    governed: GovernedByWorkflows, actor: str, kind: str, expected: list[str]
) -> None:
    governed.site.run(3, HEAD, "2026-03-01T11:10:00Z", event="workflow_dispatch", actor=actor, kind=kind)
    assert problems(governed, approval(governed.version())) == expected


def test_a_pull_request_and_another_branch_build_nothing(governed: GovernedByWorkflows) -> None:
    other = "d" * 40
    governed.site.run(3, other, "2026-03-01T11:10:00Z", event="pull_request", actor="ana-a")
    governed.site.run(
        4, other, "2026-03-01T11:10:00Z", event="workflow_dispatch", actor="ana-a", head_branch="f"
    )
    assert problems(governed, approval(governed.version())) == []
    [problem] = problems(governed, approval(governed.version(other), "d2"))
    assert problem.startswith(f"The package says that it was built from {other}, but build-main did not")


def test_a_version_of_which_every_run_was_deleted_is_refused(governed: GovernedByWorkflows) -> None:
    governed.site.runs = [run for run in governed.site.runs if run["head_sha"] != HEAD]
    assert "did not build that" in problems(governed, approval(governed.version()))[0]


def test_a_deleted_run_hides_nobody_whose_commit_was_on_the_branch(governed: GovernedByWorkflows) -> None:
    # Ana's commit registers a version under Ben's, and its run is gone.
    governed.site.push("c" * 40, "ana-a", "2026-03-01T11:20:00Z")
    assert problems(governed, approval(governed.version())) == [
        "Ana Almeida wrote cccccccc, and approves it: somebody else must."
    ]


def test_nor_whose_commit_was_taken_from_it(governed: GovernedByWorkflows) -> None:
    hers = "c" * 40
    governed.site.aside[hers] = "ana-a"
    governed.site.push(HEAD, "ben-b", "2026-03-01T11:30:00Z", kind="force_push", before=hers)
    assert problems(governed, approval(governed.version())) == [
        "Ana Almeida wrote cccccccc, and approves it: somebody else must."
    ]


def test_after_an_approved_version_only_what_is_new_counts(governed: GovernedByWorkflows) -> None:
    assert problems(governed, approval(governed.version())) == []
    newest = "e" * 40
    governed.site.push(newest, "eve-e", "2026-03-01T11:40:00Z")
    governed.site.run(5, newest, "2026-03-01T11:40:00Z", actor="eve-e")
    assert (
        problems(governed, approval(governed.version(newest), "d2", who=session("ben", source="ben"))) == []
    )
    [problem] = problems(governed, approval(governed.version(newest), "d3", who=session("eve", source="eve")))
    assert problem.startswith("Eve Evans ")


# Deployments


def deployed(governed: GovernedByWorkflows) -> str:
    """A version that is approved, and waits in the run 70."""
    package = governed.version()
    governed.recorder.handle(approval(package))
    governed.site.run(
        70,
        HEAD,
        "2026-03-01T14:00:00Z",
        event="workflow_dispatch",
        actor="churn-starter[bot]",
        kind="Bot",
        path=".github/workflows/deploy-main.yml",
    )
    return package


def wanted(version: str = "1", environment: str = "prod") -> dict[str, str]:
    return {"execution": "gh-70", "environment": environment, "version": version}


def test_a_deployment_is_recorded_with_who_decided_about_which_version(governed: GovernedByWorkflows) -> None:
    package = deployed(governed)
    record = governed.decide(releaser(), **wanted(), reason="[review] seen")
    assert record and record["outcome"] == "accepted" and governed.records()[-1] == record
    shown = {key: record[key] for key in ("subject", "decision", "method", "meaning", "reason", "event")}
    assert shown == {
        "subject": "deployment",
        "decision": "Approved",
        "method": "pipeline",
        "meaning": "review",
        "reason": "seen",
        "event": "s1",
    }
    assert record["signer"]["name"] == "Eve Evans"
    bound = {key: record["bound"][key] for key in ("package", "execution", "action", "actionExecution")}
    assert bound == {
        "package": package,
        "execution": "gh-70",
        "action": "deploy-main/prod",
        "actionExecution": "gh-70#prod",
    }
    assert record["bound"]["code"] or "evaluation" in record["bound"]


def test_one_event_is_one_record(governed: GovernedByWorkflows) -> None:
    deployed(governed)
    governed.decide(releaser(), **wanted())
    governed.number = 0
    before = len(governed.records())
    governed.decide(releaser(), **wanted())
    assert len(governed.records()) == before


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (releaser("ben"), "Ben Bauer wrote aaaaaaaa, and approves it: somebody else must."),
        (releaser("zoe"), "zoe is not in governance.identities."),
        (session("eve", role="churn-main-releaser", source=None), "The name eve was chosen by the caller."),
        (releaser("eve", role="churn-main-approver"), "may not decide"),
        (releaser("eve", role="churn-main-shipper"), "may not decide"),
        (releaser("eve", role="churn-infrastructureapprover"), "may not decide"),
    ],
)
def test_who_may_not_approve_a_deployment_is_refused(
    governed: GovernedByWorkflows, who: dict[str, Any], expected: str
) -> None:
    deployed(governed)
    record = governed.decide(who, **wanted())
    assert record and record["outcome"] == "refused" and any(expected in each for each in record["problems"])
    told = governed.told()[-1]
    assert told["detail-type"] == "Model Package Approval Refused"
    assert told["detail"]["About"] == "deploy-main, gh-70/prod"


def test_whoever_asked_for_the_deployment_or_ran_it_again_does_not_approve_it(
    governed: GovernedByWorkflows,
) -> None:
    deployed(governed)
    table = governed.recorder.settings.groups[0].workflows.requests
    asked = f"arn:aws:sts::{ACCOUNT}:assumed-role/churn-main-releaser/eve"
    for number, by in (("1", asked), ("2", "approval gate")):
        boto3.client("dynamodb", region_name=REGION).put_item(
            TableName=table,
            Item={
                "kind": {"S": "deploy"},
                "id": {"S": number},
                "run": {"S": "gh-70"},
                "by": {"S": by},
                "status": {"S": "taken"},
            },
        )
    assert governed.decide(releaser(), **wanted())["problems"] == [
        "Eve Evans asked for the deployment, and approves it: somebody else must."
    ]
    governed.site.again(70, "ana-a", "2026-03-01T14:10:00Z")
    assert governed.decide(releaser("ana"), **wanted())["problems"] == [
        "Ana Almeida started the deployment, and approves it: somebody else must."
    ]


def test_a_version_that_is_not_there_is_refused_and_a_rejection_counts(governed: GovernedByWorkflows) -> None:
    deployed(governed)
    assert "There is no arn:" in governed.decide(releaser(), **wanted("9"))["problems"][0]
    rejected = governed.decide(releaser("ben"), **wanted(), decision="Rejected")
    assert (rejected["decision"], rejected["outcome"]) == ("Rejected", "accepted")
    assert governed.decide(releaser(), **wanted(), reason=" ")["problems"] == [
        "There is no reason. Decide again and say why."
    ]


@pytest.mark.parametrize(
    "changed",
    [{"execution": "70"}, {"decision": "Maybe"}, {"version": "v1"}, {"version": "1 "}, {"environment": None}],
)
def test_what_is_no_decision_is_not_recorded(governed: GovernedByWorkflows, changed: dict[str, Any]) -> None:
    deployed(governed)
    before = len(governed.records())
    assert governed.decide(releaser(), **{**wanted(), **changed}) is None
    assert len(governed.records()) == before


def test_other_state_machines_decide_nothing(governed: GovernedByWorkflows) -> None:
    other = governed.states.create_state_machine(
        name="other", definition="{}", roleArn=f"arn:aws:iam::{ACCOUNT}:role/churn-decisions"
    )["stateMachineArn"]
    assert governed.decide(releaser(), other, **wanted()) is None


# The infrastructure


def changes(
    governed: GovernedByWorkflows, number: int = 80, commit: str = HEAD, **more: Any
) -> dict[str, str]:
    governed.site.run(
        number, commit, "2026-03-01T15:00:00Z", **{"path": ".github/workflows/infrastructure.yml", **more}
    )
    return {"execution": f"gh-{number}", "environment": "prod-0123456789ab"}


def approver(name: str) -> dict[str, Any]:
    return session(name, role="churn-infrastructureapprover", source=name)


def test_changes_of_the_infrastructure_are_approved_by_somebody_else(governed: GovernedByWorkflows) -> None:
    asked = changes(governed)
    assert governed.decide(approver("ben"), INFRASTRUCTURE, **asked)["problems"] == [
        "Ben Bauer wrote aaaaaaaa, and approves it: somebody else must."
    ]
    record = governed.decide(approver("ana"), INFRASTRUCTURE, **asked)
    assert record["outcome"] == "accepted" and record["group"] == record["subject"] == "infrastructure"
    assert {
        key: record["bound"][key] for key in ("package", "code", "execution", "action", "actionExecution")
    } == {
        "package": None,
        "code": HEAD,
        "execution": "gh-80",
        "action": "infrastructure/prod",
        "actionExecution": "gh-80#prod-0123456789ab",
    }


def test_only_what_is_new_in_the_stage_counts(governed: GovernedByWorkflows) -> None:
    governed.decide(approver("ana"), INFRASTRUCTURE, **changes(governed))
    newest = "e" * 40
    governed.site.push(newest, "ana-a", "2026-03-01T16:00:00Z")
    asked = changes(governed, 81, newest, actor="ana-a")
    assert governed.decide(approver("ben"), INFRASTRUCTURE, **asked)["problems"] == []
    other = {**asked, "environment": "preprod-0123456789ab"}
    assert "Ben Bauer wrote" in governed.decide(approver("ben"), INFRASTRUCTURE, **other)["problems"][0]


def test_a_run_of_another_workflow_changes_nothing(governed: GovernedByWorkflows) -> None:
    asked = changes(governed, path=".github/workflows/build-main.yml")
    assert governed.decide(approver("ana"), INFRASTRUCTURE, **asked)["problems"] == [
        "The run 80 is none of infrastructure. Decide about the run that waits."
    ]


def test_a_run_that_github_does_not_show_is_refused_in_the_end(governed: GovernedByWorkflows) -> None:
    event = {"execution": "gh-99", "environment": "prod-0123456789ab"}
    with pytest.raises(Unavailable):
        governed.decide(approver("ana"), INFRASTRUCTURE, **event)
    record = governed.decide(approver("ana"), INFRASTRUCTURE, tries=WAITS, **event)
    assert record["outcome"] == "refused" and "could not be found out" in record["problems"][0]


def test_without_a_token_the_digest_alone_binds_the_record(governed: GovernedByWorkflows) -> None:
    governed.recorder.settings = replace(governed.recorder.settings, token=None, separation=False)
    asked = {"execution": "gh-80", "environment": "prod-0123456789ab"}
    record = governed.decide(approver("ana"), INFRASTRUCTURE, **asked)
    assert (record["outcome"], record["bound"]["code"]) == ("accepted", None) and governed.site.asked == []


def test_whoever_runs_the_change_again_does_not_approve_it(governed: GovernedByWorkflows) -> None:
    asked = changes(governed)
    governed.site.again(80, "ana-a", "2026-03-01T15:30:00Z")
    assert governed.decide(approver("ana"), INFRASTRUCTURE, **asked)["problems"] == [
        "Ana Almeida started the deployment, and approves it: somebody else must."
    ]
