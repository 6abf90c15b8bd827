"""Copies of model packages in another account or region: artifacts, images, metrics, and their lineage."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from copying import Copier
from images import localise
from objects import Found, Location, parse
from package_groups import LOST, SOURCE_CHECKSUM, SOURCE_PACKAGE, Group, copies, describe
from package_request import NAMED, Fields, Reference, Regions, rewrite, rewrite_manifest
from seal import Seal, specification
from sealed_copy import (
    as_served,
    check_original,
    check_unsealed,
    seal_of_copy,
    verify_copy,
    without_record,
)
from targets import Refused

SOURCE_VERSION = "sourceModelPackageVersion"
SOURCE_MODIFIED = "sourceLastModifiedTime"
ORIGIN_PACKAGE = "originModelPackageArn"

METADATA_LIMIT = 50
"""Most entries of a package's customer metadata (SageMaker API reference, CreateModelPackage)."""


@dataclass(frozen=True)
class Destination:
    """Where a copy is registered, and where its artifacts are kept."""

    group: Group
    bucket: str
    prefix: str = "model-packages"
    project_id: str | None = None


@dataclass(frozen=True)
class _Content:
    """What a reference refers to at this moment."""

    objects: tuple[tuple[Found, str], ...]
    is_object: bool
    text: str | None = None


@dataclass
class PackageCopy:
    """
    A package on its way. Making one looks at everything that belongs to the package and copies nothing yet.

    `ecr` gives an ECR client for a region.
    """

    package: Fields
    destination: Destination
    copier: Copier
    ecr: Callable[[str], Any]
    say: Callable[[str], None] = print
    checksum: str = field(init=False)
    _given: Fields = field(init=False)
    _contents: dict[Reference, _Content] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._given, self.package = self.package, as_served(self.package)
        self._regions = Regions(self.package["ModelPackageArn"].split(":")[3], self.destination.group.region)
        original = rewrite(self.package, self._look, lambda image: image, self._regions)
        for reference in self._named.values():
            self._look(reference)
        lines = [
            f"{reference.uri} {path} {found.fingerprint}"
            for reference, content in self._contents.items()
            for found, path in content.objects
        ]
        whole = json.dumps([original, sorted(lines)], sort_keys=True, default=str)
        self.checksum = hashlib.sha256(whole.encode()).hexdigest()
        _, _, _, region, account, name = self.package["ModelPackageArn"].split(":", 5)
        _, group, version = name.split("/")
        self._base = f"{self.destination.prefix}/{account}/{region}/{group}/{version}/{self.checksum[:16]}"

    @property
    def _named(self) -> dict[str, Reference]:
        """What customer metadata names, by its key; the copy does without what is gone."""
        known = self.package.get("CustomerMetadataProperties", {})
        return {
            key: Reference(uri, f"CustomerMetadataProperties.{key}", "any", required=False)
            for key in NAMED
            if (uri := known.get(key, "")).startswith("s3://")
        }

    def _look(self, reference: Reference) -> str:
        """Resolves a reference, and those in a manifest."""
        if reference not in self._contents and self._around(reference) is None:
            content = self._content(reference)
            if reference.is_model and not reference.etag:
                check_unsealed(self._given, [found for found, _ in content.objects])
            self._contents[reference] = content
            if content.text is not None:
                rewrite_manifest(content.text, reference.field, self._look)
        return reference.uri

    def _around(self, reference: Reference) -> Reference | None:
        """The prefix that a manifest's address is below, so that nothing is copied twice."""
        for other in self._contents:
            whole = other.form == "prefix" and other.members is None and other != reference
            if whole and reference.uri.startswith(other.uri):
                return other
        return None

    def _content(self, reference: Reference) -> _Content:
        at = parse(reference.uri)
        if reference.form != "prefix" and at.key and not at.key.endswith("/"):
            found = self.copier.look(at)
            if found is not None:
                if reference.etag and reference.etag.strip('"') != found.etag.strip('"'):
                    raise Refused(
                        f"{reference.uri} ({reference.field}) is not the object that was registered. "
                        "Register the package again, and approve that one."
                    )
                check_original(self._given, found)
                text = self.copier.read(at) if reference.form == "manifest" else None
                return _Content(((found, at.key.rsplit("/", 1)[-1]),), True, text)
        if reference.form in ("prefix", "any"):
            below = self._below(at, reference)
            if below or not reference.required:
                return _Content(below, False)
        raise Refused(
            f"{reference.uri} ({reference.field} of {self.package['ModelPackageArn']}) does not exist. "
            "Restore it, or register the package again without it."
        )

    def _below(self, at: Location, reference: Reference) -> tuple[tuple[Found, str], ...]:
        if reference.members is None:
            # A name without a slash at its end would also match longer names beside it.
            closed = reference.form == "prefix" or at.key.endswith("/") or not at.key
            start = at if closed else Location(at.bucket, at.key + "/")
            return tuple(
                (found, found.at.key[len(start.key) :].lstrip("/")) for found in self.copier.below(start)
            )
        listed = [(self.copier.look(Location(at.bucket, at.key + path)), path) for path in reference.members]
        missing = [path for found, path in listed if found is None]
        if missing:
            raise Refused(
                f"{reference.field} lists {', '.join(missing[:3])}, which {reference.uri} does not contain."
            )
        return tuple((found, path.lstrip("/")) for found, path in listed if found is not None)

    def _place(self, reference: Reference) -> str:
        """The address of a reference's copy: numbered, because names of different references may be equal."""
        if reference not in self._contents:
            around = self._around(reference)
            assert around
            return self._place(around) + reference.uri[len(around.uri) :]
        content = self._contents[reference]
        if not content.objects:
            self.say(f"{reference.field}: there is nothing at {reference.uri}; the copy keeps this address")
            return reference.uri
        base = Location(self.destination.bucket, f"{self._base}/{list(self._contents).index(reference)}/")
        return base.uri + (content.objects[0][1] if content.is_object else "")

    def register(
        self, registry: Any, approval: str = "Approved", sleep: Callable[[float], None] = time.sleep
    ) -> str:
        """Copies all artifacts, registers the copy and waits until it is complete; its ARN."""
        group = self.destination.group
        reader = f"arn:{group.partition}:iam::{group.account}:root"
        request = rewrite(
            self.package,
            self._place,
            lambda uri: localise(uri, group.region, self.ecr, reader),
            self._regions,
        )
        self._transfer()
        seal = seal_of_copy(self._given, request, self.copier.target)
        if seal:
            added = request.get("AdditionalInferenceSpecifications", [])
            request["AdditionalInferenceSpecifications"] = [*added, specification(request, seal.address)]
        if self.destination.project_id:
            known = request.get("MetadataProperties", {})
            request["MetadataProperties"] = {**known, "ProjectId": self.destination.project_id}
        arn: str = registry.create_model_package(
            ModelPackageGroupName=group.name,
            ModelApprovalStatus=approval,
            CustomerMetadataProperties=self._metadata(seal),
            **request,
        )["ModelPackageArn"]
        self.say(f"registered {arn}, a copy of {self.package['ModelPackageArn']}")
        _wait_until_complete(registry, arn, sleep)
        return arn

    def _transfer(self) -> None:
        pairs = []
        for reference, content in self._contents.items():
            if content.text is not None:
                self.copier.write(
                    rewrite_manifest(content.text, reference.field, self._place),
                    parse(self._place(reference)),
                )
                continue
            base = f"{self._base}/{list(self._contents).index(reference)}/"
            pairs += [
                (found, Location(self.destination.bucket, base + path)) for found, path in content.objects
            ]
        made = self.copier.copy_all(pairs)
        self.say(f"{made} of {len(pairs)} objects were copied, the others already existed")

    def _metadata(self, seal: Seal | None) -> dict[str, str]:
        """The original's own, where the copy comes from, and its seal."""
        given = without_record(self.package.get("CustomerMetadataProperties", {}))
        given |= {key: self._place(reference) for key, reference in self._named.items()}
        origin = given.pop(ORIGIN_PACKAGE, None) or given.get(SOURCE_PACKAGE)
        lineage = {
            SOURCE_PACKAGE: self.package["ModelPackageArn"],
            SOURCE_VERSION: str(self.package.get("ModelPackageVersion", "")) or "none",
            SOURCE_CHECKSUM: self.checksum,
            **(seal.metadata() if seal else {}),
        }
        if origin:
            lineage[ORIGIN_PACKAGE] = origin
        if "LastModifiedTime" in self.package:
            # The registry keeps no time of approval; this is the last change, which an approval is as a rule.
            lineage[SOURCE_MODIFIED] = self.package["LastModifiedTime"].strftime("%Y-%m-%dT%H:%M:%SZ")
        own = {k: v for k, v in sorted(given.items()) if k not in lineage}
        room = METADATA_LIMIT - len(lineage)
        if len(own) > room:
            self.say(f"customer metadata that does not fit in the copy: {', '.join(list(own)[room:])}")
        return {**dict(list(own.items())[:room]), **lineage}


def replicate(copy: PackageCopy, registry: Any) -> str:
    """The ARN of an approved copy: the one that is there, or a new one."""
    for known in copies(registry, copy.destination.group):
        if (known.source, known.checksum) == (copy.package["ModelPackageArn"], copy.checksum):
            if known.approval == "Approved":
                verify_copy(registry, copy.copier.target, known.arn)
                return known.arn
            break
    return copy.register(registry)


def _wait_until_complete(registry: Any, arn: str, sleep: Callable[[float], None]) -> None:
    for _ in range(120):
        package = describe(registry, arn) or {}
        status = package.get("ModelPackageStatus")
        if status == "Completed":
            return
        if status in LOST:
            raise Refused(f"{arn} could not be registered: {package.get('ModelPackageStatusDetails')}")
        sleep(10)
    raise Refused(f"{arn} is not complete after 20 minutes. Run this again later.")
