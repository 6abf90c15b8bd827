"""Files of stacks by their content: the key of an asset is what the commit says about it, no proof."""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from assets import Asset, archive
from engine_words import to_change_again
from objects import MISSING
from stages import Place
from targets import Refused


def digest(data: bytes, packaging: str) -> str:
    """SHA-256 of a file, or of the paths and contents of an archive's files, however they were zipped."""
    if packaging != "zip":
        return hashlib.sha256(data).hexdigest()
    total = hashlib.sha256()
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        for name in sorted(entry.filename for entry in files.infolist() if not entry.is_dir()):
            total.update(f"{hashlib.sha256(files.read(name)).hexdigest()} {name}\n".encode())
    return total.hexdigest()


def bytes_of(asset: Asset) -> bytes:
    """What is published."""
    if asset.packaging != "zip":
        return asset.source.read_bytes()
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "asset.zip"
        archive(asset.source, file)
        return file.read_bytes()


def publish(s3: Any, place: Place, key: str, data: bytes, packaging: str) -> str:
    """Uploads what is not there yet, and returns the digest of its content.

    What is there is never replaced, and must be the same: else somebody else's file would be deployed under
    this name.
    """
    wanted = digest(data, packaging)
    there = _read(s3, place, key)
    if there is None:
        # Bucket names are global: never write to somebody else's bucket of this name.
        s3.put_object(Bucket=place.bucket, Key=key, Body=data, ExpectedBucketOwner=place.account)
        return wanted
    try:
        same = digest(there, packaging) == wanted
    except zipfile.BadZipFile:
        same = False
    if not same:
        raise Refused(
            f"s3://{place.bucket}/{key} does not hold what the commit has under this name. "
            f"Find out who put it there; then delete the object and {to_change_again()}."
        )
    return wanted


def _read(s3: Any, place: Place, key: str) -> bytes | None:
    try:
        answer = s3.get_object(Bucket=place.bucket, Key=key, ExpectedBucketOwner=place.account)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
    body: bytes = answer["Body"].read()
    return body
