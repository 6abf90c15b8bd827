"""Asks a model as a client would: rows go in as CSV, through `input_fn` to `output_fn`, and JSON comes back.

evaluate.py does so with the functions of the new model in its own process, and runs this file in a process of
its own for a model that is approved already, with the code of that model's artifact.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROWS_AT_A_TIME = 20_000


def answers(model_dir: str, lines: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One answer per line of CSV. Raises `ValueError` when a request is refused or answered wrongly."""
    import inference

    model = inference.model_fn(model_dir)
    for first in range(0, len(lines), ROWS_AT_A_TIME):
        some = lines[first : first + ROWS_AT_A_TIME]
        body = "".join(f"{line}\n" for line in some)
        prediction = inference.predict_fn(inference.input_fn(body, "text/csv"), model)
        answer = inference.output_fn(prediction, "application/json")
        text = answer[0] if isinstance(answer, tuple) else answer
        found = json.loads(text)["predictions"]
        if len(found) != len(some):
            raise ValueError(f"{len(some)} rows were asked for, and {len(found)} answered")
        yield from found


def main() -> None:
    """`asking.py CODE MODEL REQUESTS ANSWERS`: the lines of a file, answered as lines of JSON."""
    code, model, requests, target = sys.argv[1:5]
    sys.path[:] = [
        code,
        *(path for path in sys.path if Path(path).resolve() != Path(__file__).parent.resolve()),
    ]
    lines = json.loads(Path(requests).read_text(encoding="utf-8"))
    with Path(target).open("w", encoding="utf-8") as out:
        for answer in answers(model, lines):
            out.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
