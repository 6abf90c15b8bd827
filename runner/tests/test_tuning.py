"""Tuning: what is tried, that it is really run, and which trial is the best."""

from __future__ import annotations

import itertools
import json
import math
import random
from typing import Any

import pytest

from local_runner.errors import DefinitionError
from local_runner.jobs.search import trials

from .conftest import Repository, change, load

RANGES: dict[str, Any] = {
    "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "6", "ScalingType": "Auto"}],
    "ContinuousParameterRanges": [
        {"Name": "eta", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"},
        {"Name": "rate", "MinValue": "0.5", "MaxValue": "0.999", "ScalingType": "ReverseLogarithmic"},
    ],
    "CategoricalParameterRanges": [{"Name": "booster", "Values": ["gbtree", "dart"]}],
}


def draw(count: int, seed: int = 1, ranges: Any = RANGES) -> list[dict[str, str]]:
    return list(itertools.islice(trials("Random", ranges, seed, "here"), count))


def test_random_search_stays_in_its_ranges_and_reaches_all_of_them() -> None:
    chosen = draw(400)
    assert {item["depth"] for item in chosen} == {"2", "3", "4", "5", "6"}
    assert {item["booster"] for item in chosen} == {"gbtree", "dart"}
    assert all(0.001 <= float(item["eta"]) <= 1 and 0.5 <= float(item["rate"]) <= 0.999 for item in chosen)
    logs = [math.log10(float(item["eta"])) for item in chosen]
    assert (
        150 < sum(value < -1.5 for value in logs) < 250
    )  # half of the draws lie in the lower half of the logarithms
    assert sum(float(item["rate"]) > 0.9 for item in chosen) > 200


def test_the_same_seed_gives_the_same_trials() -> None:
    assert draw(5, 7) == draw(5, 7) != draw(5, 8)


def test_grid_search_tries_every_combination_once() -> None:
    ranges = {
        "CategoricalParameterRanges": [
            {"Name": "a", "Values": ["1", "2"]},
            {"Name": "b", "Values": ["x", "y", "z"]},
        ]
    }
    found = list(trials("Grid", ranges, 0, "here"))
    assert len(found) == 6 == len({json.dumps(item) for item in found})


@pytest.mark.parametrize(
    ("strategy", "ranges", "message"),
    [
        ("Grid", RANGES, "grid search takes categorical ranges only"),
        ("Random", {}, "there is no range to search"),
        ("Random", {"AutoParameters": [{"Name": "a"}]}, "automatic ranges are not supported"),
        ("Random", {"Ranges": []}, "does not know the argument 'Ranges'"),
        (
            "Random",
            {"IntegerParameterRanges": [{"Name": "a", "MinValue": "x", "MaxValue": "2"}]},
            "must be numbers",
        ),
        (
            "Random",
            {"IntegerParameterRanges": [{"Name": "a", "MinValue": "3", "MaxValue": "2"}]},
            "3 is above MaxValue 2",
        ),
        ("Random", {"IntegerParameterRanges": [{"Name": "a", "MinValue": "3"}]}, "MaxValue is missing"),
    ],
)
def test_wrong_ranges_are_named(strategy: str, ranges: Any, message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        next(iter(trials(strategy, ranges, random.randrange(9), "here")))


def tune(edit: Any = lambda step: None) -> dict[str, Any]:
    """Return a definition that preprocesses, tunes, and evaluates the best model."""

    def build(steps: dict[str, Any]) -> None:
        edit(steps["Tune"]["Arguments"])
        best = {"Get": "Steps.Tune.BestTrainingJob.TrainingJobName"}
        uri = {"Std:Join": {"On": "/", "Values": ["s3://artifacts/demo/models", best, "output/model.tar.gz"]}}
        evaluate = next(step for step in load("core")["Steps"] if step["Name"] == "Evaluate")
        evaluate["Arguments"]["ProcessingInputs"][0]["S3Input"]["S3Uri"] = uri
        kept.extend([steps["Preprocess"], steps["Tune"], evaluate])

    kept: list[dict[str, Any]] = []
    return {**change(load("everything"), build), "Steps": kept}


def test_every_trial_is_run_and_the_best_is_used(repository: Repository) -> None:
    repository.write("definition.json", tune())
    repository.run()
    step = repository.steps()["Tune"]
    assert step["status"] == "Succeeded" and len(step["trials"]) == 3
    assert [trial["status"] for trial in step["trials"]] == ["Completed"] * 3
    best = max(step["trials"], key=lambda trial: trial["objective"])
    assert [trial["best"] for trial in step["trials"]] == [trial is best for trial in step["trials"]]
    assert step["metrics"] == [{"name": "validation:auc", "value": best["objective"]}]
    folder = repository.folder("Tune").parent.parent
    for trial in step["trials"]:
        assert f"validation-auc:{trial['objective']:.6f}" in (folder / trial["log"]).read_text()
    assert repository.states()["Evaluate"] == "Succeeded"
    model = json.loads((repository.folder("Evaluate") / "arguments.json").read_text())["ProcessingInputs"][0]
    assert model["S3Input"]["S3Uri"] == best["model"]


def test_minimize_prefers_the_smallest(repository: Repository) -> None:
    def edit(arguments: dict[str, Any]) -> None:
        arguments["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]["Type"] = "Minimize"

    repository.write("definition.json", tune(edit))
    repository.run()
    trials_ = repository.steps()["Tune"]["trials"]
    assert min(trials_, key=lambda trial: trial["objective"])["best"] is True


def test_strategies_that_are_not_emulated_are_noted(repository: Repository) -> None:
    def edit(arguments: dict[str, Any]) -> None:
        arguments["HyperParameterTuningJobConfig"].update(
            Strategy="Bayesian", TrainingJobEarlyStoppingType="Auto"
        )

    repository.write("definition.json", tune(edit))
    repository.run()
    notes = repository.steps()["Tune"]["notes"]
    assert notes[0].startswith("Strategy Bayesian is not emulated: the trials were chosen at random")
    assert any("TrainingJobEarlyStoppingType" in note for note in notes)


def test_a_trial_that_fails_does_not_fail_the_others(repository: Repository) -> None:
    source = (repository.build / "code" / "train.py").read_text()
    failing = "\nif arguments.booster == 'dart':\n    raise SystemExit('error: no darts here')\n"
    repository.code("train.py", source.replace("\n\n\ndef read", failing + "\n\ndef read", 1))
    repository.write("definition.json", tune())
    repository.run()
    trials_ = repository.steps()["Tune"]["trials"]
    for trial in trials_:
        failed = trial["hyperparameters"]["booster"] == "dart"
        assert trial["status"] == ("Failed" if failed else "Completed")
        assert ("no darts here" in str(trial["failureReason"])) == failed
    assert {trial["status"] for trial in trials_} == {"Failed", "Completed"}


def test_without_any_objective_the_step_fails(repository: Repository) -> None:
    def edit(arguments: dict[str, Any]) -> None:
        arguments["HyperParameterTuningJobConfig"]["HyperParameterTuningJobObjective"]["MetricName"] = (
            "test:auc"
        )

    repository.write("definition.json", tune(edit))
    output = repository.run("run", code=1)
    assert "none of the 3 trials reported the objective metric: the log has no metric 'test:auc'" in output
