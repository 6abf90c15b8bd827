"""The notebook of generated repositories, run cell by cell against servers on loopback."""

from __future__ import annotations

import contextlib
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOTEBOOK = Path(__file__).resolve().parents[2] / "templates" / "docs" / "calling.ipynb"
KEYS = Credentials("AKIAEXAMPLE", "secret", "session")
BODY = '[{"age": 34}]'


def environment(**more: Any) -> dict[str, Any]:
    api = {
        "path": "predict",
        "authorization": "iam",
        "needsKey": False,
        "isPrivate": False,
        "addressOutput": "Where the API is called",
        **more.pop("api", {}),
    }
    return {
        "region": "eu-west-1",
        "kind": "realtime",
        "endpoint": "churn-main-prod",
        "endpointStack": "churn-main-prod-endpoint",
        "stack": "churn-main-prod-environment",
        "body": BODY,
        "contentType": "application/json",
        "accept": "application/json",
        "api": api,
        **more,
    }


class World:
    """What both servers were asked, and what an API lets in."""

    def __init__(self, authorization: str, key: str | None, queued: bool) -> None:
        self.authorization, self.key, self.queued = authorization, key, queued
        self.asked: list[tuple[str, str, str]] = []
        self.looked = 0
        world = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

            def _answer(self, body: bytes) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, kind, more, content = world.answer(self.command, self.path, headers, body)
                self.send_response(status)
                for name, value in {
                    "Content-Type": kind,
                    "Content-Length": str(len(content)),
                    **more,
                }.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, str, dict[str, str], bytes]:
        self.asked.append((method, path, body.decode()))
        if path.startswith("/endpoints/"):
            assert "/eu-west-1/sagemaker/aws4_request" in headers["authorization"]
            return 200, "application/json", {}, b'{"by": "endpoint"}'
        if not self._is_let_in(method, path, headers, body):
            return 403, "application/problem+json", {}, b'{"status": 403}'
        if method == "GET" and path in ("/version", "/schema"):
            return 200, "application/json", {}, json.dumps({"of": path}).encode()
        if self.queued and path == "/predict/one":
            self.looked += 1
            if self.looked < 2:
                return 202, "application/json", {}, b"{}"
        elif body.decode() != BODY:
            return 400, "application/problem+json", {}, b'{"status": 400, "detail": "row 1"}'
        elif self.queued:
            return 202, "application/json", {"Location": "/predict/one"}, b"{}"
        return 200, "application/json", {"X-Inference-Id": "abc"}, b'{"by": "api"}'

    def _is_let_in(self, method: str, path: str, headers: dict[str, str], body: bytes) -> bool:
        if self.key is not None and headers.get("x-api-key") != self.key:
            return False
        if self.authorization == "jwt":
            return headers.get("authorization") == "Bearer token"
        if self.authorization == "none":
            return True
        return headers.get("authorization") == self._signature(method, path, headers, body)

    def _signature(self, method: str, path: str, headers: dict[str, str], body: bytes) -> str:
        """Made anew from what arrived, as the service does."""
        names = re.search("SignedHeaders=([^,]+)", headers.get("authorization", ""))
        if names is None:
            return "none"
        signed = {name: headers[name] for name in names[1].split(";") if name != "host"}
        request = AWSRequest(method=method, url=f"{self.address}{path}", data=body or None, headers=signed)
        request.context["timestamp"] = headers["x-amz-date"]
        signer = SigV4Auth(KEYS, "execute-api", "eu-west-1")
        signature = signer.signature(
            signer.string_to_sign(request, signer.canonical_request(request)), request
        )
        scope = f"{KEYS.access_key}/{headers['x-amz-date'][:8]}/eu-west-1/execute-api/aws4_request"
        return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={names[1]}, Signature={signature}"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    worlds: list[World] = []
    for name, value in (
        ("AWS_ACCESS_KEY_ID", KEYS.access_key),
        ("AWS_SECRET_ACCESS_KEY", KEYS.secret_key),
        ("AWS_SESSION_TOKEN", KEYS.token),
        ("API_TOKEN", "token"),
        ("API_KEY", "key"),
    ):
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(time, "sleep", lambda _: None)

    def execute(
        settings: dict[str, Any], *, key: str | None = None, authorization: str = "iam"
    ) -> tuple[World, list[str]]:
        world = World(authorization, key, settings["kind"] == "asynchronous")
        worlds.append(world)
        monkeypatch.setenv("AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME", world.address)
        monkeypatch.setenv("API_ADDRESS", world.address)
        values = {"name": "churn", "first": "prod", "environments": json.dumps({"prod": settings})}
        values["environments"] = values["environments"].replace("\\", "\\\\")
        names: dict[str, Any] = {}
        printed = []
        for cell in json.loads(NOTEBOOK.read_text("utf-8"))["cells"]:
            if cell["cell_type"] != "code":
                continue
            source = re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], "".join(cell["source"]))
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(source, cell["id"], "exec"), names)
            printed.append(out.getvalue())
        return world, printed

    yield execute
    for world in worlds:
        world.server.shutdown()
        world.server.server_close()


def test_a_signed_api_and_its_endpoint(run: Any) -> None:
    world, printed = run(environment())
    told = "\n".join(printed)
    assert '{"by": "endpoint"}' in told
    assert '200 abc {"by": "api"}' in told
    assert '400 application/problem+json {"status": 400' in told
    assert ("POST", "/endpoints/churn-main-prod/invocations", BODY) in world.asked
    assert [path for _, path, _ in world.asked[1:]] == ["/version", "/schema", "/predict", "/predict"]


@pytest.mark.parametrize(("authorization", "key"), [("jwt", None), ("none", "key"), ("iam", "key")])
def test_a_token_and_a_key(run: Any, authorization: str, key: str | None) -> None:
    api = {"authorization": authorization, "needsKey": key is not None}
    _, printed = run(environment(api=api), authorization=authorization, key=key)
    assert '200 abc {"by": "api"}' in "\n".join(printed)


def test_what_is_not_asked_for_is_not_let_in(run: Any) -> None:
    _, printed = run(environment(api={"authorization": "none"}), authorization="jwt")
    assert "403" in printed[-1]


def test_an_answer_that_comes_later(run: Any) -> None:
    world, printed = run(environment(kind="asynchronous"))
    assert world.looked == 2
    assert not any(path.startswith("/endpoints/") for _, path, _ in world.asked)
    assert '200 abc {"by": "api"}' in "\n".join(printed)


def test_an_environment_without_an_api(run: Any) -> None:
    settings = environment()
    del settings["api"]
    world, _ = run(settings)
    assert [path for _, path, _ in world.asked] == ["/endpoints/churn-main-prod/invocations"]


def test_the_endpoint_of_a_release_is_that_of_its_stack(run: Any, aws: Any) -> None:
    import boto3

    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"EndpointName": {"Value": "churn-main-prod-r0a1b2c3d"}},
    }
    boto3.client("cloudformation", region_name="eu-west-1").create_stack(
        StackName="churn-main-prod-endpoint", TemplateBody=json.dumps(template)
    )
    settings = environment()
    del settings["endpoint"]
    del settings["api"]
    from unittest.mock import patch

    sent: list[str] = []
    real = boto3.client

    def client(service: str, **more: Any) -> Any:
        if service != "sagemaker-runtime":
            return real(service, **more)

        class Runtime:
            def invoke_endpoint(self, **request: Any) -> Any:
                sent.append(request["EndpointName"])
                return {"Body": io.BytesIO(b"[]")}

        return Runtime()

    with patch.object(boto3, "client", client):
        run(settings)
    assert sent == ["churn-main-prod-r0a1b2c3d"]
