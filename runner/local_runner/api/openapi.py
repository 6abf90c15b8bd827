"""The OpenAPI 3.1 document of a model's interface."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from . import problems, schemas
from .columns import Column, text_of
from .layout import Layout

Json = dict[str, Any]

VERSION = "3.1.0"
PREFIX = "#/components/schemas/"
SECURITY: Mapping[str, Json] = {
    "iam": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "Signature Version 4 of AWS credentials, for the service execute-api.",
        "x-amazon-apigateway-authtype": "awsSigv4",
    },
    "jwt": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}
"""Security schemes by how callers prove who they are."""
NAMES = {"iam": "sigv4", "jwt": "bearer", "key": "apiKey"}

EXAMPLES: Mapping[str, Sequence[Any]] = {
    "number": (1, 2.5, 10),
    "boolean": (True, False),
    "date": ("2026-01-31", "2026-02-28"),
    "id": ("row-1",),
}
"""Made-up values by kind of column."""

INFERENCE_ID = "X-Inference-Id"
INFERENCE_ID_PATTERN = "^[A-Za-z0-9-]{1,64}$"


@dataclass(frozen=True)
class About:
    """What the document says beside the model's columns."""

    path: str
    title: str
    version: str
    security: str | None = None
    """Kinds of authorisation, joined by "+" where a request needs several, such as "iam+key"."""
    asynchronous: bool = False


@dataclass(frozen=True)
class Bodies:
    """Content of requests and of answers by media type, and the schemas that they refer to."""

    requests: Mapping[str, Json]
    answers: Mapping[str, Json]
    schemas: Mapping[str, Json] = field(default_factory=dict)


def of_contract(contract: Layout) -> Bodies:
    """Of a model whose columns are known. The examples are made up: no row of the data is published."""
    order = f"One row per line in the order {', '.join(contract.names)}, without a header."
    values = {column.name: _example(column, contract.missing_tokens) for column in contract.columns}
    lines = io.StringIO()
    csv.writer(lines, lineterminator="\n").writerow(text_of(value) for value in values.values())
    return Bodies(
        {
            "application/json": {
                "schema": {"$ref": f"{PREFIX}Request"},
                "example": {"instances": [values]},
            },
            "text/csv": {"schema": {"type": "string", "description": order}, "example": lines.getvalue()},
        },
        {
            "application/json": {"schema": {"$ref": f"{PREFIX}Answer"}},
            "text/csv": {"schema": {"type": "string", "description": _answered(contract)}},
        },
        schemas.parts(contract, PREFIX),
    )


def of_media_types(requests: Sequence[str], answers: Sequence[str]) -> Bodies:
    """Of a model whose package does not say what it takes."""
    return Bodies(
        {kind: {"schema": _any(kind)} for kind in requests}, {kind: {"schema": {}} for kind in answers}
    )


def document(about: About, bodies: Bodies) -> Json:
    """The whole document."""
    names = [name for name in (about.security or "").split("+") if name in SECURITY]
    found: Json = {
        "openapi": VERSION,
        "info": {"title": about.title, "version": about.version},
        "paths": _paths(about, bodies),
        "components": {
            "schemas": {**bodies.schemas, "Problem": problems.schema()},
            "headers": {INFERENCE_ID: {"description": "ID of the prediction.", "schema": {"type": "string"}}},
        },
    }
    if names:
        found["components"]["securitySchemes"] = {NAMES[name]: dict(SECURITY[name]) for name in names}
        found["security"] = [{NAMES[name]: [] for name in names}]
    return found


def _paths(about: About, bodies: Bodies) -> Json:
    done = {
        "description": "The model's answer.",
        "headers": {INFERENCE_ID: {"$ref": f"#/components/headers/{INFERENCE_ID}"}},
        "content": dict(bodies.answers),
    }
    queued = {
        "description": "The request waits; its answer will be at the address in Location.",
        "headers": {
            INFERENCE_ID: {"$ref": f"#/components/headers/{INFERENCE_ID}"},
            "Location": {"schema": {"type": "string", "format": "uri-reference"}},
        },
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
    asked = {
        "operationId": "predict",
        "summary": "Ask the model.",
        "parameters": [
            {
                "name": INFERENCE_ID,
                "in": "header",
                "description": "ID of the prediction in logs and records; without it, the request's own.",
                "schema": {"type": "string", "pattern": INFERENCE_ID_PATTERN},
            }
        ],
        "requestBody": {"required": True, "content": dict(bodies.requests)},
        "responses": {"202": queued} if about.asynchronous else {"200": done},
    }
    for status in (400, 406, 413, 415, 429, 500, 502, 503, 504):
        asked["responses"][str(status)] = _problem()  # type: ignore[index]
    paths: Json = {f"/{about.path}": {"post": asked}}
    if about.asynchronous:
        paths[f"/{about.path}/{{id}}"] = {
            "get": {
                "operationId": "answer",
                "summary": "The answer of an earlier request.",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {
                    "200": {**done, "headers": {}},
                    "202": {**queued, "description": "It still waits.", "headers": {}},
                    "default": _problem(),
                },
            }
        }
    return paths | {
        "/schema": _get("schema", "JSON Schema of requests.", "application/schema+json"),
        "/openapi.json": _get("openapi", "This document.", "application/json"),
        "/health": _get("health", "Whether the interface answers.", "application/json"),
        "/version": _get("version", "Which model answers.", "application/json"),
    }


def _get(name: str, summary: str, kind: str) -> Json:
    content = {kind: {"schema": {"type": "object"}}}
    responses = {"200": {"description": summary, "content": content}, "default": _problem()}
    return {"get": {"operationId": name, "summary": summary, "responses": responses}}


def _problem() -> Json:
    return {
        "description": "Why there is no answer.",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": f"{PREFIX}Problem"}}},
    }


def _any(kind: str) -> Json:
    """A body that nothing is known about: JSON and text as such, anything else binary."""
    if kind == "application/json" or kind.endswith("+json"):
        return {}
    return {"type": "string"} if kind.startswith("text/") else {"type": "string", "format": "binary"}


def _example(column: Column, missing_tokens: Sequence[str] | None) -> Any:
    """A value that the column takes: a text that stands for a missing one may be a number, or true."""
    likely = [*column.categories[:1], "text", "other"]
    candidates = EXAMPLES.get(column.kind, likely if column.kind == "category" else [""])
    test = column.test(missing_tokens)
    return next((one for one in candidates if test is None or test(text_of(one)) is None), candidates[0])


def _answered(contract: Layout) -> str:
    cells = ["label", "probability"] if contract.labels else ["value"]
    return f"One line per row: {','.join([*cells, *contract.identifiers])}."
