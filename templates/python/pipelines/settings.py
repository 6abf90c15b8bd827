"""`config/parameters.json`, checked and typed: what the pipeline is made of.

Only the standard library, because every command starts here. A wrong value is a `PipelineError` that names
the key as `section.key`, the value and what is allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

from pipelines.checks import (
    DURATION,
    INSTANCE,
    RESOURCE,
    camel,
    declared,
    further_instances,
    hyperparameter_values,
    instances,
    key,
    number,
    one_of,
    switch,
    text,
    whole,
)
from pipelines.data_settings import DataSettings
from pipelines.errors import PipelineError, nearest
from pipelines.manifests import FRAMEWORKS, PROBLEM_TYPES, hyperparameters, refused
from pipelines.metric_settings import Metric, wrong_metrics
from pipelines.tuning_settings import TuningSettings

T = TypeVar("T")
FILE = Path("config/parameters.json")
DELIVERY = Path("config/delivery.json")
COMPARISONS = (">=", ">", "<=", "<")
GOLDEN_ROWS = ("evaluation", "synthetic", "none")
APPROVAL_STATUSES = ("PendingManualApproval", "Approved", "Rejected")
Value = str | int | float


@dataclass(frozen=True, kw_only=True)
class ModelSettings:
    """`model`: what is trained."""

    name: str = key(RESOURCE)
    framework: str = key(one_of(*FRAMEWORKS))
    problem_type: str = key(one_of(*PROBLEM_TYPES))
    framework_version: str = key(text())
    model_package_group_name: str = key(RESOURCE)


@dataclass(frozen=True, kw_only=True)
class PipelineSettings:
    """`pipeline`: its name in SageMaker."""

    name: str = key(RESOURCE)
    description: str = key(lambda v: None if isinstance(v, str) and len(v) <= 3072 else "text", default="")


@dataclass(frozen=True, kw_only=True)
class ProcessingSettings:
    """`processing`: the machines that preprocess and evaluate."""

    instance_type: str = key(INSTANCE)
    instance_count: int = key(whole(1), default=1)
    encrypt_inter_container_traffic: bool = key(switch, default=False)


@dataclass(frozen=True, kw_only=True)
class TrainingSettings:
    """`training`: the machines that train, for how many seconds at most, and the hyperparameters."""

    instance_type: str = key(INSTANCE)
    instance_count: int = key(whole(1), default=1)
    encrypt_inter_container_traffic: bool = key(switch, default=False)
    use_spot_instances: bool = key(switch, default=False)
    max_run_seconds: int = key(whole(1), default=3600)
    max_wait_seconds: int = key(whole(1), default=7200)
    hyperparameters: dict[str, Value] = field(metadata={"check": hyperparameter_values}, default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class QualityGateSettings:
    """`qualityGate`: what a model must reach: the threshold, else what evaluate.py compares it with."""

    metric: str = key(text())
    comparison: str = key(one_of(*COMPARISONS))
    threshold: float | None = key(number, default=None)


@dataclass(frozen=True, kw_only=True)
class RegistrationSettings:
    """`registration`: how a model is registered."""

    approval_status: str = key(one_of(*APPROVAL_STATUSES), default="PendingManualApproval")
    inference_instances: list[str] = field(metadata={"check": further_instances}, default_factory=list)
    """Instance types to serve from besides those that the environments of config/delivery.json have."""
    transform_instances: list[str] = field(
        metadata={"check": instances}, default_factory=lambda: ["ml.m5.large"]
    )
    golden_rows: str = key(one_of(*GOLDEN_ROWS), default="evaluation")


@dataclass(frozen=True, kw_only=True)
class CachingSettings:
    """`caching`: whether unchanged steps are reused, and for how long (ISO 8601 duration)."""

    enabled: bool = key(switch, default=True)
    expire_after: str = key(text(DURATION, "an ISO 8601 duration such as P30D or PT12H"), default="P30D")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All of `config/parameters.json`."""

    model: ModelSettings
    pipeline: PipelineSettings
    data: DataSettings
    processing: ProcessingSettings
    training: TrainingSettings
    quality_gate: QualityGateSettings
    registration: RegistrationSettings
    caching: CachingSettings
    custom_metrics: dict[str, Metric] = field(default_factory=dict)
    tuning: TuningSettings | None = None


SECTIONS: dict[str, type[Any]] = {
    "model": ModelSettings,
    "pipeline": PipelineSettings,
    "data": DataSettings,
    "processing": ProcessingSettings,
    "training": TrainingSettings,
    "qualityGate": QualityGateSettings,
    "registration": RegistrationSettings,
    "caching": CachingSettings,
}
OPTIONAL_SECTIONS = ("registration", "caching", "tuning")
CUSTOM_METRICS = "customMetrics"
"""A section without fixed keys: one for each metric."""


def load(root: Path) -> Settings:
    """Read and check `config/parameters.json` below the repository's root. Raises `PipelineError`."""
    try:
        raw = json.loads((root / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PipelineError(
            f"{FILE} does not exist in {root}: run this in the repository's top directory"
        ) from None
    except ValueError as error:
        raise PipelineError(f"{FILE} is not JSON: {error}") from None
    found = parse(raw)
    registered = [*endpoint_instances(root), *found.registration.inference_instances] or ["ml.m5.large"]
    registration = replace(found.registration, inference_instances=list(dict.fromkeys(registered)))
    return replace(found, registration=registration)


def endpoint_instances(root: Path) -> list[str]:
    """The instance types that the environments of `config/delivery.json` serve from; empty without that file.

    SageMaker can only be sure of a package on the types that it was registered with.
    """

    def read(delivery: Any) -> list[str]:
        common = delivery["endpoint"]
        return [
            {**common, **environment.get("endpoint", {})}["instanceType"]
            for group in delivery["deploymentGroups"]
            for environment in group["deployEnvironments"]
        ]

    return _of_delivery(root, [], read)


def golden_tolerance(root: Path) -> float | None:
    """How far deployments let answers to golden rows be from the measured ones; None without a delivery."""

    def read(delivery: Any) -> float | None:
        found = delivery["endpoint"].get("goldenTolerance")
        return None if found is None else float(found)

    return _of_delivery(root, None, read)


def _of_delivery(root: Path, missing: T, read: Callable[[Any], T]) -> T:
    """What `config/delivery.json` says, or what stands for it without that file."""
    try:
        return read(json.loads((root / DELIVERY).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return missing
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PipelineError(f"{DELIVERY} is damaged ({error!r}): synthesize the project again") from None


def parse(raw: Any) -> Settings:
    """Check and type the content of `config/parameters.json`. Raises `PipelineError`."""
    names = [*SECTIONS, "tuning"]
    required = [name for name in names if name not in OPTIONAL_SECTIONS]
    known = _object(raw, "", [*names, CUSTOM_METRICS], required)
    custom = known.get(CUSTOM_METRICS, {})
    for place, value, rule in wrong_metrics(custom):
        raise _wrong(".".join(filter(None, [CUSTOM_METRICS, place])), value, rule)
    settings = Settings(
        **{_snake(name): _section(cls, name, known.get(name, {})) for name, cls in SECTIONS.items()},
        custom_metrics=custom,
        tuning=_section(TuningSettings, "tuning", known["tuning"]) if "tuning" in known else None,
    )
    allowed = PROBLEM_TYPES[settings.model.problem_type]["metrics"] | custom
    if (metric := settings.quality_gate.metric) not in allowed:
        raise _wrong(
            "qualityGate.metric",
            metric,
            f"a {settings.model.problem_type} metric: {', '.join(allowed)}{nearest(metric, allowed)}",
        )
    comparison, better = (
        settings.quality_gate.comparison,
        ">" if allowed[metric]["better"] == "higher" else "<",
    )
    if settings.quality_gate.threshold is None and not comparison.startswith(better):
        raise _wrong(
            "qualityGate.comparison", comparison, f"{better} or {better}= with {metric} and no threshold"
        )
    if found := settings.data.twice():
        role, value, rule = found
        raise _wrong(f"data.{role}", value, rule)
    training = settings.training
    if training.use_spot_instances and training.max_wait_seconds < training.max_run_seconds:
        raise _wrong(
            "training.maxWaitSeconds",
            training.max_wait_seconds,
            f"at least maxRunSeconds ({training.max_run_seconds})",
        )
    manifest = FRAMEWORKS[settings.model.framework]
    kind = settings.model.framework, settings.model.problem_type
    taken, not_taken = hyperparameters(*kind), refused(*kind)
    for name, value in training.hyperparameters.items():
        if name in taken and (wanted := declared(taken[name])(value)) is not None:
            raise _wrong(f"training.hyperparameters.{name}", value, wanted)
        if name in not_taken:
            raise PipelineError(f"{FILE}: training.hyperparameters.{name} is not taken: {not_taken[name]}")
        if name not in taken and (near := nearest(name, taken, 0.85)):
            raise PipelineError(f"{FILE}: training.hyperparameters.{name} is not known{near}")
    if training.instance_count > 1 and not manifest["severalInstances"]:
        raise _wrong(
            "training.instanceCount",
            training.instance_count,
            f"1: {manifest['title']} trains on one instance",
        )
    model = settings.model
    if settings.tuning and (wrong := settings.tuning.wrong(model.framework, model.problem_type)):
        raise _wrong(f"tuning.{wrong[0]}", wrong[1], wrong[2])
    return settings


def _section(cls: type[T], name: str, raw: Any) -> T:
    keys = {camel(f.name): f for f in fields(cls)}  # type: ignore[arg-type]
    required = [k for k, f in keys.items() if f.default is MISSING and f.default_factory is MISSING]
    values = _object(raw, name, list(keys), required)
    for k, value in values.items():
        if (allowed := keys[k].metadata["check"](value)) is not None:
            raise _wrong(f"{name}.{k}", value, allowed)
    return cls(**{keys[k].name: value for k, value in values.items()})


def _object(raw: Any, where: str, allowed: list[str], required: list[str]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _wrong(where or "the whole file", raw, "an object")
    for name in raw:
        if name not in allowed:
            place = f"{where}.{name}" if where else name
            raise PipelineError(
                f"{FILE}: {place!r} is not known{nearest(name, allowed)}; allowed here: {', '.join(allowed)}"
            )
    if missing := [name for name in required if name not in raw]:
        raise PipelineError(f"{FILE}: {'.'.join(filter(None, [where, missing[0]]))!r} is missing")
    return raw


def _wrong(where: str, value: Any, allowed: str) -> PipelineError:
    return PipelineError(f"{FILE}: {where} is {json.dumps(value)}, it must be {allowed}")


def _snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()
