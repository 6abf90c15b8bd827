"""Filters and joins of batch transforms, as the service documents them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_runner.errors import DefinitionError, StepError
from local_runner.jobs.data_processing import DataProcessing
from local_runner.jobs.json_path import JsonPath

from .conftest import Repository
from .test_transform import batch_score


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("$", [1, 2], [1, 2]),
        ("$[1:]", ["id", "a", "b"], ["a", "b"]),
        ("$[0,3:]", list("abcde"), ["a", "d", "e"]),
        ("$[0,-1]", list("abc"), ["a", "c"]),
        ("$[-1]", list("abc"), "c"),
        ("$[:2]", list("abc"), ["a", "b"]),
        ("$.features", {"id": 1, "features": [1, 2]}, [1, 2]),
        (
            "$['id','SageMakerOutput']",
            {"id": 1, "x": 2, "SageMakerOutput": 3},
            {"id": 1, "SageMakerOutput": 3},
        ),
        ("$.a.['b','c']", {"a": {"b": 1, "c": 2, "d": 3}}, {"b": 1, "c": 2}),
        ("$.a[0].b", {"a": [{"b": 5}]}, 5),
        ("$.*", {"a": 1, "b": 2}, [1, 2]),
        ("$.a[*]", {"a": [1, 2]}, [1, 2]),
    ],
)
def test_a_path_selects(path: str, value: Any, expected: Any) -> None:
    assert JsonPath(path, "here").select(value) == expected


@pytest.mark.parametrize(
    "path", ["", "a", "$..a", "$[?(@.x)]", "$[a]", "$.", "$[]", "$[0,]x", "$" + ".a" * 40, 5]
)
def test_another_path_is_refused(path: object) -> None:
    with pytest.raises(DefinitionError, match="here: "):
        JsonPath(path, "here")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("$[5]", ["a"], "asks for position 5; the record has 1 values"),
        ("$.ide", {"id": 1}, "asks for 'ide', which the record does not have. Did you mean 'id'"),
        ("$[0]", {"id": 1}, "asks for positions, but this is not an array"),
    ],
)
def test_what_is_not_there_is_named(path: str, value: Any, message: str) -> None:
    with pytest.raises(StepError, match=message.replace(".", r"\.")):
        JsonPath(path, "here").select(value)


def processing(content: str = "text/csv", accept: str | None = None, **settings: str) -> DataProcessing:
    output = {"Accept": accept} if accept else {}
    return DataProcessing(
        {"TransformInput": {"ContentType": content}, "TransformOutput": output, "DataProcessing": settings},
        "here",
    )


def test_csv_columns_are_filtered_joined_and_filtered_again() -> None:
    made = processing(InputFilter="$[1:]", JoinSource="Input", OutputFilter="$[0,-1]")
    body = b'7,"a, b",1.50\n8,c,2\n'
    assert made.request(body) == b'"a, b",1.50\nc,2\n'
    assert made.result(body, b"0.1\n0.9\n") == b"7,0.1\n8,0.9\n"


def test_json_lines_get_the_answer_as_a_member() -> None:
    made = processing(
        "application/jsonlines",
        InputFilter="$.x",
        JoinSource="Input",
        OutputFilter="$['id','SageMakerOutput']",
    )
    body = b'{"id": 1, "x": [1]}\n{"id": 2, "x": [2]}\n'
    assert made.request(body) == b"[1]\n[2]\n"
    result = made.result(body, b'{"score": 0.5}\n{"score": 1}\n').decode().split("\n")
    assert (
        json.loads(result[0]) == {"id": 1, "SageMakerOutput": {"score": 0.5}}
        and json.loads(result[1])["id"] == 2
    )


def test_a_json_input_that_is_no_object_is_put_into_one() -> None:
    result = processing("application/json", JoinSource="Input").result(b"[1, 2]", b"[0.5]")
    assert json.loads(result) == {"SageMakerInput": [1, 2], "SageMakerOutput": [0.5]}


def test_a_join_needs_an_answer_for_each_record() -> None:
    with pytest.raises(StepError, match="gave 1 answers to 2 records"):
        processing(JoinSource="Input").result(b"1\n2\n", b"0\n")


def test_other_formats_are_refused() -> None:
    with pytest.raises(DefinitionError, match="filters and joins work on"):
        processing("text/libsvm", InputFilter="$[1:]")
    with pytest.raises(DefinitionError, match="must be of one format"):
        processing("text/csv", "application/json", JoinSource="Input")
    assert not processing("text/libsvm", InputFilter="$", JoinSource="None").active


def test_a_transform_joins_its_input_with_the_answers_of_the_model(repository: Repository) -> None:
    """The first column of the test rows is the label, which the model must not see."""

    def edit(arguments: dict[str, Any]) -> None:
        arguments["DataProcessing"] = {
            "InputFilter": "$[1:]",
            "JoinSource": "Input",
            "OutputFilter": "$[0,1,-1]",
        }

    repository.write("definition.json", batch_score(edit))
    repository.run()
    rows = [
        line.split(",")
        for line in repository.object("s3://artifacts/demo/batch/test.csv.out").read_text().split()
    ]
    test = repository.object(repository.steps()["Preprocess"]["outputs"][2]["uri"]) / "test.csv"
    given = [line.split(",") for line in test.read_text().split()]
    assert [row[:2] for row in rows] == given and {row[2] for row in rows} <= {"0", "1"}
    assert sum(row[0] == row[2] for row in rows) > len(rows) * 0.7
