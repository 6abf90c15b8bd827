"""The handler as a whole: an event of a gateway in, the model's answer or a problem out, one line of log."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from api.document import Document
from api.exchange import Answer, NotAnswered
from moto import mock_aws

import handler
import hooks
from api_events import direct_event, http_event, rest_event
from api_fixtures import SCHEMA, SETTINGS, VARIABLES, Context, make_settings
from breaker import Breaker
from events import NotAnEvent
from handler import Handler, make_handler
from interface import make_service, read_contract
from model import Endpoint, deadline_of_request, runtime_client
from queued import QueuedEndpoint
from runtime_server import RuntimeServer
from sending import Sender
from settings import Misconfigured, read_settings
from stream import Stream
from telemetry import Telemetry

ROOT = Path(__file__).resolve().parents[2]

BODY = json.dumps({"instances": [["c-1", 31, "a"]]})

DOCUMENT = Document(SCHEMA, None, 0.001, "churn")


def takes(kind: str) -> Document:
    """Of a package that says nothing about its model's rows."""
    return Document(None, None, 0.001, "churn", (kind,), (kind,))


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    server = RuntimeServer()
    server.predicts = True
    yield server
    server.stop()


class Records:
    """In place of a stream's client."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []

    def put_record_batch(self, **arguments: Any) -> dict[str, Any]:
        self.kept += [json.loads(record["Data"]) for record in arguments["Records"]]
        return {"RequestResponses": [{"RecordId": "1"} for _ in arguments["Records"]]}


class Made:
    """A handler with what it leaves behind."""

    def __init__(self, folder: Path, server: RuntimeServer, document: Document = DOCUMENT, **more: Any):
        self.lines: list[dict[str, Any]] = []
        self.records = Records()
        settings = make_settings(folder, **more)
        telemetry = Telemetry(
            settings.metric_namespace,
            settings.version,
            settings.about,
            lambda line: self.lines.append(json.loads(line)),
        )
        client = runtime_client(Sender(deadline_of_request), endpoint_url=server.url)
        stream = Stream(self.records, "s", telemetry.not_kept)
        model = Endpoint(client, settings.endpoint, Breaker(failures=1000))

        def load() -> Any:
            return make_service(
                settings,
                document,
                model,
                stream,
                lambda error: telemetry.failed("error in a request", error),
            )

        self.handler = Handler(settings, telemetry, load, stream)

    def ask(self, event: Any, seconds: float = 30) -> tuple[int, dict[str, str], Any]:
        found = self.handler.answer(event, Context(seconds))
        json.dumps(found)
        assert set(found) == {"statusCode", "headers", "body", "isBase64Encoded"}
        body: Any = base64.b64decode(found["body"]) if found["isBase64Encoded"] else found["body"]
        headers = {name.lower(): value for name, value in found["headers"].items()}
        if "json" in headers.get("content-type", "") and body:
            body = json.loads(body)
        return found["statusCode"], headers, body


def predicting(mode: str = "ok", make: Any = http_event, body: str = BODY, **headers: str) -> dict[str, Any]:
    given = {"content-type": "application/json", "x-inference-id": f"{mode}-1", **headers}
    return dict(make("POST", "/predict", body, given))


@pytest.mark.parametrize("make", [http_event, rest_event, direct_event])
def test_a_request_is_answered_by_the_model_kept_and_logged(tmp_path, server, make):
    made = Made(tmp_path, server)
    status, headers, body = made.ask(predicting(make=make))
    said = {"label": "yes", "probability": 0.75, "id": {"customer": "ok-1"}}
    assert (status, body) == (200, {"predictions": [said]})
    assert (headers["content-type"], headers["x-inference-id"]) == ("application/json", "ok-1")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    [kept] = made.records.kept
    assert (kept["inferenceId"], kept["features"], kept["prediction"]) == (
        "ok-1",
        {"age": 31, "plan": "a"},
        "yes",
    )
    [line] = made.lines
    assert (line["status"], line["route"], line["inferenceId"], line["attempts"]) == (
        200,
        "/predict",
        "ok-1",
        1,
    )
    assert (line["Requests"], line["ServerErrors"]) == (1, 0)
    assert "c-1" not in json.dumps(line)


def test_without_an_id_of_the_caller_a_prediction_has_that_of_the_request(tmp_path, server):
    made = Made(tmp_path, server)
    event = http_event("POST", "/predict", BODY)
    _, headers, _ = made.ask(event)
    assert headers["x-inference-id"] == event["requestContext"]["requestId"] == made.lines[0]["requestId"]
    direct = direct_event("POST", "/predict", BODY, {"content-type": "application/json"})
    assert made.ask(direct)[1]["x-inference-id"] == Context.aws_request_id


@pytest.mark.parametrize(
    ("mode", "status", "why"),
    [
        ("refuse", 400, "model 400"), ("teapot", 418, "model 418"), ("err", 502, "model 500"),
        ("garbage", 502, "Garbled: BadStatusLine"), ("close", 502, "Closed: RemoteDisconnected"),
        ("throttle", 503, "ThrottlingException"), ("hang", 504, "time-out"),
        ("missing", 502, "ValidationError"),
    ],
)  # fmt: skip
def test_what_is_no_prediction_is_a_problem_with_the_requests_id(tmp_path, server, mode, status, why):
    made = Made(tmp_path, server, timeoutSeconds=1)
    found, headers, body = made.ask(predicting(mode))
    assert (found, headers["content-type"]) == (status, "application/problem+json")
    assert (body["status"], body["instance"]) == (status, "E5zKXhOqjoEEPzg=")
    assert made.lines[-1]["why"] == why
    assert made.lines[-1]["ServerErrors"] == int(status >= 500)
    assert not made.records.kept
    assert ("retry-after" in headers) == (status == 503)


def test_the_models_own_words_are_for_the_caller_and_not_for_the_log(tmp_path, server):
    made = Made(tmp_path, server)
    _, _, body = made.ask(predicting("refuse"))
    assert "'age'" in body["detail"]
    assert "finite" in body["detail"] and "finite" not in json.dumps(made.lines)


def test_a_wrong_field_is_named_and_costs_no_invocation(tmp_path, server):
    made = Made(tmp_path, server)
    status, _, body = made.ask(
        predicting(body=json.dumps({"instances": [{"customer": "c", "age": "x", "plan": "a"}]}))
    )
    assert status == 400
    assert (body["errors"][0]["pointer"], body["errors"][0]["field"]) == ("/instances/0/age", "age")
    assert not server.seen.arrived
    assert (made.lines[0]["ClientErrors"], made.lines[0]["attempts"]) == (1, 0)


@pytest.mark.parametrize(
    ("event", "status", "header"),
    [
        (http_event("GET", "/predict", None), 405, ("allow", "POST")),
        (http_event("GET", "/elsewhere", None), 404, None),
        (http_event("POST", "/predict", BODY, {"content-type": "text/html"}), 415, None),
        (predicting(accept="image/png"), 406, None),
        (predicting(body="x" * (1024 * 1024 + 1)), 413, None),
        (http_event("POST", "/predict", "n*t", encoded=True), 400, None),
        (http_event("POST", "/predict", BODY, signed=False), 401, ("www-authenticate", "Bearer")),
        (rest_event("POST", "/predict", BODY, signed=False), 401, ("www-authenticate", "Bearer")),
    ],
)
def test_limits_and_routes(tmp_path, server, event, status, header):
    found, headers, body = Made(tmp_path, server).ask(event)
    assert (found, body["status"]) == (status, status)
    assert header is None or headers[header[0]] == header[1]
    assert not server.seen.arrived


@pytest.mark.parametrize("route", ["schema", "openapi.json", "health", "version"])
def test_what_is_beside_predictions_is_answered_and_not_counted(tmp_path, server, route):
    made = Made(tmp_path, server)
    assert made.ask(http_event("GET", f"/{route}", None))[0] == 200
    assert "_aws" not in made.lines[0]


def test_the_version_says_what_it_is_bound_to(tmp_path, server):
    _, _, body = Made(tmp_path, server).ask(direct_event("GET", "/version", ""))
    wanted = {
        "version": "7",
        "package": VARIABLES["PACKAGE"],
        "contract": "none",
        "endpoint": "churn-dev-rabcd1234",
    }
    assert {name: body[name] for name in wanted} == wanted


def test_without_a_contract_what_the_model_takes_goes_through_binary_too(tmp_path, server):
    server.predicts = False
    made = Made(tmp_path, server, takes("application/x-npy"))
    body = b"\x93NUMPY\x00\xff"
    event = http_event(
        "POST", "/predict", base64.b64encode(body).decode(),
        {"content-type": "application/x-npy", "x-inference-id": "ok-9"}, encoded=True,
    )  # fmt: skip
    status, headers, answer = made.ask(event)
    assert (status, answer, headers["content-type"]) == (200, b"ok-9:" + body, "application/x-npy")


def test_an_answer_that_lambda_would_not_return_is_a_problem(tmp_path, server):
    server.predicts = False
    made = Made(tmp_path, server, takes("text/plain"), maxPayloadBytes=2**22)
    # A control character takes six bytes in JSON.
    event = http_event("POST", "/predict", "\x01" * (2 * 2**20), {"content-type": "text/plain"})
    status, _, body = made.ask(event)
    assert (status, made.lines[0]["why"]) == (502, "answer too large")
    assert "larger than" in body["detail"]


def test_the_functions_own_time_limits_a_request_too(tmp_path, server):
    made = Made(tmp_path, server, timeoutSeconds=20)
    status, _, _ = made.ask(predicting("hang"), seconds=0.8)
    assert status == 504
    assert made.lines[0]["latencyMs"] < 800


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        (["https://app.example.org"], "https://app.example.org", "https://app.example.org"),
        (["https://app.example.org"], "https://evil.example.org", None),
        (["https://app.example.org"], None, None),
        (["*"], "https://any.example.org", "*"),
    ],
)
def test_pages_may_read_answers_and_problems_where_the_options_say_so(
    tmp_path, server, origins, origin, allowed
):
    made = Made(tmp_path, server, cors={"allowOrigins": origins, "maxAgeSeconds": 60})
    for mode, status in (("ok", 200), ("err", 502)):
        event = predicting(mode, rest_event, **({"Origin": origin} if origin else {}))
        found, headers, _ = made.ask(event)
        assert found == status
        assert headers.get("access-control-allow-origin") == allowed
        assert ("vary" in headers) == (origins != ["*"])


def test_a_contract_that_cannot_be_read_now_is_read_with_the_next_request(tmp_path, server):
    made = Made(tmp_path, server)
    load, reads = made.handler._load, iter([OSError("a secret"), None])

    def unreliable() -> Any:
        if error := next(reads):
            raise error
        return load()

    made.handler._load = unreliable
    made.handler.prepare()
    assert made.ask(predicting())[0] == 200
    assert made.lines[0]["message"] == "the contract cannot be read"
    made.handler._service, reads = None, iter([OSError("a secret"), None])
    status, headers, _ = made.ask(predicting())
    assert (status, headers["retry-after"]) == (503, "1")
    assert made.ask(predicting())[0] == 200
    assert "secret" not in json.dumps(made.lines)


def test_an_error_of_the_handlers_own_is_a_problem_and_told_without_a_callers_data(
    tmp_path, server, monkeypatch
):
    made = Made(tmp_path, server)

    def broken(*_: Any) -> Any:
        raise RuntimeError("the age of Jane Doe")

    monkeypatch.setattr(handler, "refusal", broken)
    status, _, body = made.ask(predicting())
    assert (status, body["instance"]) == (500, "E5zKXhOqjoEEPzg=")
    assert made.lines[0]["error"] == "RuntimeError"
    assert "Jane" not in json.dumps([made.lines, body])


def test_an_event_that_is_none_of_a_gateway_is_an_error_of_the_function(tmp_path, server):
    with pytest.raises(NotAnEvent):
        Made(tmp_path, server).ask({"Records": []})


def test_columns_that_must_not_be_stored_are_in_no_record(tmp_path, server):
    made = Made(tmp_path, server, omitColumns=["age", "customer"])
    assert made.ask(predicting())[0] == 200
    [kept] = made.records.kept
    assert (
        kept["features"] == {"plan": "a"}
        and "31" not in json.dumps({**kept, "time": ""})
        and "id" not in kept
    )


def test_records_that_a_stream_refuses_are_counted_and_no_request_fails(tmp_path, server, monkeypatch):
    made = Made(tmp_path, server)

    def refuse(**_: Any) -> Any:
        raise ConnectionError("no")

    monkeypatch.setattr(made.records, "put_record_batch", refuse)
    for _ in range(10):
        assert made.ask(predicting())[0] == 200
    assert sum(line.get("PredictionsNotKept", 0) for line in made.lines) > 0


class TestContract:
    """The contract document in the deployment bucket."""

    def test_it_is_read_by_its_hash(self, tmp_path, server, monkeypatch):
        content, digest = DOCUMENT.content(), DOCUMENT.sha256
        server.contract = content
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        settings = make_settings(tmp_path, {"CONTRACT": digest}, stream="predictions")
        lines: list[str] = []
        made = make_handler(settings, Telemetry("n", "7", {}, lines.append))
        found = made.answer(predicting(), Context())
        assert found["statusCode"] == 200
        assert server.seen.records["ok-1"] == 1
        assert (
            json.loads(made.answer(direct_event("GET", "/version", ""), None)["body"])["contract"] == digest
        )

    @pytest.mark.parametrize("content", [b'{"format": 1}', b"{}", b""])
    def test_another_content_is_not_read(self, tmp_path, content):
        digest = hashlib.sha256(b"what it was").hexdigest()
        with mock_aws():
            s3 = boto3.client("s3", region_name="us-east-1")
            s3.create_bucket(Bucket="deployments")
            s3.put_object(Bucket="deployments", Key=f"contracts/{digest}.json", Body=content)
            with pytest.raises(ValueError, match="its SHA-256 is"):
                read_contract(s3, make_settings(tmp_path, {"CONTRACT": digest}))

    def test_another_format_is_not_read(self, tmp_path):
        content = json.dumps({"format": 2, "schema": SCHEMA}).encode()
        digest = hashlib.sha256(content).hexdigest()
        with mock_aws():
            s3 = boto3.client("s3", region_name="us-east-1")
            s3.create_bucket(Bucket="deployments")
            s3.put_object(Bucket="deployments", Key=f"contracts/{digest}.json", Body=content)
            with pytest.raises(ValueError, match="its format is 2"):
                read_contract(s3, make_settings(tmp_path, {"CONTRACT": digest}))


def test_the_asynchronous_kind_takes_a_request_and_gives_its_answer_later(tmp_path, server):
    class Queue:
        def __init__(self) -> None:
            self.answers: dict[str, Any] = {}

        def submit(self, *_: Any) -> str:
            return "18ab_x_out_fail"

        def collect(self, identifier: str, deadline: float) -> Any:
            if identifier not in self.answers:
                raise NotAnswered("refused", "there is no such request", 404)
            return self.answers[identifier]

    settings = make_settings(tmp_path, kind="asynchronous", asynchronousUri="s3://answers/asynchronous")
    queue, lines = Queue(), []
    telemetry = Telemetry("n", "7", {}, lambda line: lines.append(json.loads(line)))
    made = Handler(
        settings, telemetry, lambda: make_service(settings, DOCUMENT, queue, handler.NoLog(), lambda _: None)
    )
    found = made.answer(rest_event("POST", "/predict", BODY), Context())
    assert (found["statusCode"], found["headers"]["Location"]) == (202, "/live/predict/18ab_x_out_fail")
    later = rest_event("GET", "/predict/{id}", None, parameters={"id": "18ab_x_out_fail"})
    assert made.answer(later, Context())["statusCode"] == 404
    queue.answers["18ab_x_out_fail"] = None
    assert made.answer(later, Context())["statusCode"] == 202
    queue.answers["18ab_x_out_fail"] = Answer("text/csv", b"yes,0.5\n")
    assert made.answer(later, Context())["body"] == "yes,0.5\n"
    assert [line["route"] for line in lines] == ["/predict", *["/predict/{id}"] * 3]


@pytest.mark.parametrize("document", [DOCUMENT, takes("application/pdf")])
def test_an_id_that_a_caller_made_up_does_not_choose_how_a_browser_reads_an_answer(tmp_path, document):
    settings = make_settings(tmp_path, kind="asynchronous", asynchronousUri="s3://answers/asynchronous")
    kind = document.accepts[0] if document.accepts else "application/json"
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="answers")
        s3.put_object(Bucket="answers", Key="asynchronous/output/1.out", Body=b"<script>alert(1)</script>")
        runtime = boto3.client("sagemaker-runtime", region_name="us-east-1")
        queue = QueuedEndpoint(runtime, s3, "documents", "s3://answers/asynchronous")
        made = Handler(
            settings,
            Telemetry("n", "7", {}, lambda _: None),
            lambda: make_service(settings, document, queue, handler.NoLog(), lambda _: None),
        )

        def collect(wanted: str) -> dict[str, Any]:
            named = base64.b64encode(wanted.encode(), altchars=b"-.").decode().rstrip("=")
            name = f"{int(time.time()):x}_{named}_1.out_1.err"
            return made.answer(rest_event("GET", "/predict/{id}", None, parameters={"id": name}), Context())

        forged = collect("text/html")
        assert (forged["statusCode"], forged["headers"]["Content-Type"]) == (404, "application/problem+json")
        assert "script" not in forged["body"]
        found = collect(kind)
        assert (found["statusCode"], found["headers"]["Content-Type"]) == (200, kind)


@pytest.mark.parametrize("make", [http_event, rest_event])
@pytest.mark.parametrize("given", ["sagemaker-cicd-test-1", "SageMaker-CICD-Test-1"])
def test_a_caller_cannot_have_requests_taken_for_tests(tmp_path, server, make, given):
    made = Made(tmp_path, server)
    status, _, body = made.ask(predicting(make=make, **{"x-inference-id": given}))
    assert status == 400 and "which marks tests" in body["detail"]
    assert not made.records.kept and not server.seen.records


def test_tests_themselves_are_answered_and_kept_by_their_mark(tmp_path, server):
    made = Made(tmp_path, server)
    mark = f"{hooks.TEST_ID}1"
    status, _, _ = made.ask(predicting(make=direct_event, **{"x-inference-id": mark}))
    assert status == 200 and mark in json.dumps(made.records.kept)
    assert handler.TEST_ID == hooks.TEST_ID


@pytest.mark.parametrize("seconds", [1, 2, 29, 60])
def test_calls_of_s3_fit_into_the_time_of_a_request(seconds):
    limits = handler.s3_limits(seconds)
    attempts = limits["retries"]["total_max_attempts"]
    assert attempts == 2 and limits["read_timeout"] <= min(5, seconds / 2)
    assert attempts * (limits["connect_timeout"] + limits["read_timeout"]) <= seconds


def test_a_contract_that_s3_holds_back_at_a_cold_start_is_given_up_in_time(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "test")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        settings = make_settings(tmp_path, {"CONTRACT": "0" * 64}, timeoutSeconds=2)
        made = make_handler(settings, Telemetry("n", "7", {}, lambda _: None))
        began = time.monotonic()
        assert made.answer(predicting(), Context())["statusCode"] == 503
        assert time.monotonic() - began < 3, "two attempts of half a second, and a pause of at most one"


@pytest.mark.parametrize(
    "broken",
    [{"path": None}, {"timeoutSeconds": "x"}, {"authorization": {}}, {"maxPayloadBytes": None}, {"kind": 0}],
)
def test_settings_that_do_not_fit_are_one_error_that_says_what_to_do(tmp_path, broken):
    content = {name: value for name, value in {**SETTINGS, **broken}.items() if value not in (None, 0)}
    (tmp_path / "settings.json").write_text(json.dumps(content))
    with pytest.raises(Misconfigured, match="Deploy the endpoint's stack again"):
        read_settings(tmp_path, VARIABLES)


@pytest.mark.parametrize("missing", ["ENDPOINT_NAME", "PACKAGE", "CONTRACT"])
def test_a_variable_that_is_missing_is_named(tmp_path, missing):
    (tmp_path / "settings.json").write_text(json.dumps(SETTINGS))
    with pytest.raises(Misconfigured, match=missing):
        read_settings(tmp_path, {name: value for name, value in VARIABLES.items() if name != missing})


def handler_files() -> list[Path]:
    """What `handlerFiles()` of the constructs lists."""
    text = (ROOT / "src/infra/api/handler-files.ts").read_text()
    names = re.search(r"MODULES = \[(.*?)\]", text, re.DOTALL)
    assert names
    return [ROOT / f"tools/api/{name}.py" for name in re.findall(r"'(\w+)'", names[1])]


def test_the_files_of_the_function_need_nothing_but_each_other_and_the_sdk(tmp_path):
    """In a folder of their own, with no other module in sight."""
    for file in handler_files():
        shutil.copy(file, tmp_path)
    shutil.copytree(
        ROOT / "runner/local_runner/api", tmp_path / "api", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "settings.json").write_text(json.dumps(SETTINGS))
    sdk = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")
    site = Path(importlib.import_module("boto3").__file__ or "").parents[1]
    script = f"""
import importlib.abc, importlib.machinery, json, sys
sys.path.insert(0, {str(tmp_path)!r})
class Sdk(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {sdk!r}:
            return None
        return importlib.machinery.PathFinder.find_spec(name, path or [{str(site)!r}])
sys.meta_path.append(Sdk())
import handler
print(json.dumps(handler.answer({{"direct": {{"method": "GET", "path": "/version"}}}}, None)))
ours = [m for m in sys.modules.values() if {str(site)!r} in (getattr(m, "__file__", None) or "")]
assert {{m.__name__.partition(".")[0] for m in ours}} <= set({sdk!r}), ours
"""
    environment = {**VARIABLES, "AWS_DEFAULT_REGION": "eu-west-1", "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    line, answer = (json.loads(text) for text in done.stdout.splitlines())
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["endpoint"] == "churn-dev-rabcd1234"
    assert line["route"] == "/version"
