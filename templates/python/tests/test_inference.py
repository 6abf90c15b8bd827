"""inference.py: answers to good requests, refusals of bad ones, in both model servers."""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import inference
from refusal import Refusal
from tests.workbench import FRAMEWORKS, Workbench, every_framework, every_problem, table

REFUSED = HTTPStatus.BAD_REQUEST
GOOD = "40,51.5,Oslo,True\n25,,Rome,False\n"


def model_for(bench: Workbench, framework: str, problem: str) -> inference.Model:
    bench.give(table(problem))
    bench.preprocess(problem)
    bench.train(framework)
    return inference.model_fn(str(bench.model))


@pytest.fixture(params=FRAMEWORKS)
def model(bench: Workbench, request: pytest.FixtureRequest) -> inference.Model:
    return model_for(bench, request.param, "binary")


def ask(
    model: inference.Model, body: str | bytes, content_type: str, accept: str = "application/json"
) -> Any:
    prediction = inference.predict_fn(inference.input_fn(body, content_type), model)
    answer, kind = inference.output_fn(prediction, accept)
    return json.loads(answer)["predictions"] if kind == "application/json" else answer


@every_framework
@every_problem
def test_csv_and_json_requests_get_the_same_answer(bench: Workbench, framework: str, problem: str) -> None:
    model = model_for(bench, framework, problem)
    rows: list[list[Any]] = [[40, 51.5, "Oslo", True], [25, None, "Rome", False]]
    names = ["age", "income", "city", "member"]
    objects = [dict(reversed(list(zip(names, row, strict=True)))) for row in rows]
    answers = ask(model, GOOD, "text/csv")
    assert len(answers) == 2
    for payload in ({"instances": rows}, rows, {"instances": objects}):
        assert ask(model, json.dumps(payload), "application/json; charset=utf-8") == answers
    # Bytes, or text in which the server has left the mark.
    for mark, body in ((b"\xef\xbb\xbf", GOOD.encode()), ("\ufeff", GOOD)):
        assert ask(model, mark + body, "text/csv;charset=utf-8") == answers  # type: ignore[operator]
    assert ask(model, "\ufeff" + json.dumps(rows), "application/json") == answers


@every_framework
def test_answers_have_the_form_of_the_problem(bench: Workbench, framework: str) -> None:
    binary = ask(model_for(bench, framework, "binary"), GOOD, "text/csv")
    for answer in binary:
        assert set(answer) == {"label", "probability"}
        assert answer["label"] == ("yes" if answer["probability"] > 0.5 else "no")
    multiclass = ask(model_for(bench, framework, "multiclass"), GOOD, "text/csv")
    for answer in multiclass:
        probabilities = answer["probabilities"]
        assert answer["label"] == max(probabilities, key=lambda label: probabilities[label])
        assert answer["probability"] == max(probabilities.values())
        assert sum(probabilities.values()) == pytest.approx(1, abs=1e-5)
    regression = ask(model_for(bench, framework, "regression"), GOOD, "text/csv")
    assert all(set(answer) == {"value"} for answer in regression)


def test_csv_answers_are_label_and_probability(model: inference.Model) -> None:
    lines = ask(model, GOOD, "text/csv", "text/csv").splitlines()
    assert len(lines) == 2
    for line in lines:
        label, probability = line.split(",")
        assert label in ("yes", "no") and 0 <= float(probability) <= 1


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/csv", "text/csv"),
        ("*/*", "text/csv"),
        ("", "text/csv"),
        ("text/html, application/json", "application/json"),
    ],
)
def test_the_accept_header_decides_the_form(model: inference.Model, accept: str, kind: str) -> None:
    prediction = inference.predict_fn(inference.input_fn(GOOD, "text/csv"), model)
    assert inference.output_fn(prediction, accept)[1] == kind


def test_what_is_accepted_around_rows(model: inference.Model) -> None:
    answers = ask(model, GOOD, "text/csv")
    for body in (
        GOOD + "\n\n",
        GOOD.replace("\n", "\r\n"),
        GOOD[:-1],
        ' 40 , 51.5, "Oslo",TRUE\n25,NA,Rome,false',
    ):
        assert ask(model, body, "text/csv") == answers


def test_one_json_row_alone_is_a_request(model: inference.Model) -> None:
    assert len(ask(model, '[40, 51.5, "Oslo", true]', "application/json")) == 1


def test_a_category_that_training_did_not_see_gets_an_answer(model: inference.Model) -> None:
    assert len(ask(model, "40,51.5,Paris,True\n", "text/csv")) == 1


BAD: dict[str, tuple[str | bytes, str, HTTPStatus, str]] = {
    "content type": (GOOD, "image/png", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "'image/png' is not supported"),
    "no content type": (GOOD, "", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send text/csv or application/json"),
    "empty": ("", "text/csv", REFUSED, "no rows"),
    "blank lines": ("\n\n", "text/csv", REFUSED, "no rows"),
    "empty list": ("[]", "application/json", REFUSED, "no rows"),
    "binary": (b"\xff\xfe\x00", "text/csv", REFUSED, "not text in UTF-8"),
    "decoded by the server": ("40,51.5,M\ufffdnchen,True\n", "text/csv", REFUSED, "not text in UTF-8"),
    "nul": ("1\0", "text/csv", REFUSED, "NUL"),
    "open quote": ('1,"a', "text/csv", REFUSED, "not CSV"),
    "broken json": ('{"instances": [', "application/json", REFUSED, "not JSON"),
    "deep json": ("[" * 100_000, "application/json", REFUSED, "not JSON"),
    "no instances": ('{"rows": []}', "application/json", REFUSED, "needs the form"),
    "scalar": ("3", "application/json", REFUSED, "needs the form"),
    "nested": ("[[1, 2, [3], 4]]", "application/json", REFUSED, "row 1 is not a list of values"),
    "mixed": ('[[1, 2, "a", true], 5]', "application/json", REFUSED, "row 2 is not a list"),
    "columns": ("40,51.5,Oslo\n", "text/csv", REFUSED, "row 1 has 3 values, the model takes 4"),
    "second row": (GOOD + "1,2\n", "text/csv", REFUSED, "row 3 has 2 values"),
    "header": ("age,income,city,member\n" + GOOD, "text/csv", REFUSED, "row 1 has the names of the columns"),
    "blank line": (GOOD + "\n" + GOOD, "text/csv", REFUSED, "row 3 is blank"),
    "blank first line": ("\n" + GOOD, "text/csv", REFUSED, "row 1 is blank"),
    "text": ("old,51.5,Oslo,True\n", "text/csv", REFUSED, "row 1, column 'age' is 'old', not a finite"),
    "second text": (GOOD + "old,51.5,Oslo,True\n", "text/csv", REFUSED, "row 3, column 'age' is 'old'"),
    "missing token": ("NA,51.5,Oslo,True\n", "text/csv", REFUSED, "row 1, column 'age' is empty"),
    "nan": ("nan,51.5,Oslo,True\n", "text/csv", REFUSED, "column 'age' is empty"),
    "inf": ('[[40, Infinity, "Oslo", true]]', "application/json", REFUSED, "'inf', not a finite"),
    "underscore": ("1_0,51.5,Oslo,True\n", "text/csv", REFUSED, "'1_0', not a finite number"),
    "boolean": ("40,51.5,Oslo,perhaps\n", "text/csv", REFUSED, "'member' is 'perhaps', not true or false"),
    "too large": ("1e39,51.5,Oslo,True\n", "text/csv", REFUSED, "'1e39', not a finite number"),
    "gap": (",51.5,Oslo,True\n", "text/csv", REFUSED, "column 'age' is empty"),
    "names": ('[{"age": 1, "size": 2}]', "application/json", REFUSED, "'income' is missing.*'size' is"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_request_is_refused_with_a_clear_message(model: inference.Model, case: str) -> None:
    body, content_type, status, message = BAD[case]
    with pytest.raises(Refusal, match=message) as refused:
        ask(model, body, content_type)
    assert refused.value.status == status


def test_an_accept_header_that_cannot_be_met_is_refused(model: inference.Model) -> None:
    with pytest.raises(Refusal, match="Accept 'image/png' is not supported") as refused:
        ask(model, GOOD, "text/csv", "image/png")
    assert refused.value.status == HTTPStatus.NOT_ACCEPTABLE


class ToolkitError(Exception):
    """As the error class of sagemaker-inference, whose server answers with its status."""

    def __init__(self, status_code: int, message: str, phrase: str) -> None:
        super().__init__(status_code, message, phrase)
        self.status_code, self.message = status_code, message


@pytest.fixture
def multi_model_server(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("sagemaker_inference.errors")
    module.BaseInferenceToolkitError = ToolkitError
    monkeypatch.setitem(sys.modules, "sagemaker_inference.errors", module)


@pytest.fixture(params=["xgboost", "sklearn"])
def endpoint_server(
    monkeypatch: pytest.MonkeyPatch, multi_model_server: None, request: pytest.FixtureRequest
) -> None:
    """The server of an endpoint, which also loads what the multi-model server is made of."""
    framework: Any = ModuleType("sagemaker_containers.beta.framework")
    framework.worker = SimpleNamespace(Response=lambda **answer: answer)
    for name in ("sagemaker_containers", "sagemaker_containers.beta"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, framework.__name__, framework)
    serving = f"sagemaker_{request.param}_container.serving"
    monkeypatch.setitem(sys.modules, serving, ModuleType(serving))


@pytest.mark.usefixtures("multi_model_server")
def test_a_multi_model_server_gets_an_error_with_the_status(model: inference.Model) -> None:
    with pytest.raises(ToolkitError) as wrong_type:
        ask(model, GOOD, "image/png")
    assert wrong_type.value.status_code == 415
    with pytest.raises(ToolkitError, match="row 1 has 1 values") as wrong_row:
        ask(model, "1\n", "text/csv")
    assert wrong_row.value.status_code == 400


@pytest.mark.usefixtures("endpoint_server")
@pytest.mark.parametrize(
    ("body", "content_type", "accept", "status"),
    [(GOOD, "image/png", "*/*", 415), ("1\n", "text/csv", "*/*", 400), (GOOD, "text/csv", "image/png", 406)],
)
def test_the_server_of_an_endpoint_gets_a_response_with_the_status(
    model: inference.Model, body: str, content_type: str, accept: str, status: int
) -> None:
    prediction = inference.predict_fn(inference.input_fn(body, content_type), model)
    answer = inference.output_fn(prediction, accept)
    assert answer["status"] == status
    assert answer["response"].endswith("\n") and answer["mimetype"] == "text/plain"
