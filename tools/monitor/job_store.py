"""Objects of a bucket: listed, fetched to the disk, replaced only if nobody else replaced them meanwhile."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from job_settings import Place

MISSING = ("NoSuchKey", "404", "NotFound")
CHANGED = ("PreconditionFailed", "ConditionalRequestConflict", "412", "409", *MISSING)
"""Somebody else wrote the object since it was read, or is writing it."""


@dataclass(frozen=True)
class Stored:
    """An object as a listing has it."""

    key: str
    etag: str
    size: int
    modified: datetime


class Store:
    """A bucket."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self.bucket = s3, bucket

    def listed(self, prefix: str) -> Iterator[Stored]:
        """The objects below a prefix, by their keys."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        for page in pages:
            for one in page.get("Contents", ()):
                if not one["Key"].endswith("/"):
                    yield Stored(one["Key"], one["ETag"], one["Size"], one["LastModified"])

    def folders(self, prefix: str) -> Iterator[str]:
        """The prefixes one level below a prefix."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix, Delimiter="/"
        )
        for page in pages:
            yield from (one["Prefix"] for one in page.get("CommonPrefixes", ()))

    def _has(self, key: str) -> bool:
        """Whether there is an object; who may list only a part of a bucket is denied one that is missing."""
        found = self._s3.list_objects_v2(Bucket=self.bucket, Prefix=key, MaxKeys=1).get("Contents", ())
        return any(one["Key"] == key for one in found)

    def read(self, key: str) -> bytes | None:
        """What an object holds; nothing if there is none."""
        if not self._has(key):
            return None
        body: bytes = self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def read_json(self, key: str) -> Any:
        """What an object of JSON holds; nothing if there is none."""
        body = self.read(key)
        return None if body is None else json.loads(body)

    def fetch(self, key: str, path: Path, listed: bool = False) -> str | None:
        """Brings an object, of which it may be known that it is there, to the disk, and tells its version."""
        if not listed and not self._has(key):
            return None
        try:
            found = self._s3.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        with path.open("wb") as file:
            for part in found["Body"].iter_chunks(1 << 20):
                file.write(part)
        return str(found["ETag"])

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        """Writes an object."""
        self._s3.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType=content_type)

    def replace(self, key: str, path: Path, known: str | None) -> bool:
        """Puts a file in the place of the known version of an object, or where none is; whether it was so."""
        condition = {"IfNoneMatch": "*"} if known is None else {"IfMatch": known}
        try:
            with path.open("rb") as file:
                self._s3.put_object(Bucket=self.bucket, Key=key, Body=file, **condition)
        except ClientError as error:
            if code_of(error) in CHANGED:
                return False
            raise
        return True


def code_of(error: ClientError) -> str:
    """The code of an error."""
    return str(error.response.get("Error", {}).get("Code", ""))


def opened(path: Path) -> Any:
    """A file to read, unpacked if it is packed by gzip."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    return gzip.open(path) if packed else path.open("rb")


def below(place: Place, key: str) -> str:
    """The key of an object within a place."""
    return key.removeprefix(place.prefix)
