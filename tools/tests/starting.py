"""Starting workflows: a queue with the function behind it, the requests, KMS, and GitHub."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives import serialization

import approval_queue
import start
from account import ACCOUNT, REGION
from fakes import before_calls, validate
from github_api import GithubApi
from github_site import APP, ID, INSTALLATION, NAME, OWNER, Site
from request_table import BUS, TABLE, Desk
from start_settings import read_settings
from workflow_requests import DEPLOY

FUNCTION = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:churn-main-start"

SETTINGS: dict[str, Any] = {
    "project": "churn",
    "group": "main",
    "bus": BUS.replace(REGION, "{region}").replace(ACCOUNT, "{account}"),
    "table": TABLE,
    "repository": f"{OWNER}/{NAME}",
    "repositoryId": str(ID),
    "appId": APP,
    "installationId": INSTALLATION,
    "keyArn": "",
    "workflows": {
        "deploy": {"file": "deploy-main.yml", "ref": "trunk"},
        "build": {"file": "build-main.yml", "ref": "main"},
    },
}


class World:
    """A queue with a function behind it, the requests, KMS, and GitHub."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.desk = Desk(monkeypatch)
        self.kms = boto3.client("kms", region_name=REGION)
        made = self.kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]
        self.site = Site(pem(self.kms, made["KeyId"]), lambda: self.desk.now)
        self.folder, self.patch = folder, monkeypatch
        self.told: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.bus_is_down = False
        self.address = self.site.address
        for service in ("kms", "events"):
            before_calls(monkeypatch, service, self._answer)
        sqs = boto3.client("sqs", region_name=REGION)
        self.dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        monkeypatch.setenv("DEAD_LETTERS_URL", self.dead)
        monkeypatch.setenv("QUEUE_URL", "queue")
        self.delays: list[int] = []
        monkeypatch.setattr(approval_queue, "_put_off", lambda _, seconds: self.delays.append(seconds))
        self.set(keyArn=made["Arn"])

    def _answer(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        self.calls.append((operation, arguments))
        if operation != "PutEvents":
            return real(client, operation, arguments)
        if self.bus_is_down:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "no"}]}
        self.told += [json.loads(entry["Detail"]) for entry in arguments["Entries"]]
        return {"FailedEntryCount": 0, "Entries": []}

    def set(self, **changed: Any) -> None:
        file = self.folder / "settings.json"
        before = json.loads(file.read_text()) if file.exists() else SETTINGS
        file.write_text(json.dumps({**before, **changed}))
        self.settings = read_settings(FUNCTION, file)
        clock = lambda: self.desk.now  # noqa: E731
        self.patch.setattr(start, "read_settings", lambda _: self.settings)
        self.patch.setattr(start, "GithubApi", lambda: GithubApi(self.address, clock))
        real = start.Starter
        if not hasattr(self, "_real"):
            self._real = real
        self.patch.setattr(start, "Starter", lambda s, api, own: self._real(s, api, own, clock))

    def ask(self, kind: str = DEPLOY) -> str:
        return self.desk.requests.put(kind, {}, "alice")

    def send(self, kind: str, request: str, attempt: int = 1, **changed: Any) -> bool:
        """Whether the message is done."""
        detail = {"project": "churn", "group": "main", "kind": kind, "id": request}
        event = {
            "source": "sagemaker-cicd.requests",
            "detail-type": "Workflow Requested",
            "detail": detail,
            **changed,
        }
        record = {
            "messageId": "m",
            "receiptHandle": "r",
            "body": json.dumps(event),
            "attributes": {"ApproximateReceiveCount": str(attempt)},
        }
        answer = start.handler({"Records": [record]}, SimpleNamespace(invoked_function_arn=FUNCTION))
        return answer == {"batchItemFailures": []}

    def dead_letters(self) -> list[dict[str, Any]]:
        sqs = boto3.client("sqs", region_name=REGION)
        found = sqs.receive_message(QueueUrl=self.dead, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(one["Body"]) for one in found]


def pem(kms: Any, key: str) -> str:
    der = kms.get_public_key(KeyId=key)["PublicKey"]
    public = serialization.load_der_public_key(der)
    kind = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, kind).decode()


OTHER_KEY = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAu1SU1LfVLPHCozMxH2Mo
4lgOEePzNm0tRgeLezV6ffAt0gunVTLw7onLRnrq0/IzW7yWR7QkrmBL7jTKEn5u
+qKhbwKfBstIs+bMY2Zkp18gnTxKLxoS2tFczGkPLPgizskuemMghRniWaoLcyeh
kd3qqGElvW/VDL5AaWTg0nLVkjRo9z+40RQzuVaE8AkAFmxZzow3x+VJYKdjykkJ
0iT9wCS0DRTXu269V264Vf/3jvredZiKRkgwlL9xNAwxXFg0x/XFw005UWVRIkdg
cKWTjpBP2dPwVZ4WWC+9aGVd+Gyn1o0CLelf4rEjGoXbAAEgAqeGUxrcIlbjXfbc
mwIDAQAB
-----END PUBLIC KEY-----
"""
"""The example key of jwt.io, which is not the App's."""
