"""What was registered with a package beside its model, by the addresses in the package's metadata."""

from __future__ import annotations

from typing import Any

import objects


def read(s3: Any, uri: str, limit: int, otherwise: str) -> bytes | None:
    """An object's first bytes; None, and a word about it, where it cannot be read: that stops no rollback."""
    at = objects.parse(uri)
    try:
        content: bytes = s3.get_object(Bucket=at.bucket, Key=at.key)["Body"].read(limit)
    except s3.exceptions.ClientError as error:
        print(f"{otherwise}: {error}")
        return None
    return content
