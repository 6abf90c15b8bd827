"""The accounts that the checks look at."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Found = TypeVar("Found")

try:
    # boto3 brings no types.
    _boto3: Any = importlib.import_module("boto3")
    _config: Any = importlib.import_module("botocore.config")
    errors: Any = importlib.import_module("botocore.exceptions")
except ImportError:
    sys.exit("This Python has no boto3; set PREFLIGHT_PYTHON to one that does.")

CONFIG = _config.Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=10, read_timeout=30)


@dataclass(frozen=True)
class Place:
    """An account and region."""

    account: str
    region: str

    def __str__(self) -> str:
        return f"{self.account}/{self.region}"


class CannotLook(Exception):
    """Something cannot be looked at; the message says why."""


class Aws:
    """The account of the credentials, and others through the lookup role of their bootstrap."""

    def __init__(self, tooling: dict[str, str], qualifier: str) -> None:
        self.session: Any = _boto3.Session()
        region = tooling.get("region") or self.session.region_name
        if not region:
            raise CannotLook("The region is unknown. Set AWS_REGION, or tooling.region in the options.")
        self.qualifier = qualifier
        identity = self.session.client("sts", region_name=region, config=CONFIG).get_caller_identity()
        self.here = Place(identity["Account"], region)
        self.partition: str = identity["Arn"].split(":")[1]
        self.places: set[Place] = set()
        """The places of the delivery, each with a bootstrap of its own."""
        self._known: dict[Any, Any] = {}

    def place(self, where: dict[str, str]) -> Place:
        """A place of the list; what it does not name is that of the credentials."""
        return Place(where.get("account") or self.here.account, where.get("region") or self.here.region)

    def role(self, kind: str, place: Place) -> str:
        """Name of a role of the bootstrap."""
        return f"cdk-{self.qualifier}-{kind}-role-{place.account}-{place.region}"

    def client(self, service: str, place: Place) -> Any:
        """A client in a place."""
        return self._session(place).client(service, region_name=place.region, config=CONFIG)

    def quotas(self, place: Place, operation: str, service: str) -> dict[str, float]:
        """The quotas of a service by name; SageMaker has so many of them that they are listed once."""

        def listed() -> dict[str, float]:
            paginator = self.client("service-quotas", place).get_paginator(operation)
            quotas = [q for page in paginator.paginate(ServiceCode=service) for q in page["Quotas"]]
            return {q["QuotaName"]: float(q["Value"]) for q in quotas}

        return self.once((place, operation, service), listed)

    def once(self, what: Any, find: Callable[[], Found]) -> Found:
        """What is found by something that is only looked for once, also when it fails."""
        if what not in self._known:
            try:
                self._known[what] = find()
            except (CannotLook, errors.ClientError) as error:
                self._known[what] = error
        known = self._known[what]
        if isinstance(known, Exception):
            raise known
        return known  # type: ignore[no-any-return]

    def _session(self, place: Place) -> Any:
        if place.account == self.here.account:
            return self.session
        return self.once(("session", place), lambda: self._take_on(place))

    def _take_on(self, place: Place) -> Any:
        role = f"arn:{self.partition}:iam::{place.account}:role/{self.role('lookup', place)}"
        sts = self.session.client("sts", region_name=self.here.region, config=CONFIG)
        try:
            made = sts.assume_role(RoleArn=role, RoleSessionName="preflight")["Credentials"]
        except errors.ClientError as error:
            why = f"{role} cannot be assumed: the account is not bootstrapped, or does not trust"
            raise CannotLook(f"{why} {self.here.account} for look-ups ({code_of(error)})") from error
        return _boto3.Session(made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"])


def code_of(error: Any) -> str:
    """The service's own name of an error."""
    return str(error.response.get("Error", {}).get("Code", "unknown error"))
