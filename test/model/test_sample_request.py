"""The made-up row of a smoke test is one that the model takes, whatever the rest of the data holds."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pyarrow as pa

import cells
import inference
from columns import Column
from data_settings import Data
from decisions import _column, with_categories
from engineering import Encoder
from schema import Schema

ROOT = Path(__file__).parents[2]
TABLES = 150
CELLS = {
    "whole": lambda r: str(r.randint(-50, 10**6)),
    "decimal": lambda r: repr(r.uniform(-1e6, 1e-3)),
    "code": lambda r: f"{r.randint(0, 999):05}",
    "truth": lambda r: r.choice(["true", "False", "TRUE"]),
    "day": lambda r: f"20{r.randint(10, 30)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}",
    "moment": lambda r: f"2024-01-{r.randint(1, 28):02}T08:{r.randint(10, 59)}:00Z",
    "epoch": lambda r: str(r.randint(1_500_000_000, 1_700_000_000)),
    "word": lambda r: r.choice(["north", "south, east", 'the "west"', "NA "]),
    "name": lambda r: "".join(r.choice("abcdef ") for _ in range(12)) + "x",
    "gap": lambda r: r.choice(["", "NA", "?", "-"]),
}


def column(r: random.Random, rows: int) -> list[str]:
    """Cells of one kind, or of one kind in the beginning and of two later; gaps anywhere or nowhere."""
    kinds = [r.choice(list(CELLS)) for _ in range(2)]
    gaps = r.choice([0.0, 0.0, 0.3])
    change = r.choice([rows, rows, rows // 2])
    made = [CELLS[kinds[0] if i < change else r.choice(kinds)](r) for i in range(rows)]
    return [r.choice(["", "NA"]) if r.random() < gaps else cell for cell in made]


def test_the_serving_code_takes_the_made_up_row() -> None:
    r = random.Random(2026)
    tables = []
    for _ in range(TABLES):
        names = [f"c{i}" for i in range(r.randint(2, 6))]
        tables.append(pa.table({name: pa.array(column(r, 40), pa.string()) for name in names}))
    # What is read at synthesis is the beginning of the data alone.
    read = ["\n".join([",".join(t.column_names), *cells.lines(t.slice(0, 20).columns), ""]) for t in tables]
    done = subprocess.run(
        ["node_modules/.bin/tsx", "--tsconfig", "tsconfig.dev.json", "testing/sample-requests.ts"],
        cwd=ROOT,
        input=json.dumps(read),
        capture_output=True,
        text=True,
        check=True,
    )
    for table, line in zip(tables, json.loads(done.stdout), strict=True):
        columns: list[Column] = []
        for name in table.column_names:
            found, values = _column(name, table[name].combine_chunks(), Data())
            columns.append(found if values is None else with_categories(found, values))
        schema = Schema("binary", "target", tuple(columns), (0, 1))
        request = inference.input_fn(line, "text/csv")
        assert isinstance(request, inference.Request), line
        assert isinstance(request.content, str)
        features, _ = inference._from_csv(request.content, Encoder(schema))
        assert len(features) == 1, line
