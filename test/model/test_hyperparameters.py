"""The limits of hyperparameters are those that the libraries themselves check."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils._param_validation import InvalidParameterError, validate_parameter_constraints

from pipelines.checks import declared
from pipelines.manifests import FRAMEWORKS

RULES = [(f, name, rule) for f, m in FRAMEWORKS.items() for name, rule in m["hyperparameters"].items()]
OURS = {"num_round", "early_stopping_rounds"}
"""Those that the scripts read, and no library."""
NAMES = {"seed": "random_state"}
DOCUMENTED = {("subsample", 0), ("colsample_bytree", 0)}
"""XGBoost checks [0, 1], and documents (0, 1]: nothing is learned from a sample without rows or columns."""


def around(rule: dict[str, Any]) -> list[tuple[float, bool]]:
    """Values beside each limit, and whether the rule takes them."""
    step = 1 if rule["type"] == "integer" else 0.001
    found: list[tuple[float, bool]] = []
    for word, sign in (("minimum", -1), ("maximum", 1)):
        if word in rule:
            found += [(rule[word], True), (rule[word] + sign * step, False)]
    if "exclusiveMinimum" in rule:
        found += [(rule["exclusiveMinimum"], False), (rule["exclusiveMinimum"] + step, True)]
    return found


CASES = [
    (framework, name, value, taken)
    for framework, name, rule in RULES
    if name not in OURS
    for value, taken in around(rule)
    if (name, value) not in DOCUMENTED
]


def xgboost_takes(name: str, value: float) -> bool:
    """Train one round on four rows."""
    data = xgboost.DMatrix(np.arange(8.0).reshape(4, 2), [0, 1, 0, 1])
    try:
        xgboost.train({"objective": "binary:logistic", "nthread": 1, name: value}, data, 1)
    except xgboost.core.XGBoostError:
        return False
    return True


def sklearn_takes(name: str, value: float) -> bool:
    """Ask the check that a fit begins with; the script's 0 for no depth limit is its None."""
    given = None if (name, value) == ("max_depth", 0) else value
    own = NAMES.get(name, name)
    rules = HistGradientBoostingClassifier._parameter_constraints
    try:
        validate_parameter_constraints({own: rules[own]}, {own: given}, "HistGradientBoostingClassifier")
    except InvalidParameterError:
        return False
    return True


@pytest.mark.parametrize(("framework", "name", "value", "taken"), CASES)
def test_the_library_says_the_same(framework: str, name: str, value: float, taken: bool) -> None:
    """At each limit and beside it, as the type that the script makes of it."""
    rule = FRAMEWORKS[framework]["hyperparameters"][name]
    takes = {"xgboost": xgboost_takes, "sklearn": sklearn_takes}[framework]
    assert takes(name, int(value) if rule["type"] == "integer" else float(value)) is taken
    assert (declared(rule)(value) is None) is taken


@pytest.mark.parametrize(("framework", "name", "rule"), RULES)
def test_what_is_no_number_is_refused(framework: str, name: str, rule: dict[str, Any]) -> None:
    """Also a fraction where a whole number is meant; a text counts as the number that it says."""
    check = declared(rule)
    assert all(check(value) for value in (True, None, [], "six", "", math.inf, math.nan, "nan"))
    assert check("1") == check(1)
    assert bool(check(1.5)) is (rule["type"] == "integer" or rule.get("maximum") == 1)
