"""The model server's handlers: SageMaker's functions, what they may answer, and what an image does without."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from local_runner.serving.defaults import UnsupportedFormat, defaults_of
from local_runner.serving.handlers import Answer, Handler, Unknown


def handler(image: str = "sklearn", **functions: Any) -> Handler:
    functions.setdefault(
        "model_fn", lambda model_dir: SimpleNamespace(predict=lambda data: [[value * 2] for value in data])
    )
    return Handler(SimpleNamespace(__name__="inference", **functions), "/model", image, defaults_of(image))


def answering(answer: Any, image: str = "sklearn") -> Handler:
    return handler(image, transform_fn=lambda *_: answer)


def test_a_script_without_model_fn_is_refused() -> None:
    with pytest.raises(AttributeError, match="inference has no model_fn"):
        Handler(SimpleNamespace(__name__="inference"), "/model")


def test_all_four_functions_are_called_in_turn() -> None:
    served = handler(
        model_fn=lambda model_dir: f"model of {model_dir}",
        input_fn=lambda body, content_type: (body, content_type),
        predict_fn=lambda data, model: [*data, model],
        output_fn=lambda prediction, accept: (json.dumps([*prediction, accept]), accept),
    )
    answer = served.answer(b"1,2", "text/csv", "text/plain")
    assert json.loads(answer.body) == ["1,2", "text/csv", "model of /model", "text/plain"]
    assert answer.content_type == "text/plain"


def test_transform_fn_replaces_the_other_three() -> None:
    served = handler(transform_fn=lambda model, body, content_type, accept: (body.upper(), "text/plain"))
    assert served.answer(b"abc", "text/csv", "text/csv") == Answer(200, b"ABC", "text/plain")


@pytest.mark.parametrize("other", ["input_fn", "predict_fn", "output_fn"])
def test_transform_fn_beside_another_function_is_refused(other: str) -> None:
    functions: dict[str, Any] = {"transform_fn": print, other: print}
    with pytest.raises(AttributeError, match=f"transform_fn beside {other}, which the container refuses"):
        handler(**functions)


def test_a_function_that_is_none_is_as_good_as_none_at_all() -> None:
    served = handler(
        transform_fn=None, input_fn=lambda body, kind: [1], output_fn=lambda answer, kind: str(answer)
    )
    assert served.answer(b"1", "text/csv", "text/csv").body == b"[[2]]"
    assert handler(transform_fn=lambda *_: "x", output_fn=None).answer(b"", "", "").body == b"x"


@pytest.mark.parametrize(
    "answer", [3, None, 1.5, (3, "text/csv"), ([1.0], "text/csv"), (bytearray(b"x"), "text/csv")]
)
def test_an_answer_that_the_server_cannot_send_is_refused(answer: object) -> None:
    with pytest.raises(TypeError, match="answers with .* status 500: return text or bytes"):
        answering(answer).answer(b"1", "text/csv", "text/csv")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("é", Answer(200, "é".encode(), "text/html")),
        (b"x", Answer(200, b"x", "text/html")),
        (("x", None), Answer(200, b"x", "application/json")),
        (("x", "text/csv", "more"), Answer(200, b"x", "text/csv")),
        ((["a", b"b"], "text/csv"), Answer(200, b"ab", "text/csv")),
        ((None, "text/csv"), Answer(200, b"", "text/csv")),
        ([0.5, {"b": "é", "a": 1}], Answer(200, b'[0.5,{"a":1,"b":"\\u00e9"}]\n', "application/json")),
    ],
)
def test_an_answer_is_sent_as_flask_sends_it(answer: object, expected: Answer) -> None:
    assert answering(answer).answer(b"1", "text/csv", "text/csv") == expected


def test_a_response_object_has_its_own_status() -> None:
    response = SimpleNamespace(status_code=415, mimetype="text/plain", get_data=lambda: b"no images")
    assert answering(response).answer(b"", "image/png", "") == Answer(415, b"no images", "text/plain")


def test_of_another_image_only_text_and_bytes_are_known() -> None:
    assert answering("x", "").answer(b"", "", "text/csv") == Answer(200, b"x", "text/csv")
    with pytest.raises(TypeError, match="answers with list"):
        answering([1.0], "").answer(b"", "", "text/csv")


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/csv", str),
        ("application/json", str),
        ("", str),
        ("text/csv; charset=utf-8", bytes),
        ("text/plain", bytes),
    ],
)
def test_the_body_is_text_for_exactly_two_content_types(content_type: str, expected: type) -> None:
    served = handler(transform_fn=lambda model, body, kind, accept: (type(body).__name__, "text/plain"))
    assert served.answer(b"\xff1", content_type, "text/plain").body == expected.__name__.encode()


def test_binary_bodies_stay_bytes() -> None:
    served = handler(transform_fn=lambda model, body, content_type, accept: (body, accept))
    assert served.answer(b"\xff\x00", "application/x-npy", "application/x-npy").body == b"\xff\x00"


@pytest.mark.parametrize("accept", ["", "*/*"])
def test_missing_headers_are_json_unless_a_variable_says_otherwise(
    accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    served = handler(transform_fn=lambda model, body, content_type, accept: (content_type, accept))
    assert served.answer(b"", "", accept) == Answer(200, b"application/json", "application/json")
    monkeypatch.setenv("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", "text/csv")
    assert served.answer(b"", "", accept).content_type == "text/csv"
    assert served.answer(b"", "", "text/plain").content_type == "text/plain"


@pytest.mark.parametrize(
    ("image", "content_type", "message"),
    [
        (
            "xgboost",
            "application/json",
            "the XGBoost image reads text/csv, text/libsvm and .*, not 'application/json'",
        ),
        ("xgboost", "application/x-recordio-protobuf", "is not read on this machine: write input_fn"),
        ("sklearn", "text/csv; charset=utf-8", "the scikit-learn image reads text/csv, application/json and"),
        ("sklearn", "text/libsvm", "not 'text/libsvm': write input_fn"),
    ],
)
def test_without_input_fn_a_content_type_is_refused_that_the_image_does_not_read(
    image: str, content_type: str, message: str
) -> None:
    with pytest.raises(UnsupportedFormat, match=message):
        handler(image).answer(b"1", content_type, "text/csv")


def test_what_another_image_does_without_a_function_is_not_known() -> None:
    with pytest.raises(
        Unknown, match="inference has no predict_fn, output_fn, and what the image pytorch:2 does"
    ):
        Handler(SimpleNamespace(__name__="inference", model_fn=print, input_fn=print), "/model", "pytorch:2")
