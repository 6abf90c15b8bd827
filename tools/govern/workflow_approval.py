"""
What people decide about deployments and changes of the infrastructure that workflows on GitHub carry out.

A person starts a state machine that does nothing. CloudTrail names who did (Step Functions guide, "Recording
Step Functions API calls with AWS CloudTrail"), and what was decided is the input of the execution, which
nobody can change. The run that waits takes it only by its record, and only if that names what it deploys.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from records import newest_first

from builds import runs_of
from change import Change, change_of, committers
from govern_settings import INFRASTRUCTURE, Group, Pipeline
from people import Involved, name_of, role_of
from standing import approves
from trail_event import APPROVED, REJECTED, Decision, NotADecision, caller_of, signature
from workflow_runs import started_by

if TYPE_CHECKING:
    from recorder import Recorder

CALL = "StartExecution"

RUN = re.compile(r"gh-([1-9][0-9]{0,18})")

NOTHING = "none"
"""In place of a version: there is no model yet."""

VERSION = re.compile(rf"[1-9][0-9]{{0,8}}|{NOTHING}")

DECISION_KEYS = ("execution", "environment", "decision", "reason")

GONE = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")

DEPLOY = "deploy"
"""Kind of a request in the table of requests."""


@dataclass(frozen=True)
class Given:
    """A decision, and what it is about."""

    pipeline: Pipeline
    decision: Decision
    asked: Mapping[str, str]

    @property
    def ids(self) -> dict[str, str]:
        """As a record has them (`tools/deploy/decision_records.py` looks for the last one)."""
        execution, environment = self.asked["execution"], self.asked["environment"]
        return {
            "execution": execution,
            "action": f"{self.pipeline.name}/{self._stage}",
            "actionExecution": f"{execution}#{environment}",
        }

    @property
    def _stage(self) -> str:
        environment = self.asked["environment"]
        # A stage of the infrastructure comes with the digest of what was shown of it.
        return environment.rsplit("-", 1)[0] if self.pipeline.subject == INFRASTRUCTURE else environment


def given_of(recorder: Recorder, event: Mapping[str, Any]) -> Given:
    """The decision that a start of an execution brings; NotADecision for other ones."""
    detail = event["detail"]
    if detail.get("errorCode"):
        raise NotADecision(f"the call failed: {detail['errorCode']}")
    machine = str((detail.get("requestParameters") or {}).get("stateMachineArn", ""))
    pipeline = recorder.settings.machines.get(machine)
    if pipeline is None:
        raise NotADecision(f"{machine} takes no decisions of this delivery")
    started = str(detail["responseElements"]["executionArn"])
    states = recorder.client("stepfunctions", machine.split(":")[3])
    asked = _read(pipeline, states.describe_execution(executionArn=started)["input"])
    meaning, reason = signature(asked["reason"], asked["decision"])
    decision = Decision(
        event=str(detail["eventID"]),
        time=str(detail["eventTime"]),
        status=asked["decision"],
        caller=caller_of(detail["userIdentity"]),
        meaning=meaning,
        reason=reason,
        pipeline=pipeline.name,
        stage=asked["execution"],
        action=asked["environment"],
    )
    return Given(pipeline, decision, asked)


def _read(pipeline: Pipeline, text: str) -> dict[str, str]:
    try:
        asked = json.loads(text)
    except ValueError:
        asked = None
    keys = DECISION_KEYS if pipeline.subject == INFRASTRUCTURE else (*DECISION_KEYS, "version")
    if not isinstance(asked, dict) or any(not isinstance(asked.get(key), str) for key in keys):
        raise NotADecision(f"the input has not all of {', '.join(keys)}")
    if not RUN.fullmatch(asked["execution"]) or asked["decision"] not in (APPROVED, REJECTED):
        raise NotADecision("the input names no run, or decides nothing")
    if "version" in keys and not VERSION.fullmatch(asked["version"]):
        raise NotADecision(f"the input names {asked['version']!r}, which is no version")
    return {key: asked[key] for key in keys}


def change_given(recorder: Recorder, given: Given) -> Change:
    """What the decision is about, and who is behind it."""
    if given.pipeline.subject == INFRASTRUCTURE:
        return _infrastructure(recorder, given)
    group = recorder.settings.named(given.pipeline.group)
    assert group is not None, "the settings name a group with its state machine"

    def started() -> list[Involved]:
        number = int(given.asked["execution"].removeprefix("gh-"))
        runs = runs_of(recorder, group.source).run(number)
        return [*started_by(runs, "started the deployment"), *_asked(recorder, group, given)]

    if given.asked["version"] == NOTHING:
        return Change({"package": None}, started)
    arn = group.registry.replace(":model-package-group/", ":model-package/", 1) + f"/{given.asked['version']}"
    registry = recorder.client("sagemaker", group.registry.split(":")[3])
    try:
        package = registry.describe_model_package(ModelPackageName=arn)
    except registry.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in GONE:
            raise
        return Change({"package": arn}, started, [f"There is no {arn}. Decide about the version that waits."])
    change = change_of(recorder, group, package)
    return Change(change.bound, _both(change.people, started), change.problems)


def _both(
    one: Callable[[], list[Involved]], other: Callable[[], list[Involved]]
) -> Callable[[], list[Involved]]:
    return lambda: [*one(), *other()]


def _asked(recorder: Recorder, group: Group, given: Given) -> list[Involved]:
    """
    Whoever asked for the deployment, if a person did: the gate and what trains again name themselves in
    words.
    """
    assert group.workflows is not None, "only workflows have requests"
    table = recorder.client("dynamodb", recorder.session.region_name)
    pages = table.get_paginator("query").paginate(
        TableName=group.workflows.requests,
        ConsistentRead=True,
        KeyConditionExpression="#kind = :kind",
        FilterExpression="#run = :run",
        ExpressionAttributeNames={"#kind": "kind", "#run": "run"},
        ExpressionAttributeValues={":kind": {"S": DEPLOY}, ":run": {"S": given.asked["execution"]}},
    )
    by = [str(item.get("by", {}).get("S", "")) for page in pages for item in page["Items"]]
    # The name of such a session is bound to the person, where sessions of approvers are.
    bound = given.pipeline.approver if recorder.settings.bound else None
    return [
        Involved("asked for the deployment", "aws", name_of(one) if bound and role_of(one) == bound else one)
        for one in by
        if one.startswith("arn:")
    ]


def _infrastructure(recorder: Recorder, given: Given) -> Change:
    source = recorder.settings.infrastructure
    assert source is not None, "the settings name its source with the state machine"
    number = int(given.asked["execution"].removeprefix("gh-"))
    if recorder.settings.token is None:
        # Nobody is compared with anybody; what was shown is bound by its digest.
        return Change({"package": None, "code": None}, list)
    attempts = runs_of(recorder, source).run(number)
    head = str(attempts[-1]["head_sha"])
    problems = []
    if not str(attempts[-1].get("path", "")).partition("@")[0].endswith(f"/{given.pipeline.name}.yml"):
        problems = [f"The run {number} is none of {given.pipeline.name}. Decide about the run that waits."]

    def people() -> list[Involved]:
        base = _last(recorder, given.ids["action"], head)
        return [
            *committers(recorder, source, [head], base),
            *started_by(attempts, "started the deployment"),
        ]

    return Change({"package": None, "code": head}, people, problems)


def _last(recorder: Recorder, action: str, head: str) -> str | None:
    """The commit that was approved last in this stage: another stage may be behind."""
    for record in newest_first(recorder.evidence.store, INFRASTRUCTURE):
        bound = record.get("bound") or {}
        if approves(record) and bound.get("action") == action and bound.get("code") not in (None, head):
            return str(bound["code"])
    return None
