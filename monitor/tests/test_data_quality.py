"""Each check finds what it is for, and says it in words."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from model_monitor.constraints import Constraints
from model_monitor.data_quality import Findings, check
from model_monitor.errors import MonitorError
from model_monitor.statistics import Statistics


def rows(count: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "amount": rng.gamma(2, 10, count),
            "age": rng.integers(18, 80, count),
            "colour": rng.choice(["red", "green", "blue"], count, p=[0.6, 0.3, 0.1]).astype(object),
        }
    )


BEFORE = Statistics.of(rows(5000, 0))
CONSTRAINTS = Constraints.suggest(BEFORE)


def found(frame: pd.DataFrame, constraints: Constraints = CONSTRAINTS, runs: float = 24) -> Findings:
    return check(Statistics.of(frame, BEFORE.kinds), BEFORE, constraints, runs)


def kinds(findings: Findings) -> set[tuple[str, str]]:
    return {(v.feature_name, v.constraint_check_type) for v in findings.violations}


def changed(**settings: Any) -> Constraints:
    raw = CONSTRAINTS.to_json()
    raw["monitoring_config"] |= settings
    return Constraints.from_json(raw)


@pytest.mark.parametrize(
    ("key", "value", "violated"),
    [
        ("num_constraints", {"maximum": 50.0}, "range_check"),
        ("num_constraints", {"minimum": -20.0, "is_non_negative": True}, "range_check"),
        ("inferred_type", "Integral", "data_type_check"),
        ("string_constraints", {"domains": ["a"]}, "categorical_values_check"),
    ],
)
def test_a_constraint_that_was_set_by_hand_holds_as_given(key: str, value: Any, violated: str) -> None:
    column: list[Any] = ["a", "b"] * 500 if key == "string_constraints" else [x / 9 - 9 for x in range(1000)]
    before = Statistics.of(pd.DataFrame({"x": column}))
    raw = Constraints.suggest(before).to_json()
    assert not check(before, before, Constraints.from_json(raw), 1).violations
    raw["features"][0][key] = value
    found = check(before, before, Constraints.from_json(raw), 1).violations
    assert [violation.constraint_check_type for violation in found] == [violated]


def test_texts_of_which_many_occur_once_are_not_compared() -> None:
    texts = [f"street {n}" for n in range(300)] + ["none"] * 2700
    before = Statistics.of(pd.DataFrame({"x": texts}))
    found = check(before, before, Constraints.suggest(before), 1)
    assert found.verdicts == {"x": "not compared"}
    assert "an id or a free text" in found.features[0]["why"]


def test_rows_like_the_baseline_are_no_violation() -> None:
    findings = found(rows(3000))
    assert findings.to_json() == {"violations": []}
    assert set(findings.verdicts.values()) == {"no drift"} and not findings.broken


def test_missing_values_are_a_violation_of_completeness_and_broken_data() -> None:
    frame = rows(3000)
    frame.loc[:299, "age"] = np.nan
    findings = found(frame)
    assert kinds(findings) == {("age", "completeness_check")} and findings.broken
    assert (
        findings.violations[0].description
        == "90 % of the 3000 values are there; the constraint asks for 100 %."
    )


def test_a_few_missing_values_are_chance_if_the_baseline_has_as_many() -> None:
    base = rows(5000, 0)
    base.loc[::20, "age"] = np.nan
    before = Statistics.of(base)
    frame = rows(2000)
    frame.loc[::15, "age"] = np.nan
    assert not check(Statistics.of(frame, before.kinds), before, Constraints.suggest(before)).violations


def test_completeness_that_somebody_sets_is_strict() -> None:
    raw = CONSTRAINTS.to_json()
    raw["features"][0]["completeness"] = 0.5
    frame = rows(3000)
    frame.loc[:899, "amount"] = np.nan
    assert not found(frame, Constraints.from_json(raw)).violations
    frame.loc[:1799, "amount"] = np.nan
    assert ("amount", "completeness_check") in kinds(found(frame, Constraints.from_json(raw)))


def test_texts_among_numbers_are_a_violation_of_the_type() -> None:
    frame = rows(3000)
    frame["amount"] = frame["amount"].map(str)
    frame.loc[:299, "amount"] = "twelve"
    findings = found(frame)
    assert ("amount", "data_type_check") in kinds(findings) and findings.broken
    words = next(v.description for v in findings.violations if v.constraint_check_type == "data_type_check")
    assert (
        words
        == "300 of 3000 values are no numbers, such as 'twelve'; the constraint asks for the type Fractional."
    )


def test_fractions_in_a_column_of_whole_numbers_are_a_violation_of_the_type() -> None:
    frame = rows(3000)
    frame["age"] = frame["age"] + 0.5
    assert ("age", "data_type_check") in kinds(found(frame))


def test_values_beyond_all_of_the_baseline_are_a_violation_of_the_range() -> None:
    frame = rows(3000)
    frame.loc[:99, "age"] = 7
    findings = found(frame)
    assert kinds(findings) == {("age", "range_check")} and not findings.broken
    assert (
        findings.violations[0].description
        == "100 of 3000 values are below 18, up to 7; the baseline has none of 5000 there."
    )


def test_one_row_beyond_the_range_is_chance() -> None:
    frame = rows(90)
    frame.loc[0, "amount"] = 1e9
    assert not found(frame).violations


def test_many_rows_beyond_the_range_are_counted_although_only_some_are_kept() -> None:
    frame = rows(50_000)
    frame.loc[:9999, "amount"] = 1e6
    words = next(v.description for v in found(frame).violations if v.constraint_check_type == "range_check")
    count = int(words.split()[0])
    assert abs(count - 10_000) < 300


def test_an_unknown_category_is_a_violation() -> None:
    frame = rows(3000)
    frame.loc[:149, "colour"] = "mauve"
    findings = found(frame)
    assert ("colour", "categorical_values_check") in kinds(findings)
    words = next(
        v.description for v in findings.violations if v.constraint_check_type == "categorical_values_check"
    )
    assert words == "150 of 3000 values (5 %) are not in the domain, such as 'mauve'."


def test_many_unknown_categories_of_which_each_is_rare_are_a_violation() -> None:
    frame = rows(3000)
    frame.loc[:299, "colour"] = [f"shade {i}" for i in range(300)]
    assert ("colour", "categorical_values_check") in kinds(found(frame))


def test_more_unknown_texts_than_are_kept_are_counted_as_unknown() -> None:
    frame = rows(12_000)
    frame.loc[:8999, "colour"] = [f"shade {i}" for i in range(9000)]
    words = next(
        v.description
        for v in found(frame).violations
        if v.constraint_check_type == "categorical_values_check"
    )
    assert 8900 <= int(words.split()[0]) <= 9000


def test_ids_have_no_domain_and_are_not_compared() -> None:
    before = Statistics.of(pd.DataFrame({"id": [f"a{i}" for i in range(6000)]}))
    constraints = Constraints.suggest(before)
    assert "string_constraints" not in constraints.to_json()["features"][0]
    findings = check(Statistics.of(pd.DataFrame({"id": [f"b{i}" for i in range(6000)]})), before, constraints)
    assert not findings.violations and findings.verdicts == {"id": "not compared"}
    assert findings.features[0]["why"] == "too many different texts: an id or a free text"


def test_drift_is_a_violation_with_its_distance() -> None:
    frame = rows(3000)
    frame["amount"] *= 1.6
    findings = found(frame)
    assert ("amount", "baseline_drift_check") in kinds(findings) and not findings.broken
    words = next(
        v.description for v in findings.violations if v.constraint_check_type == "baseline_drift_check"
    )
    assert words.startswith("Baseline drift distance 0.2") and words.endswith(
        "(KS) exceeds threshold 0.1, in 3000 rows."
    )
    assert findings.metrics()["feature_baseline_drift_amount"] == pytest.approx(
        findings.features[0]["distance"]
    )
    assert findings.metrics()["feature_non_null_amount"] == 3000


def test_a_column_that_is_gone_and_one_that_is_new_are_violations() -> None:
    findings = found(rows(500).rename(columns={"age": "years"}))
    assert kinds(findings) >= {("age", "missing_column_check"), ("years", "extra_column_check")}
    assert findings.broken and findings.verdicts["age"] == "not compared"


def test_no_rows_are_not_enough_rows() -> None:
    findings = found(rows(0))
    assert not findings.violations and set(findings.verdicts.values()) == {"not enough rows"}


def test_all_values_missing_is_broken_and_not_no_drift() -> None:
    frame = rows(500).assign(amount=np.nan)
    findings = found(frame)
    assert ("amount", "completeness_check") in kinds(findings)
    assert findings.verdicts["amount"] == "not enough rows"


def test_more_runs_a_day_ask_for_more_evidence() -> None:
    frame = rows(320)
    frame["amount"] *= 1.35
    once, often = found(frame, runs=0.01), found(frame, runs=1e6)
    assert once.features[0]["critical"] < often.features[0]["critical"]
    assert once.features[0]["verdict"] == "drift" and often.features[0]["verdict"] == "not enough rows"
    with pytest.raises(MonitorError, match="runs a day is 0"):
        found(frame, runs=0)


@pytest.mark.parametrize("spelling", ["monitoringConfigOverrides", "monitoring_config_overrides"])
def test_both_spellings_of_the_overrides_are_read(spelling: str) -> None:
    frame = rows(3000)
    frame["amount"] *= 1.6
    raw = CONSTRAINTS.to_json()
    raw["features"][0][spelling] = {"distribution_constraints": {"comparison_threshold": 0.9}}
    assert ("amount", "baseline_drift_check") not in kinds(found(frame, Constraints.from_json(raw)))
    raw["features"][0][spelling] = {"evaluate_constraints": "Disabled"}
    assert "amount" not in found(frame, Constraints.from_json(raw)).verdicts


def test_settings_of_all_features_are_obeyed() -> None:
    frame = rows(3000)
    frame["amount"] *= 1.6
    assert not found(frame, changed(evaluate_constraints="Disabled")).features
    apart = {"perform_comparison": "Disabled", "comparison_threshold": 0.1, "comparison_method": "Robust"}
    findings = found(frame, changed(distribution_constraints=apart))
    assert ("amount", "baseline_drift_check") not in kinds(findings)
    assert findings.verdicts["amount"] == "not compared"
    assert not found(frame, changed(emit_metrics="Disabled")).metrics()
    by_psi = found(
        frame, changed(distribution_constraints={"comparison_method": "PSI", "comparison_threshold": 0.25})
    )
    assert by_psi.features[0]["method"] == "PSI"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"datatype_check_threshold": 2}, "datatype_check_threshold is 2: give a number from 0 to 1"),
        ({"range_threshold": "much"}, "range_threshold is 'much': give a number"),
        ({"emit_metrics": True}, "emit_metrics is True: give Enabled or Disabled"),
        ({"distribution_constraints": {"comparison_method": "Cosine"}}, "comparison_method is 'Cosine': give one of Simple, Robust, KS, JS, PSI"),
        ({"distribution_constraints": {"comparison_threshold": -1}}, "comparison_threshold is -1: give a number"),
    ],
)  # fmt: skip
def test_a_setting_that_means_nothing_is_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(MonitorError, match=words):
        changed(**settings)


def test_a_baseline_that_was_written_says_the_same() -> None:
    frame = rows(3000)
    frame["amount"] *= 1.6
    frame.loc[:149, "colour"] = "mauve"
    before = Statistics.from_json(json.loads(json.dumps(BEFORE.to_json())))
    constraints = Constraints.from_json(json.loads(json.dumps(CONSTRAINTS.to_json())))
    now = Statistics.of(frame, before.kinds)
    assert check(now, before, constraints).to_json() == check(now, BEFORE, CONSTRAINTS).to_json()
    assert check(now, before, constraints).features == check(now, BEFORE, CONSTRAINTS).features
