"""What a service gets and gives, and what it asks: the forms that its carriers and models share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

JSON = "application/json"

Kind = Literal["busy", "timeout", "refused", "failed"]


@dataclass(frozen=True)
class Request:
    """A request, whatever brought it."""

    method: str
    path: str
    """Without what comes before it in the address, such as the stage of a REST API; with a slash."""
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes
    request_id: str
    deadline: float
    """By `time.monotonic`, when the answer must be there."""
    claims: Mapping[str, Any] = field(default_factory=dict)
    prefix: str = ""
    """What comes before the path in the address."""


@dataclass(frozen=True)
class Response:
    """What goes back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What a model said."""

    content_type: str
    body: bytes


class NotAnswered(Exception):
    """A model has not answered; for `refused`, `status` and the message are the model's own."""

    def __init__(self, kind: Kind, message: str = "", status: int = 400) -> None:
        super().__init__(message)
        self.kind = kind
        self.status = status


class Model(Protocol):
    """Answers at once."""

    def predict(
        self, body: bytes, content_type: str, accept: str, inference_id: str, deadline: float
    ) -> Answer:
        """The answer to a request. Raises NotAnswered."""


@runtime_checkable
class QueuedModel(Protocol):
    """Takes requests now and answers later."""

    def submit(self, body: bytes, content_type: str, accept: str, inference_id: str, deadline: float) -> str:
        """Take a request; the ID by which its answer is asked for. Raises NotAnswered."""

    def collect(self, request: str, deadline: float) -> Answer | None:
        """The answer; None as long as there is none. Raises NotAnswered, also for what the model refused."""


@dataclass(frozen=True)
class Settings:
    """What a service is set to."""

    path: str
    kind: str = "realtime"
    max_payload_bytes: int = 1024 * 1024
    content_types: Sequence[str] = (JSON,)
    """Of requests and answers of a model without a contract; the first answer's type is asked for."""
    accepts: Sequence[str] = (JSON,)
    security: str | None = None
    omit_columns: Sequence[str] = ()
    title: str = "Predictions"

    @property
    def is_asynchronous(self) -> bool:
        """Whether answers come later."""
        return self.kind == "asynchronous"
