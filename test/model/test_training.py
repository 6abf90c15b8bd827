"""train.py with the frameworks' own scripts: what is logged, early stopping, hyperparameters, checkpoints."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import checkpoint
from job import UserError
from pipelines import manifests
from pipelines.manifests import PROBLEM_TYPES, TRAINING_METRICS
from tests.workbench import FRAMEWORKS, Workbench, every_framework, every_problem, table

Capture = pytest.CaptureFixture[str]
ROUNDS = {"xgboost": "num_round", "sklearn": "max_iter"}


@every_framework
@every_problem
def test_the_log_has_every_metric_that_the_pipeline_looks_for(
    bench: Workbench, framework: str, problem: str, capfd: Capture
) -> None:
    bench.give(table(problem))
    bench.preprocess(problem)
    summary = bench.train(framework)
    log = capfd.readouterr().out
    for metric in TRAINING_METRICS[framework, problem]:
        for data in ("train", "validation"):
            found = re.findall(rf"{data}-{metric}:([0-9.eE+-]+)", log)
            assert len(found) >= 3
            assert float(found[-1]) == pytest.approx(summary["metrics"][f"{data}-{metric}"], abs=1e-4)


@every_framework
def test_training_stops_when_the_validation_set_gets_no_better(prepared: Workbench, framework: str) -> None:
    rounds = {ROUNDS[framework]: 2000}
    assert prepared.train(framework, early_stopping_rounds=5, **rounds)["rounds"] < 300
    assert prepared.train(framework, early_stopping_rounds=0, **{ROUNDS[framework]: 60})["rounds"] == 60


@every_framework
def test_hyperparameters_reach_the_model(prepared: Workbench, framework: str) -> None:
    rounds = prepared.train(framework, early_stopping_rounds=0, **{ROUNDS[framework]: 3})
    assert rounds["rounds"] == 3
    assert rounds["hyperparameters"][ROUNDS[framework]] == 3


@every_framework
@pytest.mark.parametrize(
    ("changed", "message"),
    [
        (
            {"early_stoping_rounds": 3},
            "'early_stoping_rounds' .did you mean 'early_stopping",
        ),
        ({"seed": "many"}, "hyperparameters: seed is 'many', it must be a whole number, at least "),
        ({"early-stopping-rounds": 3}, "unknown hyperparameter 'early-stopping-rounds'"),
        ({"max_depth": -3}, "hyperparameters: max_depth is '-3', it must be a whole number, at least 0"),
    ],
)
def test_a_wrong_hyperparameter_is_an_error(
    prepared: Workbench, framework: str, changed: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=message) as told:
        prepared.train(framework, **changed)
    assert "SUPPRESS" not in str(told.value)
    assert not (prepared.model / "training.json").exists()


@pytest.mark.skipif("sklearn" not in FRAMEWORKS, reason="scikit-learn is not this repository's framework")
def test_scikit_learn_refuses_several_hosts(prepared: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SM_HOSTS", json.dumps(["algo-1", "algo-2"]))
    with pytest.raises(UserError, match="trains on one instance, not on 2: set TrainingInstanceCount to 1"):
        prepared.train("sklearn")


SAMPLED: dict[str, Any] = {
    "num_round": 45,
    "subsample": 0.7,
    "colsample_bytree": 0.7,
    "early_stopping_rounds": 9,
}


class Interrupted(BaseException):
    """The instance is taken away."""


def interrupt(bench: Workbench, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any]) -> None:
    """Train until the instance is taken away, after the checkpoint of round 20."""
    save = checkpoint.save

    def save_and_go(directory: Path, key: str, progress: checkpoint.Progress, raw: bytes) -> None:
        save(directory, key, progress, raw)
        if progress.rounds >= 20:
            raise Interrupted

    with monkeypatch.context() as changed, pytest.raises(Interrupted):
        changed.setattr(checkpoint, "save", save_and_go)
        bench.train("xgboost", **settings)


@pytest.mark.skipif("xgboost" not in FRAMEWORKS, reason="xgboost is not this repository's framework")
@pytest.mark.parametrize("damage", ["none", "newest", "all", "another training"])
def test_an_interrupted_training_gives_the_model_of_an_undisturbed_one(
    prepared: Workbench, monkeypatch: pytest.MonkeyPatch, capfd: Capture, damage: str
) -> None:
    places = prepared.ml / "checkpoints"
    straight = prepared.train("xgboost", **SAMPLED)
    model = (prepared.model / "model.ubj").read_bytes()
    places.mkdir()

    interrupt(prepared, monkeypatch, SAMPLED)
    older, newest = sorted(places.iterdir())
    for file in {"none": [], "newest": [newest], "all": [older, newest]}.get(damage, []):
        file.write_bytes(file.read_bytes()[:-10])
    if damage == "another training":
        prepared.train("xgboost", **SAMPLED | {"eta": 0.2})
    else:
        assert prepared.train("xgboost", **SAMPLED) == straight
        assert (prepared.model / "model.ubj").read_bytes() == model
    said = capfd.readouterr().out
    expected = {"none": "after round 20 ", "newest": "after round 10 ", "all": "is damaged"}
    assert expected.get(damage, "belongs to another training") in said
    assert list(places.iterdir()) == []


@pytest.mark.parametrize(
    "values",
    [
        {"objective": "reg:absoluteerror"},
        {"objective": "reg:quantileerror", "quantile_alpha": 0.8, "num_parallel_tree": 2},
        {"objective": "reg:tweedie", "colsample_bynode": 0.7, "grow_policy": "lossguide", "max_leaves": 6},
        {"eval_metric": "mape", "base_score": 0.3, "max_bin": 32, "colsample_bylevel": 0.6},
    ],
)
def test_an_interrupted_training_of_another_kind_gives_the_model_of_an_undisturbed_one(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]
) -> None:
    frame = table("regression")
    bench.give(frame.assign(outcome=np.exp(frame["outcome"] / 2)))
    bench.preprocess("regression")
    settings = {"num_round": 45, "subsample": 0.7, "early_stopping_rounds": 0, **values}
    straight = bench.train("xgboost", **settings)
    model = (bench.model / "model.ubj").read_bytes()
    (bench.ml / "checkpoints").mkdir()
    interrupt(bench, monkeypatch, settings)
    assert bench.train("xgboost", **settings) == straight
    assert (bench.model / "model.ubj").read_bytes() == model


def test_trainings_that_share_a_place_keep_their_own_checkpoints(tmp_path: Path) -> None:
    for rounds in (10, 20, 30):
        checkpoint.save(tmp_path, "a" * 64, checkpoint.Progress(rounds), b"one")
    checkpoint.save(tmp_path, "b" * 64, checkpoint.Progress(10), b"other")
    assert checkpoint.load(tmp_path, "a" * 64) == (checkpoint.Progress(30), b"one")
    assert checkpoint.load(tmp_path, "b" * 64) == (checkpoint.Progress(10), b"other")
    assert len(list(tmp_path.iterdir())) == 3


@every_framework
def test_the_pipeline_knows_the_hyperparameters_that_train_takes(framework: str) -> None:
    import argparse
    import importlib

    parser = argparse.ArgumentParser()
    importlib.import_module(f"{framework}_model").add_arguments(parser)
    names = {action.dest for action in parser._actions if action.dest != "help"}
    assert set(manifests.FRAMEWORKS[framework]["hyperparameters"]) <= names
    for name in manifests.FLOAT_HYPERPARAMETERS & names:
        assert isinstance(parser.parse_args([f"--{name}", "1"]).__dict__[name], float)


@every_framework
@every_problem
def test_the_model_has_learnt_something(bench: Workbench, framework: str, problem: str) -> None:
    bench.give(table(problem))
    bench.preprocess(problem)
    bench.train(framework)
    metrics = bench.evaluate()[PROBLEM_TYPES[problem]["report"]]
    if problem == "regression":
        assert metrics["r2"]["value"] > 0.5
    else:
        assert metrics["accuracy"]["value"] > {"binary": 0.7, "multiclass": 0.55}[problem]
