"""Two buckets of moto, with every call recorded and limits small enough to be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import moto.s3.models
import pytest
from moto import mock_aws

import copying
from copying import Copier, s3_client
from fakes import before_calls, service_error
from objects import Found, Location

SOURCE, TARGET = "source-models", "target-models"
KEY = "arn:aws:kms:us-east-1:123456789012:key/0123abcd-0000-0000-0000-000000000000"
WHOLE = Location(SOURCE, "churn/model.tar.gz")
COPY = Location(TARGET, "copies/model.tar.gz")
GIB = 1024**3


class Buckets:
    """A bucket in each of two regions; every call to S3 is recorded."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.source: Any = s3_client("eu-west-1")
        self.target: Any = s3_client("us-east-1")
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.failing: dict[str, int] = {}
        self.said: list[str] = []
        self.source.create_bucket(
            Bucket=SOURCE, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        self.target.create_bucket(Bucket=TARGET)
        before_calls(monkeypatch, "s3", self._call)

    def _call(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        self.calls.append((operation, arguments))
        if self.failing.get(operation) == sum(name == operation for name, _ in self.calls):
            raise service_error(operation, "InternalError", "broken")
        if "CopySourceIfMatch" in arguments:
            # moto leaves this precondition out.
            now = real(self.source, "HeadObject", {k: arguments["CopySource"][k] for k in ("Bucket", "Key")})
            if now["ETag"] != arguments["CopySourceIfMatch"]:
                raise service_error(operation, "PreconditionFailed", "not as it was")
        return real(client, operation, arguments)

    def copier(self, kms_key: str | None = None) -> Copier:
        return Copier(self.source, self.target, kms_key, self.said.append)

    def put(self, content: bytes = b"model", at: Location = WHOLE, **more: Any) -> Found:
        self.source.put_object(Bucket=at.bucket, Key=at.key, Body=content, **more)
        self.calls.clear()
        found = self.copier().look(at)
        assert found
        return found

    def copies(self) -> list[str]:
        return [
            name for name, _ in self.calls if "Copy" in name or "Multipart" in name or name == "PutObject"
        ]

    def arguments(self, operation: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == operation]

    def content(self, at: Location = COPY) -> bytes:
        body: bytes = self.target.get_object(Bucket=at.bucket, Key=at.key)["Body"].read()
        return body


@pytest.fixture
def buckets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Buckets]:
    with mock_aws():
        yield Buckets(monkeypatch)


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "COPY_LIMIT", 10)
    monkeypatch.setattr(copying, "PART_SIZE", 4)
    monkeypatch.setattr(moto.s3.models, "S3_UPLOAD_PART_MIN_SIZE", 1)
