"""The service's own model of its calls, from botocore where it is installed; read, never imported.

Fields and their types are checked, what is required, ranges of numbers, and words of a closed list. Patterns
and lengths are not: account numbers, roles and names are often stand-ins on one's own machine.
"""

from __future__ import annotations

import functools
import gzip
import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .arguments import problem
from .errors import nearest
from .expressions import Pending

_CALLS = {
    "Processing": "CreateProcessingJobRequest", "Training": "CreateTrainingJobRequest",
    "Tuning": "CreateHyperParameterTuningJobRequest", "Transform": "CreateTransformJobRequest",
    "Model": "CreateModelInput", "RegisterModel": "CreateModelPackageInput",
    "QualityCheck": "CreateProcessingJobRequest", "ClarifyCheck": "CreateProcessingJobRequest",
}  # fmt: skip
# SageMaker Pipelines gives these itself, or does not need them.
_GIVEN = {
    "ProcessingJobName", "TrainingJobName", "HyperParameterTuningJobName", "TransformJobName", "ModelName",
    "RoleArn", "ExecutionRoleArn", "StoppingCondition",
}  # fmt: skip
# Lists that grow with every new kind of machine.
_GROWING = "InstanceType"
_TYPES: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "string": ("a text", str), "integer": ("a whole number", int), "long": ("a whole number", int),
    "float": ("a number", (int, float)), "double": ("a number", (int, float)),
    "boolean": ("true or false", bool),
    "structure": ("an object", dict), "map": ("an object", dict), "list": ("a list", list),
}  # fmt: skip
# The SDK writes numbers and booleans where a parameter stands for them; Pipelines makes text of them.
_LENIENT = {"HyperParameters", "StaticHyperParameters", "CustomerMetadataProperties"}
_FOLDERS = (".venv-sdk", ".venv")
"""Environments of a generated repository: the SDK's has botocore, the scripts' usually not."""


class Service:
    """The shapes of the calls behind the steps."""

    def __init__(self, shapes: Mapping[str, Any], version: str) -> None:
        self._shapes = shapes
        self._version = version

    @classmethod
    def installed(cls) -> Service | None:
        """Return the model of the botocore that can be found, or None."""
        found = importlib.util.find_spec("botocore")
        folders = [Path(found.origin).parent] if found and found.origin else []
        for name in _FOLDERS:
            folders += Path(name).glob("lib/python3*/site-packages/botocore")
        return next((service for folder in folders if (service := _read(folder))), None)

    def fields(self, step_type: str) -> dict[str, Any]:
        """Return the members of a call."""
        return dict(self._shapes[_CALLS[step_type]]["members"])

    def check(self, step_type: str, arguments: Any, place: str) -> None:
        """Report every argument that the service would refuse."""
        self._check(_CALLS[step_type], arguments, place, "")

    def _check(self, name: str, value: Any, place: str, member: str) -> None:
        shape = self._shapes[name]
        if value is None or isinstance(value, Pending):
            return
        what, kind = _TYPES.get(shape["type"], ("", object))
        fits = isinstance(value, kind) and (shape["type"] == "boolean" or not isinstance(value, bool))
        if not fits:
            hint = ""
            if shape["type"] == "string" and isinstance(value, int | float):
                hint = ": write a constant in quotes, and .to_string() behind a pipeline variable"
            problem(place, f"{value!r} is not {what}, and SageMaker takes nothing else here{hint}")
        elif shape["type"] == "structure":
            self._check_structure(shape, value, place)
        elif shape["type"] == "list":
            for index, item in enumerate(value):
                self._check(shape["member"]["shape"], item, f"{place}[{index}]", member)
        elif shape["type"] == "map":
            if member not in _LENIENT:
                for key, item in value.items():
                    self._check(shape["value"]["shape"], item, f"{place}.{key}", member)
        else:
            self._check_value(name, shape, value, place)

    def _check_structure(self, shape: dict[str, Any], value: dict[str, Any], place: str) -> None:
        for key, item in value.items():
            if key in shape["members"]:
                self._check(shape["members"][key]["shape"], item, f"{place}.{key}", key)
        for key in shape.get("required", ()):
            if key not in value and key not in _GIVEN:
                problem(place, f"{key} is missing; SageMaker requires it.{nearest(key, value)}")

    def _check_value(self, name: str, shape: dict[str, Any], value: Any, place: str) -> None:
        words = shape.get("enum")
        if words and not name.endswith(_GROWING) and value not in words:
            problem(
                place,
                f"{value!r} is not one of {', '.join(words)}.{nearest(str(value), words)}"
                f" (by botocore {self._version})",
            )
        if shape["type"] in ("integer", "long", "float", "double"):
            for key, wrong in (
                ("min", value < shape.get("min", value)),
                ("max", value > shape.get("max", value)),
            ):
                if wrong:
                    problem(place, f"{value!r} is not allowed: SageMaker's {key}imum is {shape[key]}")


@functools.lru_cache
def _read(folder: Path) -> Service | None:
    """Read the newest model below a botocore; None where there is none that can be read."""
    for path in sorted(folder.glob("data/sagemaker/*/service-2.json*"), reverse=True):
        try:
            data = path.read_bytes()
            model = json.loads(gzip.decompress(data) if path.suffix == ".gz" else data)
            return Service(_needed(model["shapes"]), _version(folder))
        except (OSError, ValueError, KeyError, EOFError):
            continue
    return None


def _needed(shapes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shapes of the calls of steps alone; the whole model is large."""
    needed: dict[str, Any] = {}
    waiting = list(_CALLS.values())
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed[name] = shape = shapes[name]
            members = [
                *shape.get("members", {}).values(),
                *(shape[key] for key in ("member", "value") if key in shape),
            ]
            waiting += [member["shape"] for member in members]
    return needed


def _version(folder: Path) -> str:
    names = [path.name for path in folder.parent.glob("botocore-*.dist-info")]
    return names[0].removeprefix("botocore-").removesuffix(".dist-info") if names else "of unknown version"
