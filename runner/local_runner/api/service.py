"""Answers requests of a model's interface, whatever carries them: an API's function, or a local server."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from . import openapi
from .contract import Checked, Contract, media_type
from .exchange import JSON, Answer, Model, NotAnswered, QueuedModel, Request, Response, Settings
from .openapi import INFERENCE_ID, INFERENCE_ID_PATTERN
from .predictions import About, PredictionLog, records
from .problems import MEDIA_TYPE as PROBLEM
from .problems import FieldProblem, Problem

__all__ = [
    "Answer",
    "Model",
    "NotAnswered",
    "QueuedModel",
    "Request",
    "Response",
    "Service",
    "Settings",
]

RETRY_SECONDS = 1
"""After which a caller may ask a busy model again."""

_ID = re.compile(INFERENCE_ID_PATTERN)
_QUEUED_ID = re.compile(r"[A-Za-z0-9._-]{1,256}")


class Service:
    """One model's interface. Everything that goes wrong is a problem; nothing is raised."""

    def __init__(
        self,
        contract: Contract | None,
        model: Model | QueuedModel,
        log: PredictionLog,
        about: About,
        settings: Settings,
        report: Callable[[BaseException], None] = lambda _: None,
    ) -> None:
        self._contract = contract
        self._model = model
        self._log = log
        self._about = about
        self._settings = settings
        self._report = report
        """Is told what no caller is told: an error of this code, with its place."""
        self._routes: Mapping[str, tuple[str, Callable[[Request], Response]]] = {
            f"/{settings.path}": ("POST", self._predict),
            "/schema": ("GET", lambda _: _json(self.schema(), kind="application/schema+json")),
            "/openapi.json": ("GET", lambda request: _json(self.openapi(request.prefix))),
            "/health": ("GET", lambda _: _json({"status": "ok"})),
            "/version": ("GET", lambda _: _json(self._about.to_json())),
        }

    def answer(self, request: Request) -> Response:
        """The answer, a problem included."""
        try:
            found = self._routed(request)
        except _Stop as stop:
            found = stop.problem
        except Exception as error:
            self._report(error)
            found = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "the request could not be answered")
        if isinstance(found, Response):
            return found
        headers = {"Content-Type": PROBLEM, **found.headers}
        return Response(int(found.status), headers, found.body(request.request_id))

    def schema(self) -> dict[str, Any]:
        """JSON Schema of requests; one that takes anything where nothing is known."""
        if self._contract is None:
            return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Request"}
        return self._contract.json_schema()

    def openapi(self, prefix: str = "") -> dict[str, Any]:
        """OpenAPI document; `prefix` is what its paths come after."""
        settings, about = self._settings, self._about
        told = openapi.About(
            settings.path, settings.title, about.version, settings.security, settings.is_asynchronous
        )
        if self._contract is None:
            bodies = openapi.of_media_types(settings.content_types, settings.accepts)
        else:
            bodies = openapi.of_contract(self._contract)
        found = openapi.document(told, bodies)
        return {**found, "servers": [{"url": prefix or "/"}]}

    def _routed(self, request: Request) -> Response | Problem:
        allowed, action = self._route(request.path)
        if request.method == allowed or (request.method == "HEAD" and allowed == "GET"):
            return action(request)
        allows = "GET, HEAD" if allowed == "GET" else allowed
        return Problem(
            HTTPStatus.METHOD_NOT_ALLOWED, f"{request.path} takes {allows} only", headers={"Allow": allows}
        )

    def _route(self, path: str) -> tuple[str, Callable[[Request], Response]]:
        if path in self._routes:
            return self._routes[path]
        start = f"/{self._settings.path}/"
        if self._settings.is_asynchronous and path.startswith(start):
            name = path.removeprefix(start)
            if _QUEUED_ID.fullmatch(name):
                return "GET", lambda request: self._collect(name, request)
        raise _Stop(Problem(HTTPStatus.NOT_FOUND, f"there is {', '.join(self._routes)}"))

    def _predict(self, request: Request) -> Response:
        inference_id = _inference_id(request)
        limit = self._settings.max_payload_bytes
        if len(request.body) > limit:
            raise _Stop(Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {limit} bytes"))
        content_type = request.headers.get("content-type", "")
        checked = self._checked(request.body, content_type)
        accept = self._accept(request.headers.get("accept", ""), content_type)
        headers = {INFERENCE_ID: inference_id}
        body, deadline = request.body, request.deadline
        if self._settings.is_asynchronous:
            assert isinstance(self._model, QueuedModel)
            found = _asked(self._model.submit, body, content_type, accept, inference_id, deadline)
            where = f"{request.prefix}/{self._settings.path}/{found}"
            return _json({"id": found, "location": where}, 202, headers={**headers, "Location": where})
        assert not isinstance(self._model, QueuedModel)
        if deadline <= time.monotonic():
            raise _Stop(_problem_of(NotAnswered("timeout")))
        answer = _asked(self._model.predict, body, content_type, accept, inference_id, deadline)
        if checked is not None:
            self._keep(checked, answer, inference_id)
        return Response(200, {"Content-Type": answer.content_type, **headers}, answer.body)

    def _collect(self, name: str, request: Request) -> Response:
        assert isinstance(self._model, QueuedModel)
        answer = _asked(self._model.collect, name, request.deadline)
        # The ID names the type, and a caller may have made the ID up.
        if answer is not None and answer.content_type not in self._offered():
            raise _Stop(Problem(HTTPStatus.NOT_FOUND, "there is no such request"))
        if answer is None:
            return _json({"id": name, "status": "waiting"}, 202, headers={"Retry-After": str(RETRY_SECONDS)})
        return Response(200, {"Content-Type": answer.content_type}, answer.body)

    def _checked(self, body: bytes, content_type: str) -> Checked | None:
        """The rows of a request; None without a contract."""
        if self._contract is None:
            kinds = self._settings.content_types
            if media_type(content_type) in [media_type(kind) for kind in kinds]:
                return None
            detail = f"content type {content_type!r} is not supported: send {' or '.join(kinds)}"
            raise _Stop(Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail))
        checked = self._contract.check(body, content_type)
        if checked.is_taken:
            return checked
        raise _Stop(Problem(checked.status, _summary(checked.problems), _named(checked.problems)))

    def _accept(self, header: str, content_type: str) -> str:
        """The type that the model is asked for: what the caller likes best, else the request's own."""
        offered = self._offered()
        own = media_type(content_type)
        preferred = [own, *(kind for kind in offered if kind != own)] if own in offered else list(offered)
        chosen = _best(header, preferred)
        if chosen is None:
            detail = f"Accept {header!r} is not supported: ask for {' or '.join(offered)}"
            raise _Stop(Problem(HTTPStatus.NOT_ACCEPTABLE, detail))
        return chosen

    def _offered(self) -> Sequence[str]:
        """Types in which the model answers."""
        return self._settings.accepts if self._contract is None else self._contract.media_types

    def _keep(self, checked: Checked, answer: Answer, inference_id: str) -> None:
        """Has records of the rows kept; an answer that cannot be understood still goes to the caller."""
        contract = self._contract
        assert contract is not None
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

        def make() -> Sequence[dict[str, Any]]:
            try:
                return records(
                    contract, checked, answer.body, answer.content_type, self._about,
                    inference_id=inference_id, time=now, omit=self._settings.omit_columns,
                )  # fmt: skip
            except Exception as error:
                self._report(error)
                raise

        try:
            self._log.keep(make, len(checked.rows))
        except Exception as error:
            self._report(error)


class _Stop(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def _asked(call: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return call(*arguments)
    except NotAnswered as error:
        raise _Stop(_problem_of(error)) from error


def _problem_of(error: NotAnswered) -> Problem:
    if error.kind == "refused" and 400 <= error.status < 500:
        return Problem(error.status, str(error) or "the model refuses the request")
    if error.kind == "busy":
        again = {"Retry-After": str(RETRY_SECONDS)}
        return Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "the model has too much to do: try again", headers=again
        )
    if error.kind == "timeout":
        return Problem(HTTPStatus.GATEWAY_TIMEOUT, "the model did not answer in time")
    return Problem(HTTPStatus.BAD_GATEWAY, "the model failed")


def _inference_id(request: Request) -> str:
    given = request.headers.get(INFERENCE_ID.lower())
    if given is None:
        return request.request_id
    if not _ID.fullmatch(given):
        raise _Stop(
            Problem(HTTPStatus.BAD_REQUEST, f"{INFERENCE_ID} has 1 to 64 letters, digits and hyphens")
        )
    return given


def _best(header: str, offered: Sequence[str]) -> str | None:
    """Which of the types a caller likes best; None if it takes none of them."""
    if not header.strip():
        return offered[0]
    ranges: dict[str, float] = {}
    for part in header.split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        weights = [p.partition("=")[2] for p in parameters if p.lower().startswith("q=")]
        ranges[name.lower()] = _weight(weights[0]) if weights else 1.0

    def liked(kind: str) -> float:
        for name in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
            if name in ranges:
                return ranges[name]
        return 0.0

    best = max(offered, key=liked)  # the first one of those that are liked alike
    return best if liked(best) > 0 else None


def _weight(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0


def _summary(problems: Sequence[FieldProblem]) -> str:
    """The first problem in a sentence, as the model itself would say it."""
    first = problems[0]
    where = [f"row {first.row}"] if first.row else []
    where += [f"column {first.field!r}"] if first.field else []
    return f"{', '.join(where)} {first.detail}".strip()


def _named(problems: Sequence[FieldProblem]) -> Sequence[FieldProblem]:
    """Those that say more than the summary."""
    return problems if any(one.row for one in problems) else ()


def _json(
    content: Mapping[str, Any],
    status: int = 200,
    *,
    kind: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(status, {"Content-Type": kind, **(headers or {})}, json.dumps(content).encode())
