"""The bucket of evidence, as the recorder uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from record_store import ReadOnce


class Evidence:
    """Records, and who pushed what."""

    def __init__(self, s3: Any, where: Mapping[str, str]) -> None:
        self.s3 = s3
        # Names of buckets are global: never ask somebody else's bucket of this name.
        self.where = {"Bucket": where["bucket"], "ExpectedBucketOwner": where["account"]}
        self.store = ReadOnce(s3, where["bucket"], where["account"])

    def keep(self, key: str, body: bytes) -> None:
        """Writes an object once; one that is there stays as it is."""
        try:
            self.s3.put_object(
                **self.where, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*"
            )
        except self.s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in ("PreconditionFailed", "ConditionalRequestConflict"):
                raise
