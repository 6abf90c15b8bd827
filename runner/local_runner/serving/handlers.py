"""What the servers of the XGBoost and the scikit-learn image do with the functions of an inference script.

Both are sagemaker-containers 2.8.6 on Flask 3.1 (their lock files in aws/deep-learning-containers), so what a
function returns is sent as Flask sends it. Of other images only what the script itself does is known.
Runs in the model's own interpreter and imports nothing of the runner.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

JSON = "application/json"
TEXTS = (JSON, "text/csv")
OTHERS = ("input_fn", "predict_fn", "output_fn")
Defaults = dict[str, Callable[..., Any]]


class Unknown(Exception):
    """Something that only the image knows: it can be neither done nor refused on this machine."""


@dataclass(frozen=True)
class Answer:
    """A response: HTTP status, body, content type."""

    status: int
    body: bytes
    content_type: str


class Handler:
    """A loaded script; `defaults` are what the image does where it has no function."""

    def __init__(
        self, module: Any, model_dir: str, image: str = "", defaults: Defaults | None = None
    ) -> None:
        own = {name: getattr(module, name, None) for name in ("model_fn", "transform_fn", *OTHERS)}
        if not own["model_fn"]:
            raise AttributeError(f"{module.__name__} has no model_fn(model_dir)")
        others = [name for name in OTHERS if own[name]]
        if own["transform_fn"] and others:
            raise AttributeError(
                f"{module.__name__} has transform_fn beside {', '.join(others)}, which the container refuses:"
                " keep transform_fn alone, or the others"
            )
        missing = [name for name in OTHERS if not own[name]]
        if missing and not own["transform_fn"] and not defaults:
            raise Unknown(
                f"{module.__name__} has no {', '.join(missing)}, and what the image {image} does without is"
                " not known on this machine: write it, or transform_fn in place of all three"
            )
        self._own = SimpleNamespace(**{name: own[name] or (defaults or {}).get(name) for name in own})
        self._known = bool(defaults)
        self._name = module.__name__
        self._model = self._own.model_fn(model_dir)

    def answer(self, body: bytes, content_type: str, accept: str) -> Answer:
        """Return the answer to one request; what a function raises is raised."""
        content_type = content_type or JSON
        if not accept or accept == "*/*":
            accept = os.environ.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT", JSON)
        payload = body.decode("utf-8", "replace") if content_type in TEXTS else body
        if self._own.transform_fn:
            result = self._own.transform_fn(self._model, payload, content_type, accept)
        else:
            data = self._own.input_fn(payload, content_type)
            result = self._own.output_fn(self._own.predict_fn(data, self._model), accept)
        return self._response(result, accept)

    def _response(self, result: Any, accept: str) -> Answer:
        if hasattr(result, "get_data") and hasattr(result, "status_code"):
            return Answer(result.status_code, result.get_data(), result.mimetype or JSON)
        if isinstance(result, tuple):
            content, content_type = result[0], result[1]
            return Answer(200, self._content(content), content_type or JSON)
        if self._known and isinstance(result, (dict, list)):
            return Answer(200, _as_flask_does(result), JSON)
        if not isinstance(result, (str, bytes, Iterator)):
            raise self._wrong(result)
        # Flask says text/html of a text alone, whatever was asked for.
        return Answer(200, self._content(result), "text/html" if self._known else accept)

    def _content(self, content: Any) -> bytes:
        """The body of what stands first in a tuple: text, bytes, or an iterable of them."""
        if isinstance(content, str):
            return content.encode()
        if isinstance(content, bytes):
            return content
        if not self._known or isinstance(content, bytearray):  # of which gunicorn sends nothing
            raise self._wrong(content)
        if content is None:
            return b""
        try:
            parts = list(content)
        except TypeError:
            raise self._wrong(content) from None
        if not all(isinstance(part, (str, bytes)) for part in parts):
            raise self._wrong(content)
        return b"".join(part.encode() if isinstance(part, str) else part for part in parts)

    def _wrong(self, value: Any) -> TypeError:
        return TypeError(
            f"{self._name} answers with {type(value).__name__}, which the container turns into status 500:"
            " return text or bytes, alone or with the content type"
        )


def _as_flask_does(result: Any) -> bytes:
    from json import dumps

    return dumps(result, sort_keys=True, separators=(",", ":")).encode() + b"\n"
