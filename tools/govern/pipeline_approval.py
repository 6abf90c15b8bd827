"""Which execution of a pipeline somebody approved, and what it brings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from records import newest_first

from change import Change, change_of, committers
from govern_settings import INFRASTRUCTURE, Pipeline
from people import Involved, Unavailable, starters
from standing import approves
from trail_event import APPROVED, Decision

if TYPE_CHECKING:
    from recorder import Recorder

NEAR = timedelta(minutes=2)
"""How far the time of the call and that of the action's change may be apart."""

KEEP_LIVE = "keep-live"


def execution_of(recorder: Recorder, pipeline: Pipeline, decision: Decision) -> tuple[dict[str, str], Change]:
    """What was decided about, by its ids, and its change; the event itself names a token only."""
    codepipeline = recorder.client("codepipeline", recorder.session.region_name)
    action = _action(codepipeline, decision)
    found = action["pipelineExecutionId"]
    ids = {
        "execution": found,
        "action": f"{decision.stage}/{decision.action}",
        "actionExecution": action["actionExecutionId"],
    }
    execution = codepipeline.get_pipeline_execution(
        pipelineName=decision.pipeline, pipelineExecutionId=found
    )["pipelineExecution"]
    if pipeline.subject == INFRASTRUCTURE:
        return ids, _infrastructure(recorder, pipeline, execution)
    return ids, _deployment(recorder, pipeline, execution)


def _action(codepipeline: Any, decision: Decision) -> dict[str, Any]:
    at = datetime.fromisoformat(decision.time)
    status = "Succeeded" if decision.status == APPROVED else "Failed"
    pages = codepipeline.get_paginator("list_action_executions").paginate(pipelineName=decision.pipeline)
    near: list[tuple[timedelta, dict[str, Any]]] = []
    for page in pages:
        for each in page["actionExecutionDetails"]:
            named = (each["stageName"], each["actionName"], each["status"])
            apart = abs(each.get("lastUpdateTime", each["startTime"]) - at)
            by = each.get("updatedBy")
            if (
                named == (decision.stage, decision.action, status)
                and apart <= NEAR
                and by in (None, decision.caller.principal)
            ):
                near.append((apart, each))
    if not near:
        raise Unavailable(f"{decision.pipeline} does not show the decision about {decision.stage} yet.")
    return min(near, key=lambda one: one[0])[1]


def _deployment(recorder: Recorder, pipeline: Pipeline, execution: dict[str, Any]) -> Change:
    group = recorder.settings.named(pipeline.group)
    named = {one["name"]: one.get("resolvedValue", "") for one in execution.get("variables", [])}
    arn = named.get("ModelPackageArn", KEEP_LIVE)

    def started() -> list[Involved]:
        return starters([execution], recorder.settings.own_roles)

    if group is None or not arn.startswith("arn:"):
        return Change({"package": None}, started)
    registry = recorder.client("sagemaker", group.registry.split(":")[3])
    change = change_of(recorder, group, registry.describe_model_package(ModelPackageName=arn))
    return Change(change.bound, lambda: [*change.people(), *started()])


def _infrastructure(recorder: Recorder, pipeline: Pipeline, execution: dict[str, Any]) -> Change:
    revisions = execution.get("artifactRevisions") or [{}]
    head = str(revisions[0].get("revisionId", ""))
    source = recorder.settings.infrastructure

    def people() -> list[Involved]:
        assert source is not None, "the settings name its source with the pipeline"
        base = _last_infrastructure(recorder, head)
        return [
            *committers(recorder, source, [head], base),
            *starters([execution], recorder.settings.own_roles),
        ]

    return Change({"package": None, "code": head}, people)


def _last_infrastructure(recorder: Recorder, head: str) -> str | None:
    for record in newest_first(recorder.evidence.store, INFRASTRUCTURE):
        code = (record.get("bound") or {}).get("code")
        if approves(record) and code not in (None, head):
            return str(code)
    return None
