"""What is trained on, measured and served is the same, whatever the cells of a table look like."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow.parquet as parquet
import pytest

import asking
import inference
from columns import whole
from tests.workbench import FRAMEWORKS, Workbench

Random = np.random.Generator
ROWS = 240
GAPS = ["", "NA", "null", "-", "?", " "]
WORDS = ("None", "yes", "no ", " no", 'a "b"', "a,b", "ü", "N\nL")


def pick(rng: Random, *values: str, odds: list[float] | None = None) -> list[str]:
    return [str(value) for value in rng.choice(values, ROWS, p=odds)]


def spread(rng: Random, cells: list[str], tokens: list[str], share: float = 0.1) -> list[str]:
    return [str(rng.choice(tokens)) if rng.random() < share else cell for cell in cells]


COLUMNS: dict[str, Callable[[Random], list[str]]] = {
    "whole": lambda rng: [str(n) for n in rng.integers(-50, 50, ROWS)],
    "long": lambda rng: [f"{x:.25f}" for x in rng.normal(size=ROWS)],
    "scientific": lambda rng: [f"{x * x**9:.17e}" for x in rng.normal(size=ROWS)],
    "signs": lambda rng: pick(rng, "+1", "-2.", ".5", "1e2", "3E-1", "-0"),
    "gaps": lambda rng: spread(rng, [f"{x:.3f}" for x in rng.normal(size=ROWS)], GAPS),
    "TRUE": lambda rng: pick(rng, "TRUE", "FALSE"),
    "mixed case": lambda rng: spread(rng, pick(rng, "TRUE", "True", "true", "False", "false"), ["", "NA"]),
    "codes": lambda rng: pick(rng, "007", "07", "7", "012"),
    "words": lambda rng: spread(rng, pick(rng, *WORDS), ["", "NaN"]),
    "many": lambda rng: [f"user {n}" for n in rng.integers(0, 120, ROWS)],
    "digits or text": lambda rng: pick(rng, "1", "1.0", "2", "x"),
    "day": lambda rng: [f"20{d:02d}-{d % 12 + 1:02d}-{d:02d}" for d in rng.integers(1, 29, ROWS)],
    "moment": lambda rng: spread(rng, [f"2026-01-09T{d:02d}:30Z" for d in rng.integers(24, size=ROWS)], GAPS),
    "epoch": lambda rng: [str(1_700_000_000_000 + 500 * int(n)) for n in rng.integers(0, 10**6, ROWS)],
    "x=y": lambda rng: pick(rng, "0.1", "0.2"),
    "x": lambda rng: pick(rng, "y", "z"),
    "constant": lambda rng: ["same"] * ROWS,
    "": lambda rng: [str(n + 1) for n in range(ROWS)],
}  # fmt: skip


def random_table(rng: Random) -> tuple[list[str], list[list[str]]]:
    """A header and rows, target in a random place; `key` tells the rows apart."""
    names = [str(name) for name in rng.permutation(list(COLUMNS))[: rng.integers(3, 9)]]
    cells = {name: COLUMNS[name](rng) for name in names}
    cells["key"] = [repr(float(x)) for x in rng.permutation(ROWS) * 1.25 - 7]
    score = np.array([float(x) for x in cells["key"]]) / 200 + rng.normal(size=ROWS)
    for values in cells.values():
        score += np.array([hash_of(value) for value in values])
    cells["outcome"] = [("yes" if s > np.median(score) else "no ") for s in score]
    order = [str(name) for name in rng.permutation(list(cells))]
    return order, [list(row) for row in zip(*(cells[name] for name in order), strict=True)]


def hash_of(text: str) -> float:
    return (sum(text.strip().lower().encode()) % 7) / 3


def line(row: list[str], rng: Random) -> str:
    out = io.StringIO()
    quoting: Any = csv.QUOTE_ALL if rng.random() < 0.2 else csv.QUOTE_MINIMAL
    csv.writer(out, quoting=quoting, lineterminator="\n").writerow(row)
    return out.getvalue()


def answered(answer: dict[str, Any]) -> float:
    return float(answer["probability"])


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("seed", range(int(os.environ.get("SEEDS", "2"))))
def test_a_line_of_the_data_is_served_as_it_was_trained_on(
    bench: Workbench, framework: str, seed: int
) -> None:
    rng = np.random.default_rng([seed, 12])
    header, rows = random_table(rng)
    cut = int(rng.integers(1, ROWS))
    if seed % 3 == 0:
        bench.settings(missing_tokens=("-9", "NA", "-2."))
    lines = [line(row, rng) for row in rows]
    bench.give(line(header, rng) + "".join(lines[:cut]), "part-0.csv")
    bench.give(line(header, rng) + "".join(lines[cut:]), "part-1.csv")
    bench.preprocess("binary")
    bench.train(framework)
    bench.evaluate(metric="auc", comparison=">")

    model = inference.model_fn(str(bench.model))
    place, target = header.index("key"), header.index("outcome")
    requests = {float(row[place]): row[:target] + row[target + 1 :] for row in rows}
    for name in ("train", "validation"):
        table = parquet.read_table(bench.processing / name / f"{name}.parquet")
        values = [whole(table[column.name]) for column in model.schema.used]
        features = model.schema.features(values, table.num_rows)
        trained = model.framework.predict(model.predictor, features, "binary")[:, 1]
        body = "".join(line(requests[key], rng) for key in table["key"].to_pylist())
        served = np.array([answered(answer) for answer in bench.ask(body)])
        np.testing.assert_array_equal(served.astype(trained.dtype), trained)

    measured = bench.read("test")
    body = "".join(line(requests[float(key)], rng) for key in measured["key"])
    served_rows = bench.ask(body)
    sent = parquet.read_table(bench.processing / "test" / "test.parquet").drop_columns(["outcome"])
    import cells

    asked = asking.opened(str(bench.model))(cells.lines(sent.columns))
    assert served_rows == asked
    actual = [str(label).strip() for label in measured["outcome"]]
    right = np.mean([answer["label"] == label for answer, label in zip(served_rows, actual, strict=True)])
    report = bench.json(bench.processing / "evaluation" / "evaluation.json")["binary_classification_metrics"]
    assert report["accuracy"]["value"] == pytest.approx(float(right))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_json_values_mean_what_their_cells_do(bench: Workbench, framework: str) -> None:
    rng = np.random.default_rng(5)
    names = ["whole", "long", "mixed case", "words", "codes"]
    columns = [COLUMNS[name](rng) for name in names]
    labels = [
        "1" if hash_of(a) + hash_of(b) > 2 else "0" for a, b in zip(columns[0], columns[3], strict=True)
    ]
    rows = [list(row) for row in zip(*columns, labels, strict=True)]
    bench.give(line([*names, "outcome"], rng) + "".join(line(row, rng) for row in rows))
    bench.preprocess("binary")
    bench.train(framework)
    some = [row[:-1] for row in rows[:40]]
    objects = [
        {
            "whole": int(a),
            "long": float(b),
            "words": d,
            "codes": e,
            "mixed case": c.lower() == "true" if c else None,
        }
        for a, b, c, d, e in some
    ]
    import json

    by_csv = bench.ask("".join(line(row, rng) for row in some))
    known = [i for i, row in enumerate(some) if row[2] != "NA"]
    by_json = bench.ask(json.dumps({"instances": [objects[i] for i in known]}), "application/json")
    assert by_json == [by_csv[i] for i in known]
