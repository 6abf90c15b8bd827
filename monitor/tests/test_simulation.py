"""What is found of made-up drift, and how often the monitor cries wolf."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import LONG, cases

from model_monitor.drifted import KINDS, NEW, SIZES, Change
from model_monitor.errors import MonitorError
from model_monitor.simulation import changes, detections, false_alarms, rows_until_found
from model_monitor.statistics import Kinds, Statistics

WEEKS = 1000


def population(rows: int = 20_000) -> pd.DataFrame:
    """Twelve columns of the kinds that are hardest not to cry wolf about."""
    rng = np.random.default_rng(7)
    shares = 1 / np.arange(1, 41) ** 1.5
    return pd.DataFrame(
        {
            "normal": rng.normal(size=rows),
            "skewed": rng.lognormal(0, 2, rows),
            "heavy": rng.standard_cauchy(rows),
            "whole": rng.poisson(3, rows),
            "rare": (rng.random(rows) < 0.003).astype(int),
            "gaps": np.where(rng.random(rows) < 0.05, np.nan, rng.normal(size=rows)),
            "other": rng.normal(3, 2, rows),
            "rounded": np.round(rng.gamma(2, 10, rows), -1),
            "colour": rng.choice(["red", "green", "blue"], rows, p=[0.6, 0.3, 0.1]),
            "town": rng.choice([f"t{i}" for i in range(40)], rows, p=shares / shares.sum()),
            "tail": rng.zipf(1.8, rows).clip(max=10_000).astype(str),
            "label": rng.choice(["yes", "no"], rows, p=[0.2, 0.8]),
        }
    )


FRAME = population()
TYPES: Kinds = {**Statistics.of(FRAME).kinds, "tail": "category"}


@pytest.mark.parametrize("kind", KINDS)
def test_the_plainest_size_of_every_kind_is_found_in_a_thousand_rows(kind: str) -> None:
    some = [change for change in changes(FRAME, [kind], label="label") if change.size == SIZES[kind][-1]]
    (one,) = detections(FRAME, some, TYPES, [1000], 6, 5000)
    assert one.found == one.trials, one
    assert rows_until_found([one], some[0]) == 1000


def test_a_change_too_small_for_few_rows_is_not_called_no_drift() -> None:
    some = [Change("shift", 0.25, "normal")]
    (one,) = detections(FRAME, some, TYPES, [100], 10, 5000)
    assert one.found + one.not_enough == one.trials and one.not_enough >= 8


@pytest.mark.parametrize("case", cases("weeks without a change", WEEKS, 4))
def test_a_week_without_a_change(case: int) -> None:
    """Each week has its own baseline and its own windows; `test_false_alarms_are_rare` counts them."""
    rows, runs = ((60, 24), (400, 24), (1500, 6), (6000, 1))[case % 4]
    DAYS.append(false_alarms(FRAME, TYPES, rows, 7 if LONG else 3, (800, 5000, 20_000)[case % 3], runs, case))


DAYS: list[tuple[int, int]] = []


def test_false_alarms_are_rare() -> None:
    """At most one day in a hundred has one: more are refuted at 1 in 1,000."""
    alarms, days = sum(a for a, _ in DAYS), sum(d for _, d in DAYS)
    assert days
    print(f"{alarms} of {days} days had a false alarm")
    allowed = np.random.default_rng(0).binomial(days, 0.01, 100_000)
    assert alarms <= np.quantile(allowed, 0.999)


def test_each_kind_changes_what_it_says() -> None:
    rng = np.random.default_rng(0)
    rows = FRAME.head(5000)

    def changed(kind: str, size: float, column: str, other: str | None = None) -> pd.DataFrame:
        return Change(kind, size, column, other).of(rows, rng)

    assert changed("shift", 2, "normal")["normal"].mean() == pytest.approx(
        rows["normal"].mean() + 2 * rows["normal"].std()
    )
    scaled = changed("scale", 1, "other")["other"]
    assert scaled.std() == pytest.approx(2 * rows["other"].std()) and scaled.mean() == pytest.approx(
        rows["other"].mean()
    )
    assert changed("unit change", 10, "other")["other"].sum() == pytest.approx(10 * rows["other"].sum())
    assert (changed("new category", 0.1, "colour")["colour"] == NEW).mean() == pytest.approx(0.1, abs=0.02)
    assert changed("missing", 0.2, "colour")["colour"].isna().mean() == pytest.approx(0.2, abs=0.03)
    shifted = changed("label shift", 0.5, "label")["label"]
    assert (shifted == "no").mean() == pytest.approx(0.4, abs=0.03)
    swapped = changed("swapped columns", 1, "normal", "other")
    assert (swapped["normal"] == rows["other"]).all() and (swapped["other"] == rows["normal"]).all()
    more = changed("label shift", 0.5, "normal")["normal"]
    assert (more > rows["normal"].median()).mean() == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change("blur", 1, "normal"), "kind is 'blur': give one of shift, scale"),
        (Change("shift", 1, "none"), "there is no column 'none'"),
        (Change("shift", 1, "colour"), "'colour' holds no numbers: shift needs some"),
        (Change("missing", 2, "colour"), "size is 2: missing needs a share"),
        (Change("swapped columns", 1, "colour"), "needs another column to be swapped with"),
        (Change("label shift", 0.5, "one"), "has one value only"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(change: Change, words: str) -> None:
    with pytest.raises(MonitorError, match=words):
        change.of(FRAME.head(100).assign(one="x"), np.random.default_rng(0))
