"""What a decision about a model package is bound to: the SHA-256 of everything that was decided about."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from records import canonical

PACKAGE = "package"
"""The ARN of the version; everything else is a SHA-256, or None where the package records none."""

REGISTRATION = "registration"
ARTIFACT, CODE, DATA, EVALUATION, POLICY = "artifact", "code", "data", "evaluation", "policy"

_METADATA = {ARTIFACT: "ArtifactSha256", CODE: "CodeHash", DATA: "DataVersion"}
"""Customer metadata: the sealer's; and the pipeline's own, of its scripts and of the data that they read."""

REPORT_SHA256 = "EvaluationSha256"

_REGISTERED = (
    "ModelPackageGroupName",
    "ModelPackageVersion",
    "InferenceSpecification",
    "AdditionalInferenceSpecifications",
    "ModelMetrics",
    "DriftCheckBaselines",
    "CustomerMetadataProperties",
    "SourceUri",
)
"""What a version is, without what people and SageMaker say of it later."""

_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})", re.IGNORECASE)


def bound_of(
    package: Mapping[str, Any],
    policy: str | None = None,
    read: Callable[[str], bytes | None] | None = None,
) -> dict[str, str | None]:
    """What a decision is bound to, from the answer of DescribeModelPackage.

    `policy` is the hash of the settings that the decision was judged by. `read` gives the object at an
    address, for the evaluation report: a package names the report and, as a rule, no hash of it.
    """
    known = package.get("CustomerMetadataProperties") or {}
    return {
        PACKAGE: str(package["ModelPackageArn"]),
        REGISTRATION: _registration(package),
        **{name: _sha256(known.get(field)) for name, field in _METADATA.items()},
        EVALUATION: _evaluation(package, read),
        POLICY: policy,
    }


def report_of(package: Mapping[str, Any]) -> str | None:
    """The address of the evaluation report."""
    found = _statistics(package).get("S3Uri")
    return str(found) if found else None


CHANGED = "The evaluation report has changed since it was sealed. Build the version again."


def is_report_changed(package: Mapping[str, Any], read: Callable[[str], bytes | None]) -> bool:
    """Whether the evaluation report is another one than at sealing: later builds may write to its folder."""
    sealed = _sha256((package.get("CustomerMetadataProperties") or {}).get(REPORT_SHA256))
    uri = report_of(package)
    body = read(uri) if sealed and uri else None
    return body is not None and hashlib.sha256(body).hexdigest() != sealed


def missing(bound: Mapping[str, str | None]) -> list[str]:
    """What a decision cannot be bound to, because the package does not record it."""
    return [name for name in (ARTIFACT, CODE, DATA, EVALUATION) if bound.get(name) is None]


def _registration(package: Mapping[str, Any]) -> str:
    """SHA-256 of everything that a version was registered and sealed with."""
    facts = {name: package[name] for name in _REGISTERED if package.get(name)}
    return hashlib.sha256(canonical(facts)).hexdigest()


def _evaluation(package: Mapping[str, Any], read: Callable[[str], bytes | None] | None) -> str | None:
    known = package.get("CustomerMetadataProperties") or {}
    # The sealer's; the digest in the registration (ContentDigest) is what the commit's own code says.
    recorded = _sha256(known.get(REPORT_SHA256))
    uri = report_of(package)
    if recorded or read is None or uri is None:
        return recorded
    body = read(uri)
    return None if body is None else hashlib.sha256(body).hexdigest()


def _statistics(package: Mapping[str, Any]) -> Mapping[str, Any]:
    quality = (package.get("ModelMetrics") or {}).get("ModelQuality") or {}
    found: Mapping[str, Any] = quality.get("Statistics") or {}
    return found


def _sha256(value: object) -> str | None:
    found = _SHA256.fullmatch(value) if isinstance(value, str) else None
    return found[1].lower() if found else None
