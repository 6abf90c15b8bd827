"""Hyperparameters: what each framework takes beside the usual ones, and what it says about the others."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.utils.class_weight import compute_class_weight

import class_weights
import hyperparameters
from job import UserError
from pipelines.manifests import TRAINING_METRICS, metrics_of
from tests.workbench import FRAMEWORKS, Workbench, every_framework, table

Capture = pytest.CaptureFixture[str]
MONOTONE = {"xgboost": "monotone_constraints", "sklearn": "monotonic_cst"}
INTERACTIONS = {"xgboost": "interaction_constraints", "sklearn": "interaction_cst"}


def prepare(bench: Workbench, problem: str, **changed: Any) -> pd.DataFrame:
    frame = table(problem).assign(**changed)
    bench.give(frame)
    bench.preprocess(problem)
    return frame


def cases(*wanted: tuple[str, str, dict[str, Any], str]) -> Any:
    return pytest.mark.parametrize(
        ("framework", "problem", "values", "words"), [case for case in wanted if case[0] in FRAMEWORKS]
    )


@cases(
    ("xgboost", "binary", {"max_dept": 3}, "unknown hyperparameter 'max_dept' .did you mean 'max_depth'"),
    ("xgboost", "binary", {"booster": "dart"}, "'booster' is not taken: rounds are cut to the best one"),
    ("xgboost", "binary", {"learning_rate": 0.1}, "'learning_rate' is not taken: write eta"),
    (
        "xgboost",
        "binary",
        {"objective": "reg:gamma"},
        "objective is not for a binary problem, but for regres",
    ),
    ("xgboost", "regression", {"objective": "reg:gama"}, "'reg:gama', it must be one of .*mean 'reg:gamma'"),
    ("xgboost", "regression", {"eval_metric": "auc"}, "eval_metric is 'auc', it must be one of rmse, mae, "),
    ("xgboost", "regression", {"class_weight": "balanced"}, "not for a regression problem, but for binary"),
    ("xgboost", "multiclass", {"scale_pos_weight": 2}, "scale_pos_weight is not for a multiclass problem"),
    ("xgboost", "binary", {"max_bin": 1}, "max_bin is '1', it must be a whole number, at least 2"),
    ("xgboost", "binary", {"subsample": 0}, "subsample is '0', it must be a number, at most 1 and above 0"),
    (
        "xgboost",
        "binary",
        {"grow_policy": "deep"},
        "grow_policy is 'deep', it must be one of depthwise, loss",
    ),
    ("xgboost", "regression", {"quantile_alpha": 0.5}, "is only for objective reg:quantileerror, and objec"),
    ("xgboost", "regression", {"objective": "reg:quantileerror"}, "needs quantile_alpha, such as 0.9"),
    ("xgboost", "regression", {"eval_metric": "quantile"}, "is only for objective reg:quantileerror"),
    (
        "xgboost",
        "regression",
        {"objective": "count:poisson"},
        "takes targets >= 0, and the train rows have -",
    ),
    ("xgboost", "binary", {"scale_pos_weight": 2, "class_weight": "balanced"}, "both weigh classes: remove"),
    ("xgboost", "binary", {"class_weight": "even"}, "class_weight is 'even', it must be balanced, or a JSON"),
    (
        "xgboost",
        "binary",
        {"class_weight": '{"maybe": 2}'},
        "names the label 'maybe'; the labels are no, yes",
    ),
    ("xgboost", "binary", {"class_weight": '{"no": 0, "yes": 0}'}, "class_weight is 0 for every label"),
    ("xgboost", "binary", {"monotone_constraints": '{"age": 2}'}, "it must be a JSON object of -1, 0 or 1"),
    (
        "xgboost",
        "binary",
        {"monotone_constraints": "age"},
        "it must be a JSON object of -1, 0 or 1 by column",
    ),
    ("xgboost", "binary", {"interaction_constraints": '[["agee"]]'}, "'agee', no column .did you mean 'age'"),
    ("sklearn", "binary", {"scoring": "auc"}, "'scoring' is not taken: the loss on the validation set deci"),
    ("sklearn", "binary", {"n_iter_no_change": 3}, "is not taken: write early_stopping_rounds"),
    ("sklearn", "binary", {"max_bins": 256}, "max_bins is '256', it must be a whole number, at least 2 and"),
    ("sklearn", "regression", {"loss": "absolute"}, "'absolute', it must be .*mean 'absolute_error'"),
    ("sklearn", "regression", {"quantile": 0.5}, "is only for loss quantile, and loss is squared_error"),
    ("sklearn", "regression", {"loss": "quantile"}, "loss quantile needs quantile, such as 0.9"),
    ("sklearn", "regression", {"loss": "gamma"}, "loss gamma takes targets > 0, and the train rows have -"),
    ("sklearn", "multiclass", {"monotonic_cst": '{"age": 1}'}, "monotonic_cst is not for a multiclass prob"),
    ("sklearn", "binary", {"interaction_cst": "all"}, "it must be pairwise, no_interactions, or a JSON list"),
)
def test_what_a_framework_does_not_take_is_an_error(
    bench: Workbench, framework: str, problem: str, values: dict[str, Any], words: str
) -> None:
    prepare(bench, problem)
    with pytest.raises(UserError, match=words):
        bench.train(framework, **values)
    assert not (bench.model / "training.json").exists()


def test_a_text_of_a_column_has_no_direction(bench: Workbench) -> None:
    prepare(bench, "binary")
    for framework in FRAMEWORKS:
        with pytest.raises(
            UserError, match=r"'city', a column of kind category, .* of kind number or boolean"
        ):
            bench.train(framework, **{MONOTONE[framework]: '{"city": 1}'})


@every_framework
def test_what_is_not_given_is_left_to_the_framework(bench: Workbench, framework: str) -> None:
    prepare(bench, "binary")
    kept = bench.train(framework)["hyperparameters"]
    usual = {
        name: rule["default"]
        for name, rule in hyperparameters.declared(framework)["taken"].items()
        if "default" in rule
    }
    assert set(kept) - {"eta", "min_samples_leaf"} == set(usual)


@cases(
    ("xgboost", "regression", {"objective": "reg:absoluteerror"}, "mae"),
    ("xgboost", "regression", {"objective": "reg:pseudohubererror", "huber_slope": 0.5}, "mphe"),
    ("xgboost", "regression", {"objective": "reg:squaredlogerror"}, "rmsle"),
    ("xgboost", "regression", {"objective": "reg:gamma"}, "gamma-deviance"),
    ("xgboost", "regression", {"objective": "reg:tweedie", "tweedie_variance_power": 1.2}, "tweedie-nloglik"),
    ("xgboost", "regression", {"objective": "reg:quantileerror", "quantile_alpha": 0.9}, "quantile"),
    ("xgboost", "regression", {"objective": "count:poisson"}, "poisson-nloglik"),
    ("xgboost", "regression", {"objective": "reg:gamma", "eval_metric": "mape"}, "mape"),
    ("xgboost", "binary", {"eval_metric": "aucpr"}, "aucpr"),
    ("xgboost", "multiclass", {"eval_metric": "merror"}, "merror"),
    ("sklearn", "regression", {"loss": "absolute_error"}, "mae"),
    ("sklearn", "regression", {"loss": "poisson"}, "poisson-loss"),
    ("sklearn", "regression", {"loss": "gamma"}, "gamma-loss"),
    ("sklearn", "regression", {"loss": "quantile", "quantile": 0.9}, "pinball-loss"),
)
def test_the_log_has_the_deciding_metric_and_the_usual_ones(
    bench: Workbench, framework: str, problem: str, values: dict[str, Any], words: str, capfd: Capture
) -> None:
    outcome = table(problem)["outcome"]
    prepare(bench, problem, outcome=np.exp(outcome / 2) if problem == "regression" else outcome)
    summary = bench.train(framework, **values)
    log = capfd.readouterr().out
    expected = metrics_of(framework, problem, values)
    assert set(expected) == {*TRAINING_METRICS[framework, problem], words}
    for metric in expected:
        for data in ("train", "validation"):
            found = re.findall(rf"{data}-{metric}:([0-9.eE+-]+)", log)
            assert float(found[-1]) == pytest.approx(summary["metrics"][f"{data}-{metric}"], abs=1e-4)
    assert list(summary["metrics"])[-1] == f"validation-{words}"
    report = bench.evaluate()
    if problem == "regression" and "eval_metric" not in values and "quantile" not in str(values):
        assert report["regression_metrics"]["r2"]["value"] > 0.3


def test_a_metric_of_which_more_is_better_stops_at_its_highest_round(
    bench: Workbench, capfd: Capture
) -> None:
    prepare(bench, "binary")
    kept = bench.train("xgboost", eval_metric="auc", num_round=300, early_stopping_rounds=10)
    shown = [float(v) for v in re.findall(r"validation-auc:([0-9.]+)", capfd.readouterr().out)]
    assert kept["metrics"]["validation-auc"] >= max(shown) - 1e-5
    assert kept["rounds"] < 290


@every_framework
def test_weights_of_classes_move_the_answers_towards_the_heavier_class(
    bench: Workbench, framework: str
) -> None:
    frame = prepare(bench, "binary")
    lines = frame.drop(columns="outcome").to_csv(index=False, header=False)

    def share(**values: Any) -> float:
        bench.train(framework, early_stopping_rounds=0, **values)
        answers = bench.ask(lines)
        return float(np.mean([answer["probability"] for answer in answers]))

    plain, heavy = share(), share(class_weight='{"yes": 20}')
    assert heavy > plain + 0.02
    if framework == "xgboost":
        assert share(scale_pos_weight=20) == pytest.approx(heavy, abs=0.05)


@every_framework
def test_weights_of_classes_are_weights_of_rows(bench: Workbench, framework: str) -> None:
    """A row of weight 2 is what a class of weight 2 makes of it, in both sets; so they multiply too."""
    frame = table("binary")
    weights = np.where(frame["outcome"] == "yes", 2.0, 1.0)
    metrics = []
    for column, values in ((weights, {}), (weights / weights, {"class_weight": '{"yes": 2}'})):
        bench.settings(sample_weight_column="w")
        bench.give(frame.assign(w=column))
        bench.preprocess("binary")
        metrics.append(bench.train(framework, **values)["metrics"])
    assert metrics[0] == metrics[1]


@every_framework
def test_balanced_weights_are_those_of_scikit_learn(bench: Workbench, framework: str) -> None:
    prepare(bench, "multiclass")
    assert bench.train(framework, class_weight="balanced")["hyperparameters"]["class_weight"] == "balanced"
    schema, target = bench.schema(), np.array([0, 0, 0, 1, 2, 2], np.float32)
    expected = compute_class_weight("balanced", classes=np.arange(3), y=target)
    assert class_weights.of_classes("balanced", schema, target) == pytest.approx(expected)


@every_framework
@pytest.mark.parametrize("direction", [1, -1])
def test_answers_go_where_a_monotone_constraint_says(
    bench: Workbench, framework: str, direction: int
) -> None:
    frame = prepare(bench, "regression").dropna()
    values = {MONOTONE[framework]: json.dumps({"income": direction, "member": -1})}
    bench.train(framework, **values)
    row = frame.iloc[0]
    lines = "\n".join(f'{row.age},{income},"{row.city}",{row.member}' for income in np.linspace(20, 80, 50))
    steps = np.diff([answer["value"] for answer in bench.ask(lines)]) * direction
    assert (steps >= 0).all() and (direction == -1 or (steps > 0).any())


@every_framework
def test_columns_that_may_not_interact_add_up(bench: Workbench, framework: str) -> None:
    prepare(bench, "regression")
    columns = [["age", "member"], ["income"], ["city"]]
    bench.train(framework, **{INTERACTIONS[framework]: json.dumps(columns)})

    def answers(city: str) -> Any:
        lines = "\n".join(f"{age},50,{city},true" for age in range(20, 80, 5))
        return np.array([answer["value"] for answer in bench.ask(lines)])

    assert np.ptp(answers("Oslo") - answers("Rome")) == pytest.approx(0, abs=1e-4)
    assert np.ptp(answers("Oslo")) > 0.1


@every_framework
def test_every_hyperparameter_of_the_framework_trains(bench: Workbench, framework: str) -> None:
    prepare(bench, "binary")
    values = {
        "xgboost": {
            "max_leaves": 8, "grow_policy": "lossguide", "max_bin": 16, "num_parallel_tree": 2,
            "colsample_bylevel": 0.8, "colsample_bynode": 0.8, "max_delta_step": 1, "base_score": 0.4,
            "gamma": 0.1, "reg_alpha": 0.1, "reg_lambda": 2,
        },
        "sklearn": {"max_bins": 16, "tol": 0.001, "max_features": 0.5, "max_depth": 3},
    }[framework]  # fmt: skip
    plain = bench.train(framework)["metrics"]
    for name, value in values.items():
        kept = bench.train(framework, **{name: value})
        assert kept["hyperparameters"][name] == value
        changes = name not in ("max_leaves", "grow_policy", "tol")
        assert (kept["metrics"] != plain) or not changes, name
    assert bench.train(framework, **values)["metrics"] != plain


@every_framework
def test_an_object_that_a_toolkit_has_taken_apart_is_whole_again(
    bench: Workbench, framework: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(bench, "binary")
    monkeypatch.setenv("SM_HPS", '{"class_weight": {"yes": 3, "no": 1}, "seed": 1}')
    kept = bench.train(framework, class_weight="no=1,yes=3")["hyperparameters"]
    assert kept["class_weight"] == {"yes": 3, "no": 1}


@pytest.mark.parametrize("value", ["-1e-05", "-0.5", "1e-05"])
def test_a_value_may_begin_with_a_minus(bench: Workbench, value: str) -> None:
    prepare(bench, "regression")
    assert bench.train("xgboost", base_score=value)["hyperparameters"]["base_score"] == float(value)


def test_the_rules_are_the_same_everywhere() -> None:
    places = ("templates/python/model", "templates/python/pipelines", "runner/local_runner")
    files = [Path(__file__).parents[2] / place / "rules.py" for place in places]
    assert len({file.read_text(encoding="utf-8") for file in files}) == 1


class Interrupted(BaseException):
    """The instance is taken away."""
