"""What CodePipeline tells of executions: which there were, what they fetched, who answered their questions.

After the CodePipeline API reference (PipelineExecutionSummary, PipelineExecution, ActionExecutionDetail).
"""

from __future__ import annotations

import uuid
from typing import Any

from executions import Execution

Answer = dict[str, Any]


def described(execution: Execution) -> Answer:
    """One execution."""
    return {
        "pipelineName": execution.pipeline.name,
        "pipelineExecutionId": execution.identity,
        "status": execution.status,
        "trigger": _trigger(execution),
        "artifactRevisions": [{"name": n, "revisionId": r} for n, r in execution.fetched.items()],
        "variables": [{"name": n, "resolvedValue": v} for n, v in execution.variables.items()],
    }


def summaries(executions: list[Execution]) -> list[Answer]:
    """The newest first."""
    return [
        {
            "pipelineExecutionId": e.identity,
            "status": e.status,
            "startTime": e.begun,
            "lastUpdateTime": e.updated,
            "sourceRevisions": [{"actionName": n, "revisionId": r} for n, r in e.fetched.items()],
            "trigger": _trigger(e),
        }
        for e in reversed(executions)
    ]


def details(executions: list[Execution]) -> list[Answer]:
    """Every action of every execution; a manual approval names whoever answered."""
    return [found for e in reversed(executions) for found in _actions(e)]


def _actions(execution: Execution) -> list[Answer]:
    common = lambda stage, action: {
        "pipelineExecutionId": execution.identity,
        "actionExecutionId": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{execution.identity}{stage}{action}")),
        "stageName": stage,
        "actionName": action,
    }
    status = lambda succeeded: {"status": "Succeeded" if succeeded else "Failed"}
    asked = [
        {
            **common(q.stage, q.action),
            "startTime": q.asked,
            **({"status": "InProgress"} if q.answer is None else status(q.answer)),
            **({"lastUpdateTime": q.answered} if q.answered else {}),
            **({"updatedBy": q.by} if q.by else {}),
        }
        for q in execution.approvals
    ]
    acted = [
        {**common(a.stage, a.action), **status(a.succeeded), "startTime": a.begun, "lastUpdateTime": a.ended}
        for a in execution.acted
    ]
    return acted + asked


def _trigger(execution: Execution) -> Answer:
    # What a service starts by itself has no caller.
    if not execution.starter:
        return {"triggerType": "CreatePipeline"}
    return {"triggerType": "StartPipelineExecution", "triggerDetail": execution.starter}
