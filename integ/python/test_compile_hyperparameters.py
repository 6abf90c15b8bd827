"""Hyperparameters in the compiled definition, with the real SDK in this process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from building import BUILD, Build, steps
from conftest import Repository


def test_hyperparameters_are_texts_whatever_type_their_parameter_has(
    repository: Repository, build: Build
) -> None:
    values = steps(build())["Train"]["Arguments"]["HyperParameters"]
    assert values["max_depth"] == {"Std:Join": {"On": "", "Values": [{"Get": "Parameters.max_depth"}]}}


def test_a_hyperparameter_that_only_a_build_sets_is_a_parameter_of_its_pipeline(build: Build) -> None:
    given = {"gamma": 1, "max_leaves": "8", "grow_policy": "lossguide", "class_weight": '{"1": 2}'}
    there = {p["Name"]: p for p in build(**BUILD, PIPELINE_PARAMETERS=json.dumps(given))["Parameters"]}
    assert {name: (there[name]["Type"], there[name]["DefaultValue"]) for name in given} == {
        "gamma": ("Float", 1.0),
        "max_leaves": ("Integer", 8),
        "grow_policy": ("String", "lossguide"),
        "class_weight": ("String", '{"1": 2}'),
    }
    train = steps(build(**BUILD, PIPELINE_PARAMETERS=json.dumps(given)))["Train"]["Arguments"]
    assert set(given) <= set(train["HyperParameters"])
    plain = build(**BUILD)
    assert not set(given) & {p["Name"] for p in plain["Parameters"]}
    assert not set(given) & set(steps(plain)["Train"]["Arguments"]["HyperParameters"])


@pytest.mark.parametrize(
    ("framework", "values", "metric"),
    [
        ("xgboost", {"objective": "reg:tweedie"}, "tweedie-nloglik"),
        ("xgboost", {"eval_metric": "mape"}, "mape"),
        ("xgboost", {"objective": "reg:absoluteerror"}, "mae"),
        ("sklearn", {"loss": "poisson"}, "poisson-loss"),
    ],
)
def test_the_metric_that_decides_is_recorded_beside_the_usual_ones(
    tmp_path: Path, framework: str, values: dict[str, Any], metric: str
) -> None:
    repository = Repository(tmp_path / "repository", framework, "regression")
    repository.settings["training"]["hyperparameters"] = values
    repository.save()
    train = steps(repository.compile())["Train"]["Arguments"]
    found = [d["Name"] for d in train["AlgorithmSpecification"]["MetricDefinitions"]]
    usual = {"xgboost": ["rmse", "mae"], "sklearn": ["rmse"]}[framework]
    expected = dict.fromkeys([*usual, metric])
    assert found == [f"{data}:{name}" for data in ("train", "validation") for name in expected]


def test_a_checkpoint_has_no_json_in_its_address(repository: Repository, build: Build) -> None:
    repository.settings["training"] |= {"useSpotInstances": True}
    repository.settings["training"]["hyperparameters"] = {"eta": 0.1, "class_weight": '{"1": 2}'}
    place = json.dumps(steps(build())["Train"]["Arguments"]["CheckpointConfig"])
    assert "Parameters.eta" in place and "class_weight" not in place
