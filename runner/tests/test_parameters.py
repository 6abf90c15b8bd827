"""Parameters: types, enums, defaults, and values that are refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.errors import RunnerError
from local_runner.parameters import check_limits, evaluate, parse_settings

from .conftest import Repository

DECLARED: list[dict[str, Any]] = [
    {"Name": "Depth", "Type": "Integer", "DefaultValue": 3},
    {"Name": "Rate", "Type": "Float", "DefaultValue": 1},
    {"Name": "Verbose", "Type": "Boolean", "DefaultValue": False},
    {"Name": "Status", "Type": "String", "DefaultValue": "Approved", "EnumValues": ["Approved", "Rejected"]},
    {"Name": "InputDataUrl", "Type": "String", "DefaultValue": "s3://b/data.csv"},
    {"Name": "GitCommit", "Type": "String", "DefaultValue": "unknown"},
]


def values(*settings: str, git: dict[str, str] | None = None) -> dict[str, Any]:
    return {item.name: item.value for item in evaluate(DECLARED, parse_settings(list(settings)), git)}


def test_values_come_from_the_defaults() -> None:
    assert values() == {
        "Depth": 3, "Rate": 1, "Verbose": False, "Status": "Approved", "InputDataUrl": "s3://b/data.csv",
        "GitCommit": "unknown",
    }  # fmt: skip


def test_values_that_are_given_take_the_declared_type() -> None:
    given = values("Depth=6", "Rate=1e-3", "Verbose=TRUE", "Status=Rejected")
    assert (given["Depth"], given["Rate"], given["Verbose"], given["Status"]) == (6, 0.001, True, "Rejected")
    assert values("Depth=1", "Depth=2")["Depth"] == 2
    assert values("Status=Approved", "GitCommit=a=b")["GitCommit"] == "a=b"


def test_the_origin_of_each_value_is_recorded() -> None:
    record = [
        item.to_record() for item in evaluate(DECLARED, {"Depth": "6"}, {"GitCommit": "abc", "Other": "x"})
    ]
    assert record[0] == {"name": "Depth", "type": "Integer", "value": 6, "default": 3, "origin": "set"}
    assert [(item["name"], item["origin"]) for item in record][1::4] == [
        ("Rate", "default"),
        ("GitCommit", "git"),
    ]


def test_what_is_given_goes_before_git() -> None:
    assert values("GitCommit=mine", git={"GitCommit": "theirs"})["GitCommit"] == "mine"


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        (
            "dept=6",
            "--set dept=6: the pipeline has no parameter 'dept'. Did you mean 'Depth'.*Its parameters are: Depth,",
        ),
        (
            "Depth=deep",
            "--set Depth=deep: the parameter is of type Integer; the value must be a whole number",
        ),
        ("Depth=1.5", "must be a whole number"),
        ("Rate=fast", "--set Rate=fast: .* must be a number"),
        ("Rate=nan", "must be a number"),
        ("Verbose=maybe", "must be true or false"),
        (
            "Status=approved",
            "the value is not allowed. Did you mean 'Approved'. Allowed are: Approved, Rejected",
        ),
        ("Depth", "--set Depth: must be NAME=VALUE"),
        ("=3", "--set =3: must be NAME=VALUE"),
        ("InputDataUrl=/no/such/file.csv", "there is no file or directory /no/such/file.csv"),
    ],
)
def test_wrong_values_are_refused_with_what_is_right(setting: str, message: str) -> None:
    with pytest.raises(RunnerError, match=message):
        values(setting)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("Depth=0", "--set Depth=0: the value must be at least 1."),
        ("Rate=0", "--set Rate=0.0: the value must be above 0."),
        ("Rate=2", "--set Rate=2.0: the value must be at most 1."),
    ],
)
def test_a_value_that_training_does_not_take_is_refused(setting: str, message: str) -> None:
    least = {"type": "GreaterThanOrEqualTo", "value": 1, "words": "at least 1"}
    above = {"type": "GreaterThan", "value": 0, "words": "above 0"}
    most = {"type": "LessThanOrEqualTo", "value": 1, "words": "at most 1"}
    limits = {"Depth": [least], "Rate": [above, most], "Gone": [least]}
    with pytest.raises(RunnerError) as found:
        check_limits(evaluate(DECLARED, parse_settings([setting])), limits)
    assert str(found.value) == message
    check_limits(evaluate(DECLARED, {"Depth": "1", "Rate": "1"}), limits)


def test_what_the_compile_step_found_is_checked_before_anything_runs(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    manifest = json.loads((repository.build / "manifest.json").read_text())
    limit = {"type": "GreaterThanOrEqualTo", "value": 0, "words": "at least 0"}
    repository.write("manifest.json", {**manifest, "parameters": {"max_depth": [limit]}})
    said = repository.run("run", "--set", "max_depth=-1", code=1)
    assert "--set max_depth=-1: the value must be at least 0." in said
    assert not (repository.work / "runs").exists()


def test_a_parameter_without_default_needs_a_value() -> None:
    declared = [{"Name": "Must", "Type": "String"}]
    with pytest.raises(RunnerError, match="'Must' has no default: give it a value with --set Must="):
        evaluate(declared, {})
    assert evaluate(declared, {"Must": ""})[0].value == ""


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"Type": "String"}, r"Parameters\[0\]: a parameter needs a Name"),
        ({"Name": "A", "Type": "Date"}, "Parameters.A: unknown type 'Date'"),
        ({"Name": "A", "Type": "String", "MinLength": 1}, "Parameters.A: unknown construct 'MinLength'"),
        (
            {"Name": "A", "Type": "Integer", "DefaultValue": "1"},
            "Parameters.A: its default '1' is not of type Integer",
        ),
        ({"Name": "A", "Type": "Integer", "DefaultValue": True}, "its default True is not of type Integer"),
    ],
)
def test_wrong_declarations_are_named(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(RunnerError, match=message):
        evaluate([raw], {})


def test_a_local_path_stands_for_a_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "my data.csv"
    data.write_text("x")
    monkeypatch.chdir(tmp_path)
    uri = f"s3://local-files{data}"
    for value in (str(data), "my data.csv", f"file://{str(data).replace(' ', '%20')}"):
        (item,) = [
            item for item in evaluate(DECLARED, {"InputDataUrl": value}) if item.name == "InputDataUrl"
        ]
        assert (item.value, item.shown) == (uri, value)
    assert values("InputDataUrl=s3://other/x.csv")["InputDataUrl"] == "s3://other/x.csv"
