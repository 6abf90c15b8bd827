"""The model server's handlers: SageMaker's functions and their defaults."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from local_runner.serving.worker import Handler


def handler(**functions: Any) -> Handler:
    functions.setdefault(
        "model_fn", lambda model_dir: SimpleNamespace(predict=lambda data: [[value * 2] for value in data])
    )
    return Handler(SimpleNamespace(__name__="inference", **functions), "/model")


def test_a_script_without_model_fn_is_refused() -> None:
    with pytest.raises(AttributeError, match="inference has no model_fn"):
        Handler(SimpleNamespace(__name__="inference"), "/model")


def test_all_four_functions_are_called_in_turn() -> None:
    served = handler(
        model_fn=lambda model_dir: f"model of {model_dir}",
        input_fn=lambda body, content_type: (body, content_type),
        predict_fn=lambda data, model: [*data, model],
        output_fn=lambda prediction, accept: json.dumps([*prediction, accept]),
    )
    body, accept = served.answer(b"1,2", "text/csv", "application/json")
    assert json.loads(body) == ["1,2", "text/csv", "model of /model", "application/json"]
    assert accept == "application/json"


def test_transform_fn_replaces_the_other_three() -> None:
    served = handler(transform_fn=lambda model, body, content_type, accept: (body.upper(), "text/plain"))
    assert served.answer(b"abc", "text/csv", "text/csv") == (b"ABC", "text/plain")


@pytest.mark.parametrize("other", ["input_fn", "predict_fn", "output_fn"])
def test_transform_fn_beside_another_function_is_refused(other: str) -> None:
    with pytest.raises(AttributeError, match=f"transform_fn beside {other}, which the container refuses"):
        handler(transform_fn=print, **{other: print})


@pytest.mark.parametrize("answer", [[1.0], 3, None, {"a": 1}])
def test_an_answer_that_is_no_text_is_refused(answer: object) -> None:
    served = handler(input_fn=lambda *_: 1, predict_fn=lambda *_: 1, output_fn=lambda *_: answer)
    with pytest.raises(TypeError, match="answers with .* status 500: return text or bytes"):
        served.answer(b"1", "text/csv", "text/csv")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [("text/csv", str), ("application/json", str), ("text/csv; charset=utf-8", bytes), ("text/plain", bytes)],
)
def test_the_body_is_text_for_exactly_two_content_types(content_type: str, expected: type) -> None:
    served = handler(transform_fn=lambda model, body, kind, accept: (type(body).__name__, "text/plain"))
    assert served.answer(b"\xff1", content_type, "text/plain")[0] == expected.__name__.encode()


def test_binary_bodies_stay_bytes() -> None:
    served = handler(transform_fn=lambda model, body, content_type, accept: (body, accept))
    assert served.answer(b"\xff\x00", "application/x-npy", "application/x-npy") == (
        b"\xff\x00",
        "application/x-npy",
    )


def test_missing_functions_have_the_toolkit_s_defaults() -> None:
    served = handler(input_fn=lambda body, content_type: [float(value) for value in body.split(",")])
    assert served.answer(b"1,2", "text/csv", "text/csv") == (b"2.0\n4.0", "text/csv")
    assert served.answer(b"1,2", "text/csv", "application/json") == (b"[[2.0], [4.0]]", "application/json")
