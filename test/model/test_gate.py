"""The quality gate: a baseline to beat, an approved version that must not be lost to."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from job import UserError
from tests.workbench import PROBLEMS, Workbench, every_framework, table


def made(
    bench: Workbench, framework: str, frame: pd.DataFrame, problem: str = "binary", **rounds: Any
) -> None:
    bench.give(frame)
    bench.preprocess(problem)
    bench.train(framework, **rounds)


def passes(bench: Workbench) -> bool:
    gate = bench.gate()["quality_gate"]
    higher = gate["comparison"].startswith(">")
    return bool(gate["value"] > gate["required"]) if higher else bool(gate["value"] < gate["required"])


@every_framework
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_model_that_learnt_beats_the_baseline(bench: Workbench, framework: str, problem: str) -> None:
    made(bench, framework, table(problem, rows=400), problem)
    bench.evaluate()
    assert passes(bench)
    assert "baseline" in bench.gate()["quality_gate"]["against"]


@every_framework
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_model_of_noise_does_not(bench: Workbench, framework: str, problem: str) -> None:
    frame = table(problem, rows=400)
    frame["outcome"] = np.random.default_rng(4).permutation(frame["outcome"])
    made(bench, framework, frame, problem)
    bench.evaluate()
    assert not passes(bench)


@every_framework
def test_rare_classes_do_not_pass_by_always_saying_no(bench: Workbench, framework: str) -> None:
    frame = table("binary", rows=600)
    frame["outcome"] = np.where(np.random.default_rng(4).random(600) < 0.04, "yes", "no")
    made(bench, framework, frame)
    bench.evaluate(metric="accuracy", comparison=">")
    gate = bench.gate()
    assert gate["baseline"]["value"] > 0.9 and not passes(bench)


@every_framework
def test_the_same_model_again_passes_and_a_worse_one_does_not(bench: Workbench, framework: str) -> None:
    rounds = "num_round" if framework == "xgboost" else "max_iter"
    made(bench, framework, table("binary", rows=800), early_stopping_rounds=0)
    bench.pack("approved")
    bench.evaluate(metric="log_loss", comparison="<", approved="version 3")
    assert passes(bench) and bench.gate()["approved"]["difference"] == 0
    bench.train(framework, early_stopping_rounds=0, **{rounds: 1})
    bench.evaluate(metric="log_loss", comparison="<", approved="version 3")
    gate = bench.gate()
    assert gate["quality_gate"]["against"] == "version 3" and not passes(bench)
    low, high = gate["approved"]["interval"]
    assert 0 < low < gate["approved"]["difference"] < high


@every_framework
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda schema: schema | {"split": schema["split"] | {"seed": 1}}, "split by another rule"),
        (lambda schema: schema | {"columns": schema["columns"][1:]}, "its columns are different"),
        (lambda schema: schema | {"labels": ["no", "perhaps"]}, "its labels are different"),
    ],
)
def test_another_kind_of_version_is_not_compared(
    bench: Workbench, framework: str, change: Any, reason: str
) -> None:
    made(bench, framework, table("binary"))
    file = bench.model / "schema.json"
    own = file.read_text(encoding="utf-8")
    file.write_text(json.dumps(change(json.loads(own))), encoding="utf-8")
    bench.pack("approved")
    file.write_text(own, encoding="utf-8")
    bench.evaluate(approved="version 3")
    approved = bench.gate()["approved"]
    assert not approved["comparable"] and reason in approved["reason"]
    assert "baseline" in bench.gate()["quality_gate"]["against"]


@every_framework
def test_a_version_of_another_image_is_not_compared(bench: Workbench, framework: str) -> None:
    made(bench, framework, table("binary"))
    bench.pack("approved")
    bench.evaluate(image="image:2", approved="version 3", approved_image="image:1")
    assert bench.gate()["approved"]["reason"] == "its image is different"


@every_framework
def test_a_version_that_hangs_is_not_waited_for(
    bench: Workbench, framework: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(bench, framework, table("binary"))
    bench.pack("approved")
    monkeypatch.setattr("gate.FINISH_SECONDS", 0.01)
    bench.evaluate(approved="version 3")
    assert bench.gate()["approved"]["reason"] == "it did not answer within 0.01 s"


@every_framework
def test_a_version_without_one_archive_is_not_compared(bench: Workbench, framework: str) -> None:
    made(bench, framework, table("binary"))
    bench.evaluate(approved="version 3", approved_image="image:1")
    assert bench.gate()["approved"]["reason"] == "its artifact is not one model.tar.gz"
    bench.evaluate()
    assert "approved" not in bench.gate()


@every_framework
def test_the_approved_version_answers_by_its_own_code(bench: Workbench, framework: str) -> None:
    made(bench, framework, table("binary"))
    file = bench.model / "code" / "inference.py"
    own = file.read_text(encoding="utf-8")
    file.write_text(own.replace('json.dumps({"predictions":', 'json.dumps({"answers":'), encoding="utf-8")
    bench.pack("approved")
    file.write_text(own, encoding="utf-8")
    bench.evaluate(approved="version 3")
    approved = bench.gate()["approved"]
    assert not approved["comparable"] and "KeyError: 'predictions'" in approved["reason"]


@every_framework
def test_a_metric_that_is_not_defined_passes_no_gate(bench: Workbench, framework: str) -> None:
    made(bench, framework, table("regression", rows=60).assign(outcome=[1.0] * 50 + [2.0] * 10), "regression")
    test = bench.processing / "test" / "test.parquet"
    import pyarrow as pa
    import pyarrow.parquet as parquet

    sent = parquet.read_table(test)
    ones = pa.array(["1"] * sent.num_rows)
    parquet.write_table(sent.set_column(sent.num_columns - 1, "outcome", ones), test)
    with pytest.raises(UserError, match="r2 is not defined on this test set"):
        bench.evaluate(metric="r2", comparison=">")


@every_framework
def test_an_unknown_metric_is_an_error(bench: Workbench, framework: str) -> None:
    made(bench, framework, table("binary"))
    with pytest.raises(UserError, match="--metric 'rmse' is not one of accuracy, "):
        bench.evaluate(metric="rmse", comparison="<")
