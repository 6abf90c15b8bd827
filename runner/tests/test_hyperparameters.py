"""Hyperparameters that training takes: checked before anything runs, also those without a parameter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.hyperparameters import extend

from .conftest import Repository

RULES: dict[str, Any] = {
    "max_depth": {"type": "integer", "minimum": 0, "x-allowed": "a whole number, at least 0"},
    "gamma": {"type": "number", "minimum": 0, "x-allowed": "a number, at least 0"},
    "grow_policy": {
        "type": "string",
        "enum": ["depthwise", "lossguide"],
        "x-allowed": "depthwise or lossguide",
    },
    "weights": {
        "anyOf": [
            {"type": "string", "enum": ["balanced"]},
            {"type": "object", "additionalProperties": {"type": "number", "minimum": 0}},
        ],
        "x-allowed": "balanced or an object",
    },
}
SECTION = {"steps": ["Train"], "taken": RULES, "refused": {"booster": "it has no rounds to cut"}}


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    manifest = json.loads((made.build / "manifest.json").read_text())
    made.write("manifest.json", {**manifest, "hyperparameters": SECTION})
    script = (made.build / "code" / "train.py").read_text()
    made.code("train.py", script.replace("parser.parse_args()", "parser.parse_known_args()[0]"))
    return made


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("max_depth=-1", "--set max_depth=-1: the value must be a whole number, at least 0."),
        ("gamma=-1", "--set gamma=-1.0: the value must be a number, at least 0."),
        ("gamma=fast", "--set gamma=fast: the parameter is of type Float; the value must be a number."),
        ("gama=1", "has no parameter 'gama'. Did you mean 'gamma'?"),
        ("gama=1", "Hyperparameters that can be set too: gamma, grow_policy, weights."),
        ("grow_policy=deep", "--set grow_policy=deep: the value must be depthwise or lossguide."),
        ('weights={"yes": -1}', "the value must be balanced or an object."),
        ("weights={yes", "the value must be balanced or an object."),
        ("booster=dart", "--set booster: training does not take it: it has no rounds to cut."),
    ],
)
def test_what_training_does_not_take_is_refused_before_anything_runs(
    repository: Repository, setting: str, message: str
) -> None:
    assert message in repository.run("run", "--set", setting, code=1)
    assert not (repository.work / "runs").exists()


def test_a_hyperparameter_without_a_parameter_reaches_training_and_its_cache(repository: Repository) -> None:
    def trained(*settings: str) -> dict[str, str]:
        words = [word for setting in settings for word in ("--set", setting)]
        repository.run("run", *words)
        text = (repository.folder("Train") / "arguments.json").read_text()
        values: dict[str, str] = json.loads(text)["HyperParameters"]
        return values

    plain = trained()
    assert "gamma" not in plain
    assert trained("gamma=2", 'weights={"yes": 3}') == {**plain, "gamma": "2.0", "weights": '{"yes": 3}'}
    parameter = next(p for p in repository.record()["parameters"] if p["name"] == "gamma")
    assert parameter == {"name": "gamma", "type": "Float", "value": 2, "default": None, "origin": "set"}
    kept = json.loads((repository.folder("Train").parents[1] / "definition.json").read_text())
    assert {"Name": "gamma", "Type": "Float"} in kept["Parameters"]
    assert repository.states()["Train"] == "Succeeded"
    trained("gamma=2", 'weights={"yes": 3}')
    assert repository.steps()["Train"]["cacheHit"]


def test_one_step_runs_again_with_the_hyperparameters_of_the_earlier_run(repository: Repository) -> None:
    repository.run("run", "--set", "gamma=2")
    repository.run("run", "--only", "Train")
    text = (repository.folder("Train") / "arguments.json").read_text()
    assert json.loads(text)["HyperParameters"]["gamma"] == "2.0"


def test_a_definition_without_further_hyperparameters_stays_the_same(repository: Repository) -> None:
    raw = json.loads((repository.build / "definition.json").read_text())
    manifest = {"hyperparameters": SECTION}
    assert extend(raw, ["max_depth", "unknown"], manifest) is raw
    assert extend(raw, ["gamma"], {}) is raw
    assert extend(raw, ["gamma"], manifest) is not raw


def test_a_tuning_job_gets_it_in_every_trial() -> None:
    raw = {"Steps": [{"Name": "If", "Type": "Condition", "Arguments": {"IfSteps": [
        {"Name": "Train", "Type": "Tuning", "Arguments": {"TrainingJobDefinition": {}}}]}}]}  # fmt: skip
    found = extend(raw, ["gamma"], {"hyperparameters": SECTION})
    step = found["Steps"][0]["Arguments"]["IfSteps"][0]
    assert list(step["Arguments"]["TrainingJobDefinition"]["StaticHyperParameters"]) == ["gamma"]
    assert "Parameters" not in raw
