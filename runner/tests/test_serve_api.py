"""What an API in front of the model would answer, asked on this machine: the same code, the same verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from local_runner.serve_api import ModelInterface
from local_runner.serving.client import Reply

from .conftest import Repository
from .test_serve import Served, start

SCHEMA: dict[str, Any] = {
    "version": 2,
    "problem_type": "binary",
    "target": "churn",
    "missing_tokens": None,
    "labels": ["no", "yes"],
    "columns": [
        {"name": "age", "kind": "number", "missing": False, "categories": [], "buckets": 0},
        {"name": "key", "kind": "id", "missing": False, "categories": [], "buckets": 0},
    ],
}
PACKAGE = {"ModelPackageGroupName": "churn", "ModelPackageVersion": 3}
JSON = {"Content-Type": "application/json"}


class Model:
    """A model that answers what it is told to."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.asked: list[tuple[bytes, str, str]] = []

    def __call__(self, body: bytes, content_type: str, accept: str) -> Reply:
        self.asked.append((body, content_type, accept))
        return self.reply


@pytest.fixture
def model() -> Model:
    return Model(Reply(200, b'{"predictions": []}', "application/json"))


@pytest.fixture
def interface(tmp_path: Path, model: Model) -> ModelInterface:
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))
    return ModelInterface(PACKAGE, tmp_path, model, 1000)


def test_a_request_that_fits_reaches_the_model_as_it_came(interface: ModelInterface, model: Model) -> None:
    body = b'{"instances": [{"age": 3, "key": "a"}]}'
    reply = interface.answer("POST", "/predict", JSON, body)
    assert (reply.status, reply.body) == (200, model.reply.body)
    assert model.asked == [(body, "application/json", "application/json")]


def test_a_wrong_field_is_named_and_costs_no_invocation(interface: ModelInterface, model: Model) -> None:
    reply = interface.answer("POST", "/predict", JSON, b'{"instances": [[1, "a"], ["x", "b"]]}')
    problem = json.loads(reply.body)
    assert reply.status == 400 and reply.headers["Content-Type"] == "application/problem+json"
    [error] = problem["errors"]
    assert (error["pointer"], error["field"], error["row"]) == ("/instances/1/0", "age", 2)
    assert error["detail"] == "is 'x', not a finite number"
    assert model.asked == []


@pytest.mark.parametrize(
    ("said", "status"), [(Reply(400, b"no\n", "text/plain"), 400), (Reply(500, b"boom\n", "text/plain"), 502)]
)
def test_what_the_model_refuses_keeps_its_status_and_its_failure_is_no_secret_here(
    interface: ModelInterface, model: Model, said: Reply, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    model.reply = said
    reply = interface.answer("POST", "/predict", {"Content-Type": "text/csv"}, b"1,a\n")
    assert json.loads(reply.body)["status"] == reply.status == status
    assert ("boom" in capfd.readouterr().err) == (status == 502)
    assert b"boom" not in reply.body


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status"),
    [
        ("POST", "/predict", {"Content-Type": "text/plain"}, b"1,a\n", 415),
        ("POST", "/predict", {}, b"1,a\n", 415),
        ("POST", "/predict", JSON | {"Accept": "text/html"}, b"[[1, 2]]", 406),
        ("POST", "/predict", JSON | {"X-Inference-Id": "a b"}, b"[[1, 2]]", 400),
        ("POST", "/predict", JSON, b" " * 1001, 413),
        ("GET", "/predict", {}, b"", 405),
        ("DELETE", "/schema", {}, b"", 405),
        ("GET", "/predict/1", {}, b"", 404),
        ("GET", "/other", {}, b"", 404),
    ],
)
def test_what_is_no_request_of_the_interface_is_a_problem(
    interface: ModelInterface, method: str, path: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    reply = interface.answer(method, path, headers, body)
    assert json.loads(reply.body)["status"] == reply.status == status
    assert ("Allow" in reply.headers) == (status == 405)


@pytest.mark.parametrize(
    ("accept", "content_type", "asked"),
    [
        ("", "application/json", "application/json"),
        ("*/*", "text/csv", "text/csv"),
        ("text/*", "application/json", "text/csv"),
        ("text/csv;q=0.5, application/json", "text/csv", "application/json"),
        ("application/json;q=0, */*", "application/json", "text/csv"),
        ("text/html, */*;q=0.1", "application/json", "application/json"),
    ],
)
def test_the_model_is_asked_for_what_the_caller_likes_best(
    interface: ModelInterface, model: Model, accept: str, content_type: str, asked: str
) -> None:
    body = b"1,a\n" if content_type == "text/csv" else b'[[1, "a"]]'
    interface.answer("POST", "/predict", {"Content-Type": content_type, "Accept": accept}, body)
    assert [one[2] for one in model.asked] == [asked]


def test_without_a_schema_of_ours_any_body_of_the_package_s_types_is_taken(
    tmp_path: Path, model: Model
) -> None:
    (tmp_path / "schema.json").write_text('{"columns": "of another project"}')
    specification = {
        "SupportedContentTypes": ["image/png"],
        "SupportedResponseMIMETypes": ["application/json"],
    }
    interface = ModelInterface({**PACKAGE, "InferenceSpecification": specification}, tmp_path, model, 1000)
    image = bytes(range(256))
    assert interface.answer("POST", "/predict", {"Content-Type": "image/png"}, image).status == 200
    assert model.asked == [(image, "image/png", "application/json")]
    assert interface.answer("POST", "/predict", JSON, b"{}").status == 415
    document = json.loads(interface.answer("GET", "/openapi.json", {}, b"").body)
    validate(document)
    assert list(document["paths"]["/predict"]["post"]["requestBody"]["content"]) == ["image/png"]


@pytest.fixture
def served(repository: Repository) -> Iterator[Served]:
    repository.run("run", "--set", "max_depth=1")
    server = start(repository)
    yield server
    if server.process.poll() is None:
        server.stop()


def test_the_interface_is_served_beside_the_container_s_own_paths(served: Served) -> None:
    csv = {"Content-Type": "text/csv", "Accept": "text/csv"}
    status, kind, text = served.ask("POST", "/predict", "1.5\n99.5\n", csv)
    assert (status, kind, text) == (200, "text/csv", "0\n1\n")
    assert served.ask("POST", "/predict", "no number\n", csv)[:2] == (502, "application/problem+json")
    status, kind, text = served.ask("GET", "/openapi.json")
    assert (status, kind) == (200, "application/json") and "/predict" in json.loads(text)["paths"]
    assert served.ask("GET", "/schema")[1] == "application/schema+json"
    assert json.loads(served.ask("GET", "/health")[2]) == {"status": "ok"}
    told = json.loads(served.ask("GET", "/version?of=model")[2])
    assert (told["package"], told["environment"]) == ("demo/1", "local")
    assert served.ask("HEAD", "/version")[::2] == (200, "")
    assert served.ask("PUT", "/predict", "1.5\n", csv)[:2] == (405, "application/problem+json")
    assert served.ask("OPTIONS", "/predict")[0] == 405
    assert served.ask("POST", "/predict", "1.5\n", csv | {"Origin": "http://evil.example"})[0] == 403
    assert 'href="/openapi.json"' in served.ask("GET", "/")[2]
    served.stop()
    assert any("as an API:" in line and "/predict" in line for line in served.lines)
