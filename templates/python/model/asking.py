"""Asks a model as a client would: rows go in as CSV, through `input_fn` to `output_fn`, and JSON comes back.

evaluate.py does so with the functions of the new model in its own process, and runs this file in a process of
its own for a model that is approved already, with the code of that model's artifact.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

ROWS_AT_A_TIME = 20_000


def answers(model_dir: str, blocks: Iterable[Sequence[str]]) -> Iterator[list[dict[str, Any]]]:
    """One answer per line of CSV, for blocks of them, each of which is a request.

    Raises `ValueError` when a request is refused or answered wrongly.
    """
    import inference

    model = inference.model_fn(model_dir)
    for some in blocks:
        body = "".join(f"{line}\n" for line in some)
        prediction = inference.predict_fn(inference.input_fn(body, "text/csv"), model)
        answer = inference.output_fn(prediction, "application/json")
        text = answer[0] if isinstance(answer, tuple) else answer
        found: list[dict[str, Any]] = json.loads(text)["predictions"]
        if len(found) != len(some):
            raise ValueError(f"{len(some)} rows were asked for, and {len(found)} answered")
        yield found


def main() -> None:
    """`asking.py CODE MODEL REQUESTS ANSWERS`: each line of both files is a block, as a list in JSON."""
    code, model, requests, target = sys.argv[1:5]
    sys.path[:] = [
        code,
        *(path for path in sys.path if Path(path).resolve() != Path(__file__).parent.resolve()),
    ]
    with Path(requests).open(encoding="utf-8") as asked, Path(target).open("w", encoding="utf-8") as out:
        for block in answers(model, map(json.loads, asked)):
            out.write(json.dumps(block) + "\n")


if __name__ == "__main__":
    main()
