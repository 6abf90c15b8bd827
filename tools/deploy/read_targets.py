"""Reads `targets.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from targets import Api, Environment, Evidence, GithubActions, Move, SmokeTest, Targets


def read_targets(path: Path, *, partition: str, account: str, region: str) -> Targets:
    """Reads the targets; what they leave open is where the pipeline itself runs."""
    data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    here = {"{partition}": partition, "{account}": account, "{region}": region}

    def fill(value: str | None) -> str | None:
        for placeholder, own in here.items():
            value = value.replace(placeholder, own) if value else value
        return value

    def text(value: str) -> str:
        return fill(value) or ""

    # The request of the smoke test is the user's own text, braces included.
    test = data["smokeTest"]
    evidence = data.get("evidence")
    return Targets(
        project=data["project"],
        group=data["group"],
        chain=data["chain"],
        registry=text(data["modelPackageGroup"]),
        sealed=text(data["sealed"]),
        bus=text(data["bus"]),
        pipeline=data["pipeline"],
        records=text(data["records"]),
        environments=tuple(
            Environment(
                name=e["name"],
                wave=int(e["wave"]),
                account=text(e["account"]),
                region=text(e["region"]),
                stack=e["stack"],
                endpoint=e["endpoint"],
                verify_role=text(e["verifyRole"]),
                publish_role=text(e["publishRole"]),
                retire_role=text(e["retireRole"]),
                deployment_bucket=text(e["deploymentBucket"]),
                key=text(e["key"]),
                replicate_role=fill(e.get("replicateRole")),
                replica_group=fill(e.get("replicaGroup")),
                rollback_role=text(e.get("rollbackRole", "")),
                approval=e.get("approval", ""),
                deploy_role=text(e.get("deployRole", "")),
                cloud_formation_role=text(e.get("cloudFormationRole", "")),
                execute_action=e.get("executeAction", ""),
                update_seconds=float(e.get("updateSeconds", 0)),
                metric_namespace=e.get("metricNamespace", ""),
                probed=bool(e.get("probed", False)),
                watch_seconds=float(e.get("watchSeconds", 0)),
                own_alarms=tuple(e.get("ownAlarmNames", [])),
                kind=e["kind"],
                instance_type=e.get("instanceType"),
                asynchronous=fill(e.get("asynchronous")),
                pipeline=e.get("pipeline"),
                data_bucket=fill(e.get("dataBucket")),
                api=Api.read(e["api"], text) if "api" in e else None,
                stage_role=text(e.get("stageRole", "")),
                moves={name: Move.read(move) for name, move in e.get("moves", {}).items()},
                monitoring=bool(e.get("monitoring", False)),
            )
            for e in data["environments"]
        ),
        smoke_test=SmokeTest(
            test["body"], test["contentType"], test["accept"], float(test["maxLatencySeconds"])
        ),
        golden_tolerance=float(data["goldenTolerance"]),
        evidence=Evidence(**{k: text(v) for k, v in evidence.items()}) if evidence else None,
        engine=_engine(data.get("engine"), text),
    )


def _engine(data: dict[str, Any] | None, text: Callable[[str], str]) -> GithubActions | None:
    """None for CodePipeline."""
    if data is None:
        return None
    return GithubActions(data["workflow"], text(data["table"]), text(data["rollBackProject"]))
