"""What is in an approved package: images, artifacts, environment, baselines, metrics, lineage."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from registry import Package
from seal import served
from targets import Refused

REPORT_LIMIT = 1024 * 1024
"""Bytes of a metrics report that are read; SageMaker's own have a few thousand."""


@dataclass(frozen=True)
class Container:
    """One container of the model."""

    image: str
    image_digest: str | None
    artifacts: tuple[str, ...]
    environment: dict[str, str]


@dataclass(frozen=True)
class Resolved:
    """A package as it was at the moment of the decision; written down for auditors and for later steps."""

    arn: str
    version: int
    approval: str
    description: str
    containers: tuple[Container, ...]
    baselines: dict[str, str]
    """Statistics and constraints to compare with, by `<what>.<kind>`; drift baselines go before metrics."""
    reports: dict[str, str]
    """Reports of the evaluation, by `<what>.<kind>`."""
    sample_payload: str | None
    metadata: dict[str, str]
    metrics: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """The same as plain values."""
        return asdict(self)


def resolve(package: Package, metrics: dict[str, float] | None = None) -> Resolved:
    """Refuses a package that is not approved at this moment, or has nothing in it that could be served."""
    if not package.approved:
        raise Refused(f"{package.arn} is {package.approval}. Only an approved package is deployed.")
    # What is deployed is the sealed artifact, not what is at the registered address by now.
    details = served(package.details)
    containers = tuple(
        _container(package.arn, c) for c in details.get("InferenceSpecification", {}).get("Containers", [])
    )
    if not containers:
        raise Refused(f"{package.arn} has no container, so nothing can serve it. Register it with one.")
    if not any(container.artifacts for container in containers):
        raise Refused(f"{package.arn} has no model artifact. Register it with its model data.")
    measured = _sources(details.get("ModelMetrics", {}))
    drift = _sources(details.get("DriftCheckBaselines", {}))
    return Resolved(
        arn=package.arn,
        version=package.version,
        approval=package.approval,
        description=details.get("ModelPackageDescription", ""),
        containers=containers,
        baselines={k: v for k, v in {**measured, **drift}.items() if _is_baseline(k)},
        reports={k: v for k, v in measured.items() if not k.endswith("Constraints")},
        sample_payload=details.get("SamplePayloadUrl"),
        metadata=dict(sorted(package.metadata.items())),
        metrics=dict(sorted((metrics or {}).items())),
    )


def _container(arn: str, container: dict[str, Any]) -> Container:
    image = container.get("Image")
    if not image:
        raise Refused(f"{arn} has a container without an image. Register it with one.")
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    additional = container.get("AdditionalS3DataSource", {})
    found = (container.get("ModelDataUrl"), source.get("S3Uri"), additional.get("S3Uri"))
    return Container(
        image=image,
        image_digest=container.get("ImageDigest"),
        artifacts=tuple(dict.fromkeys(uri for uri in found if uri)),
        environment=dict(sorted(container.get("Environment", {}).items())),
    )


def _sources(groups: dict[str, Any]) -> dict[str, str]:
    """The S3 addresses in ModelMetrics or DriftCheckBaselines."""
    return {
        f"{what}.{kind}": source["S3Uri"]
        for what, kinds in sorted(groups.items())
        for kind, source in sorted(kinds.items())
        if source.get("S3Uri")
    }


def _is_baseline(name: str) -> bool:
    return name.endswith(("Statistics", "Constraints", "ConfigFile"))


def read_metrics(s3: Any, package: Package) -> dict[str, float]:
    """The numbers of the registered evaluation report; none, and a word about it, where it cannot be read."""
    uri = _sources(package.details.get("ModelMetrics", {})).get("ModelQuality.Statistics")
    if not uri:
        return {}
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    try:
        body = s3.get_object(Bucket=bucket, Key=key)["Body"].read(REPORT_LIMIT)
        return dict(_numbers(json.loads(body)))
    except (s3.exceptions.ClientError, ValueError) as error:
        # The approver can look at the report; a missing permission must not block a rollback.
        print(f"The metrics in {uri} cannot be read: {error}")
        return {}


def _numbers(report: Any) -> Iterator[tuple[str, float]]:
    """Metrics in SageMaker's model-quality JSON: `{"<problem>_metrics": {"<metric>": {"value": 0.9}}}`."""
    for group in report.values() if isinstance(report, dict) else ():
        for name, metric in group.items() if isinstance(group, dict) else ():
            value = metric.get("value") if isinstance(metric, dict) else None
            if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
                yield name, float(value)
