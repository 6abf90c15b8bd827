"""Clients that reach moto directly, as an account rather than as somebody: nobody is asked for permission here."""

from __future__ import annotations

from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from values import Place, parse_arn


@cache
def raw_client(service: str, place: Place) -> Any:
    """A client for moto in an account and region."""
    client = boto3.client(
        service,
        region_name=place.region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )
    client._journey_raw = True

    def add_account(request: Any, **_: Any) -> None:
        request.headers["x-moto-account-id"] = place.account

    # moto's own handler must see the header, so this one comes first.
    client.meta.events.register_first("before-send", add_account)
    return client


def described(package: str) -> dict[str, Any]:
    """What the registry knows of a version."""
    client = raw_client("sagemaker", parse_arn(package).place)
    found: dict[str, Any] = client.describe_model_package(ModelPackageName=package)
    return found
