"""Checks the arguments of a step: what is used must be right, what is not known is not passed over in
silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .errors import DefinitionError, NotEmulatedError, nearest
from .expressions import Pending, text

# Arguments that change nothing about the result of a job on one machine.
HARMLESS = frozenset(
    {"RoleArn", "Tags", "NetworkConfig", "VpcConfig", "ExperimentConfig", "EnableNetworkIsolation",
     "EnableInterContainerTrafficEncryption", "DebugHookConfig", "DebugRuleConfigurations", "ProfilerConfig",
     "ProfilerRuleConfigurations", "TensorBoardOutputConfig", "InfraCheckConfig", "RemoteDebugConfig",
     "SessionChainingConfig", "ClientToken"}
)  # fmt: skip
# Newer than most definitions, and not what a job computes: taken with a note.
MACHINES = frozenset(
    {"InstancePreferences", "SelectedInstanceCount", "SelectedInstanceType", "InstancePlacementConfig"}
)
NOTED = MACHINES | {
    "HyperParameterTuningResourceConfig", "MlflowConfig", "ContainerMetricsConfig", "BaseModel",
    "IsCheckpoint", "CertifyForMarketplace",
}  # fmt: skip
_found: ContextVar[list[DefinitionError] | None] = ContextVar("found", default=None)


@contextmanager
def collected(found: list[DefinitionError]) -> Iterator[None]:
    """Add problems to `found` in place of stopping at the first one."""
    token = _found.set(found)
    try:
        yield
    finally:
        _found.reset(token)


def problem(place: str, message: str) -> None:
    """Report something wrong: collected where problems are collected, else raised."""
    error, found = DefinitionError(place, message), _found.get()
    if found is None:
        raise error
    found.append(error)


def check(
    value: Any, place: str, used: Iterable[str], harmless: Iterable[str] = (), required: Iterable[str] = (),
    elsewhere: Iterable[str] = (),
) -> dict[str, Any]:  # fmt: skip
    """Return `value` as an object with only known keys; raises DefinitionError naming what is wrong.

    A key `elsewhere` is right, but needs SageMaker: NotEmulatedError.
    """
    if not isinstance(value, dict):
        raise DefinitionError(place, f"must be an object, not {value!r}")
    known = {*used, *harmless, *required, *elsewhere}
    for key in value:
        if key not in known:
            problem(place, f"the local runner does not know the argument {key!r}.{nearest(key, known)}")
    for key in elsewhere:
        if value.get(key):
            raise NotEmulatedError(f"{place}.{key} needs SageMaker")
    for key in required:
        if value.get(key) in (None, "", [], {}):
            raise DefinitionError(place, f"{key} is missing")
    return value


def noted(value: Any) -> Iterator[str]:
    """Yield the names of arguments that are accepted and change nothing here, but should be reported."""
    if isinstance(value, list):
        for item in value:
            yield from noted(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key in NOTED:
                yield key
            else:
                yield from noted(item)


def items(value: Any, place: str) -> list[Any]:
    """Return a list argument; None is an empty list, and so is what only a later step will tell."""
    if value is None or isinstance(value, Pending):
        return []
    if not isinstance(value, list):
        raise DefinitionError(place, f"must be a list, not {value!r}")
    return value


def strings(value: Any, place: str) -> dict[str, str]:
    """Return a map of strings; numbers and booleans become strings."""
    if value is None or isinstance(value, Pending):
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(place, f"must be an object, not {value!r}")
    return {key: item if isinstance(item, str) else text(item) for key, item in value.items()}


def only_strings(value: Any, place: str) -> None:
    """Check that all values of an object, or all items of a list, are strings, as the service does."""
    if value is None or isinstance(value, Pending):
        return
    if not isinstance(value, dict | list):
        raise DefinitionError(place, f"must be an object or a list, not {value!r}")
    members = [(f".{key}", item) for key, item in value.items()] if isinstance(value, dict) else [
        (f"[{index}]", item) for index, item in enumerate(value)
    ]  # fmt: skip
    for name, item in members:
        if not isinstance(item, str):
            what = {bool: "a boolean", int: "a number", float: "a number"}.get(type(item), "no text")
            problem(
                f"{place}{name}",
                f"{item!r} is {what}, and SageMaker takes only text here: write a constant in quotes, and"
                " .to_string() behind a pipeline variable",
            )


def choice(arguments: Mapping[str, Any], key: str, allowed: Iterable[str], default: str, place: str) -> str:
    """Return one of the allowed values of an argument."""
    value = arguments.get(key) or default
    if isinstance(value, Pending):
        return default
    if value not in allowed:
        raise DefinitionError(
            f"{place}.{key}", f"{value!r} is not supported locally; supported: {', '.join(allowed)}"
        )
    return str(value)


def whole(arguments: Mapping[str, Any], key: str, default: int, place: str) -> int:
    """Return a positive whole number."""
    value = arguments.get(key, default)
    if isinstance(value, Pending):
        return default
    if isinstance(value, str) and value.isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise DefinitionError(f"{place}.{key}", f"{value!r} must be a whole number of at least 1")
    return value


def time_limit(arguments: Mapping[str, Any], place: str) -> float | None:
    """Return the seconds after which a job is ended."""
    place = f"{place}.StoppingCondition"
    condition = check(
        arguments.get("StoppingCondition") or {}, place, {"MaxRuntimeInSeconds"},
        {"MaxWaitTimeInSeconds", "MaxPendingTimeInSeconds"},
    )  # fmt: skip
    return whole(condition, "MaxRuntimeInSeconds", 1, place) if "MaxRuntimeInSeconds" in condition else None
