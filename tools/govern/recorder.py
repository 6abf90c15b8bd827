"""
Records decisions: a function that takes the events of the delivery from a queue, one at a time.

Every event is one record at most, however often it comes. What follows a record is done again with each
delivery of its event, because the function may have ended in between: a refused approval is taken back, an
accepted decision is announced, which starts the deployment.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from records import Record, append

from change import Change, change_of
from evidence import Evidence
from govern_settings import Group, Pipeline, Settings, read_settings
from judge import PERSON, PIPELINE, RULE, Signer, problems_of, separation
from people import Unavailable, Unknown, push_body, push_key, role_of
from pipeline_approval import execution_of
from standing import standing_decision
from trail_event import APPROVED, HIDDEN, Decision, NotADecision, decision_of, signature
from workflow_approval import CALL, Given, change_given, given_of

_boto3: Any = importlib.import_module("boto3")
_config: Any = importlib.import_module("botocore.config")

CONFIG = _config.Config(
    retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=5, read_timeout=30
)

WAITS = 5
"""
How often an event is tried while a host does not answer; then its approval is refused. The queue gives it
more.
"""

SOURCE = "sagemaker-cicd.governance"
RECORDED = "Model Package Decision Recorded"
REFUSED = "Model Package Approval Refused"
PUSH = "CodeCommit Repository State Change"

TEXT_LIMIT = 1000
"""Characters of all problems together in a message."""


class Recorder:
    """Everything that a decision is judged by and written to."""

    def __init__(self, settings: Settings, session: Any) -> None:
        self.settings = settings
        self.session = session
        self.evidence = Evidence(self.client("s3", settings.evidence["region"]), settings.evidence)

    def client(self, service: str, region: str) -> Any:
        """A client with the function's own rights."""
        return self.session.client(service, region_name=region, config=CONFIG)

    def handle(self, event: Mapping[str, Any], tries: int = 1) -> Record | None:
        """
        Records what an event decides; None where it decides nothing. `tries` counts how often it was
        received.
        """
        if event["detail-type"] == PUSH:
            self.evidence.keep(push_key(event), push_body(event))
            return None
        try:
            if event["detail"]["eventName"] == CALL:
                given = given_of(self, event)
                change = self._given(given, tries)
                return self._waiting(given.pipeline, given.decision, given.ids, change, tries)
            decision = decision_of(event)
        except NotADecision as reason:
            print(f"{event['id']}: {reason}")
            return None
        if decision.package:
            return self._model(decision, tries)
        return self._pipeline(decision, tries)

    def _model(self, decision: Decision, tries: int) -> Record:
        group = self.settings.group_of(decision.group)
        if group is None:
            raise KeyError(f"{decision.package} is of no group of this delivery")
        registry = self.client("sagemaker", group.registry.split(":")[3])
        package = registry.describe_model_package(ModelPackageName=decision.package)
        decision = _revealed(decision, package)
        method = group.methods.get(role_of(decision.caller.role or ""))
        change = change_of(self, group, package)
        signer, problems = problems_of(decision, method, self.settings)
        if decision.status == APPROVED:
            problems += change.problems
        if decision.status == APPROVED and self.settings.separation and method != RULE:
            problems += self._people(signer, change, tries)
        record = self._append(group.name, "model", decision, method or PERSON, signer, problems, change.bound)
        self._follow(record, decision, group, registry)
        return record

    def _pipeline(self, decision: Decision, tries: int) -> Record | None:
        pipeline = self.settings.pipelines.get(decision.pipeline)
        if pipeline is None:
            print(f"{decision.event}: {decision.pipeline} is no pipeline of this delivery")
            return None
        return self._waiting(pipeline, decision, *execution_of(self, pipeline, decision), tries)

    def _given(self, given: Given, tries: int) -> Change:
        try:
            return change_given(self, given)
        except Unavailable as problem:
            if tries < WAITS:
                raise
            return Change({"package": None}, list, [f"What waits could not be found out: {problem}"])

    def _waiting(
        self, pipeline: Pipeline, decision: Decision, ids: Mapping[str, str], change: Change, tries: int
    ) -> Record:
        """A decision about what a pipeline or a workflow waits with."""
        asked = role_of(decision.caller.role or "") == pipeline.approver
        signer, problems = problems_of(decision, PIPELINE if asked else None, self.settings)
        if decision.status == APPROVED:
            problems += change.problems
            if self.settings.separation:
                problems += self._people(signer, change, tries)
        bound = {**change.bound, "policy": self.settings.policy, **ids}
        record = self._append(pipeline.group, pipeline.subject, decision, PIPELINE, signer, problems, bound)
        self._tell(record, decision)
        return record

    def _people(self, signer: Signer, change: Change, tries: int) -> list[str]:
        try:
            return separation(signer, change.people(), self.settings)
        except Unknown as problem:
            return [str(problem)]
        except Unavailable as problem:
            if tries < WAITS:
                raise
            return [f"Who made this change could not be found out: {problem} Approve it again later."]

    def _append(
        self,
        group: str,
        subject: str,
        decision: Decision,
        method: str,
        signer: Signer,
        problems: list[str],
        bound: Mapping[str, Any],
    ) -> Record:
        entry = {
            "kind": "decision",
            "subject": subject,
            "decision": decision.status,
            "outcome": "refused" if problems else "accepted",
            "problems": problems,
            "method": method,
            "signer": signer.to_json(),
            "meaning": decision.meaning,
            "reason": decision.reason,
            "event": decision.event,
            "time": decision.time,
            "bound": dict(bound),
        }
        return append(self.evidence.store, group, entry)

    def _follow(self, record: Record, decision: Decision, group: Group, registry: Any) -> None:
        """What a decision brings about, unless another one stands by now."""
        standing = standing_decision(self.evidence.store, group.name, decision.package)
        stands = standing is not None and standing["event"] == record["event"]
        now = registry.describe_model_package(ModelPackageName=decision.package)["ModelApprovalStatus"]
        if record["outcome"] == "refused":
            if stands and record["decision"] == APPROVED == now:
                self._take_back(record, decision, group)
            self._tell(record, decision)
        elif stands and record["decision"] == now:
            self._tell(record, decision, group.registry.rsplit("/", 1)[-1])

    def _take_back(self, record: Record, decision: Decision, group: Group) -> None:
        region = group.registry.split(":")[3]
        given = self.client("sts", self.session.region_name).assume_role(
            RoleArn=group.refuser, RoleSessionName="recorder"
        )["Credentials"]
        registry = self.session.client(
            "sagemaker",
            region_name=region,
            config=CONFIG,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        registry.update_model_package(
            ModelPackageArn=decision.package,
            ModelApprovalStatus="PendingManualApproval",
            ApprovalDescription=f"Refused, record {record['sequence']}: {_told(record)}"[:1024],
        )

    def _tell(self, record: Record, decision: Decision, registry_group: str | None = None) -> None:
        """Puts the record on the bus; a model's accepted one starts the deployment."""
        about = {
            "ModelPackageArn": decision.package,
            "ModelPackageGroupName": registry_group,
            "ModelApprovalStatus": decision.status,
        }
        self._put(
            REFUSED if record["outcome"] == "refused" else RECORDED,
            {
                **(about if decision.package else {}),
                "About": decision.package or f"{decision.pipeline}, {decision.stage}/{decision.action}",
                "Problems": _told(record),
                "Record": _plain(record),
            },
        )

    def _put(self, kind: str, detail: Mapping[str, Any]) -> None:
        entry = {
            "Source": SOURCE,
            "DetailType": kind,
            "Detail": json.dumps(detail),
            "EventBusName": self.settings.bus,
        }
        answer = self.client("events", self.settings.bus.split(":")[3]).put_events(Entries=[entry])
        if answer.get("FailedEntryCount"):
            # The queue brings the event again.
            raise RuntimeError(f"EventBridge did not accept the event: {answer['Entries']}")


def _plain(value: Any) -> Any:
    """The same with texts in one line, in which nothing ends a text that a message puts them into."""
    if isinstance(value, str):
        return " ".join(value.replace('"', "'").replace("\\", "/").split())[:TEXT_LIMIT]
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value


def _told(record: Record) -> str:
    return str(_plain(" ".join(record["problems"])))


def _revealed(decision: Decision, package: Mapping[str, Any]) -> Decision:
    """With the reason as the registry has it, where CloudTrail keeps it to itself."""
    if HIDDEN not in decision.reason or package.get("ModelApprovalStatus") != decision.status:
        return decision
    meaning, reason = signature(str(package.get("ApprovalDescription") or ""), decision.status)
    return Decision(**{**decision.__dict__, "meaning": meaning, "reason": reason})


_recorder: Recorder | None = None


def handler(batch: Mapping[str, Any], _: object = None) -> dict[str, list[dict[str, str]]]:
    """
    Called by Lambda with messages of the queue; those that failed come again, and end in the dead-letter
    queue.
    """
    global _recorder
    if _recorder is None:
        session = _boto3.Session()
        identity = session.client("sts", config=CONFIG).get_caller_identity()
        settings = read_settings(
            Path(os.environ.get("SETTINGS") or Path(__file__).with_name("governance.json")),
            partition=identity["Arn"].split(":")[1],
            account=identity["Account"],
            region=session.region_name,
        )
        _recorder = Recorder(settings, session)
    failed = []
    for message in batch["Records"]:
        tries = int(message.get("attributes", {}).get("ApproximateReceiveCount", 1))
        try:
            record = _recorder.handle(json.loads(message["body"]), tries)
            if record:
                print(json.dumps({key: record[key] for key in ("group", "sequence", "outcome", "event")}))
        except Exception:
            # Whatever it is, this message waits, and others do not.
            traceback.print_exc(file=sys.stderr)
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}
