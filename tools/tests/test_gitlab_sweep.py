"""Scheduled pipelines at GitLab: one pipeline for each request that waits."""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest

import gitlab_sweep
from workflow_requests import BUILD, DEPLOY, Requests

TABLE = "churn-main-requests"
KINDS = {DEPLOY: ("deploy-main", "main"), BUILD: ("build-main", "next")}


class Gitlab:
    """The API that starts pipelines (GitLab docs, "Trigger pipelines with the API")."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.answer: tuple[int, bytes, dict[str, str]] = (201, b'{"id": 4711}', {})
        gitlab = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                gitlab.asked.append((self.path, dict(urllib.parse.parse_qsl(body, strict_parsing=True))))
                status, text, headers = gitlab.answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/api/v4"


@pytest.fixture
def gitlab(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gitlab]:
    made = Gitlab()
    variables = {"CI_API_V4_URL": made.address, "CI_PROJECT_ID": "87654321", "CI_JOB_TOKEN": "job-token"}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    yield made
    made.server.shutdown()


@pytest.fixture
def requests(aws: Any) -> Requests:
    client = boto3.client("dynamodb", region_name="eu-west-1")
    keys = (("kind", "HASH"), ("id", "RANGE"))
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
    )
    return Requests(client, TABLE)


def test_each_request_that_waits_gets_a_pipeline(gitlab: Gitlab, requests: Requests) -> None:
    first = requests.put(DEPLOY, {"MODEL_PACKAGE": "arn:x/1"}, "arn:me")
    second = requests.put(DEPLOY, {"MODEL_PACKAGE": "arn:x/2"}, "arn:me")
    build = requests.put(BUILD, {"COMMIT": "abc"}, "arn:me")
    taken = requests.put(DEPLOY, {}, "arn:me")
    assert requests.take(DEPLOY, "gl-1", taken) is not None
    assert gitlab_sweep.sweep(requests, KINDS, gitlab_sweep.start) == [first, second, build]
    path = "/api/v4/projects/87654321/trigger/pipeline"
    common = {"token": "job-token"}
    assert gitlab.asked == [
        (path, {**common, "ref": "main", "inputs[run]": "deploy-main", "inputs[request]": first}),
        (path, {**common, "ref": "main", "inputs[run]": "deploy-main", "inputs[request]": second}),
        (path, {**common, "ref": "next", "inputs[run]": "build-main", "inputs[request]": build}),
    ]


def test_what_is_asked_for_is_named_by_its_id_alone(gitlab: Gitlab, requests: Requests) -> None:
    requests.put(DEPLOY, {"MODEL_PACKAGE": "arn:secret/1"}, "arn:me")
    gitlab_sweep.sweep(requests, KINDS, gitlab_sweep.start)
    assert "secret" not in json.dumps(gitlab.asked)


def test_no_more_than_some_at_once(gitlab: Gitlab, requests: Requests) -> None:
    for _ in range(gitlab_sweep.MOST + 3):
        requests.put(DEPLOY, {}, "arn:me")
    assert len(gitlab_sweep.sweep(requests, KINDS, gitlab_sweep.start)) == gitlab_sweep.MOST


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            (400, b'{"message": "Insufficient\\npermissions"}', {}),
            "GitLab answers 400: Insufficient permissions",
        ),
        ((404, b"<html>", {}), "GitLab answers 404: no reason"),
        ((302, b"", {"Location": "http://127.0.0.1:9/elsewhere"}), "GitLab answers 302: no reason"),
        ((201, b"nothing", {}), "GitLab did not answer (JSONDecodeError)"),
        ((201, b"{}", {}), "GitLab did not answer (KeyError)"),
    ],
)
def test_what_gitlab_refuses(gitlab: Gitlab, answer: tuple[int, bytes, dict[str, str]], why: str) -> None:
    gitlab.answer = answer
    with pytest.raises(gitlab_sweep.NotStarted) as problem:
        gitlab_sweep.start("deploy-main", "main", "x")
    assert str(problem.value) == why
    assert len(gitlab.asked) == 1


def test_gitlab_that_is_not_there(gitlab: Gitlab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI_API_V4_URL", "http://127.0.0.1:9/api/v4")
    with pytest.raises(gitlab_sweep.NotStarted, match="did not answer"):
        gitlab_sweep.start("deploy-main", "main", "x")


def test_the_program(
    gitlab: Gitlab, requests: Requests, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REQUESTS_TABLE", TABLE)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    for kind, (run, branch) in KINDS.items():
        monkeypatch.setenv(f"{kind.upper()}_RUN", run)
        monkeypatch.setenv(f"{kind.upper()}_BRANCH", branch)
    assert gitlab_sweep.main() == 0
    requests.put(BUILD, {}, "arn:me")
    assert gitlab_sweep.main() == 0
    assert "1 pipelines were started" in capsys.readouterr().out
    gitlab.answer = (403, b'{"message": "no"}', {})
    assert gitlab_sweep.main() == 1
    assert "GitLab answers 403: no. The next scheduled pipeline tries again." in capsys.readouterr().err
