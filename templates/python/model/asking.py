"""Asks a model as a client would: rows go in as CSV, through `input_fn` to `output_fn`, and JSON comes back.

evaluate.py does so with the functions of the new model in its own process, and runs this file in a process of
its own for a model that is approved already, with the code of that model's artifact.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROWS_AT_A_TIME = 20_000


Ask = Callable[[Sequence[str]], list[dict[str, Any]]]


def opened(model_dir: str) -> Ask:
    """Load a model; what it gives has one answer per line of CSV, all lines being one request.

    Raises `ValueError` when a request is refused or answered wrongly.
    """
    import inference

    model = inference.model_fn(model_dir)

    def ask(some: Sequence[str]) -> list[dict[str, Any]]:
        body = "".join(f"{line}\n" for line in some)
        prediction = inference.predict_fn(inference.input_fn(body, "text/csv"), model)
        answer = inference.output_fn(prediction, "application/json")
        text = answer[0] if isinstance(answer, tuple) else answer
        found: list[dict[str, Any]] = json.loads(text)["predictions"]
        if len(found) != len(some):
            raise ValueError(f"{len(some)} rows were requested, and {len(found)} were answered")
        return found

    return ask


def main() -> None:
    """`asking.py CODE MODEL REQUESTS ANSWERS`: each line of both files is a block, as a list in JSON."""
    code, model, requests, target = sys.argv[1:5]
    sys.path[:] = [
        code,
        *(path for path in sys.path if Path(path).resolve() != Path(__file__).parent.resolve()),
    ]
    with Path(requests).open(encoding="utf-8") as asked, Path(target).open("w", encoding="utf-8") as out:
        ask = opened(model)
        for line in asked:
            out.write(json.dumps(ask(json.loads(line))) + "\n")


if __name__ == "__main__":
    main()
    # All answers are written. Threads of the libraries can crash a process that waits for their end
    # ("terminate called without an active exception"), which would be taken for the model's failure.
    os._exit(0)
