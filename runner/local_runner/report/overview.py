"""A run in a few facts: how it ended, what it was made from, and what became of its model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .coerce import text
from .evaluation import Evaluation, evaluations, lineages
from .history import versions
from .record import Run, load
from .summary import gated_metric, interval, measured


def overview(work: Path, execution_id: str) -> dict[str, Any]:
    """Return the facts of a run by name, as `runs --json` prints them."""
    run = load(work, execution_id)
    states = {version.arn: version.status for version in versions(run)}
    return {
        "executionId": run.id,
        "pipelineName": run.pipeline,
        "startTime": run.start,
        "seconds": run.seconds,
        "status": run.status,
        "failureReason": run.failure,
        "gate": _gate(run, evaluations(run)),
        "dataVersion": lineage(run).get("data_version") or _metadata(run, "DataVersion"),
        "gitCommit": parameter(run, "GitCommit"),
        "registers": run.registers,
        "registered": [
            {"package": f"{item.group}/{item.version}", "approvalStatus": states.get(item.arn, item.status)}
            for item in run.registered
        ],
    }


def lineage(run: Run) -> dict[str, Any]:
    """Return the first lineage.json among the outputs of a run; empty if there is none."""
    return next(iter(lineages(run)), {})


def parameter(run: Run, name: str) -> str | None:
    """Return the value of a parameter; None for one that is not known."""
    value = next((text(item.value) for item in run.parameters if item.name == name), "")
    return value if value not in ("", "unknown", "none") else None


def _metadata(run: Run, name: str) -> str | None:
    return next((item.metadata[name] for item in run.registered if name in item.metadata), None)


def _gate(run: Run, found: list[Evaluation]) -> dict[str, Any] | None:
    for one in found:
        if gated := gated_metric(run, one):
            metric, decision = gated
            return {
                "metric": metric.name,
                "value": metric.value,
                "interval": interval(metric),
                "shown": measured(metric),
                "met": decision.met,
            }
    return None
