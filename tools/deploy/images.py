"""
Container images across regions: SageMaker takes images of its own region alone.

Images that AWS publishes are in every region under another account; `images.json` knows those accounts. Any
other registry is taken for one's own: its images are never rewritten to something that was not compared with
them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from targets import Refused

Kind = Literal["first-party", "own", "public"]

PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
"""What a repository must allow to those who run its images (ECR user guide, "Repository policies")."""

# Private registries, with their FIPS and dual-stack addresses (ECR user guide, "Amazon ECR endpoints").
_REGISTRY = re.compile(
    r"^(?P<account>\d{12})\.dkr[.-](?P<service>ecr|ecr-fips)\.(?P<region>[a-z0-9-]+)\.(?P<domain>[a-z0-9.-]+)"
    r"/(?P<repository>[a-z0-9][a-z0-9._/-]*?)(?::(?P<tag>[\w][\w.-]*))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?$"
)


@dataclass(frozen=True)
class Image:
    """An image in a private registry of ECR."""

    account: str
    region: str
    repository: str
    tag: str | None
    digest: str | None

    @property
    def uri(self) -> str:
        """The image's address, as the region's partition writes it."""
        reference = (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")
        return f"{self.account}.dkr.ecr.{self.region}.{suffix(self.region)}/{self.repository}{reference}"

    @property
    def identity(self) -> dict[str, str]:
        """The image as ECR's API names it; no tag stands for `latest`."""
        return {"imageDigest": self.digest} if self.digest else {"imageTag": self.tag or "latest"}


@cache
def _table() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(__file__).with_name("images.json").read_text(encoding="utf-8"))
    return content


@cache
def accounts(repository: str) -> dict[str, str]:
    """The account of each region in which AWS publishes a repository; none for other repositories."""
    for entry in _table()["registries"]:
        if repository in entry["repositories"]:
            return {r: account for account, regions in entry["accounts"].items() for r in regions.split()}
    return {}


@cache
def _first_party() -> frozenset[str]:
    return frozenset(account for entry in _table()["registries"] for account in entry["accounts"])


def suffix(region: str) -> str:
    """The domain of a region's partition."""
    domains: dict[str, str] = _table()["suffixes"]
    return next((d for start, d in domains.items() if region.startswith(start)), "amazonaws.com")


def parse(uri: str) -> Image | None:
    """An image of a private registry; None for one that is elsewhere, in a public registry for example."""
    found = _REGISTRY.match(uri)
    if found is None:
        return None
    return Image(found["account"], found["region"], found["repository"], found["tag"], found["digest"])


def kind(uri: str) -> Kind:
    """Who publishes an image: AWS, somebody's own registry, or a public one."""
    image = parse(uri)
    if image is None:
        return "public"
    return "first-party" if image.account in _first_party() else "own"


def map_image(uri: str, region: str) -> str:
    """AWS's image in another region; any other image as it is. Refuses when AWS has no such image there."""
    image = parse(uri)
    if image is None or kind(uri) != "first-party" or image.region == region:
        return uri
    by_region = accounts(image.repository)
    if by_region.get(image.region) != image.account:
        raise Refused(
            f"{uri} is in an AWS registry, but {image.repository} is not in the list of its images "
            f"({_table()['source']}), so its account in {region} is not known. "
            "Upgrade sagemaker-cicd-projen, or register the package with an image that you publish yourself."
        )
    if region not in by_region:
        raise Refused(
            f"AWS publishes no image {image.repository} in {region}; "
            f"it does in {', '.join(sorted(by_region))}. "
            "Choose one of these regions, or register the package with an image that you publish yourself."
        )
    # Digests are those of a region's own manifest; the tag names the same image everywhere.
    digest = None if image.tag else image.digest
    return replace(image, account=by_region[region], region=region, digest=digest).uri


def localise(uri: str, region: str, client: Callable[[str], Any], reader: str) -> str:
    """
    The image for a region, after making sure that it is there and may be pulled.

    `client` gives an ECR client for a region, `reader` is the ARN of the account that will run the image
    (`arn:aws:iam::123456789012:root`). An image of one's own in another region is only replaced by its
    replica: the same registry, repository and digest.
    """
    image = parse(uri)
    if image is None:
        return uri
    if kind(uri) == "first-party":
        mapped = map_image(uri, region)
        _digest(mapped, client, reader)
        return mapped
    if image.region == region:
        _digest(uri, client, reader)
        return uri
    replica = replace(image, region=region).uri
    try:
        found = _digest(replica, client, reader)
    except Refused as refusal:
        raise Refused(
            f"{uri} is in {image.region}, and SageMaker accepts only images in its own region ({region}). "
            f"Replicate the repository to {region} (ECR user guide, private image replication): {refusal}"
        ) from refusal
    if found != (image.digest or _digest(uri, client, reader)):
        raise Refused(
            f"{replica} is not the same image as {uri}: their digests differ. "
            "Push the image again, so that ECR replicates it."
        )
    return replica


def _digest(uri: str, client: Callable[[str], Any], reader: str) -> str:
    """The digest of an image that may be pulled; refuses with what is missing otherwise."""
    image = parse(uri)
    if image is None:
        raise Refused(f"{uri} is not in an ECR registry.")
    ecr = client(image.region)
    try:
        answer = ecr.batch_get_image(
            registryId=image.account, repositoryName=image.repository, imageIds=[image.identity]
        )
    except ecr.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("AccessDenied", "AccessDeniedException"):
            raise Refused(_missing_statement(image, reader)) from error
        if code == "RepositoryNotFoundException":
            raise Refused(
                f"There is no repository {image.repository} in {image.account}, {image.region}."
            ) from error
        raise
    if not answer.get("images"):
        reasons = ", ".join(
            str(f.get("failureReason", f.get("failureCode"))) for f in answer.get("failures", [])
        )
        raise Refused(f"The image {uri} cannot be pulled: {reasons or 'it is not there'}.")
    return str(answer["images"][0]["imageId"]["imageDigest"])


def _missing_statement(image: Image, reader: str) -> str:
    if image.account in _first_party():
        return f"{image.uri} cannot be read; AWS may not publish this version in {image.region}."
    statement = {
        "Sid": "Pull",
        "Effect": "Allow",
        "Principal": {"AWS": reader},
        "Action": list(PULL),
    }
    return (
        f"{image.uri} cannot be pulled by {reader}. Add this statement to the policy of the repository "
        f"{image.repository} in account {image.account}: {json.dumps(statement)}"
    )
