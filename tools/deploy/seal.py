"""
What a sealed package is: its artifact was copied to a place where nothing is ever replaced, and the package
says which object that is and what is in it.

A package keeps the address that it was registered with, which training jobs can write to. The sealer adds a
further inference specification with the address of the copy, and models are made from that one.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from objects import Found, head, parse
from targets import Refused

Fields = dict[str, Any]

SPECIFICATION = "sealed"
"""Name of the inference specification that models are made from; CreateModel takes it by this name."""

SHA256 = "ArtifactSha256"
SIZE = "ArtifactSize"
SOURCE_VERSION = "ArtifactSourceVersionId"
"""Version id of the object that was measured and registered."""
VERSION = "ArtifactVersionId"
"""Version id of the copy."""
ADDRESS = "SealedArtifact"
RECORD = (SHA256, SIZE, SOURCE_VERSION, VERSION, ADDRESS)
"""Customer metadata of a sealed package."""
EVALUATION = "EvaluationSha256"
"""Customer metadata of a sealed package that has an evaluation report: the report's SHA-256."""
SIGNATURE = "ArtifactSignature"
"""Customer metadata that a signature over the SHA-256 will be kept in; nothing writes or reads it yet."""

SHA256_OF_OBJECT, PACKAGE_OF_OBJECT, SOURCE_OF_OBJECT = "sha256", "model-package", "source-version"
"""Metadata of the copy itself: only a role that may write there can have set it."""

AGAIN = "Run the build again, and approve the version that it registers."

POLL_SECONDS = 15.0

# What SageMaker finds out about an artifact, and where the artifact is.
_OF_THE_ARTIFACT = ("ModelDataUrl", "ModelDataSource", "ModelDataETag", "ImageDigest")


@dataclass(frozen=True)
class Seal:
    """What a package records of its artifact."""

    sha256: str
    size: int
    source_version: str
    version: str
    address: str

    def metadata(self) -> dict[str, str]:
        """As customer metadata of a package."""
        values = (self.sha256, str(self.size), self.source_version, self.version, self.address)
        return dict(zip(RECORD, values, strict=True))


def archive_of(package: Fields) -> str:
    """The address of the one archive that a package is served from; refuses what cannot be sealed."""
    arn = package["ModelPackageArn"]
    containers = package.get("InferenceSpecification", {}).get("Containers", [])
    if len(containers) != 1:
        raise Refused(f"{arn} has {len(containers)} containers; a package with exactly one can be sealed.")
    [container] = containers
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    packed = source.get("S3DataType") == "S3Object" and source.get("CompressionType") == "Gzip"
    url = container.get("ModelDataUrl") or (source.get("S3Uri") if packed else None)
    if not url or not str(url).endswith(".tar.gz"):
        raise Refused(
            f"{arn} has no artifact that is one archive; register it with a model.tar.gz as its model data."
        )
    extra = [name for name in ("AdditionalS3DataSource", "AdditionalModelDataSources") if container.get(name)]
    if extra:
        raise Refused(f"{arn} has model data besides its archive ({extra[0]}), which cannot be sealed.")
    return str(url)


def specification(package: Fields, address: str) -> Fields:
    """The inference specification of a sealed package: the registered one, with the address of the copy."""
    given = copy.deepcopy(package["InferenceSpecification"])
    [container] = given["Containers"]
    kept = {k: v for k, v in container.items() if k not in _OF_THE_ARTIFACT}
    return {"Name": SPECIFICATION, **given, "Containers": [{**kept, "ModelDataUrl": address}]}


def has_seal(package: Fields) -> bool:
    """Whether a package says that it is sealed; whether that is true is another question."""
    return _added(package) is not None or any(
        package.get("CustomerMetadataProperties", {}).get(k) for k in RECORD
    )


def _added(package: Fields) -> Fields | None:
    more = package.get("AdditionalInferenceSpecifications") or []
    return next((s for s in more if s.get("Name") == SPECIFICATION), None)


def recorded(package: Fields, address: str) -> Seal:
    """What a package records; refuses one whose record or specification is not the sealer's."""
    arn = package["ModelPackageArn"]
    known = package.get("CustomerMetadataProperties", {})
    missing = [name for name in RECORD if not known.get(name)]
    added = _added(package)
    if added is None or missing:
        raise Refused(
            f"{arn} is not sealed: it has no {missing[0] if missing else 'specification ' + SPECIFICATION}. "
            "A package is sealed within minutes of its registration or approval; when that failed, the "
            f"message about it says why. {AGAIN}"
        )
    wanted = specification(package, address)
    if _plain(added) != _plain(wanted) or known[ADDRESS] != address:
        raise Refused(
            f"{arn}: its inference specification {SPECIFICATION!r} is not the registered one with {address} "
            f"as its model data, so it was not made by the sealer. {AGAIN}"
        )
    if not known[SIZE].isdigit():
        raise Refused(f"{arn}: {SIZE} is {known[SIZE]!r}, it must be a number of bytes. {AGAIN}")
    return Seal(known[SHA256], int(known[SIZE]), known[SOURCE_VERSION], known[VERSION], address)


def _plain(given: Fields) -> Fields:
    """A specification without what SageMaker adds to it, and without fields that are empty."""
    made = {k: v for k, v in given.items() if v and k != "Description"}
    found = ("ModelDataETag", "ImageDigest")
    made["Containers"] = [{k: v for k, v in c.items() if v and k not in found} for c in given["Containers"]]
    return made


def address_of(prefix: str, arn: str) -> str:
    """Where the copy of a package's artifact is, below the prefix of sealed artifacts."""
    _, group, version = arn.split(":", 5)[5].split("/")
    return f"{prefix}/{group}/{version}/model.tar.gz"


def verify(s3: Any, package: Fields, prefix: str) -> Seal:
    """Refuses a package without a seal, or whose sealed object is not the one that was recorded."""
    arn = package["ModelPackageArn"]
    address = address_of(prefix, arn)
    seal = recorded(package, address)
    found = head(s3, parse(address))
    if found is None:
        raise Refused(f"{arn} is sealed, but {address} does not exist. {AGAIN}")
    differing = differences(found, seal, arn)
    if differing:
        raise Refused(
            f"{address} is not what {arn} records: {'; '.join(differing)}. Somebody changed the package or "
            f"the object; find out who before anything else. {AGAIN}"
        )
    return seal


def differences(found: Found, seal: Seal, arn: str) -> list[str]:
    """How an object differs from what a package records of it."""
    compared = {
        "version": (found.version, seal.version),
        "size": (str(found.size), str(seal.size)),
        "SHA-256": (found.metadata.get(SHA256_OF_OBJECT), seal.sha256),
        "package": (found.metadata.get(PACKAGE_OF_OBJECT), arn),
        "source's version": (found.metadata.get(SOURCE_OF_OBJECT), seal.source_version),
    }
    return [f"its {name} is {is_}, not {was}" for name, (is_, was) in compared.items() if is_ != was]


def wait_for_seal(
    look_up: Callable[[], Fields], seconds: float, sleep: Callable[[float], None] = time.sleep
) -> Fields:
    """A package once it is sealed, or as it is when the time is over."""
    until = time.monotonic() + seconds
    package = look_up()
    while not has_seal(package) and time.monotonic() < until:
        sleep(POLL_SECONDS)
        package = look_up()
    return package


def served(package: Fields) -> Fields:
    """A sealed package with the sealed artifact as its own, which is what a copy is made of."""
    added = _added(package)
    if added is None:
        return package
    more = [s for s in package["AdditionalInferenceSpecifications"] if s is not added]
    main = {k: v for k, v in added.items() if k not in ("Name", "Description")}
    return {**package, "InferenceSpecification": main, "AdditionalInferenceSpecifications": more}
