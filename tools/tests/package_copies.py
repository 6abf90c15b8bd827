"""What the tests of model package copies share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

import package_request
from registries import XGBOOST, Registries, specification


@pytest.fixture
def registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registries]:
    with mock_aws():
        yield Registries(monkeypatch)


def register(registries: Registries, **more: Any) -> dict[str, Any]:
    """Registers a package, copies it, and gives the request that registered the copy."""
    arn = registries.register(**more)
    registries.calls.clear()
    registries.prepare(arn).register(registries.target)
    [request] = registries.named("CreateModelPackage")
    return request


def container(registries: Registries, **more: Any) -> dict[str, Any]:
    """The container of a copy whose original has these fields."""
    request = register(registries, InferenceSpecification=specification({"Image": XGBOOST, **more}))
    found: dict[str, Any] = request["InferenceSpecification"]["Containers"][0]
    return found


def no_image(uri: str) -> str:
    return uri


REGIONS = package_request.Regions("eu-west-1", "us-east-1")
