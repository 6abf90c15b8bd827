"""Check the resolved arguments of a local run against AWS's own service model.

    python integ/python/check_arguments.py RUN_DIRECTORY

Every `steps/<step>/arguments.json` of the run must be what the SageMaker API takes for the step's operation,
besides the name of the job, which SageMaker gives itself. Prints a line per step; exit code 1 when one is not
valid, or none was found.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import botocore.loaders
import botocore.model
import botocore.validate

OPERATIONS = {
    "Processing": ("CreateProcessingJob", {"ProcessingJobName": "name"}),
    "Training": ("CreateTrainingJob", {"TrainingJobName": "name"}),
    "RegisterModel": ("CreateModelPackage", {}),
    "Model": ("CreateModel", {"ModelName": "name"}),
    "Transform": ("CreateTransformJob", {"TransformJobName": "name"}),
    "Tuning": ("CreateHyperParameterTuningJob", {"HyperParameterTuningJobName": "name"}),
}


def service() -> botocore.model.ServiceModel:
    """SageMaker's service model, from the files of botocore."""
    loader = botocore.loaders.create_loader()
    return botocore.model.ServiceModel(loader.load_service_model("sagemaker", "service-2"), "sagemaker")


def problems(step_type: str, arguments: dict[str, Any], model: botocore.model.ServiceModel) -> list[str]:
    """What the API would not take; an empty list for valid arguments."""
    name, given_by_sagemaker = OPERATIONS[step_type]
    shape = model.operation_model(name).input_shape
    complete = {**given_by_sagemaker, **arguments}
    report = botocore.validate.ParamValidator().validate(complete, shape)
    found = report.generate_report().splitlines() if report.has_errors() else []
    return found + list(_unresolved(arguments)) + list(_constraints(complete, shape, name))


def _unresolved(value: Any, path: str = "") -> Any:
    """Expressions that nobody resolved."""
    if isinstance(value, dict):
        if set(value) & {"Get", "Std:Join", "Std:JsonGet"}:
            yield f"{path}: not resolved: {value}"
        for key, inner in value.items():
            yield from _unresolved(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _unresolved(inner, f"{path}[{i}]")


def _constraints(value: Any, shape: botocore.model.Shape, path: str) -> Any:
    """What botocore leaves to the service: enums, patterns and lengths of texts, and the most entries."""
    import re

    if shape.type_name == "structure" and isinstance(value, dict):
        for key, inner in value.items():
            if key in shape.members:
                yield from _constraints(inner, shape.members[key], f"{path}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        if (most := shape.metadata.get("max")) is not None and len(value) > most:
            yield f"{path}: {len(value)} entries, at most {most}"
        for i, inner in enumerate(value):
            yield from _constraints(inner, shape.member, f"{path}[{i}]")
    elif shape.type_name == "map" and isinstance(value, dict):
        if (most := shape.metadata.get("max")) is not None and len(value) > most:
            yield f"{path}: {len(value)} entries, at most {most}"
        for key, inner in value.items():
            yield from _constraints(key, shape.key, f"{path} key {key!r}")
            yield from _constraints(inner, shape.value, f"{path}.{key}")
    elif shape.type_name == "string" and isinstance(value, str):
        if (allowed := shape.metadata.get("enum")) and value not in allowed:
            yield f"{path}: {value!r} is none of the values of {shape.name}"
        if (most := shape.metadata.get("max")) is not None and len(value) > most:
            yield f"{path}: {len(value)} characters, at most {most}"
        pattern = shape.metadata.get("pattern")
        if pattern and "\\p{" not in pattern and not re.fullmatch(pattern, value, re.DOTALL):
            yield f"{path}: {value!r} does not match {pattern}"


def check(run: Path) -> int:
    """Check a run directory; the exit code."""
    model, bad, checked = service(), 0, 0
    for step in json.loads((run / "run.json").read_text(encoding="utf-8"))["steps"]:
        file = run / "steps" / step["name"] / "arguments.json"
        if step["type"] not in OPERATIONS or not file.is_file():
            continue
        checked += 1
        found = problems(step["type"], json.loads(file.read_text(encoding="utf-8")), model)
        bad += bool(found)
        print(f"{'invalid' if found else 'valid'}: {step['name']} ({OPERATIONS[step['type']][0]})")
        for line in found:
            print(f"  {line}")
    if not checked:
        print(f"no arguments.json of a step with an API operation in {run}", file=sys.stderr)
    return 1 if bad or not checked else 0


if __name__ == "__main__":
    sys.exit(check(Path(sys.argv[1])))
