"""What went wrong, as problem details (RFC 9457): one form for every answer that is no prediction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

MEDIA_TYPE = "application/problem+json"
BLANK = "about:blank"
"""Type of a problem that its status says all about (RFC 9457, 4.2.1)."""


@dataclass(frozen=True)
class FieldProblem:
    """One value of a request that the model does not take."""

    detail: str
    """What is wrong with it and what is allowed."""
    pointer: str | None = None
    """Where it is in a JSON body (RFC 6901); None in a body of another type."""
    field: str | None = None
    """The column."""
    row: int | None = None
    """Its row, from 1."""

    def to_json(self) -> dict[str, Any]:
        """As a member of `errors`; without what is not known."""
        found = {"pointer": self.pointer, "field": self.field, "row": self.row, "detail": self.detail}
        return {key: value for key, value in found.items() if value is not None}


@dataclass(frozen=True)
class Problem:
    """Why a request has no prediction."""

    status: int
    detail: str
    errors: Sequence[FieldProblem] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    """Further headers of the answer, such as Allow or Retry-After."""

    def body(self, instance: str) -> bytes:
        """The document; `instance` is the request's ID, by which the logs have it."""
        content: dict[str, Any] = {
            "type": BLANK,
            "title": title(self.status),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
        }
        if self.errors:
            content["errors"] = [error.to_json() for error in self.errors]
        return json.dumps(content).encode()


def title(status: int) -> str:
    """The phrase of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Error"


def schema() -> dict[str, Any]:
    """JSON Schema of the document."""
    text = {"type": "string"}
    return {
        "description": "Problem details (RFC 9457).",
        "type": "object",
        "required": ["type", "title", "status", "detail", "instance"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": text,
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text,
            "instance": {"type": "string", "description": "ID of the request, by which the logs have it."},
            "errors": {
                "description": "What the model does not take, at most 20 of it.",
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["detail"],
                    "properties": {
                        "pointer": {"type": "string", "description": "JSON pointer into the request."},
                        "field": {"type": "string", "description": "Name of the column."},
                        "row": {"type": "integer", "minimum": 1},
                        "detail": text,
                    },
                },
            },
        },
    }
