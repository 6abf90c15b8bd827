"""
Seals a model package: copies the artifact that was registered to where nothing is ever replaced, and records
in the package what is in it.

Runs in the build account whenever a version was registered or approved, with a role that runs no code of the
repository. Everything is compared with what is there, so an event may come late or twice.

Which bytes were measured? The address of an artifact has the name of its training job, so it is written once.
The bucket keeps all versions and no role may remove one: an address with a single version is what training
left, evaluation measured and registration named. Of one that was written again nobody can say that, and it is
refused. SageMaker writes a job's artifact when the job ends, and not while it trains or starts again on spot
instances (developer guide, "SageMaker AI environment variables and the default paths for training storage
locations", row of `/opt/ml/model`). That it does so only once is read from that table, and not proven here.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from copying import Copier, s3_client
from objects import Found, Location, digest, head, parse
from package_groups import Group, describe, parse_group
from seal import (
    AGAIN,
    EVALUATION,
    PACKAGE_OF_OBJECT,
    SHA256_OF_OBJECT,
    SIGNATURE,
    SOURCE_OF_OBJECT,
    Fields,
    Seal,
    address_of,
    archive_of,
    differences,
    has_seal,
    specification,
    verify,
)
from targets import Refused

# boto3 comes with the build image and brings no types.
_boto3: Any = importlib.import_module("boto3")

SEALED_STATUSES = ("PendingManualApproval", "Approved")

UNDER_WAY = ("Pending", "InProgress")
"""A package is made of these before it is "Completed" (API reference, ModelPackageStatus)."""

REPORT_LIMIT = 16 * 1024 * 1024
"""Bytes of an evaluation report; ours have some thousand."""

COMPLETE_SECONDS, INTERVAL_SECONDS = 600.0, 15.0


@dataclass(frozen=True)
class Settings:
    """What is sealed, and where to."""

    group: Group
    prefix: str
    """Address of everything that is sealed, without a slash at the end."""
    package: str
    first_stage: dict[str, str] | None = None
    """The move that begins the life cycle of a package; None where there are no stages."""

    @classmethod
    def read(cls, variables: dict[str, str]) -> Settings:
        """From the build's environment variables; the event brings MODEL_PACKAGE."""
        group = parse_group(variables["MODEL_PACKAGE_GROUP_ARN"])
        package = variables.get("MODEL_PACKAGE", "")
        if not group.has(package):
            raise Refused(f"MODEL_PACKAGE is {package!r}, it must be the ARN of a version of {group.arn}.")
        first = Path(__file__).with_name("first_stage.json")
        stage = json.loads(first.read_text(encoding="utf-8")) if first.is_file() else None
        return cls(group, variables["SEALED_PREFIX"], package, stage)

    @property
    def root(self) -> str:
        """Address of everything that belongs to the SageMaker pipeline."""
        return self.prefix.rpartition("/")[0]


def seal(
    settings: Settings,
    registry: Any,
    s3: Any,
    say: Callable[[str], None] = print,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Seals a package, unless it is sealed already or nobody can deploy it."""
    arn = settings.package
    package = _complete(registry, arn, sleep)
    if package is None:
        raise Refused(f"{arn} does not exist (any more), so nothing is sealed.")
    if package.get("ModelApprovalStatus") not in SEALED_STATUSES:
        say(f"{arn} is {package.get('ModelApprovalStatus')}; nothing is sealed")
        return
    if package.get("ModelPackageStatus") != "Completed":
        raise Refused(
            f"{arn} is {package.get('ModelPackageStatus')}; only a complete package is sealed. {AGAIN}"
        )
    begin(settings, registry, package, say)
    if has_seal(package):
        found = verify(s3, package, settings.prefix)
        say(f"{arn} is already sealed: SHA-256 {found.sha256} at {found.address}")
        return
    source = _only_version(settings, package, s3)
    made = _copy(settings, source, s3, say)
    known = {k: v for k, v in package.get("CustomerMetadataProperties", {}).items() if k != SIGNATURE}
    # All of the metadata is given again: whether what is not given stays is not documented.
    try:
        registry.update_model_package(
            ModelPackageArn=arn,
            AdditionalInferenceSpecificationsToAdd=[specification(package, made.address)],
            CustomerMetadataProperties={
                **known,
                **made.metadata(),
                **_evaluation(settings, package, s3, say),
            },
        )
    except registry.exceptions.ClientError:
        # Several events of one change start several builds (SageMaker guide, "Events that Amazon SageMaker AI
        # sends to Amazon EventBridge"), and a name of a specification can be added only once.
        now = describe(registry, arn)
        if now is None or not has_seal(now):
            raise
        verify(s3, now, settings.prefix)
        say(f"{arn} was sealed by another build meanwhile: SHA-256 {made.sha256}")
        return
    say(f"sealed {arn}: {made.size:,} bytes, SHA-256 {made.sha256}, version {made.version} of {made.address}")


def begin(settings: Settings, registry: Any, package: Fields, say: Callable[[str], None]) -> None:
    """Gives a package its first stage, where versions have a life cycle and this one has no stage yet."""
    arn, first = settings.package, settings.first_stage
    if not first or "ModelLifeCycle" in package:
        return
    try:
        registry.update_model_package(
            ModelPackageArn=arn,
            ModelLifeCycle={"Stage": first["to"], "StageStatus": first["status"]},
        )
    except registry.exceptions.ClientError:
        # Another build may have done it meanwhile.
        if "ModelLifeCycle" not in (describe(registry, arn) or {}):
            raise
    say(f"{arn} is now in the stage {first['to']}")


def _evaluation(settings: Settings, package: Fields, s3: Any, say: Callable[[str], None]) -> dict[str, str]:
    """What the evaluation report is at this moment: those who approve are bound to it by its SHA-256."""
    # What the registration claims does not count: a commit's own code wrote it.
    unknown = {EVALUATION: "none"} if EVALUATION in package.get("CustomerMetadataProperties", {}) else {}
    quality = package.get("ModelMetrics", {}).get("ModelQuality", {})
    uri = str(quality.get("Statistics", {}).get("S3Uri", ""))
    if not uri.startswith(f"{settings.root}/"):
        return unknown
    at = parse(uri)
    try:
        body = s3.get_object(Bucket=at.bucket, Key=at.key)["Body"].read(REPORT_LIMIT + 1)
    except s3.exceptions.ClientError as error:
        say(f"{uri} cannot be read, so its SHA-256 is not recorded: {error}")
        return unknown
    if len(body) > REPORT_LIMIT:
        say(f"{uri} is larger than {REPORT_LIMIT:,} bytes, so its SHA-256 is not recorded")
        return unknown
    return {EVALUATION: hashlib.sha256(body).hexdigest()}


def _complete(registry: Any, arn: str, sleep: Callable[[float], None]) -> Fields | None:
    """The package, as soon as SageMaker has made it: its first event may come before that."""
    waited = 0.0
    while True:
        package = describe(registry, arn)
        if (
            package is None
            or package.get("ModelPackageStatus") not in UNDER_WAY
            or waited >= COMPLETE_SECONDS
        ):
            return package
        sleep(INTERVAL_SECONDS)
        waited += INTERVAL_SECONDS


def _only_version(settings: Settings, package: Fields, s3: Any) -> Found:
    """The object that was registered; refuses an address that was written more than once."""
    url, arn = archive_of(package), settings.package
    if not url.startswith(f"{settings.root}/") or url.startswith(f"{settings.prefix}/"):
        raise Refused(
            f"{arn} is registered with {url}; only artifacts that the pipeline made below {settings.root}/ "
            "are sealed. Register the output of its training."
        )
    at = parse(url)
    versions = _versions(s3, at)
    if not versions:
        raise Refused(f"{url} ({arn}) does not exist. {AGAIN}")
    if len(versions) > 1:
        listed = ", ".join(f"{v['VersionId']} at {v['LastModified'].isoformat()}" for v in versions[:5])
        raise Refused(
            f"{url} ({arn}) was written or removed {len(versions)} times ({listed}), so nobody knows which "
            f"bytes were measured. Find out who wrote there. {AGAIN}"
        )
    [only] = versions
    registered: datetime = package["CreationTime"]
    # S3 gives whole seconds, the registry fractions.
    if only["LastModified"].replace(microsecond=0) > registered:
        raise Refused(
            f"{url} was written at {only['LastModified'].isoformat()}, after {arn} was registered at "
            f"{registered.isoformat()}. {AGAIN}"
        )
    found = head(s3, at, only["VersionId"])
    etag = package["InferenceSpecification"]["Containers"][0].get("ModelDataETag")
    if found is None or (etag and etag.strip('"') != found.etag.strip('"')):
        raise Refused(f"{url} is not the object that {arn} was registered with (ETag {etag}). {AGAIN}")
    return found


def _versions(s3: Any, at: Location) -> list[dict[str, Any]]:
    """All versions of an object, and all marks of its removal."""
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=at.bucket, Prefix=at.key)
    return [
        entry
        for page in pages
        for kind in ("Versions", "DeleteMarkers")
        for entry in page.get(kind, [])
        if entry["Key"] == at.key
    ]


def _copy(settings: Settings, source: Found, s3: Any, say: Callable[[str], None]) -> Seal:
    """Copies exactly this version, unless that was done before, and compares every byte."""
    arn = settings.package
    address = address_of(settings.prefix, arn)
    to = parse(address)
    sha256 = digest(s3, source)
    notes = {
        SHA256_OF_OBJECT: sha256,
        PACKAGE_OF_OBJECT: arn,
        SOURCE_OF_OBJECT: str(source.version),
    }
    Copier(s3, s3, say=say, once=True).copy(source, to, notes)
    made = head(s3, to)
    if made is None or made.version is None:
        raise Refused(
            f"{address} does not exist after it was copied, or has no version. Run the build again."
        )
    sealed = Seal(sha256, source.size, str(source.version), made.version, address)
    differing = differences(made, sealed, arn)
    if not differing and (now := digest(s3, made)) != sha256:
        differing = [f"its SHA-256 is {now}, not {sha256}"]
    if differing:
        raise Refused(f"{address} is not the copy of {source.at.uri}: {'; '.join(differing)}. {AGAIN}")
    return sealed


def main() -> int:
    """Runs in the sealing project."""
    try:
        settings = Settings.read(dict(os.environ))
        region = settings.group.region
        seal(settings, _boto3.client("sagemaker", region_name=region), s3_client(region))
    except Refused as refusal:
        print(f"Not sealed: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
