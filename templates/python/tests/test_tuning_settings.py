"""Section tuning of config/parameters.json: good ones are taken, wrong ones are one clear error."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pipelines import settings
from pipelines.errors import PipelineError
from pipelines.manifests import hyperparameters
from pipelines.tuning_settings import TuningSettings, better, is_integer
from tests.test_settings import GOOD

DEPTH = {"name": "max_depth", "minimum": 2, "maximum": 8}
TUNING: dict[str, Any] = {"ranges": [DEPTH], "objective": "validation:auc", "maxTrials": 4}
HYPERBAND: dict[str, Any] = {"strategy": "Hyperband", "maxResource": 20}
RULES = hyperparameters("xgboost", "binary")
VALUES = [{"name": "kind", "values": ["a", "b"]}, {"name": "max_depth", "values": [2, 4, 6]}]


def parsed(framework: str = "xgboost", **changes: Any) -> TuningSettings:
    """The section with some keys set; checked with all others."""
    raw = copy.deepcopy(GOOD)
    raw["model"]["framework"] = framework
    raw["training"]["hyperparameters"] = {}
    raw["tuning"] = {key: value for key, value in (TUNING | changes).items() if value is not ...}
    found = settings.parse(raw).tuning
    assert found is not None
    return found


def test_without_the_section_nothing_is_tuned() -> None:
    assert settings.parse(GOOD).tuning is None


def test_a_good_section_is_taken_with_defaults_for_the_rest() -> None:
    found = parsed()
    assert (found.strategy, found.max_parallel_trials, found.early_stopping) == ("Bayesian", 1, "Off")
    assert found.names == {"max_depth"}


@pytest.mark.parametrize(
    "changes",
    [
        {"strategy": "Random", "maxTrials": 10_000, "maxParallelTrials": 100},
        {"strategy": "Grid", "ranges": VALUES, "maxTrials": 6},
        {**HYPERBAND, "minResource": 2},
        {"earlyStopping": "Auto"},
        {"ranges": [{"name": "subsample", "minimum": 0.5, "maximum": 0.9, "scale": "ReverseLogarithmic"}]},
        {"ranges": [{**DEPTH, "scale": "Logarithmic", "integer": True}]},
    ],
)
def test_a_good_section_is_taken(changes: dict[str, Any]) -> None:
    assert parsed(**changes)


def one(**changes: Any) -> dict[str, Any]:
    return {"ranges": [{key: value for key, value in (DEPTH | changes).items() if value is not ...}]}


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"ranges": ...}, "'tuning.ranges' is missing"),
    ({"ranges": []}, "tuning.ranges is .., it must be a list of 1 to 30 objects"),
    (one(name="max-depth"), "a list of 1 to 30 objects"),
    (one(maximum=...), "a list of 1 to 30 objects"),
    (one(values=[1]), "a list of 1 to 30 objects"),
    (one(minimum=..., maximum=..., values=[1, "1"]), "at most 30 different ones"),
    (one(step=1), "a list of 1 to 30 objects"),
    ({"ranges": [DEPTH, DEPTH]}, "ranges.1..name is .max_depth., it must be a hyperparameter that has no"),
    (one(name="framework"), "the pipeline sets this one itself"),
    (one(minimum=-1), "ranges.0..minimum is -1, it must be a whole number, at least 0 .*, for max_depth"),
    (one(maximum=2), "ranges.0..maximum is 2, it must be above minimum, which is 2"),
    (one(integer=False), "ranges.0..integer is false, it must be true or nothing"),
    (one(name="subsample"), "it must be a number, at most 1 and above 0, for subsample"),
    (one(minimum=0, scale="Logarithmic"), "a logarithm needs values above 0, minimum is 0"),
    (one(scale="ReverseLogarithmic"), "from at least 0 to below 1"),
    (one(name="own", minimum=0.5, integer=True), "minimum is 0.5, it must be a whole number, for own"),
    (one(minimum=..., maximum=..., values=[2, "x"]), "values is .x., it must be a whole number"),
    ({"objective": "validation:acu"}, "validation:logloss, validation:auc .did you mean 'validation:auc'"),
    ({"objective": "train:auc"}, "logs of the validation set"),
    ({"strategy": "Bayes"}, "one of Bayesian, Random, Grid, Hyperband"),
    ({"maxTrials": 751}, "maxTrials is 751, it must be at most 750 with the strategy Bayesian"),
    ({"maxParallelTrials": 101, "maxTrials": 200}, "maxParallelTrials is 101, it must be at most 100"),
    ({"maxParallelTrials": 5}, "at most maxTrials, which is 4"),
    ({"strategy": "Grid"}, "Grid tries combinations of values only"),
    ({"strategy": "Grid", "ranges": VALUES}, "maxTrials is 4, it must be 6, the number of combinations"),
    ({"strategy": "Hyperband"}, "maxResource is null, it must be how often"),
    ({**HYPERBAND, "earlyStopping": "Auto"}, "Hyperband stops trials itself"),
    ({**HYPERBAND, "minResource": 20}, "below maxResource, which is 20"),
    ({"maxResource": 20}, "only Hyperband takes it"),
    ({"seed": 0}, "a whole number >= 1"),
]


@pytest.mark.parametrize(("changes", "message"), WRONG)
def test_a_wrong_section_is_one_clear_error(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(PipelineError, match=message) as wrong:
        parsed(**changes)
    assert str(wrong.value).startswith("config/parameters.json: ")


@pytest.mark.parametrize("changes", [{"earlyStopping": "Auto"}, HYPERBAND])
def test_what_logs_at_the_end_cannot_be_stopped_early(changes: dict[str, Any]) -> None:
    ranges = [{"name": "learning_rate", "minimum": 0.01, "maximum": 0.5}]
    with pytest.raises(PipelineError, match="scikit-learn logs its metrics at the end"):
        parsed("sklearn", ranges=ranges, objective="validation:logloss", **changes)


def test_whole_numbers_are_those_of_the_manifest_then_of_the_range() -> None:
    assert is_integer(RULES["max_depth"], {"name": "max_depth", "minimum": 2, "maximum": 8})
    assert not is_integer(RULES["eta"], {"name": "eta", "minimum": 0, "maximum": 1})
    assert is_integer(
        RULES["min_child_weight"], {"name": "min_child_weight", "minimum": 1, "maximum": 9, "integer": True}
    )
    assert is_integer(None, {"name": "own", "minimum": 1, "maximum": 9})
    assert not is_integer(None, {"name": "own", "minimum": 1, "maximum": 9.5})


def test_only_a_metric_that_is_better_when_higher_is_maximized() -> None:
    assert better("xgboost", "validation:auc") == "Maximize"
    assert better("xgboost", "validation:merror") == better("sklearn", "validation:rmse") == "Minimize"
