"""An App starts workflows: with a proof that its key in KMS has signed, and no more rights than it asks for."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from typing import Any

import jwt
import pytest
from conftest import HOME, repository
from cryptography.hazmat.primitives.asymmetric import rsa

from github import Github
from github_app import ALGORITHM, App
from permissions import Request

DISPATCHED = """
on: {repository_dispatch: {types: [deploy-main]}}
permissions: {}
jobs: {a: {runs-on: x, steps: [{run: 'echo "$GITHUB_ACTOR"'}]}}
"""


def post(github: Github, path: str, token: str, body: dict[str, Any]) -> tuple[int, Any]:
    request = urllib.request.Request(github.api.url + path, json.dumps(body).encode(), {"Authorization": token})
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def proof(app: App, seconds: int = 500, key: rsa.RSAPrivateKey | None = None) -> str:
    now = int(time.time())
    return "Bearer " + jwt.encode({"iat": now - 60, "exp": now + seconds, "iss": "4711"}, key or app.key, "RS256")


@pytest.fixture
def app(github: Github) -> App:
    found = github.add(repository())
    github.push(found, "main", {".github/workflows/deploy-main.yml": DISPATCHED}, "developer")
    return github.install_app(found)


def test_it_starts_workflows(github: Github, app: App) -> None:
    wanted = {"repository_ids": [42], "permissions": {"contents": "write"}}
    status, answer = post(github, "/app/installations/815/access_tokens", proof(app), wanted)
    assert (status, answer["permissions"]) == (201, {"contents": "write"})
    token = f"Bearer {answer['token']}"
    event = {"event_type": "deploy-main", "client_payload": {"request": "1"}}
    assert post(github, "/repos/acme/churn/dispatches", token, event) == (204, None)
    path = "/repos/acme/churn/actions/workflows/deploy-main.yml/dispatches"
    assert post(github, path, token, {"ref": "main"})[0] == 403
    github.settle()
    assert github.runs(github.repositories["acme/churn"], "deploy-main.yml")[0].log == "delivery[bot]\n"


@pytest.mark.parametrize(
    ("change", "status"),
    [({"repository_ids": [43]}, 422), ({"permissions": {"administration": "write"}}, 422)],
)
def test_it_asks_for_no_more_than_it_has(github: Github, app: App, change: dict[str, Any], status: int) -> None:
    assert post(github, "/app/installations/815/access_tokens", proof(app), change)[0] == status


def test_nobody_else_is_the_app(github: Github, app: App) -> None:
    path, other = "/app/installations/815/access_tokens", rsa.generate_private_key(65537, 2048)
    for wrong in (proof(app, key=other), proof(app, -300), proof(app, 3600), "Bearer x", "x"):
        assert post(github, path, wrong, {})[0] == 401


def test_its_key_is_in_kms(github: Github, app: App) -> None:
    now = int(time.time())
    text = jwt.encode({"iat": now, "exp": now + 60, "iss": "4711"}, app.key, "RS256").rpartition(".")[0]
    params = {"KeyId": "arn:aws:kms:eu-west-1:111111111111:key/1", "Message": text.encode(), "MessageType": "RAW",
              "SigningAlgorithm": ALGORITHM}  # fmt: skip
    answer = github.gateway.fakes[("kms", "Sign")](Request("anybody", HOME, "kms", "Sign", params), HOME)
    signature = jwt.utils.base64url_encode(answer["Signature"]).decode()
    assert post(github, "/app/installations/815/access_tokens", f"Bearer {text}.{signature}", {})[0] == 201
