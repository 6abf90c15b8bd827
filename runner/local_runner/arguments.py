"""Checks the arguments of a step: what is used must be right, what is not known is not passed over in
silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .errors import DefinitionError, nearest
from .expressions import text

# Arguments that change nothing about the result of a job on one machine.
HARMLESS = frozenset(
    {"RoleArn", "Tags", "NetworkConfig", "VpcConfig", "ExperimentConfig", "EnableNetworkIsolation",
     "EnableInterContainerTrafficEncryption", "DebugHookConfig", "DebugRuleConfigurations", "ProfilerConfig",
     "ProfilerRuleConfigurations", "TensorBoardOutputConfig", "InfraCheckConfig", "RemoteDebugConfig",
     "SessionChainingConfig", "ClientToken"}
)  # fmt: skip


def check(
    value: Any, place: str, used: Iterable[str], harmless: Iterable[str] = (), required: Iterable[str] = ()
) -> dict[str, Any]:
    """Return `value` as an object with only known keys; raises DefinitionError naming what is wrong."""
    if not isinstance(value, dict):
        raise DefinitionError(place, f"must be an object, not {value!r}")
    known = {*used, *harmless, *required}
    for key in value:
        if key not in known:
            raise DefinitionError(
                place, f"the local runner does not know the argument {key!r}.{nearest(key, known)}"
            )
    for key in required:
        if value.get(key) in (None, "", [], {}):
            raise DefinitionError(place, f"{key} is missing")
    return value


def items(value: Any, place: str) -> list[Any]:
    """Return a list argument; None is an empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise DefinitionError(place, f"must be a list, not {value!r}")
    return value


def strings(value: Any, place: str) -> dict[str, str]:
    """Return a map of strings; numbers and booleans become strings, as on SageMaker."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise DefinitionError(place, f"must be an object, not {value!r}")
    return {key: text(item) for key, item in value.items()}


def choice(arguments: Mapping[str, Any], key: str, allowed: Iterable[str], default: str, place: str) -> str:
    """Return one of the allowed values of an argument."""
    value = arguments.get(key) or default
    if value not in allowed:
        raise DefinitionError(
            f"{place}.{key}", f"{value!r} is not supported locally; supported: {', '.join(allowed)}"
        )
    return str(value)


def whole(arguments: Mapping[str, Any], key: str, default: int, place: str) -> int:
    """Return a positive whole number."""
    value = arguments.get(key, default)
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
