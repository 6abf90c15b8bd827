"""Expressions: what they give, for many made-up values, and how a wrong one is named."""

from __future__ import annotations

import copy
import random
from pathlib import Path
from typing import Any

import pytest

from local_runner.errors import DefinitionError, RunnerError, StepError
from local_runner.expressions import Scope, describe, parse_path, references, text, walk


class Files:
    """Objects in one directory, by the last part of their uri."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, uri: str, place: str) -> Path:
        return self.folder / uri.rpartition("/")[2]


def scope(folder: Path | None = None, **steps: Any) -> Scope:
    parameters = {"Depth": 3, "Rate": 0.25, "Name": "x", "Flag": True}
    files = Files(folder) if folder else None
    return Scope(parameters, {"PipelineName": "demo"}, {"TrialName": "t"}, steps, files)


OUTPUTS = {"ProcessingOutputConfig": {"Outputs": [
    {"OutputName": "train", "S3Output": {"S3Uri": "s3://b/train"}},
    {"OutputName": "test", "S3Output": {"S3Uri": "s3://b/test"}},
]}}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("Parameters.Depth", 3),
        ("Parameters.Flag", True),
        ("Execution.PipelineName", "demo"),
        ("PipelineExperimentConfig.TrialName", "t"),
        ("Steps.P.ProcessingOutputConfig.Outputs['test'].S3Output.S3Uri", "s3://b/test"),
        ('Steps.P.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri', "s3://b/train"),
        ("Steps.P.ProcessingOutputConfig.Outputs[1].S3Output.S3Uri", "s3://b/test"),
    ],
)
def test_get_finds_parameters_execution_and_step_properties(path: str, value: Any) -> None:
    assert scope(P=OUTPUTS).resolve({"Get": path}, "here") == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Get": "Parameters.Dept"}, "here: unknown reference 'Parameters.Dept'. Did you mean 'Depth'"),
        ({"Get": "Weather.Today"}, "here: unknown reference 'Weather.Today'"),
        ({"Get": 5}, "here: Get needs a path"),
        ({"Get": "Steps.Q.X"}, "step 'Q' has no result"),
        ({"Get": "Steps.P.ProcessingOutputConfig.Outputs['tset']"}, "has no 'tset'. Did you mean 'test'"),
        ({"Get": "Steps.P.ProcessingOutputConfig.Outputs[7]"}, "has no 7"),
        ({"Get": "Steps.P.ProcessingOutputConfig..Outputs"}, "cannot be read from position"),
        ({"Get": "Steps.P.ProcessingOutputConfig.Outputs['test"}, "cannot be read from position"),
        ({"Std:Split": {}}, "here: unknown function 'Std:Split'"),
        ([{"a": {"Std:Sum": 1}}], r"here\[0\].a: unknown function 'Std:Sum'"),
        ({"Std:Join": {"Values": []}}, "here.Std:Join: Std:Join needs On and a list Values"),
        ({"Std:Join": {"On": "", "Values": [{"Get": "Steps.P.ProcessingOutputConfig"}]}}, "can be joined"),
        ({"Std:JsonGet": {"Path": "a"}}, "needs Path and either PropertyFile or S3Uri"),
        ({"Std:JsonGet": {"Path": "a", "PropertyFile": {"Get": "Steps.P"}}}, "PropertyFile must be a Get of"),
        (
            {"Std:JsonGet": {"Path": "a", "PropertyFile": {"Get": "Steps.P.PropertyFiles.F"}}},
            "no property file 'F'",
        ),
    ],
)
def test_a_wrong_expression_is_named_with_its_place(value: Any, message: str) -> None:
    with pytest.raises(RunnerError, match=message):
        scope(P=OUTPUTS).resolve(value, "here")


def test_a_missing_property_says_what_there_is() -> None:
    with pytest.raises(StepError, match="Steps.P has no 'Nothing'. It has: ProcessingOutputConfig"):
        scope(P=OUTPUTS).resolve({"Get": "Steps.P.Nothing"}, "here")


def test_join_writes_values_as_sagemaker_does() -> None:
    values = [
        "s3://b",
        {"Get": "Parameters.Depth"},
        {"Get": "Parameters.Rate"},
        {"Get": "Parameters.Flag"},
        1.0,
    ]
    assert scope().resolve({"Std:Join": {"On": "/", "Values": values}}, "here") == "s3://b/3/0.25/true/1.0"


def test_joins_nest() -> None:
    inner = {"Std:Join": {"On": "-", "Values": ["a", {"Get": "Parameters.Name"}]}}
    assert scope().resolve({"Std:Join": {"On": "/", "Values": [inner, "b"]}}, "here") == "a-x/b"


def test_json_get_reads_property_files_and_objects(tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text('{"m": {"acc": {"value": 0.9}, "list": [{"a b": 1}]}}')
    seen = scope(tmp_path, P={"PropertyFiles": {"Report": "s3://b/out/report.json"}})
    source = {"PropertyFile": {"Get": "Steps.P.PropertyFiles.Report"}}
    assert seen.resolve({"Std:JsonGet": {**source, "Path": "m.acc.value"}}, "here") == 0.9
    assert seen.resolve({"Std:JsonGet": {**source, "Path": "$.m.list[0]['a b']"}}, "here") == 1
    uri = {"Std:Join": {"On": "/", "Values": ["s3://b", "report.json"]}}
    assert seen.resolve({"Std:JsonGet": {"S3Uri": uri, "Path": "m['acc'].value"}}, "here") == 0.9
    with pytest.raises(StepError, match="Report.m has no 'auc'. Did you mean 'acc'"):
        seen.resolve({"Std:JsonGet": {**source, "Path": "m.auc.value"}}, "here")
    (tmp_path / "report.json").write_text("accuracy: 1")
    with pytest.raises(StepError, match="Report .report.json. is not JSON"):
        seen.resolve({"Std:JsonGet": {**source, "Path": "m"}}, "here")


def _random_value(source: random.Random, depth: int) -> Any:
    kind = source.randrange(6 if depth else 4)
    if kind == 4:
        return {
            f"k{i}.{i}" if i % 2 else f"k{i}": _random_value(source, depth - 1)
            for i in range(source.randrange(4))
        }
    if kind == 5:
        return [_random_value(source, depth - 1) for _ in range(source.randrange(4))]
    return [source.random(), source.randrange(100), f"s{source.random()}", source.random() < 0.5][kind]


def _leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, f"{path}['{key}']")]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, f"{path}[{index}]")]
    return [(path, value)]


@pytest.mark.parametrize("seed", range(40))
def test_any_path_into_any_value_finds_what_is_there(seed: int) -> None:
    value = {"root": _random_value(random.Random(seed), 5)}
    for path, expected in _leaves(value):
        assert walk(value, parse_path(path, "here"), "value", "here") == expected


@pytest.mark.parametrize("seed", range(20))
def test_values_without_expressions_stay_as_they_are(seed: int) -> None:
    value = _random_value(random.Random(seed), 5)
    assert scope().resolve(value, "here") == value
    assert list(references(value, "here")) == []


@pytest.mark.parametrize("seed", range(20))
def test_an_expression_is_replaced_wherever_it_stands(seed: int) -> None:
    source = random.Random(seed)
    value = {"root": _random_value(source, 4)}
    marked = copy.deepcopy(value)
    leaves = _leaves(value)
    path, _ = source.choice(leaves)
    *before, last = parse_path(path, "here")
    holder = walk(marked, before, "value", "here")
    holder[last] = {"Get": "Parameters.Name"}
    resolved = scope().resolve(marked, "here")
    assert walk(resolved, [*before, last], "value", "here") == "x"


def test_references_name_steps_and_places() -> None:
    value = {
        "a": [{"Get": "Steps.One.X"}],
        "b": {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.Two.PropertyFiles.F"}}},
    }
    assert list(references(value, "here")) == [
        ("One", "here.a[0]"),
        ("Two", "here.b.Std:JsonGet.PropertyFile"),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Get": "Parameters.QualityThreshold"}, "Parameters.QualityThreshold"),
        (
            {"Std:JsonGet": {"PropertyFile": {"Get": "Steps.E.PropertyFiles.Report"}, "Path": "a.b"}},
            "Report: a.b",
        ),
        ({"Std:JsonGet": {"S3Uri": {"Get": "Parameters.X"}, "Path": "a"}}, "Parameters.X: a"),
        ({"Std:Join": {"On": "/", "Values": ["s3:/", {"Get": "Parameters.B"}]}}, "s3://Parameters.B"),
        (0.5, "0.5"),
        ("text", '"text"'),
    ],
)
def test_expressions_are_described_for_people(value: Any, expected: str) -> None:
    assert describe(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(True, "true"), (3, "3"), (0.1, "0.1"), ("a", "a"), (None, "null")]
)
def test_values_are_written_as_sagemaker_does(value: Any, expected: str) -> None:
    assert text(value) == expected


def test_a_path_with_nonsense_is_a_definition_error() -> None:
    with pytest.raises(DefinitionError, match="cannot be read from position 2"):
        parse_path("a.]", "here")
