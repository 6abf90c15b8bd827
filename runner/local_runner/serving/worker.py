"""Loads a model and answers requests; run as a script by the interpreter that has the model's packages.

It imports nothing of the runner. Requests come on standard input as a line of JSON
(`length`, `contentType`, `accept`) and that many bytes; answers go back in the same form, with a `status`.
What the model code prints goes to standard error.
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
    model_dir, code_dir, module_name, kind, image = sys.argv[1:6]
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    handlers, defaults = _beside("handlers"), _beside("defaults").defaults_of(kind)
    sys.path[0] = code_dir
    try:
        module = importlib.import_module(module_name)
        handler = handlers.Handler(module, model_dir, image, defaults)
    except handlers.Unknown as error:
        _send(answers, {"unknown": str(error)})
        return
    except BaseException as error:
        _send(answers, {"error": f"the model could not be loaded: {_describe(error)}"})
        return
    _send(answers, {"ready": True})
    requests = sys.stdin.buffer
    while line := requests.readline():
        request = json.loads(line)
        body = requests.read(request["length"])
        try:
            answer = handler.answer(body, request["contentType"], request["accept"])
        except BaseException as error:
            refusal = {"message": str(error)} if 400 <= (status := _status(error)) < 500 else {}
            _send(answers, {"status": status, "error": _describe(error), **refusal})
            continue
        header = {"status": answer.status, "length": len(answer.body), "accept": answer.content_type}
        _send(answers, header, answer.body)


def _beside(name: str) -> Any:
    """Import a module beside this file; the script may have one of the same name."""
    module = importlib.import_module(name)
    del sys.modules[name]
    return module


def _status(error: BaseException) -> int:
    """The status that an exception of the script names for the client; 500 as for any other."""
    status = getattr(error, "status", 500)
    return int(status) if isinstance(status, int) else 500


def _describe(error: BaseException) -> str:
    traceback.print_exc()
    told = f"{type(error).__name__}: {error}"
    name = getattr(error, "filename", None)
    if isinstance(error, OSError) and isinstance(name, str) and not os.path.isabs(name):  # noqa: PTH117
        here = os.getcwd()  # noqa: PTH109
        told += (
            f" ({name!r} is a relative path, and a model server runs in {here}, not where the code is:"
            " start from model_dir, or from Path(__file__).parent)"
        )
    return told


def _send(answers: BinaryIO, header: dict[str, Any], body: bytes = b"") -> None:
    data = json.dumps(header).encode() + b"\n" + body
    while data:
        data = data[answers.write(data) :]


if __name__ == "__main__":
    main()
