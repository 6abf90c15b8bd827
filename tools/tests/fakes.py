"""Services that moto lacks, or has only for one account: fakes that check calls by botocore's own model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.client
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

import images


def validate(client: Any, operation: str, arguments: dict[str, Any]) -> None:
    """Fails for a call that the service would not understand."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    report = ParamValidator().validate(arguments, shape)
    assert not report.has_errors(), report.generate_report()


def service_error(operation: str, code: str, message: str = "no") -> ClientError:
    """An answer of a service that refuses."""
    answer: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": 400, "RequestId": "r"},
    }
    return ClientError(answer, operation)


class Ecr:
    """Registries of any account; every call is recorded."""

    def __init__(self) -> None:
        self.images: dict[tuple[str, str, str], dict[str, str]] = {}
        self.denied: set[str] = set()
        self.asked: list[dict[str, Any]] = []

    def put(self, uri: str, digest: str) -> None:
        image = images.parse(uri)
        assert image
        repository = self.images.setdefault((image.region, image.account, image.repository), {})
        repository[image.tag or "latest"] = digest

    def call(self, client: Any, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation != "BatchGetImage":
            raise AssertionError(f"unexpected call {operation}")
        validate(client, operation, arguments)
        self.asked.append(arguments)
        if arguments["repositoryName"] in self.denied:
            raise service_error(operation, "AccessDeniedException")
        key = (client.meta.region_name, arguments["registryId"], arguments["repositoryName"])
        if key not in self.images:
            raise service_error(operation, "RepositoryNotFoundException")
        [identity] = arguments["imageIds"]
        tags = self.images[key]
        digest = tags.get(identity["imageTag"]) if "imageTag" in identity else identity["imageDigest"]
        if digest is None or digest not in tags.values():
            failure = {
                "imageId": identity,
                "failureCode": "ImageNotFound",
                "failureReason": "Requested image not found",
            }
            return {"images": [], "failures": [failure]}
        return {"images": [{"imageId": {"imageDigest": digest}}], "failures": []}


Answer = Callable[[Any, str, dict[str, Any]], Any]


def before_calls(
    monkeypatch: pytest.MonkeyPatch, service: str, answer: Callable[[Answer, Any, str, dict[str, Any]], Any]
) -> None:
    """Lets a function answer the calls to a service; it gets what would answer otherwise."""
    real: Answer = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name == service:
            return answer(real, self, operation, arguments)
        return real(self, operation, arguments)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", call)


def install_ecr(monkeypatch: pytest.MonkeyPatch) -> Ecr:
    """Registries instead of the real ones."""
    fake = Ecr()
    before_calls(
        monkeypatch, "ecr", lambda _, client, operation, arguments: fake.call(client, operation, arguments)
    )
    return fake
