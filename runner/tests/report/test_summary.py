"""The lines that end a run: metrics with intervals, the gate's first, and the last approved version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.report import render
from local_runner.report.evaluation import Metric
from local_runner.report.summary import measured, summary, version_title

from .make_runs import failed, successful
from .records import run, save

RUN = "20261121T120000-0001"
ARN = "arn:local:sagemaker:local:000000000000:model-package/churn/2"
COMPARABLE = {"comparable": True, "value": 0.93, "difference": 0.0115, "interval": [-0.02, 0.043]}


def compared(work: Path, approved: dict[str, Any]) -> None:
    """Write gate.json beside the run's evaluation."""
    gate = {"quality_gate": {"metric": "accuracy"}, "approved": {"name": ARN, **approved}}
    (evaluation,) = work.glob(f"s3/*/churn/{RUN}/Evaluate/evaluation")
    (evaluation / "gate.json").write_text(json.dumps(gate), encoding="utf-8")


def test_the_gate_s_metric_comes_first_with_its_verdict_and_all_have_intervals(tmp_path: Path) -> None:
    successful(tmp_path, "multiclass", RUN)
    lines = summary(tmp_path, RUN)
    assert lines[0] == "metrics on 540 test rows (± 1.645 standard deviations):"
    assert lines[1].split()[0] == "weighted_f1" and lines[1].endswith("quality gate > 0.9: met")
    assert all("±" in line and "quality gate" not in line for line in lines[2:])


def test_a_missed_gate_says_so(tmp_path: Path) -> None:
    successful(tmp_path, "binary", RUN, 0.99)
    assert summary(tmp_path, RUN)[1].endswith("quality gate ≥ 0.99: missed")


@pytest.mark.parametrize(
    ("metric", "shown"),
    [
        (Metric("auc", 0.94152, 0.02), "0.9415 ± 0.0329"),
        (Metric("auc", 1.0, 3e-17), "1 ± 0"),
        (Metric("auc", 0.94152, None), "0.9415"),
        (Metric("auc", 0.94152, float("nan")), "0.9415"),
        (Metric("auc", None, 0.02), "\u2013"),
    ],
)
def test_a_value_has_the_half_width_of_its_interval(metric: Metric, shown: str) -> None:
    assert measured(metric) == shown


@pytest.mark.parametrize(
    ("approved", "said"),
    [
        (COMPARABLE, "churn version 2: accuracy there 0.9300, difference +0.0115 (\u22120.0200 to +0.0430)"),
        (
            {"comparable": False, "reason": "its columns are different"},
            "churn version 2: not comparable: its columns are different",
        ),
    ],
)
def test_the_last_approved_version_is_in_the_last_lines_and_on_the_page(
    tmp_path: Path, approved: dict[str, Any], said: str
) -> None:
    successful(tmp_path, "binary", RUN)
    assert not any("approved" in line for line in summary(tmp_path, RUN))
    compared(tmp_path, approved)
    assert summary(tmp_path, RUN)[-1] == f"against the last approved version, {said}"
    page = render(tmp_path, RUN)
    assert f"<dt>Against the last approved version</dt><dd>{said}</dd>" in page
    assert "the last approved version, churn version 2</th>" in page


def test_a_run_that_did_not_compare_still_names_the_approved_version(tmp_path: Path) -> None:
    failed(tmp_path, "20261121T110000-ffff")
    assert summary(tmp_path, "20261121T110000-ffff") == []
    known = {
        "name": "ApprovedModelPackage",
        "type": "String",
        "value": ARN,
        "default": "none",
        "origin": "found",
    }
    save(tmp_path, run(RUN, [], parameters=[known]))
    (line,) = summary(tmp_path, RUN)
    assert line.startswith("against the last approved version, churn version 2: not compared")
    assert "churn version 2: not compared" in render(tmp_path, RUN)


def test_only_the_arn_of_a_version_is_shortened() -> None:
    assert version_title(ARN) == "churn version 2"
    assert version_title("the baseline (class 1/2)") == "the baseline (class 1/2)"
