"""The resolved arguments of every step are what SageMaker's API takes."""

from __future__ import annotations

import json

import pytest

from .conftest import Repository, load

OPERATIONS = {
    "Processing": "CreateProcessingJob", "Training": "CreateTrainingJob", "Tuning": "CreateHyperParameterTuningJob",
    "Transform": "CreateTransformJob", "Model": "CreateModel", "RegisterModel": "CreateModelPackage",
}  # fmt: skip


@pytest.mark.parametrize("name", ["core", "everything"])
def test_resolved_arguments_are_valid_against_the_service_model(repository: Repository, name: str) -> None:
    session = pytest.importorskip("botocore.session")
    validate = pytest.importorskip("botocore.validate")
    model = session.get_session().get_service_model("sagemaker")
    repository.write("definition.json", load(name))
    repository.run("run", code=3 if name == "everything" else 0)  # a callback cannot be run here
    checked = 0
    for step in repository.steps().values():
        if step["type"] in OPERATIONS and step["status"] == "Succeeded":
            arguments = json.loads((repository.folder(step["name"]) / "arguments.json").read_text())
            shape = model.operation_model(OPERATIONS[step["type"]]).input_shape
            report = validate.ParamValidator().validate(arguments, shape)
            assert not report.has_errors(), f"{step['name']}: {report.generate_report()}"
            checked += 1
    assert checked >= 4
