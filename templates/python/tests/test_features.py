"""features.py and the model on this repository's own data: what is trained on is what is served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import data_settings
import engineering
import inference
from cells import lines
from columns import whole
from pipelines import package, settings
from tests.workbench import FRAMEWORKS, Workbench, table

ROOT = Path(__file__).parents[1]
LARGEST = 20_000_000
"""Bytes of data that a test reads; with more, the pipeline itself checks features on all rows."""
TRIED = 40


class Own:
    """The repository's data, target and model; a made-up table where there is no repository around."""

    def __init__(self, bench: Workbench) -> None:
        self.bench, self.framework, self.problem, self.target = bench, FRAMEWORKS[0], "binary", "outcome"
        self.hyperparameters: dict[str, Any] = {}
        if not (ROOT / settings.FILE).is_file():
            bench.give(table("binary"))
            return
        found = settings.load(ROOT)
        self.framework, self.problem = found.model.framework, found.model.problem_type
        self.target, self.hyperparameters = found.data.target_column, found.training.hyperparameters
        if not found.data.local:
            pytest.skip("the data is in S3: the pipeline checks features on its rows")
        place = ROOT / found.data.input_data_url
        files = package.data_files(place)
        if sum(file.stat().st_size for file in files) > LARGEST:
            pytest.skip("the data is large: the pipeline checks features on all of its rows")
        for file in files:
            name = str(file.relative_to(place)) if place.is_dir() else file.name
            bench.put(file.read_bytes(), name)
        (bench.ml / "data.json").write_bytes(package.data_json(ROOT, found))
        bench.use(data_settings.load(bench.ml))

    def prepare(self) -> None:
        """Run the preprocessing."""
        self.bench.preprocess(self.problem, self.target)

    def train(self) -> dict[str, Any]:
        """Run the training with the repository's hyperparameters."""
        return self.bench.train(self.framework, **self.hyperparameters)


@pytest.fixture
def own(bench: Workbench) -> Own:
    """The repository's data, after the preprocessing with its own features."""
    bench.with_own_features()
    found = Own(bench)
    found.prepare()
    return found


def test_a_row_alone_has_the_features_that_it_has_among_others(own: Own) -> None:
    encoder = engineering.Encoder.load(own.bench.processing / "schema")
    tests = own.bench.cells("test")
    rows = np.unique(np.linspace(0, tests.num_rows - 1, TRIED).astype(int))
    together = encoder.encode(tests)
    for row in rows:
        alone = encoder.encode(tests.slice(row, 1))
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-6, atol=1e-6)
    backwards = encoder.encode(tests.take(np.arange(tests.num_rows)[::-1]))
    np.testing.assert_allclose(backwards[::-1], together, rtol=1e-6, atol=1e-6)


def test_the_same_rows_give_the_same_features_each_time(own: Own) -> None:
    def written() -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for directory in ("schema", "train", "validation")
            for path in (own.bench.processing / directory).iterdir()
        }

    before = written()
    own.prepare()
    assert written() == before


def test_the_trained_model_answers_its_golden_rows_again(own: Own) -> None:
    own.train()
    own.bench.evaluate(golden_rows="evaluation")
    golden = own.bench.json(own.bench.processing / "evaluation" / "golden.json")
    assert own.bench.ask("".join(f"{row}\n" for row in golden["rows"])) == golden["answers"]


def test_a_request_as_objects_is_answered_as_its_line_is(own: Own) -> None:
    own.train()
    schema = inference.model_fn(str(own.bench.model)).schema
    some = own.bench.cells("test").slice(0, 5).select([column.name for column in schema.columns])
    objects = some.to_pylist()
    by_line = own.bench.ask("".join(f"{line}\n" for line in lines([whole(c) for c in some.columns])))
    assert own.bench.ask(json.dumps({"instances": objects}), "application/json") == by_line
