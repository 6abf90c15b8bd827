"""Bias by the published definitions, from counts that merge."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import cases

from model_monitor.bias import Bias, Choice, violations
from model_monitor.errors import MonitorError

FACET, LABEL = Choice("sex", ("f",)), Choice("granted", ("1",))


def people(rows: int, seed: int, unfair: float = 0.0, share: float = 0.4) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    sex = np.where(rng.random(rows) < share, "f", "m")
    return pd.DataFrame(
        {
            "sex": sex,
            "granted": (rng.random(rows) < 0.5).astype(int),
            "prediction": (rng.random(rows) < np.where(sex == "f", 0.5 - unfair, 0.5))
            .astype(int)
            .astype(str),
        }
    )


def bias(frame: pd.DataFrame) -> Bias:
    found = Bias(FACET, LABEL, "prediction")
    found.add(pa.Table.from_pandas(frame))
    return found


@pytest.mark.parametrize("case", cases("bias", 100, 10))
def test_metrics_are_those_of_the_definitions(case: int) -> None:
    rng = np.random.default_rng(case)
    frame = people(int(rng.integers(40, 2000)), case, float(rng.uniform(-0.3, 0.3)))
    f, m = frame[frame.sex == "f"], frame[frame.sex == "m"]
    found = {name: value for name, (value, _) in bias(frame).metrics().items()}
    assert found["CI"] == pytest.approx((len(m) - len(f)) / len(frame))
    assert found["DPL"] == pytest.approx((m.granted == 1).mean() - (f.granted == 1).mean())
    p, q = ([(side.granted == label).mean() for label in (0, 1)] for side in (m, f))
    assert found["KL"] == pytest.approx(sum(a * math.log(a / b) for a, b in zip(p, q, strict=True)))
    qm, qf = ((side.prediction == "1").mean() for side in (m, f))
    assert found["DPPL"] == pytest.approx(qm - qf)
    assert found["DI"] == pytest.approx(qf / qm)


def test_counts_of_parts_merge() -> None:
    frame = people(1000, 1)
    merged = bias(frame[:300]).merge(bias(frame[300:]))
    assert merged.to_json() == bias(frame).to_json()


def test_the_deviation_is_that_of_other_rows_of_the_same_kind() -> None:
    values = [bias(people(800, seed)).metrics()["DPPL"][0] for seed in range(100)]
    _, spread = bias(people(800, 1000)).metrics()["DPPL"]
    assert spread == pytest.approx(np.std(values), rel=0.25)


def test_a_model_that_became_unfair_is_a_violation_the_same_one_is_none() -> None:
    before = bias(people(4000, 0)).to_json()
    assert not violations(bias(people(4000, 1)).to_json(), before)
    found = violations(bias(people(4000, 2, unfair=0.2)).to_json(), before)
    assert {one["metric_name"] for one in found} == {"DPPL", "DI"}
    assert found[0]["facet"] == "sex" and found[0]["facet_value"] == "f"
    assert found[0]["constraint_check_type"] == "bias_drift_check"


def test_nearer_to_neutral_is_no_violation_on_either_side() -> None:
    """The published example: from 0.2 to 0.1 is none, to -0.3 is one."""
    before = bias(people(6000, 0, unfair=0.2)).to_json()
    assert not violations(bias(people(6000, 1, unfair=0.1)).to_json(), before)
    assert "DPPL" in {
        one["metric_name"] for one in violations(bias(people(6000, 1, unfair=-0.35)).to_json(), before)
    }


def test_a_facet_of_few_rows_is_not_compared() -> None:
    before = bias(people(4000, 0)).to_json()
    assert not violations(bias(people(300, 2, unfair=0.5, share=0.05)).to_json(), before)


def test_a_threshold_chooses_what_is_above_it() -> None:
    table = pa.table({"age": ["39", "41", "", "70"], "y": [0.2, 0.9, 0.5, 0.7]})
    found = Bias(Choice("age", threshold=40), Choice("y", threshold=0.5))
    found.add(table)
    assert found.labels == {(False, "negative"): 1, (True, "positive"): 2}
    section = found.to_json()["pre_training_bias_metrics"]
    assert section["facets"]["age"][0]["value_or_threshold"] == "(40, +inf)"


def test_what_says_nothing_is_refused() -> None:
    with pytest.raises(MonitorError, match="column 'sex': give values or a threshold"):
        Choice("sex")
    with pytest.raises(MonitorError, match="no column 'sex': the rows have a"):
        Bias(FACET, LABEL).add(pa.table({"a": [1]}))
    with pytest.raises(MonitorError, match="column 'sex': '[fm]' is no number, a threshold needs one"):
        Bias(Choice("sex", threshold=1), LABEL).add(pa.Table.from_pandas(people(100, 0)))
    with pytest.raises(MonitorError, match="does not merge"):
        Bias(FACET, LABEL).merge(Bias(FACET, LABEL, "prediction"))
