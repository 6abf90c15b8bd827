"""
The seal of a copy: its bytes are those that the original records, or it is where the recording begins.

An original without a seal says at most the ETag of its artifact, which SageMaker noted when it was
registered. If it does not say that either, the object's time shows whether it was written afterwards.
Neither says what was measured and approved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from objects import Found, digest, head, parse
from seal import (
    ADDRESS,
    AGAIN,
    RECORD,
    SHA256,
    SIZE,
    SOURCE_VERSION,
    VERSION,
    Fields,
    Seal,
    archive_of,
    has_seal,
    recorded,
    served,
)
from targets import Refused

UNVERSIONED = "null"
"""Version id in a bucket that keeps no versions, as S3 calls it."""


def as_served(package: Fields) -> Fields:
    """A package with its sealed artifact as its own; refuses one with half a seal."""
    if not has_seal(package):
        return package
    known = package.get("CustomerMetadataProperties", {})
    recorded(package, str(known.get(ADDRESS)))
    return served(package)


def check_original(package: Fields, found: Found) -> None:
    """Refuses an original whose object is not the recorded one."""
    known = package.get("CustomerMetadataProperties", {})
    if found.at.uri != known.get(ADDRESS):
        return
    now = {VERSION: found.version or UNVERSIONED, SIZE: str(found.size)}
    differing = [
        f"{name} is {value}, not {known.get(name)}" for name, value in now.items() if value != known.get(name)
    ]
    if differing:
        raise Refused(
            f"{found.at.uri} is not what {package['ModelPackageArn']} records: "
            f"{'; '.join(differing)}. {AGAIN}"
        )


def refuse_unsealed(package: Fields) -> None:
    """Refuses a package without a seal."""
    if has_seal(package):
        return
    arn = package["ModelPackageArn"]
    try:
        archive_of(package)
        how = (
            "A delivery of sagemaker-cicd-projen seals its versions within minutes of their registration or "
            f"approval, and sends a notification if it cannot: set the approval status of {arn} again."
        )
    except Refused as reason:
        how = f"It cannot be sealed: {reason}"
    raise Refused(
        f"{arn} is not sealed, so nothing proves that its artifact is the approved one. {how} If "
        "nothing seals the source's versions, set acceptUnsealed to true: versions are then promoted with "
        "the bytes that are found."
    )


def check_unsealed(package: Fields, objects: Iterable[Found]) -> None:
    """Refuses objects that were written after a package without a seal was registered with them."""
    if has_seal(package):
        return
    registered = package["CreationTime"]
    for found in objects:
        # S3 gives whole seconds, the registry fractions.
        if found.modified and found.modified.replace(microsecond=0) > registered:
            raise Refused(
                f"{found.at.uri} was written at {found.modified.isoformat()}, after "
                f"{package['ModelPackageArn']} was registered with it at {registered.isoformat()}. "
                "Register the package again, and approve that one."
            )


def seal_of_copy(package: Fields, request: Fields, target: Any) -> Seal | None:
    """
    The seal of a copy that is about to be registered; every byte of it is read.

    A package from elsewhere may have no seal: what is recorded then is what was copied. One that is not
    served from a single archive has none afterwards either.
    """
    try:
        address = archive_of({**request, "ModelPackageArn": package["ModelPackageArn"]})
    except Refused:
        if has_seal(package):
            raise
        return None
    made = head(target, parse(address))
    if made is None:
        raise Refused(f"{address} does not exist after it was copied. Run this again.")
    sha256 = digest(target, made)
    known = package.get("CustomerMetadataProperties", {})
    if has_seal(package) and sha256 != known[SHA256]:
        raise Refused(
            f"{address} is a copy of {known[ADDRESS]}, but its SHA-256 is {sha256}; "
            f"{package['ModelPackageArn']} records {known[SHA256]}. {AGAIN}"
        )
    source = known.get(SOURCE_VERSION) or UNVERSIONED
    return Seal(sha256, made.size, source, made.version or UNVERSIONED, address)


def verify_copy(registry: Any, target: Any, arn: str) -> None:
    """Refuses a copy that was made earlier when its object is not the one that was recorded then."""
    package = registry.describe_model_package(ModelPackageName=arn)
    known = package.get("CustomerMetadataProperties", {})
    seal = recorded(package, str(known.get(ADDRESS)))
    found = head(target, parse(seal.address))
    now = (found.version or UNVERSIONED, found.size) if found else None
    differing = (
        [] if now == (seal.version, seal.size) else [f"found {now}, recorded {(seal.version, seal.size)}"]
    )
    if found and not differing and seal.version == UNVERSIONED:
        # Without versions, only the bytes prove it.
        sha256 = digest(target, found)
        differing = [] if sha256 == seal.sha256 else [f"its SHA-256 is {sha256}, not {seal.sha256}"]
    if differing:
        raise Refused(
            f"{seal.address} is not what {arn} records: {'; '.join(differing)}. "
            f"Find out who changed it. {AGAIN}"
        )


def without_record(metadata: dict[str, str]) -> dict[str, str]:
    """Customer metadata of an original, without what is said about its own object."""
    return {k: v for k, v in metadata.items() if k not in RECORD}
