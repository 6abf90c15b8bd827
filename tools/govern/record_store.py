"""Records of decisions in the evidence bucket."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

ClientError: Any = importlib.import_module("botocore.exceptions").ClientError

PREFIX = "records/"
_NAME = re.compile(r"(\d{8})\.json")
_TAKEN = ("PreconditionFailed", "ConditionalRequestConflict")


class Bucket:
    """A store of records below `records/` in a bucket with versions and Object Lock.

    Nobody can remove the first version of a key before its lock ends, so that a record which was deleted or
    written over still shows: as an oddity.
    """

    def __init__(self, s3: Any, bucket: str, owner: str | None = None) -> None:
        self._s3 = s3
        # Names of buckets are global: never ask somebody else's bucket of this name.
        self._where = {"Bucket": bucket, **({"ExpectedBucketOwner": owner} if owner else {})}

    def groups(self) -> list[str]:
        """Every group that has a chain here."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            **self._where, Prefix=PREFIX, Delimiter="/"
        )
        found = [p["Prefix"] for page in pages for p in page.get("CommonPrefixes", [])]
        return sorted(prefix[len(PREFIX) : -1] for prefix in found)

    def latest(self, group: str) -> int:
        """The highest number in use; 0 when there is none."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(**self._where, Prefix=_prefix(group))
        keys = (found["Key"] for page in pages for found in page.get("Contents", []))
        return max((_number(group, key) or 0 for key in keys), default=0)

    def read(self, group: str, number: int) -> bytes | None:
        """The record as it was written; None when there is none."""
        try:
            found = self._s3.get_object(**self._where, Key=_key(group, number))
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
        body: bytes = found["Body"].read()
        return body

    def create(self, group: str, number: int, body: bytes) -> bool:
        """Write a record; False when the number is in use, or another writer takes it at the same moment."""
        try:
            self._s3.put_object(
                **self._where,
                Key=_key(group, number),
                Body=body,
                ContentType="application/json",
                IfNoneMatch="*",
                # Object Lock asks for a checksum of what is put (S3 guide, "Object Lock considerations").
                ChecksumAlgorithm="SHA256",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _TAKEN:
                return False
            raise
        return True

    def oddities(self, group: str) -> list[str]:
        """Keys that are no record, and records that something was written or deleted over."""
        first: set[str] = set()
        problems: list[str] = []
        for kind, found in self._versions(group):
            key, version = found["Key"], found["VersionId"]
            if _number(group, key) is None:
                problems.append(f"{group}: {key} is not a record.")
            elif kind == "DeleteMarkers":
                problems.append(f"{group}: {key} was deleted at {found['LastModified']:%Y-%m-%d %H:%M} UTC.")
            elif key in first:
                problems.append(f"{group}: {key} was written more than once (version {version}).")
            first.add(key)
        return problems

    def _versions(self, group: str) -> Iterator[tuple[str, dict[str, Any]]]:
        pages = self._s3.get_paginator("list_object_versions").paginate(**self._where, Prefix=_prefix(group))
        for page in pages:
            for kind in ("Versions", "DeleteMarkers"):
                for found in page.get(kind, []):
                    yield kind, found


class ReadOnce(Bucket):
    """The same for whoever reads a chain again and again: no record changes, so each is fetched once."""

    def __init__(self, s3: Any, bucket: str, owner: str | None = None) -> None:
        super().__init__(s3, bucket, owner)
        self._known: dict[tuple[str, int], bytes] = {}

    def read(self, group: str, number: int) -> bytes | None:
        """The record as it was written; None when there is none."""
        known = self._known.get((group, number))
        if known is None and (known := super().read(group, number)) is not None:
            self._known[group, number] = known
        return known


def _prefix(group: str) -> str:
    return f"{PREFIX}{group}/"


def _key(group: str, number: int) -> str:
    return f"{_prefix(group)}{number:08d}.json"


def _number(group: str, key: str) -> int | None:
    found = _NAME.fullmatch(key[len(_prefix(group)) :])
    return int(found[1]) or None if found else None
