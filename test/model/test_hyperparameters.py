"""The names and rules of hyperparameters are those that the libraries themselves have."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.utils._param_validation import InvalidParameterError, validate_parameter_constraints

import hyperparameters
import xgboost_model
from pipelines.checks import declared
from pipelines.manifests import BY_PROBLEM, FRAMEWORKS, PROBLEM_TYPES
from pipelines.manifests import hyperparameters as rules_of
from pipelines.rules import alternatives

RULES = [
    (framework, problem, name, rule)
    for framework in FRAMEWORKS
    for problem in PROBLEM_TYPES
    for name, rule in rules_of(framework, problem).items()
]
NUMBERS = [case for case in RULES if case[3].get("type") in ("integer", "number")]
OURS = {"num_round", "early_stopping_rounds", "class_weight"}
"""Those that the scripts read, and no library."""
NAMES = {"seed": "random_state"}
DOCUMENTED = {
    ("subsample", 0), ("colsample_bytree", 0), ("colsample_bylevel", 0), ("colsample_bynode", 0),
    ("huber_slope", 0), ("base_score", 0), ("base_score", 1), ("seed", 2**53), ("seed", -(2**53)),
}  # fmt: skip
"""XGBoost checks [0, 1], and documents (0, 1]: nothing is learned from a sample without rows or columns. It
documents that a slope is no lower than 0, and refuses 0 itself; that a base score of a logistic loss is in
(0, 1), and takes both ends. A seed has as many bits as JSON's."""
HUGE = {("num_parallel_tree", 2147483647), ("max_bin", 2147483647), ("max_leaves", 2147483647)}
"""The largest whole number that XGBoost reads: to train with it would never end."""
OBJECTIVES = {
    "quantile_alpha": "reg:quantileerror",
    "huber_slope": "reg:pseudohubererror",
    "tweedie_variance_power": "reg:tweedie",
}


def around(rule: dict[str, Any]) -> list[tuple[float, bool]]:
    """Values beside each limit, and whether the rule takes them."""
    step = 1 if rule["type"] == "integer" else 0.001
    found: list[tuple[float, bool]] = []
    for word, sign in (("minimum", -1), ("maximum", 1)):
        if word in rule:
            found += [(rule[word], True), (rule[word] + sign * step, False)]
    for word, sign in (("exclusiveMinimum", 1), ("exclusiveMaximum", -1)):
        if word in rule:
            found += [(rule[word], False), (rule[word] + sign * step, True)]
    return found


CASES = [
    (framework, problem, name, value, taken)
    for framework, problem, name, rule in NUMBERS
    if name not in OURS
    for value, taken in around(rule)
    if (name, value) not in DOCUMENTED | HUGE
]


def xgboost_takes(problem: str, name: str, value: Any) -> bool:
    """Train one round on six rows."""
    data = xgboost.DMatrix(np.arange(12.0).reshape(6, 2), [0, 1, 2, 0, 1, 2] if problem == "multiclass" else
                           [0, 1, 0, 1, 0, 1])  # fmt: skip
    objective = OBJECTIVES.get(name, xgboost_model.OBJECTIVES[problem][0])
    settings = {"objective": objective, "nthread": 1, "tree_method": "hist", name: value}
    if problem == "multiclass":
        settings["num_class"] = 3
    try:
        booster = xgboost.train(settings, data, 1)
    except xgboost.core.XGBoostError:
        return False
    booster.eval(data)
    return True


def sklearn_takes(problem: str, name: str, value: Any) -> bool:
    """Ask the check that a fit begins with; the script's 0 for no depth limit is its None."""
    given = None if (name, value) == ("max_depth", 0) else value
    own = NAMES.get(name, name)
    rules = estimator(problem)._parameter_constraints
    try:
        validate_parameter_constraints({own: rules[own]}, {own: given}, "HistGradientBoosting")
    except InvalidParameterError:
        return False
    return True


def estimator(problem: str) -> Any:
    """The class that is trained."""
    return HistGradientBoostingRegressor if problem == "regression" else HistGradientBoostingClassifier


TAKES = {"xgboost": xgboost_takes, "sklearn": sklearn_takes}


@pytest.mark.parametrize(("framework", "problem", "name", "value", "taken"), CASES)
def test_the_library_says_the_same(framework: str, problem: str, name: str, value: Any, taken: bool) -> None:
    """At each limit and beside it, as the type that the script makes of it."""
    rule = rules_of(framework, problem)[name]
    made = int(value) if rule["type"] == "integer" else float(value)
    assert TAKES[framework](problem, name, made) is taken
    assert (declared(rule)(value) is None) is taken


CHOICES = [
    (framework, problem, name, one)
    for framework, problem, name, rule in RULES
    for part in alternatives(rule)
    for one in part.get("enum", ())
    if name not in OURS
]


@pytest.mark.parametrize(("framework", "problem", "name", "choice"), CHOICES)
def test_the_library_takes_every_choice_and_no_other(
    framework: str, problem: str, name: str, choice: str
) -> None:
    needed = {"reg:quantileerror": "quantile_alpha", "quantile": "quantile_alpha"}
    if framework == "xgboost" and choice in needed:
        data = xgboost.DMatrix(np.arange(8.0).reshape(4, 2), [1, 2, 3, 4])
        settings = {"objective": "reg:quantileerror", "quantile_alpha": 0.5, name: choice}
        assert "quantile" in xgboost.train(settings, data, 1).eval(data)
    elif choice == "tweedie-nloglik":  # the script hands on the power
        assert TAKES[framework](problem, name, f"{choice}@1.5")
    elif choice == "reg:gamma":
        data = xgboost.DMatrix(np.arange(8.0).reshape(4, 2), [1, 2, 3, 4])
        assert xgboost.train({name: choice}, data, 1).num_boosted_rounds() == 1
    else:
        assert TAKES[framework](problem, name, choice)
        assert not TAKES[framework](problem, name, f"{choice}-no")


def settings_of(config: dict[str, Any]) -> Iterator[str]:
    """The names of the parameters in a booster's configuration."""
    for name, value in config.items():
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, dict):
                yield from settings_of(part)
            else:
                yield name


def test_xgboost_has_no_hyperparameter_that_is_neither_taken_nor_refused() -> None:
    """Those of its configuration with each booster and objective that there is here."""
    data = xgboost.DMatrix(np.arange(8.0).reshape(4, 2), [1, 2, 3, 4])
    objectives = rules_of("xgboost", "regression")["objective"]["enum"]
    found: set[str] = set()
    for changed in [{"booster": "dart"}, *({"objective": one} for one in objectives)]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            booster = xgboost.train({"tree_method": "hist", "quantile_alpha": 0.5, **changed}, data, 1)
        found |= set(settings_of(json.loads(booster.save_config())))
    internal = {
        "name",
        "num_trees",
        "num_feature",
        "num_target",
        "updater_seq",
        "specified_updater",
        "version",
    }
    manifest = FRAMEWORKS["xgboost"]
    known = {*manifest["hyperparameters"], *manifest["refused"]}
    assert {"gamma", "max_bin", "rate_drop", "huber_slope", "quantile_alpha"} <= found
    assert found - internal - known == set()


def test_xgboost_knows_every_name_that_is_handed_to_it() -> None:
    """It warns of a parameter that it does not use."""
    data = xgboost.DMatrix(np.arange(8.0).reshape(4, 2), [0, 1, 0, 1])
    text = {
        "objective": "binary:logistic",
        "monotone_constraints": "(1,0)",
        "interaction_constraints": "[[0]]",
    }
    for name in set(FRAMEWORKS["xgboost"]["hyperparameters"]) - OURS - {"objective", "eval_metric"}:
        value = text.get(name, {"grow_policy": "lossguide", "max_bin": 2}.get(name, 1))
        objective = OBJECTIVES.get(name, "reg:squarederror")
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            xgboost.train({"objective": objective, "tree_method": "hist", name: value}, data, 1)
        assert not [w for w in told if "are not used" in str(w.message)], name


def test_scikit_learn_has_no_hyperparameter_that_is_neither_taken_nor_refused() -> None:
    manifest = FRAMEWORKS["sklearn"]
    for problem in PROBLEM_TYPES:
        names = set(estimator(problem)._parameter_constraints)
        taken = set(rules_of("sklearn", problem))
        ours = {"early_stopping_rounds", "seed"}
        # The loss of a classification is the only one that there is.
        assert names - {"loss"} <= taken | set(manifest["refused"]) | {"monotonic_cst"}
        assert taken - ours <= names
        assert set(manifest["refused"]) <= names


@pytest.mark.parametrize("objective", rules_of("xgboost", "regression")["objective"]["enum"])
def test_the_deciding_metric_is_the_one_that_xgboost_itself_has_for_the_objective(objective: str) -> None:
    data = xgboost.DMatrix(np.arange(8.0).reshape(4, 2), [1, 2, 3, 4])
    settings = {"objective": objective}
    if objective == "reg:quantileerror":
        settings["quantile_alpha"] = "0.5"
    usual = xgboost.train(settings, data, 1).eval(data, "validation")
    found = hyperparameters.deciding("xgboost", {"objective": objective}) or "rmse"
    assert list(xgboost_model.values_of(usual)) == [f"validation-{found}"]


@pytest.mark.parametrize(("framework", "problem", "name", "rule"), NUMBERS)
def test_what_is_no_number_is_refused(framework: str, problem: str, name: str, rule: dict[str, Any]) -> None:
    """Also a fraction where a whole number is meant; a text counts as the number that it says."""
    check = declared(rule)
    assert all(check(value) for value in (True, None, [], "six", "", math.inf, math.nan, "nan"))
    assert check("1") == check(1)
    most = rule.get("maximum", rule.get("exclusiveMaximum", 2))
    assert bool(check(1.25)) is (rule["type"] == "integer" or most <= 1)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_scripts_take_what_the_pipeline_does(framework: str) -> None:
    """The pipeline reads the file of the scripts, by problem type."""
    taken = hyperparameters.declared(framework)["taken"]
    assert taken == FRAMEWORKS[framework]["hyperparameters"]
    assert all(set(rule[BY_PROBLEM]) <= set(PROBLEM_TYPES) for rule in taken.values() if BY_PROBLEM in rule)
