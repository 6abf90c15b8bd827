"""The contract document of a package: its schema and its golden rows, stored under the hash of its content.

The preparation of a deployment stores it, and a version of an API's handler is bound to it by the hash. It
has nothing that differs between two deployments of a package.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .contract import Contract

FORMAT = 1
NONE = "none"
"""In place of a hash where there is no contract: no model is deployed yet."""


def key_of(sha256: str) -> str:
    """Where a document is in an environment's deployment bucket."""
    return f"contracts/{sha256}.json"


@dataclass(frozen=True)
class Document:
    """What a package says about its model."""

    schema: Mapping[str, Any] | None
    """The artifact's `schema.json`; None for a package that has none: any body is taken."""
    golden: Mapping[str, Any] | None
    golden_tolerance: float
    model_name: str
    content_types: tuple[str, ...] = ()
    """Of requests; used where there is no schema."""
    accepts: tuple[str, ...] = ()
    """Of answers, likewise; the first one is asked for."""

    @property
    def contract(self) -> Contract | None:
        """What requests must be; None where nothing is known. Raises ValueError."""
        return None if self.schema is None else Contract.of(self.schema)

    def content(self) -> bytes:
        """The document in one spelling: equal content has equal bytes."""
        made: dict[str, Any] = {
            "format": FORMAT,
            "schema": self.schema,
            "golden": self.golden,
            "goldenTolerance": self.golden_tolerance,
            "modelName": self.model_name,
        }
        if self.schema is None:
            made |= {"contentTypes": self.content_types, "accepts": self.accepts}
        text = json.dumps(made, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        return text.encode()

    @property
    def sha256(self) -> str:
        """The hash that it is stored under."""
        return hashlib.sha256(self.content()).hexdigest()


def read(content: bytes, sha256: str) -> Document:
    """A stored document; raises ValueError if it is not the one of this hash, or of another form."""
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise ValueError(f"its SHA-256 is {found}, not {sha256}")
    try:
        given = json.loads(content)
        if given["format"] != FORMAT:
            raise ValueError(f"its format is {given['format']!r}, known is {FORMAT}")
        return Document(
            schema=given["schema"],
            golden=given["golden"],
            golden_tolerance=float(given["goldenTolerance"]),
            model_name=given["modelName"],
            content_types=tuple(given.get("contentTypes", ())),
            accepts=tuple(given.get("accepts", ())),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a contract document: {error!r}") from None
