"""Monitors of labels and answers that are spelled otherwise than the model's, in the real comparison."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import bias_run
import monitor_rows
import monitor_world  # noqa: F401  (it makes the packages of the job importable)
from job_settings import JobError, Place, Settings
from labelled import Answer
from monitor_rows import T0


@dataclass
class Evaluated:
    """A baseline whose evaluation is as given."""

    rows: Any
    labels: list[Any]
    version: int = 1
    title: str = "churn-main version 1"
    record: dict[str, Any] = field(default_factory=dict)

    def evaluation(self) -> Any:
        return self.rows

    def schema(self) -> dict[str, Any]:
        return {"labels": self.labels}


def told(positive: str) -> Settings:
    facets = [{"column": "plan", "values": ["gold"]}]
    monitors = {"bias": {**monitor_rows.DAILY, "facets": facets, "positiveLabels": [positive]}}
    return Settings(
        monitor_rows.SETTINGS | {"monitors": monitors}, "m", "d", Place("p", "predictions/"), None, "n", "e"
    )


def rows(gold: float, others: float, count: int = 2000) -> tuple[list[str], list[bool]]:
    """Plans and answers: so great a share of each is positive."""
    plans = np.where(np.arange(count) % 2, "gold", "basic")
    shares = np.where(plans == "gold", gold, others)
    return plans.tolist(), (np.random.default_rng(1).random(count) < shares).tolist()


def test_bias_is_found_whichever_way_labels_are_spelled() -> None:
    plans, said = rows(0.5, 0.5)
    # pandas writes True and False to the evaluation, JSON has true and false, and files of truth anything.
    texts = [str(one) for one in said]
    before = Evaluated(pa.table({"plan": plans, "label": texts, "prediction": texts}), labels=[False, True])
    plans, said = rows(0.2, 0.8)
    now = [
        Answer("", T0, "true" if one else "false", None, None, {"plan": plan}, str(one).upper())
        for plan, one in zip(plans, said, strict=True)
    ]
    now[0].label = "perhaps"
    for positive in ("true", "True"):
        found = bias_run.compare(told(positive), now, before)  # type: ignore[arg-type]
        assert found.outcome == "violations"
        assert {"DPPL", "DPL"} <= {one["description"].partition(":")[0] for one in found.violations}
        assert found.metrics["bias_metric_DPPL_plan"] == pytest.approx(0.6, abs=0.1)
        assert found.notes[-1] == "1 row with a label or an answer that the model does not know."


def test_a_positive_label_that_the_model_does_not_have_is_refused() -> None:
    plans, said = rows(0.5, 0.5)
    texts = [str(one) for one in said]
    before = Evaluated(pa.table({"plan": plans, "label": texts, "prediction": texts}), labels=[False, True])
    with pytest.raises(JobError, match=r"bias\.positiveLabels has 'yes', which is no label of churn-main"):
        bias_run.compare(told("yes"), [], before)  # type: ignore[arg-type]
