"""
Whether a version of the handler answers as it should: that it is the right one, and golden rows.

The version is called directly, in a form of event that no gateway makes: only IAM decides who may do that.
"""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from answers import differences, parse

SHOWN = 3
"""Differences that are reported."""

INTERVAL_SECONDS = 2.0
"""Between two looks for an answer that is made later."""

COLD = (503, 504)
"""Statuses of an endpoint that starts, or is too slow while it does: no word about the model's answers."""

COLD_SECONDS = 240.0
"""How long these are asked again, within the function's time."""

COLD_INTERVAL_SECONDS = 10.0

NONE = "none"
"""Value of a variable that has none."""

CONTRACT_FILE = "contract.json"
"""The contract beside this file: of an API that no delivery deploys, and which has no bucket of contracts."""


class NotProven(Exception):
    """A version does not answer as it should."""


class NotTested(Exception):
    """It could not be asked, for a reason that is not the version's own."""


@dataclass(frozen=True)
class Bound:
    """What a version is bound to, as its configuration says."""

    version: str
    package: str
    contract: str | None
    """SHA-256 of what it checks requests with."""


@dataclass(frozen=True)
class Sample:
    """A request that a model answers, with what is wanted."""

    body: str
    content_type: str
    accept: str


@dataclass(frozen=True)
class Answer:
    """What a version answered."""

    status: int
    headers: Mapping[str, str]
    body: str


def bound(client: Any, function: str, version: str) -> Bound:
    """What a version is bound to."""
    found = client.get_function_configuration(FunctionName=function, Qualifier=version)
    environment = found.get("Environment", {})
    if environment.get("Error"):
        raise NotTested(f"the variables of version {version} cannot be read: {environment['Error']}")
    variables = environment.get("Variables", {})
    contract = variables.get("CONTRACT", NONE)
    return Bound(found["Version"], variables.get("PACKAGE", NONE), None if contract == NONE else contract)


def read_contract(s3: Any, bucket: str, account: str, sha256: str) -> dict[str, Any]:
    """The contract that a version is for; only the very content that its hash names."""
    key = f"contracts/{sha256}.json"
    beside = Path(__file__).resolve().parent / CONTRACT_FILE
    content: bytes = (
        beside.read_bytes()
        if beside.is_file()
        else s3.get_object(Bucket=bucket, Key=key, ExpectedBucketOwner=account)["Body"].read()
    )
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise NotProven(f"s3://{bucket}/{key} was changed: its SHA-256 is {found}")
    document: dict[str, Any] = json.loads(content)
    if document.get("format") != 1:
        raise NotTested(f"the form {document.get('format')!r} of s3://{bucket}/{key} is unknown")
    return document


class Version:
    """A version of the handler, or what its alias leads to."""

    def __init__(
        self,
        client: Any,
        function: str,
        qualifier: str,
        *,
        seconds: Callable[[], float],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client, self._function, self._qualifier = client, function, qualifier
        self._seconds, self._sleep = seconds, sleep

    def ask(self, method: str, path: str, sample: Sample | None = None, inference_id: str = "") -> Answer:
        """Sends a request; gives the answer."""
        headers = {"x-inference-id": inference_id} if inference_id else {}
        if sample:
            headers |= {"content-type": sample.content_type, "accept": sample.accept}
        direct = {"method": method, "path": path, "headers": headers, "body": sample.body if sample else ""}
        answer = self._client.invoke(
            FunctionName=self._function,
            Qualifier=self._qualifier,
            Payload=json.dumps({"direct": direct}).encode(),
        )
        content = answer["Payload"].read().decode()
        if answer.get("FunctionError"):
            raise NotProven(f"{method} {path} ended in an error of the function: {content[:300]}")
        found = json.loads(content)
        body = found.get("body") or ""
        if found.get("isBase64Encoded"):
            body = base64.b64decode(body).decode(errors="replace")
        headers = {name.lower(): value for name, value in (found.get("headers") or {}).items()}
        return Answer(int(found["statusCode"]), headers, body)

    def predict(self, path: str, sample: Sample, inference_id: str, what: str) -> str:
        """The model's answer, waited for where it is made later, or where the endpoint is cold."""
        answer = self._warm(path, sample, inference_id, what)
        place = answer.headers.get("location", "")
        while answer.status == 202 and place:
            if self._seconds() <= INTERVAL_SECONDS:
                raise NotTested(f"{what} were not answered in time; look at the endpoint and its scaling")
            self._sleep(INTERVAL_SECONDS)
            answer = self.ask("GET", place)
        if answer.status != 200:
            raise NotProven(f"{what} were answered with status {answer.status}: {answer.body[:300]}")
        return answer.body

    def _warm(self, path: str, sample: Sample, inference_id: str, what: str) -> Answer:
        """The first answer that says something about the model."""
        waited = 0.0
        while (answer := self.ask("POST", path, sample, inference_id)).status in COLD:
            if waited >= COLD_SECONDS or self._seconds() <= COLD_INTERVAL_SECONDS:
                raise NotTested(
                    f"{what} were answered with status {answer.status} for {waited:.0f} s; look at the "
                    f"endpoint and its scaling: {answer.body[:300]}"
                )
            self._sleep(COLD_INTERVAL_SECONDS)
            waited += COLD_INTERVAL_SECONDS
        return answer


def prove(
    version: Version,
    expected: Bound,
    path: str,
    document: Mapping[str, Any] | None,
    sample: Sample | None,
    inference_id: str,
) -> str:
    """The version is the one that was wanted, and answers as its model did when it was measured; in words."""
    _right_one(version, expected)
    golden = document.get("golden") if document else None
    if document and golden:
        rows = parse(golden)
        asked = Sample(rows.body, rows.content_type, rows.accept)
        body = version.predict(path, asked, inference_id, "golden rows")
        differing = differences(body, rows.answers, float(document["goldenTolerance"]))
        if differing:
            more = f" and {len(differing) - SHOWN} more" if len(differing) > SHOWN else ""
            raise NotProven(f"golden rows differ: {'; '.join(differing[:SHOWN])}{more}")
        return f"version {expected.version} answers {len(rows.rows)} golden rows as measured"
    if sample:
        version.predict(path, sample, inference_id, "the rows of the smoke test")
        return f"version {expected.version} answers the request of the smoke test; it has no golden rows"
    return f"version {expected.version} is the right one; it has no golden rows"


def _right_one(version: Version, expected: Bound) -> None:
    answer = version.ask("GET", "/version")
    if answer.status != 200:
        raise NotProven(f"/version was answered with status {answer.status}: {answer.body[:300]}")
    told = json.loads(answer.body)
    found = Bound(str(told.get("version")), str(told.get("package")), _unless_none(told.get("contract")))
    if found != expected:
        raise NotProven(f"/version names {found}, and not {expected}")


def _unless_none(value: Any) -> str | None:
    return None if value in (None, NONE) else str(value)
