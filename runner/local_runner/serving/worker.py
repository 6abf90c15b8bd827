"""Loads a model and answers requests; run as a script by the interpreter that has the model's packages.

It imports nothing of the runner. Requests come on standard input as a line of JSON
(`length`, `contentType`, `accept`) and that many bytes; answers go back in the same form. What the model code
prints goes to standard error.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any, BinaryIO


def main() -> None:
    """Load the model of the directory given, then answer until standard input ends."""
    model_dir, code_dir, program = sys.argv[1:4]
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.path.insert(0, code_dir)
    try:
        module = importlib.import_module(program.removesuffix(".py").replace("/", "."))
        handler = Handler(module, model_dir)
    except BaseException as error:
        _fail(answers, f"the model could not be loaded: {_describe(error)}")
        return
    _send(answers, {"ready": True})
    requests = sys.stdin.buffer
    while line := requests.readline():
        request = json.loads(line)
        try:
            body, accept = handler.answer(
                requests.read(request["length"]), request["contentType"], request["accept"]
            )
        except BaseException as error:
            _fail(answers, _describe(error))
            continue
        _send(answers, {"length": len(body), "accept": accept}, body)


class Handler:
    """The functions of an inference script, with the defaults of SageMaker's inference toolkit."""

    def __init__(self, module: Any, model_dir: str) -> None:
        if not hasattr(module, "model_fn"):
            raise AttributeError(f"{module.__name__} has no model_fn(model_dir)")
        others = [name for name in ("input_fn", "predict_fn", "output_fn") if hasattr(module, name)]
        if hasattr(module, "transform_fn") and others:
            raise AttributeError(
                f"{module.__name__} has transform_fn beside {', '.join(others)}, which the container refuses:"
                " keep transform_fn alone, or the others"
            )
        self._module = module
        self._model = module.model_fn(model_dir)

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """Return the answer to one request and its content type."""
        if hasattr(self._module, "transform_fn"):
            result = self._module.transform_fn(
                self._model, _payload(body, content_type), content_type, accept
            )
        else:
            read = getattr(self._module, "input_fn", _decode)
            predict = getattr(self._module, "predict_fn", lambda data, model: model.predict(data))
            write = getattr(self._module, "output_fn", _encode)
            result = write(predict(read(_payload(body, content_type), content_type), self._model), accept)
        if isinstance(result, tuple):
            result, accept = result[0], result[1]
        if not isinstance(result, (str, bytes)):
            raise TypeError(
                f"{self._module.__name__} answers with {type(result).__name__}, which the container turns"
                " into status 500: return text or bytes, alone or with the content type"
            )
        return result if isinstance(result, bytes) else result.encode(), accept


def _payload(body: bytes, content_type: str) -> str | bytes:
    # As sagemaker-containers: text for exactly these two, bytes for all else, a charset included.
    return body.decode("utf-8", "replace") if content_type in ("text/csv", "application/json") else body


def _decode(body: Any, content_type: str) -> Any:
    import numpy

    if content_type.startswith("text/csv"):
        return numpy.genfromtxt(body.splitlines(), delimiter=",", ndmin=2)
    if content_type.startswith("application/json"):
        return numpy.array(json.loads(body))
    raise ValueError(f"no input_fn for content type {content_type}")


def _encode(prediction: Any, accept: str) -> str:
    values = prediction.tolist() if hasattr(prediction, "tolist") else prediction
    if "json" in accept:
        return json.dumps(values)
    rows = values if isinstance(values, list) else [values]
    return "\n".join(",".join(map(str, row)) if isinstance(row, list) else str(row) for row in rows)


def _describe(error: BaseException) -> str:
    traceback.print_exc()
    return f"{type(error).__name__}: {error}"


def _fail(answers: BinaryIO, message: str) -> None:
    _send(answers, {"error": message})


def _send(answers: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    data = json.dumps(header).encode() + b"\n" + body
    while data:
        data = data[answers.write(data) :]


if __name__ == "__main__":
    main()
