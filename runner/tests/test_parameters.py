"""Parameters: types, enums, defaults, and values that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local_runner.errors import RunnerError
from local_runner.parameters import evaluate, parse_settings

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
