"""
Copies of S3 objects of any size, made by S3 itself: no byte passes through here.

S3's additional checksums prove a copy. ETags are not checksums: they depend on
encryption and the parts of an upload. They only serve as a precondition: an object that changes
meanwhile fails the copy.

A copier that writes once never replaces anything. Buckets that insist on that answer CopyObject with 501 (S3
user guide, "Enforce conditional writes on Amazon S3 buckets"), so it copies in parts, however small.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import accumulate
from typing import Any, TypeVar

from objects import ACCESS, COPIED_FROM, DEFAULT_ALGORITHM, Found, Location, head
from targets import Refused

# boto3 comes with the build image and brings no types.
_boto3: Any = importlib.import_module("boto3")
_config: Any = importlib.import_module("botocore.config")

T = TypeVar("T")
U = TypeVar("U")

COPY_LIMIT = 5 * 1024**3
"""Largest object of one CopyObject, in bytes (S3 API reference, CopyObject: 5 GB)."""

PART_LIMIT = 5 * 1024**3
"""Largest part of a multipart copy, in bytes (S3 user guide, "Amazon S3 multipart upload limits")."""

PARTS_LIMIT = 10_000
"""Most parts of a multipart copy (the same table). Together they make 48.8 TiB, S3's largest object."""

PART_SIZE = 512 * 1024**2
"""Usual size of a part: large enough to need few calls, small enough to try again."""

TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")
"""Answers to a write that may replace nothing, where something is or is just being written."""

WORKERS = 8
"""Parts, and objects of a prefix, that are copied at a time."""


def s3_client(region: str, **credentials: str) -> Any:
    """A client that is patient: S3 answers the copy of a large part only after minutes."""
    config = _config.Config(
        retries={"mode": "standard", "total_max_attempts": 10},
        read_timeout=900,
        max_pool_connections=WORKERS * WORKERS,
    )
    return _boto3.client("s3", region_name=region, config=config, **credentials)


class Copier:
    """Copies from buckets of the source's region to the region and account of the target."""

    def __init__(
        self,
        source: Any,
        target: Any,
        kms_key: str | None = None,
        say: Callable[[str], None] = print,
        *,
        once: bool = False,
    ) -> None:
        """`target` copies, so it reads the source too. No key: the target bucket's own encryption."""
        self.target = target
        self._once = {"IfNoneMatch": "*"} if once else {}
        self._source = source
        self._kms_key = kms_key
        self._say = say

    def look(self, at: Location) -> Found | None:
        """An object of the source; None when it is not there."""
        return head(self._source, at)

    def below(self, prefix: Location) -> Iterator[Found]:
        """All objects of the source below a prefix, except the empty ones that represent folders."""
        pages = self._source.get_paginator("list_objects_v2").paginate(
            Bucket=prefix.bucket, Prefix=prefix.key
        )
        try:
            keys = [item["Key"] for page in pages for item in page.get("Contents", []) if not _folder(item)]
        except self._source.exceptions.ClientError as error:
            raise Refused(f"{prefix.uri} cannot be listed: {error}. {ACCESS}") from error
        for found in side_by_side(lambda key: head(self._source, Location(prefix.bucket, key)), keys):
            if found is not None:
                yield found

    def read(self, at: Location) -> str:
        """The text of a small object of the source, a manifest for example."""
        try:
            body: bytes = self._source.get_object(Bucket=at.bucket, Key=at.key)["Body"].read()
        except self._source.exceptions.ClientError as error:
            raise Refused(f"{at.uri} cannot be read: {error}. {ACCESS}") from error
        return body.decode("utf-8")

    def write(self, text: str, at: Location) -> None:
        """Writes a small object to the target."""
        if self._once and head(self.target, at) is not None:
            # The address has the checksum of all that is copied, manifests included.
            return
        self.target.put_object(
            Bucket=at.bucket, Key=at.key, Body=text.encode(), **self._encryption(), **self._once
        )

    def copy_all(self, pairs: list[tuple[Found, Location]]) -> int:
        """Copies objects side by side; the number of those that were not there already."""
        return sum(side_by_side(lambda pair: self.copy(*pair), pairs))

    def copy(self, found: Found, to: Location, notes: dict[str, str] | None = None) -> bool:
        """Copies an object, with further metadata, unless it is there already; whether it was copied."""
        found = replace(found, metadata={**found.metadata, **(notes or {})})
        there = head(self.target, to)
        if self._same(found, there):
            self._say(f"{to.uri} already exists")
            return False
        if self._once and there is not None:
            raise Refused(
                f"{to.uri} already exists and differs from {found.at.uri}: {there.fingerprint} instead of "
                f"{found.fingerprint}. Existing objects are never replaced; find out who wrote it."
            )
        try:
            if found.size == 0 and self._once:
                self.target.put_object(Body=b"", **self._common(found, to), **self._once)
            elif self._in_parts(found):
                self._copy_parts(found, to)
            else:
                self._copy_whole(found, to)
        except self.target.exceptions.ClientError as error:
            if self._once and error.response["Error"]["Code"] in TAKEN:
                # Somebody else made the same copy at the same time, which is compared below.
                self._say(f"{to.uri} was created by someone else in the meantime")
            else:
                raise Refused(f"{found.at.uri} cannot be copied to {to.uri}: {error}. {ACCESS}") from error
        made = head(self.target, to)
        if made is None or not self._same(found, made):
            raise Refused(
                f"{to.uri} differs from {found.at.uri}: "
                f"{made.fingerprint if made else 'nothing'} instead of {found.fingerprint}. Run it again."
            )
        self._say(
            f"copied {found.at.uri} to {to.uri} ({found.size:,} bytes, {made.fingerprint.split(' ', 1)[1]})"
        )
        return True

    def _in_parts(self, found: Found) -> bool:
        parts = found.checksum is not None and found.checksum.parts > 0
        return bool(self._once) or parts or found.size > COPY_LIMIT

    def _same(self, found: Found, other: Found | None) -> bool:
        """Whether a copy has the content of its original, and the wanted encryption."""
        if other is None or other.size != found.size:
            return False
        if other.checksum is None:
            return bool(self._once) and found.size == 0
        if self._kms_key and other.key_id != self._kms_key and not self._once:
            return False
        if found.checksum and other.checksum.algorithm == found.checksum.algorithm:
            return other.checksum == found.checksum
        return other.metadata.get(COPIED_FROM) == found.mark

    def _common(self, found: Found, to: Location) -> dict[str, Any]:
        return {
            "Bucket": to.bucket,
            "Key": to.key,
            "Metadata": {**found.metadata, COPIED_FROM: found.mark},
            **found.headers,
            **self._encryption(),
        }

    def _encryption(self) -> dict[str, Any]:
        if self._kms_key is None:
            return {}
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self._kms_key, "BucketKeyEnabled": True}

    def _copy_whole(self, found: Found, to: Location) -> None:
        self.target.copy_object(
            CopySource={"Bucket": found.at.bucket, "Key": found.at.key},
            CopySourceIfMatch=found.etag,
            MetadataDirective="REPLACE",
            # Tags would need rights of their own on both sides, and say nothing about the model.
            TaggingDirective="REPLACE",
            ChecksumAlgorithm=found.checksum.algorithm if found.checksum else DEFAULT_ALGORITHM,
            **self._common(found, to),
        )

    def _copy_parts(self, found: Found, to: Location) -> None:
        """Part by part: the original's parts where its checksum was made of theirs, so that both compare."""
        ranges = (
            self._original_parts(found) if found.checksum and found.checksum.parts else even_parts(found.size)
        )
        upload = self.target.create_multipart_upload(
            **self._checksum_of_parts(found), **self._common(found, to)
        )
        place = {"Bucket": to.bucket, "Key": to.key, "UploadId": upload["UploadId"]}
        try:
            parts = self._parts(found, ranges, place)
            self.target.complete_multipart_upload(MultipartUpload={"Parts": parts}, **place, **self._once)
        except BaseException:
            self.target.abort_multipart_upload(**place)
            raise

    def _parts(
        self, found: Found, ranges: list[tuple[int, int]], place: dict[str, str]
    ) -> list[dict[str, Any]]:
        def copy(number: int) -> dict[str, Any]:
            first, end = ranges[number - 1]
            answer = self.target.upload_part_copy(
                PartNumber=number,
                CopySource={
                    "Bucket": found.at.bucket,
                    "Key": found.at.key,
                    **({"VersionId": found.version} if found.pinned else {}),
                },
                CopySourceIfMatch=found.etag,
                CopySourceRange=f"bytes={first}-{end - 1}",
                **place,
            )["CopyPartResult"]
            return {
                "PartNumber": number,
                **{k: v for k, v in answer.items() if k == "ETag" or k.startswith("Checksum")},
            }

        parts: list[dict[str, Any]] = []
        for part in side_by_side(copy, range(1, len(ranges) + 1)):
            parts.append(part)
            if len(parts) * 10 // len(ranges) > (len(parts) - 1) * 10 // len(ranges):
                self._say(f"{found.at.uri}: {len(parts)} of {len(ranges)} parts")
        return parts

    def _checksum_of_parts(self, found: Found) -> dict[str, str]:
        """The original's checksum where S3 can make it of parts; otherwise its own, over the whole object."""
        checksum = found.checksum
        if checksum is None or checksum.algorithm == DEFAULT_ALGORITHM:
            return {"ChecksumAlgorithm": DEFAULT_ALGORITHM}
        if checksum.parts:
            return {"ChecksumAlgorithm": checksum.algorithm}
        model = self.target.meta.service_model.operation_model("CreateMultipartUpload")
        if checksum.algorithm.startswith("CRC32") and "ChecksumType" in model.input_shape.members:
            return {"ChecksumAlgorithm": checksum.algorithm, "ChecksumType": "FULL_OBJECT"}
        return {"ChecksumAlgorithm": DEFAULT_ALGORITHM}

    def _original_parts(self, found: Found) -> list[tuple[int, int]]:
        def size(number: int) -> int:
            answer = self._source.head_object(
                Bucket=found.at.bucket, Key=found.at.key, PartNumber=number, IfMatch=found.etag
            )
            return int(answer["ContentLength"])

        count = found.checksum.parts if found.checksum else 0
        ends = list(accumulate(side_by_side(size, range(1, count + 1))))
        return list(zip([0, *ends], ends, strict=False))


def side_by_side(work: Callable[[T], U], items: Iterable[T]) -> Iterator[U]:
    """Does the same to many things at a time. After a failure none is begun, and none goes on."""
    pool = ThreadPoolExecutor(WORKERS)
    try:
        yield from pool.map(work, items)
    finally:
        # An upload that is aborted while a part of it is copied would keep that part.
        pool.shutdown(wait=True, cancel_futures=True)


def even_parts(size: int) -> list[tuple[int, int]]:
    """First byte and end of each part of a copy; larger than usual where there would be too many."""
    part = max(PART_SIZE, -(-size // PARTS_LIMIT))
    if part > PART_LIMIT:
        raise Refused(
            f"An object of {size:,} bytes is larger than S3 can copy ({PARTS_LIMIT * PART_LIMIT:,} bytes)."
        )
    return [(first, min(first + part, size)) for first in range(0, size, part)]


def _folder(item: dict[str, Any]) -> bool:
    return bool(item["Key"].endswith("/")) and int(item["Size"]) == 0
