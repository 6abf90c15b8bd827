"""golden.json: rows whose answers a deployment has to give again."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import asking
import golden
from gate import Answers
from schema import Schema
from tests.workbench import FRAMEWORKS, PROBLEMS, Workbench, table


@pytest.fixture(params=PROBLEMS)
def problem(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def kept(bench: Workbench, framework: str, problem: str, source: str) -> dict[str, Any]:
    bench.give(table(problem))
    bench.preprocess(problem)
    bench.train(framework)
    bench.evaluate(golden_rows=source)
    return bench.json(bench.processing / "evaluation" / "golden.json")


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("source", ["evaluation", "synthetic"])
def test_the_served_model_gives_the_golden_answers(
    bench: Workbench, framework: str, problem: str, source: str
) -> None:
    found = kept(bench, framework, problem, source)
    assert bench.ask("".join(f"{row}\n" for row in found["rows"]), found["contentType"]) == found["answers"]
    assert len(found["rows"]) == len(set(found["rows"])) <= golden.ROWS + 3
    if source == "evaluation":
        assert len(found["rows"]) >= golden.ROWS
    if problem == "binary":
        assert all(abs(2 * answer["probability"] - 1) >= golden.MARGIN for answer in found["answers"])
    beside = bench.json(bench.processing / "evaluation" / "golden_digest.json")
    assert beside == {"sha256": found["sha256"]} == {"sha256": golden.digest(found)}


def test_the_schema_is_there_whatever_rows_are_kept_with_the_digest_that_deployments_make(
    bench: Workbench,
) -> None:
    bench.give(table("binary"))
    bench.preprocess("binary")
    bench.train(FRAMEWORKS[0])
    bench.evaluate(golden_rows="none")
    evaluation = bench.processing / "evaluation"
    found = bench.json(evaluation / "schema.json")
    assert found == bench.json(bench.model / "schema.json")
    assert bench.json(evaluation / "schema_digest.json") == {"sha256": golden.digest(found)}


def test_rows_of_the_evaluation_are_of_the_test_set_and_synthetic_ones_are_not(
    bench: Workbench, problem: str
) -> None:
    real = kept(bench, FRAMEWORKS[0], problem, "evaluation")["rows"]
    sent = bench.read("test").drop(columns="outcome").to_csv(index=False, header=False).splitlines()
    assert set(real) <= set(sent)
    bench.evaluate(golden_rows="synthetic")
    made = bench.json(bench.processing / "evaluation" / "golden.json")["rows"]
    assert not set(made) & set(sent)


def test_rows_are_found_in_whichever_block_they_are(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = kept(bench, FRAMEWORKS[0], "regression", "evaluation")
    monkeypatch.setattr(asking, "ROWS_AT_A_TIME", 3)
    bench.evaluate(golden_rows="evaluation")
    assert bench.json(bench.processing / "evaluation" / "golden.json")["rows"] == whole["rows"]


def test_nothing_is_kept_when_nothing_is_to_be_kept(bench: Workbench) -> None:
    bench.give(table("binary"))
    bench.preprocess("binary")
    bench.train(FRAMEWORKS[0])
    bench.evaluate(golden_rows="none")
    assert not list((bench.processing / "evaluation").glob("golden*"))


def schema(problem_type: str, labels: tuple[str, ...] = ()) -> Schema:
    return Schema(problem_type, "y", (), labels)


def test_rows_near_another_class_are_left_out_and_every_class_is_there() -> None:
    likely = np.array([0.501, 0.9, 0.499, 0.1, 0.2, 0.7, 0.504, 0.95, 0.05, 0.6])
    answers = Answers((likely > 0.5).astype(int), np.column_stack([1 - likely, likely]))
    chosen = golden.chosen(schema("binary", ("no", "yes")), answers)
    assert not {0, 2, 6} & set(chosen)
    assert {int(answers.predicted[row]) for row in chosen} == {0, 1}
    assert {8, 7} <= set(chosen)


def test_every_class_that_is_predicted_is_there_however_rare() -> None:
    rng = np.random.default_rng(1)
    predicted = np.repeat(np.arange(10), [900, 3, 50, 1, 500, 7, 2, 300, 1, 40])
    scores = np.full((len(predicted), 10), 0.01)
    scores[np.arange(len(predicted)), predicted] = rng.uniform(0.5, 0.91, len(predicted))
    chosen = golden.chosen(schema("multiclass", tuple("abcdefghij")), Answers(predicted, scores))
    assert set(predicted[chosen]) == set(range(10))
    assert golden.ROWS <= len(chosen) <= 10 + golden.ROWS
    assert list(predicted[chosen]) == sorted(predicted[chosen])


def test_where_all_rows_are_close_the_least_close_ones_are_kept() -> None:
    likely = np.array([0.5001, 0.504, 0.4999, 0.5002, 0.5003, 0.5, 0.4998])
    answers = Answers((likely > 0.5).astype(int), np.column_stack([1 - likely, likely]))
    assert 1 in golden.chosen(schema("binary", ("no", "yes")), answers)


def test_a_test_set_of_few_rows_gives_all_of_them() -> None:
    answers = Answers(np.empty(0, np.int64), np.array([3.0, 1.0]))
    assert golden.chosen(schema("regression"), answers) == [1, 0]


def test_regressions_are_kept_from_the_smallest_value_to_the_largest() -> None:
    values = np.random.default_rng(3).normal(size=101)
    chosen = golden.chosen(schema("regression"), Answers(np.empty(0, np.int64), values))
    assert list(values[chosen]) == sorted(values[chosen])
    assert values[chosen[0]] == values.min() and values[chosen[-1]] == values.max()


def test_the_digest_is_of_the_content_and_not_of_its_spelling() -> None:
    content = golden.document(["1,é"], [{"value": 0.1}])
    spelt = json.loads(json.dumps(content, indent=3, ensure_ascii=False))
    assert golden.digest(dict(reversed(spelt.items()))) == content["sha256"]
    assert golden.digest({**content, "rows": ["1,e"]}) != content["sha256"]
