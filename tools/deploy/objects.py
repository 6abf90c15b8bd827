"""Objects in S3 as they are found, with the checksum that S3 keeps of each."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from targets import Refused

DEFAULT_ALGORITHM = "CRC64NVME"
"""What S3 computes by itself, always over the whole object (S3 user guide, "Checking object integrity")."""

COPIED_FROM = "copied-from"
"""Metadata of a copy: the mark of its original."""

ACCESS = (
    "The source bucket's policy must allow this role s3:GetObject and s3:ListBucket, and the policy of its "
    "key kms:Decrypt; the role needs s3:PutObject on the target bucket, and kms:GenerateDataKey and "
    "kms:Decrypt on that bucket's key."
)
"""What to look at when S3 refuses."""

RANGE = 512 * 1024**2
"""Bytes that are read with one request, so that a broken connection costs little."""

CHUNK = 8 * 1024**2
"""Bytes in memory at a time."""

MISSING = ("404", "NoSuchKey", "NotFound")
"""How S3 says that an object is not there, by the operation that asks."""

_ALGORITHMS = (DEFAULT_ALGORITHM, "SHA256", "SHA1", "CRC32C", "CRC32")
_KEPT_HEADERS = ("CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType")


@dataclass(frozen=True, order=True)
class Location:
    """An object, or a prefix, in S3."""

    bucket: str
    key: str

    @property
    def uri(self) -> str:
        """As model packages name it."""
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True)
class Checksum:
    """S3's checksum of an object; `parts` is the number of parts that it was made from, 0 for the whole."""

    algorithm: str
    value: str
    parts: int = 0

    def __str__(self) -> str:
        return f"{self.algorithm} {self.value}" + (f"-{self.parts}" if self.parts else "")


@dataclass(frozen=True)
class Found:
    """An object as it is at this moment."""

    at: Location
    size: int
    etag: str
    checksum: Checksum | None
    revision: str
    headers: dict[str, str]
    metadata: dict[str, str]
    key_id: str | None
    version: str | None = None
    """Its version, in a bucket that keeps them."""
    pinned: bool = False
    """Whether exactly this version was requested, so that this one is copied."""
    modified: datetime | None = None
    """When it was written."""

    @property
    def fingerprint(self) -> str:
        """Changes with the content: the checksum, or for lack of one the version and time of change."""
        return f"{self.size} {self.checksum or self.revision}"

    @property
    def mark(self) -> str:
        """What a copy remembers of its original."""
        return hashlib.sha256(f"{self.at.uri} {self.fingerprint}".encode()).hexdigest()


def parse(uri: str) -> Location:
    """The location of an `s3://` address, or of one with the host name of the bucket or of S3."""
    found = (
        re.match(r"^s3://(?P<bucket>[^/]+)/?(?P<key>.*)$", uri, re.DOTALL)
        or re.match(r"^https://s3[.-][^/]*/(?P<bucket>[^/]+)/?(?P<key>.*)$", uri)
        or re.match(r"^https://(?P<bucket>[a-z0-9.-]+?)\.s3[.-][^/]*/?(?P<key>.*)$", uri)
    )
    if found is None:
        raise Refused(f"{uri} is not an S3 URL.")
    return Location(found["bucket"], found["key"])


def head(client: Any, at: Location, version: str | None = None) -> Found | None:
    """An object, now or in a version; None when it is not there. Refuses when it may not be read."""
    wanted = {"VersionId": version} if version else {}
    try:
        answer = client.head_object(Bucket=at.bucket, Key=at.key, ChecksumMode="ENABLED", **wanted)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise Refused(f"{at.uri} cannot be read: {error}. {ACCESS}") from error
    return Found(
        at=at,
        size=int(answer["ContentLength"]),
        etag=answer["ETag"],
        checksum=_checksum(answer["ResponseMetadata"]["HTTPHeaders"]),
        revision=f"{answer.get('VersionId', 'null')} {answer['LastModified'].isoformat()}",
        headers={name: answer[name] for name in _KEPT_HEADERS if answer.get(name)},
        metadata=dict(answer.get("Metadata", {})),
        key_id=answer.get("SSEKMSKeyId"),
        version=answer.get("VersionId"),
        pinned=version is not None,
        modified=answer["LastModified"],
    )


def digest(client: Any, found: Found) -> str:
    """The SHA-256 of all bytes of an object as it was found; S3 has none of what was uploaded in parts."""
    total, size = hashlib.sha256(), 0
    which = {"VersionId": found.version} if found.pinned else {}
    for first in range(0, found.size, RANGE):
        last = min(first + RANGE, found.size) - 1
        try:
            answer = client.get_object(
                Bucket=found.at.bucket,
                Key=found.at.key,
                Range=f"bytes={first}-{last}",
                IfMatch=found.etag,
                **which,
            )
        except client.exceptions.ClientError as error:
            raise Refused(f"{found.at.uri} cannot be read: {error}. {ACCESS}") from error
        for chunk in answer["Body"].iter_chunks(CHUNK):
            total.update(chunk)
            size += len(chunk)
    if size != found.size:
        raise Refused(f"{found.at.uri}: {size:,} of {found.size:,} bytes were read. Run it again.")
    return total.hexdigest()


def _checksum(headers: dict[str, str]) -> Checksum | None:
    """From the headers, because boto3 only hands on the checksums that it knew when it was made."""
    for algorithm in _ALGORITHMS:
        value = headers.get(f"x-amz-checksum-{algorithm.lower()}")
        if value:
            whole, _, parts = value.partition("-")
            return Checksum(algorithm, whole, int(parts or 0))
    return None
