"""
Deployment records: since when which version answers in an environment that is monitored.

Captured requests and scores of batches name no version, so monitors look here. A record is written when a
deployment was proven and when an endpoint returned. `from` is when the first configuration was made that is
newer than the record before: from then on until the proof nobody can tell who answered. So a version that was
never proven, or whose record could not be written, is counted as no other.

A deployment does not fail because of its record: the model is proven, and people would have to deploy it
again for a file. They are told, a retry of the stage writes it, and the next record leaves the time in doubt
out.
"""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from aws import Aws
from owned import Made, own
from registry import describe
from scoring import look_in
from serving import SERVES
from stack import last_change
from targets import NO_PACKAGE, Environment, Refused, Targets
from tell import UNRECORDED, tell
from way_back import WayBack

_exceptions: Any = importlib.import_module("botocore.exceptions")

FAILURES = (_exceptions.ClientError, _exceptions.BotoCoreError, Refused, ValueError, KeyError, TypeError)
"""What a record can fail with; the last three are those of a record before that somebody spoilt."""

FOLDER = "deployments"
FORMAT = 1


@dataclass(frozen=True)
class Record:
    """A version, from when on it may have answered, and since when only it does."""

    package: str
    version: int
    commit: str | None
    since: datetime
    proven: datetime

    @property
    def key(self) -> str:
        """Where it lies; names are in the order of time."""
        return f"{FOLDER}/{self.proven:%Y%m%dT%H%M%SZ}-{self.version}.json"

    def content(self) -> bytes:
        """As a file."""
        made = {
            "format": FORMAT,
            "package": self.package,
            "group": self.package.split("/")[-2],
            "version": self.version,
            "commit": self.commit,
            "from": _iso(self.since),
            "proven": _iso(self.proven),
        }
        return (json.dumps(made, indent=1) + "\n").encode()


def this_moment() -> datetime:
    """In UTC."""
    return datetime.now(UTC)


def record_proof(aws: Aws, targets: Targets, environment: Environment, package: str, config: str) -> str:
    """
    After a deployment was proven, while what it replaces is there still; what was done, in words. `config` is
    what serves: an endpoint configuration, or the model of a score pipeline.
    """
    return _recorded(aws, targets, environment, package, config, None)


def record_return(aws: Aws, targets: Targets, environment: Environment, package: str, begin: datetime) -> str:
    """After an endpoint returned, which it began to do at a time; what was done, in words."""
    if not environment.monitoring:
        return ""
    try:
        serving = look_in(aws, environment)
    except FAILURES as error:
        return _told(aws, targets, environment, package, error)
    return _recorded(aws, targets, environment, package, serving.config if serving else "", begin)


def record_stay(aws: Aws, targets: Targets, environment: Environment) -> str:
    """
    After an update that came to nothing: what answers again is what did before; in words. CloudFormation may
    have removed what it had made, so the time in doubt is that since the stack began to change.
    """
    if not environment.monitoring:
        return ""
    try:
        serving = look_in(aws, environment)
        package = WayBack(aws, targets, environment).origin(serving.package if serving else None)
        if serving is None or package is None or serving.status not in SERVES:
            return ""
        began = last_change(aws.client("cloudformation", environment), environment.stack)
    except FAILURES as error:
        return _told(aws, targets, environment, "the version before", error)
    return _recorded(aws, targets, environment, package, serving.config, began)


def _recorded(
    aws: Aws,
    targets: Targets,
    environment: Environment,
    package: str,
    config: str,
    begin: datetime | None,
) -> str:
    if not environment.monitoring or package == NO_PACKAGE:
        return ""
    try:
        found = describe(aws.registry(targets), package, targets.registry)
        before = newest(aws, environment)
        newer = _newer(aws, environment, config, before)
        is_same = before is not None and before.version == found.version
        # The same version again, and nothing else was tried: no request is in doubt.
        in_doubt = [] if is_same and all(one.name == config for one in newer) else [one.made for one in newer]
        proven = this_moment()
        made = Record(
            package=found.arn,
            version=found.version,
            commit=found.metadata.get("GitCommit"),
            since=min([*in_doubt, *([begin] if begin else []), proven]),
            proven=proven,
        )
        _write(aws, environment, made)
    except FAILURES as error:
        return _told(aws, targets, environment, package, error)
    return f", {made.key} is recorded"


def newest(aws: Aws, environment: Environment) -> Record | None:
    """The newest record of an environment; None where there is none."""
    s3 = aws.client_of(environment.publish_role, "s3", environment.region)
    bucket = {"Bucket": environment.deployment_bucket, "ExpectedBucketOwner": environment.account}
    keys = [
        str(item["Key"])
        for page in s3.get_paginator("list_objects_v2").paginate(**bucket, Prefix=f"{FOLDER}/")
        for item in page.get("Contents", [])
    ]
    if not keys:
        return None
    raw = json.loads(s3.get_object(**bucket, Key=max(keys))["Body"].read())
    since, proven = (datetime.fromisoformat(raw[name]) for name in ("from", "proven"))
    return Record(raw["package"], int(raw["version"]), raw["commit"], since, proven)


def _newer(aws: Aws, environment: Environment, config: str, before: Record | None) -> list[Made]:
    """What was made since the record before; without one only what serves now."""
    word: Literal["Model", "EndpointConfig"] = "Model" if environment.pipeline else "EndpointConfig"
    client = aws.client_of(environment.retire_role, "sagemaker", environment.region)
    return [
        one
        for one in own(client, environment, word, config)
        if (one.name == config if before is None else one.made > before.proven)
    ]


def _write(aws: Aws, environment: Environment, made: Record) -> None:
    s3 = aws.client_of(environment.publish_role, "s3", environment.region)
    s3.put_object(
        Bucket=environment.deployment_bucket,
        Key=made.key,
        Body=made.content(),
        ContentType="application/json",
        # A record is never replaced.
        IfNoneMatch="*",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=environment.key,
        ExpectedBucketOwner=environment.account,
    )


def _told(aws: Aws, targets: Targets, environment: Environment, package: str, error: Exception) -> str:
    print(f"{environment.name}: monitors do not know since when {package} answers: {error}", file=sys.stderr)
    # EventBridge puts it into the text of a message as it is.
    problem = str(error).replace('"', "'").replace("\\", "/")
    tell(aws, targets, UNRECORDED, {environment.name: {"package": package, "problem": problem}})
    return ""


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
