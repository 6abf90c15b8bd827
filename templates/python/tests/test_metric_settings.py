"""Section `customMetrics` of config/parameters.json, and the functions that it declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipelines import settings
from pipelines.errors import PipelineError
from pipelines.metric_settings import FILE, check_functions
from tests.test_settings import changed

PROFIT: dict[str, Any] = {"profit": {"better": "higher", "minimum": 0}}


def gated(comparison: str, threshold: float | None = None, metric: str = "profit") -> dict[str, Any]:
    raw = changed("customMetrics", {**PROFIT, "cost": {"better": "lower"}})
    gate = {"metric": metric, "comparison": comparison}
    raw["qualityGate"] = gate if threshold is None else {**gate, "threshold": threshold}
    return raw


def test_the_gate_may_name_an_own_metric() -> None:
    found = settings.parse(gated(">", 12.5))
    assert list(found.custom_metrics) == ["profit", "cost"]
    assert found.quality_gate.metric == "profit"
    assert settings.parse(gated("<", metric="cost")).quality_gate.metric == "cost"


@pytest.mark.parametrize(("metric", "comparison"), [("profit", "<"), ("cost", ">=")])
def test_without_a_threshold_the_comparison_goes_the_way_of_the_metric(metric: str, comparison: str) -> None:
    with pytest.raises(PipelineError, match=rf"qualityGate.comparison is .*with {metric} and no threshold"):
        settings.parse(gated(comparison, metric=metric))


def test_the_gate_names_what_there_is() -> None:
    with pytest.raises(PipelineError, match=r"metric: .*profit, cost \(did you mean 'profit'\?\)"):
        settings.parse(gated(">", metric="profits"))


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ([], r"customMetrics is \[\], it must be an object of metrics by name"),
        (
            {"Profit": {"better": "higher"}},
            r'customMetrics\.Profit is "Profit", it must be a name in snake_case',
        ),
        ({"lambda": {"better": "higher"}}, r"customMetrics\.lambda is .* a name in snake_case"),
        ({"a" * 49: {"better": "higher"}}, r"at most 48 characters"),
        ({"rmse": {"better": "lower"}}, r"customMetrics\.rmse is .* another name: every evaluation has this"),
        ({"confusion_matrix": {"better": "lower"}}, r"another name: every evaluation has this one"),
        ({"profit": 1}, r"customMetrics\.profit is 1, it must be an object"),
        ({"profit": {}}, r"customMetrics\.profit\.better is null, it must be higher or lower"),
        ({"profit": {"better": "more"}}, r'profit\.better is "more", it must be higher or lower'),
        (
            {"profit": {"better": "higher", "min": 1}},
            r"profit\.min is 1, it must be left out \(did you mean 'min",
        ),
        ({"profit": {"better": "higher", "minimum": "0"}}, r'profit\.minimum is "0", it must be a number'),
        (
            {"profit": {"better": "higher", "minimum": 1, "maximum": 1}},
            r"profit\.maximum is 1, it must be above the minimum 1",
        ),
        ({f"m{i}": {"better": "higher"} for i in range(21)}, r"customMetrics is .* at most 20 metrics"),
    ],
)
def test_a_wrong_entry_is_one_clear_error(section: Any, message: str) -> None:
    with pytest.raises(PipelineError, match=message):
        settings.parse(changed("customMetrics", section))


def written(root: Path, content: str) -> Path:
    (root / FILE).parent.mkdir(exist_ok=True)
    (root / FILE).write_text(content, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    "content",
    [
        "def profit(actual, predicted, rows, *, weights): return 1",
        "def profit(actual, cost=5, *, price=7): return 1",
        "from somewhere import profit",
        "import profit",
        "profit = lambda actual: 1",
        "@given_the_cost\ndef profit(actual, cost): return 1",
    ],
)
def test_a_declared_metric_has_its_function(tmp_path: Path, content: str) -> None:
    check_functions(written(tmp_path, content), ["profit"], "binary")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "def profits(actual): return 1",
            r"has no function profit, .* \(did you mean 'profits'\?\): write it",
        ),
        ("class Profit:\n    def profit(self): return 1", r"has no function profit"),
        ("def profit(", r"model/custom_metrics\.py is not Python: "),
        ("def profit(amount): return 1", r'profit asks for "amount": .*; columns are in rows'),
        (
            "def profit(probability): return 1",
            r'profit asks for "probability".*type regression there is actual',
        ),
        ("def profit(*, weight): return 1", r"\(did you mean 'weights'\?\)"),
        ("def profit(*all): return 1", r'profit asks for "\*all"'),
    ],
)
def test_a_wrong_function_is_refused_before_anything_is_trained(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(PipelineError, match=message):
        check_functions(written(tmp_path, content), ["profit"], "regression")


def test_without_own_metrics_the_file_is_nobodys_business(tmp_path: Path) -> None:
    check_functions(tmp_path, [], "binary")
    with pytest.raises(
        PipelineError, match=r"custom_metrics\.py does not exist: write a function for each of a, b"
    ):
        check_functions(tmp_path, ["a", "b"], "binary")
