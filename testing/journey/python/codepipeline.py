"""CodePipeline, type V2: executions of the synthesized pipelines, with conditions, variables, approvals and modes.

After the CodePipeline user guide: "Pipeline executions" (modes), "Variables reference", "Stage conditions".
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from inspect import GEN_RUNNING, getgeneratorstate
from typing import Any

from botocore.exceptions import ClientError

from actions import Actions, Failed
from cloud import Resource
from events import EventBridge
from execution_history import described, details, summaries
from executions import Acted, Approval, Execution
from gateway import Gateway, client_error
from permissions import Request
from story import Story
from values import Denied, JourneyError, NotThere, Place, parse_arn

SERVICE = "codepipeline.amazonaws.com"
Action = dict[str, Any]


@dataclass
class CodePipeline:
    """All pipelines of all accounts."""

    gateway: Gateway
    events: EventBridge
    story: Story
    actions: Actions
    executions: list[Execution] = field(default_factory=list)
    _running: dict[str, Generator[None, None, None]] = field(default_factory=dict)
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)

    def install(self) -> None:
        """Lets the gateway know who starts pipelines."""
        self.gateway.fakes[("codepipeline", "StartPipelineExecution")] = self._start_call
        self.gateway.fakes[("codepipeline", "GetPipelineExecution")] = self._get_call
        self.gateway.fakes[("codepipeline", "PutApprovalResult")] = self._answer_call
        listed = lambda tell, name: lambda request, _: {name: tell(self._asked(request))}
        executions = listed(summaries, "pipelineExecutionSummaries")
        self.gateway.fakes[("codepipeline", "ListPipelineExecutions")] = executions
        self.gateway.fakes[("codepipeline", "ListActionExecutions")] = listed(details, "actionExecutionDetails")

    def of(self, name: str) -> list[Execution]:
        """The executions of a pipeline, the oldest first."""
        return [e for e in self.executions if e.pipeline.name == name]

    def start(
        self, pipeline: Resource, variables: dict[str, str], revisions: dict[str, str] | None = None
    ) -> Execution:
        """A new execution; it begins when the world turns next."""
        declared = {v["Name"]: v.get("DefaultValue") for v in pipeline.properties.get("Variables", [])}
        for name, value in variables.items():
            if name not in declared:
                raise client_error(
                    "StartPipelineExecution", "ValidationException", f"{pipeline.name} has no variable {name}"
                )
            if not 1 <= len(value) <= 1000:
                raise client_error(
                    "StartPipelineExecution", "ValidationException", f"{name} has {len(value)} characters"
                )
        values = {name: variables.get(name, default) for name, default in declared.items()}
        missing = [name for name, value in values.items() if not value]
        if missing:
            raise client_error("StartPipelineExecution", "ValidationException", f"no value for {', '.join(missing)}")
        given = {k: v for k, v in values.items() if v}
        execution = Execution(str(uuid.uuid4()), pipeline, given, revisions or {})
        self.executions.append(execution)
        self._running[execution.identity] = self._run(execution)
        self._emit(execution, "STARTED")
        shown = ", ".join(f"{k}={v}" for k, v in given.items())
        self.story.tell(
            f"pipeline {pipeline.name}",
            f"execution {len(self.of(pipeline.name))} starts{f' ({shown})' if shown else ''}",
        )
        return execution

    def advance(self) -> bool:
        """Lets every execution go as far as it can; whether any got further."""
        moved = False
        for execution in list(self.executions):
            generator = self._running.get(execution.identity)
            # One that acts at this moment is in the middle of a step: something happens meanwhile.
            if generator is None or getgeneratorstate(generator) == GEN_RUNNING or execution.question is not None:
                continue
            before = (execution.status, execution.stage, len(execution.approvals))
            try:
                next(generator)
            except StopIteration:
                del self._running[execution.identity]
                moved = True
            moved = moved or before != (execution.status, execution.stage, len(execution.approvals))
        return moved

    def _start_call(self, request: Request, place: Place) -> dict[str, Any]:
        pipeline = self.gateway.cloud.find("AWS::CodePipeline::Pipeline", place.arn("codepipeline", request["name"]))
        if pipeline is None:
            raise NotThere(f"there is no pipeline {request['name']} in {place.account}")
        token = request.params.get("clientRequestToken")
        if token and (pipeline.arn, token) in self._tokens:
            return {"pipelineExecutionId": self._tokens[(pipeline.arn, token)]}
        variables = {v["name"]: v["value"] for v in request.params.get("variables", [])}
        revisions = {r["actionName"]: r["revisionValue"] for r in request.params.get("sourceRevisions", [])}
        execution = self.start(pipeline, variables, revisions)
        execution.starter, identity = request.principal, execution.identity
        if token:
            self._tokens[(pipeline.arn, token)] = identity
        return {"pipelineExecutionId": identity}

    def _get_call(self, request: Request, _: Place) -> dict[str, Any]:
        execution = next(e for e in self.of(request["pipelineName"]) if e.identity == request["pipelineExecutionId"])
        return {"pipelineExecution": described(execution)}

    def _asked(self, request: Request) -> list[Execution]:
        wanted = request.params.get("filter", {}).get("pipelineExecutionId")
        return [e for e in self.of(request["pipelineName"]) if wanted in (None, e.identity)]

    def _answer_call(self, request: Request, _: Place) -> dict[str, Any]:
        waiting = [q for e in self.of(request["pipelineName"]) for q in e.approvals if q.token == request["token"]]
        if len(waiting) != 1:
            raise client_error(request.operation, "InvalidApprovalTokenException", "no approval has this token")
        if waiting[0].answer is not None:
            raise client_error(request.operation, "ApprovalAlreadyCompletedException", "it is answered already")
        [question] = waiting
        question.answer = request["result"]["status"] == "Approved"
        question.by, question.answered = self.gateway.identity(request.principal).principal, datetime.now(UTC)
        return {"approvedAt": question.answered}

    def _run(self, execution: Execution) -> Generator[None, None, None]:
        try:
            execution.role = self.gateway.assume_as_service(
                SERVICE, execution.pipeline.properties["RoleArn"], execution.pipeline.arn
            ).role
            for stage in execution.pipeline.properties["Stages"]:
                while self._is_occupied(execution, stage["Name"]):
                    execution.in_front_of = stage["Name"]
                    if self._is_superseded(execution):
                        self._end(execution, "Superseded", f"a newer one is in front of {stage['Name']} too")
                        return
                    yield
                execution.in_front_of = ""
                execution.stage = stage["Name"]
                if not self._may_enter(execution, stage):
                    execution.skipped.append(stage["Name"])
                    self.story.tell(f"pipeline {execution.pipeline.name}", f"stage {stage['Name']} is skipped")
                    continue
                yield from self._run_stage(execution, stage)
            self._end(execution, "Succeeded", "")
        except (Failed, Denied, ClientError, NotThere) as error:
            self._end(execution, "Failed", str(error))

    def _run_stage(self, execution: Execution, stage: dict[str, Any]) -> Generator[None, None, None]:
        actions: list[Action] = stage["Actions"]
        for order in sorted({a.get("RunOrder", 1) for a in actions}):
            group = [a for a in actions if a.get("RunOrder", 1) == order]
            questions = []
            for action in group:
                if action["ActionTypeId"]["Category"] == "Approval":
                    questions.append(self._ask(execution, stage["Name"], action))
                else:
                    self._act(execution, stage["Name"], action)
            while any(q.answer is None for q in questions):
                yield
            for question in questions:
                if not question.answer:
                    raise Failed(f"{stage['Name']}/{question.action}: refused manually")

    def _is_occupied(self, execution: Execution, stage: str) -> bool:
        """Outside the mode PARALLEL a stage works on one execution at a time."""
        if execution.pipeline.properties.get("ExecutionMode", "SUPERSEDED") == "PARALLEL":
            return False
        return any(
            e is not execution and e.pipeline.arn == execution.pipeline.arn and not e.done and e.stage == stage
            for e in self.executions
        )

    def _is_superseded(self, execution: Execution) -> bool:
        """In the mode SUPERSEDED only the newest of those that wait for a stage goes on."""
        if execution.pipeline.properties.get("ExecutionMode", "SUPERSEDED") != "SUPERSEDED":
            return False
        newer = self.executions[self.executions.index(execution) + 1 :]
        return any(e.pipeline.arn == execution.pipeline.arn and e.in_front_of == execution.in_front_of for e in newer)

    def _may_enter(self, execution: Execution, stage: dict[str, Any]) -> bool:
        for condition in stage.get("BeforeEntry", {}).get("Conditions", []):
            for rule in condition["Rules"]:
                if not self._holds(execution, rule):
                    if condition["Result"] == "SKIP":
                        return False
                    raise Failed(f"{stage['Name']}: the condition {rule['Name']} does not hold")
        return True

    def _holds(self, execution: Execution, rule: dict[str, Any]) -> bool:
        if rule["RuleTypeId"]["Provider"] != "VariableCheck":
            raise JourneyError(f"the rule {rule['RuleTypeId']['Provider']} is not known here")
        given = rule["Configuration"]
        value = self._fill(execution, given["Variable"])
        tests = {
            "EQ": lambda: value == given["Value"],
            "NE": lambda: value != given["Value"],
            "CONTAINS": lambda: given["Value"] in value,
            "MATCHES": lambda: re.fullmatch(given["Value"], value) is not None,
        }
        if given["Operator"] not in tests:
            raise JourneyError(f"the operator {given['Operator']} of a VariableCheck is not known here")
        return bool(tests[given["Operator"]]())

    def _fill(self, execution: Execution, text: str) -> str:
        def value(match: re.Match[str]) -> str:
            namespace, name = match.groups()
            known: dict[str, dict[str, str]] = {
                "codepipeline": {"PipelineExecutionId": execution.identity},
                "variables": execution.variables,
                **execution.namespaces,
            }
            if name not in known.get(namespace, {}):
                raise Failed(f"the variable #{{{namespace}.{name}}} has no value")
            return known[namespace][name]

        filled = re.sub(r"#\{([^.}]+)\.([^}]+)\}", value, text)
        if len(filled) > 1000:
            raise Failed(f"a value of {len(filled)} characters is too long for an action: {filled[:80]}...")
        return filled

    def _ask(self, execution: Execution, stage: str, action: Action) -> Approval:
        configuration = {k: self._fill(execution, v) for k, v in action.get("Configuration", {}).items()}
        question = Approval(stage, action["Name"], configuration.get("CustomData", ""), str(uuid.uuid4()))
        execution.approvals.append(question)
        self.story.tell(f"pipeline {execution.pipeline.name}", f"{stage}/{action['Name']} asks: {question.message}")
        topic = configuration.get("NotificationArn")
        if topic:
            role = self._role(execution, action)
            region = parse_arn(topic).region
            self.gateway.call(role, region, "sns", "Publish", {"TopicArn": topic, "Message": question.message})
            self.events.messages.append((parse_arn(topic).resource, question.message))
        return question

    def _act(self, execution: Execution, stage: str, action: Action) -> None:
        name, begun = f"{stage}/{action['Name']}", datetime.now(UTC)
        acted = lambda succeeded: execution.acted.append(
            Acted(stage, action["Name"], succeeded, begun, datetime.now(UTC))
        )
        configuration = {k: self._fill(execution, v) for k, v in action.get("Configuration", {}).items()}
        try:
            outcome = self.actions.run(execution, action, configuration, self._role(execution, action))
        except (Failed, Denied, ClientError, NotThere) as error:
            self.story.tell(f"pipeline {execution.pipeline.name}", f"{name} FAILED: {error}")
            acted(False)
            more = {"stage": stage, "action": action["Name"], "region": execution.pipeline.place.region}
            self._emit(execution, "FAILED", "Action", more)
            raise Failed(f"{name}: {error}") from error
        acted(True)
        execution.artifacts |= outcome.artifacts
        if action["ActionTypeId"]["Category"] == "Source":
            revision = outcome.variables.get("CommitId") or outcome.variables["VersionId"]
            execution.fetched[action["Name"]] = revision
        if "Namespace" in action:
            execution.namespaces[action["Namespace"]] = outcome.variables
        self.story.tell(f"pipeline {execution.pipeline.name}", f"{name} {outcome.summary}")

    def _role(self, execution: Execution, action: Action) -> str:
        role = action.get("RoleArn")
        return self.gateway.assume(execution.role, role).role if role else execution.role

    def _end(self, execution: Execution, status: str, message: str) -> None:
        execution.status, execution.message, execution.updated = status, message, datetime.now(UTC)
        self.story.tell(
            f"pipeline {execution.pipeline.name}", f"execution ends: {status}{f' ({message})' if message else ''}"
        )
        self._emit(execution, status.upper())

    def _emit(
        self, execution: Execution, state: str, what: str = "Pipeline", more: dict[str, str] | None = None
    ) -> None:
        place = execution.pipeline.place
        self.events.put(
            {
                "version": "0",
                "id": str(uuid.uuid4()),
                "detail-type": f"CodePipeline {what} Execution State Change",
                "source": "aws.codepipeline",
                "account": place.account,
                "region": place.region,
                "time": "2026-01-01T00:00:00Z",
                "resources": [execution.pipeline.arn],
                "detail": {
                    "pipeline": execution.pipeline.name,
                    "execution-id": execution.identity,
                    "state": state,
                    "version": 1.0,
                    **(more or {}),
                },
            }
        )
