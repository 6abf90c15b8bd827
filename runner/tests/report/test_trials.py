"""The pictures of a tuning: the objective over each hyperparameter, what it goes with most closely first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.report import render
from local_runner.report.charts.trials import Tried, correlation, objective_over, ranks

from .reading import Kinds, Page
from .records import run, save, step


def tried(values: list[str], objectives: list[float], best: int | None = 0, **more: Any) -> Tried:
    return Tried("eta", tuple(values), tuple(objectives), best, **more)


def test_ranks_are_places_and_equal_values_share_theirs() -> None:
    assert ranks([0.3, 0.1, 0.3, 0.2]) == [2.5, 0, 2.5, 1]


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [([1, 2, 3], [2, 4, 6], 1.0), ([1, 2, 3], [3, 2, 1], -1.0), ([1, 1, 1], [1, 2, 3], 0.0)],
)
def test_correlation_is_pearsons(a: list[float], b: list[float], wanted: float) -> None:
    assert correlation(a, b) == pytest.approx(wanted)


def test_what_decides_the_objective_is_stronger_than_what_does_not() -> None:
    objectives = [0.1, 0.2, 0.3, 0.4]
    assert tried(["0.001", "0.01", "0.1", "1"], objectives).strength == pytest.approx(1)
    assert tried(["2", "1", "1", "2"], objectives).strength == pytest.approx(0)
    assert tried(["a", "a", "b", "b"], objectives).strength == pytest.approx(0.8**0.5)
    assert tried(["a", "b", "b", "a"], objectives).strength == pytest.approx(0)
    assert tried(["1", "1", "2", "2"], [0.5] * 4, choices=True).strength == 0


@pytest.mark.parametrize("scale", ["Logarithmic", "Auto"])
def test_a_range_over_powers_of_ten_has_a_logarithmic_axis(scale: str) -> None:
    drawn = Page(objective_over("k", tried(["0.001", "0.01", "0.1"], [3, 2, 1], scale=scale), "loss")).root
    xs = sorted(float(dot.attributes["cx"]) for dot in drawn.all("circle"))
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)
    assert {"0.001", "0.01", "0.1"} <= {text.text for text in drawn.all("text")}


def test_a_linear_range_stays_linear_whatever_its_values() -> None:
    drawn = Page(objective_over("k", tried(["1", "10", "1000"], [3, 2, 1], scale="Linear"), "loss")).root
    xs = sorted(float(dot.attributes["cx"]) for dot in drawn.all("circle"))
    assert (xs[2] - xs[1]) / (xs[1] - xs[0]) == pytest.approx(110, rel=0.1)


def test_choices_stand_side_by_side_numbers_in_their_order() -> None:
    values = tried(["10", "2", "dart", "2"], [1, 2, 3, 4], choices=True)
    drawn = Page(objective_over("k", values, "loss")).root
    texts = [text.text for text in drawn.all("text")]
    assert [text for text in texts if text in {"10", "2", "dart"}][-3:] == ["2", "10", "dart"]


def test_the_best_trial_is_marked_once() -> None:
    drawn = Page(objective_over("k", tried(["1", "2"], [0.1, 0.2], best=1), "loss")).root
    assert len(drawn.all("circle")) == 2 and len(drawn.all("circle", "best")) == 1
    assert not Page(objective_over("k", tried(["1", "2"], [1, 2], best=None), "loss")).root.all(
        "circle", "best"
    )


def test_the_report_draws_each_hyperparameter_that_changes(kinds: Kinds) -> None:
    section = kinds.page("many").root.get("tuning")
    assert len(section.all("svg", "trials")) == 2
    assert [len(picture.all("circle")) for picture in section.all("svg", "trials")] == [7, 7]
    heads = [head.text for head in section.all("table", "trials")[0].all("thead")[0].all("th")]
    assert "Best" not in heads


def test_hostile_trials_are_no_pictures_and_no_errors(tmp_path: Path) -> None:
    odd: list[dict[str, Any]] = [
        {
            "number": 1,
            "hyperparameters": {"<b>": "1e999", "a": "nan"},
            "objective": 0.1,
            "status": "Completed",
        },
        {"number": 2, "hyperparameters": {"<b>": "<i>", "a": "2"}, "objective": 0.2, "status": "Completed"},
        {"number": 3, "hyperparameters": {"a": "-1"}, "objective": float("inf"), "status": "Completed"},
        {"number": 4, "hyperparameters": [], "objective": 0.3, "status": "Completed"},
    ]
    identity = save(tmp_path, run("20261121T120000-aaaa", [step("Tune", "Tuning", 1, 1, trials=odd)]))
    place = tmp_path / "runs" / identity / "steps" / "Tune"
    place.mkdir(parents=True, exist_ok=True)
    ranges = {"ContinuousParameterRanges": [None, {"Name": "a", "ScalingType": "Logarithmic"}], "x": 1}
    config = {"HyperParameterTuningJobConfig": {"ParameterRanges": ranges}}
    (place / "arguments.json").write_text(json.dumps(config))
    page = render(tmp_path, identity)
    assert "<b>" not in page and "&lt;b&gt;" in page
    assert Page(page).root.all("svg", "trials")
