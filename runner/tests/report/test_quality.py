"""Metrics and pictures: the right numbers at the right places."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from local_runner.report import render
from local_runner.report.charts.confusion import LEVELS, confusion_matrix, level, numbered
from local_runner.report.charts.histogram import bins
from local_runner.report.charts.roc import area, operating_point, roc
from local_runner.report.charts.scale import rounded, tick_label, ticks
from local_runner.report.evaluation import Confusion, Curve
from local_runner.report.text import MISSING

from .make_runs import successful, wordy_classes
from .reading import Element, Kinds, Page
from .records import fixture


def rows(table: Element) -> list[list[str]]:
    """Return a table's texts."""
    return [
        [" ".join(cell.text.split()) for cell in row.children if cell.name in {"th", "td"}]
        for row in table.all("tbody")[0].all("tr")
    ]


def test_metrics_are_shown_with_their_deviations_and_the_gate_is_marked(kinds: Kinds) -> None:
    table = kinds.page("binary").root.all("table", "metrics")[0]
    assert [row[:3] for row in rows(table)] == [
        ["Accuracy quality gate", "0.9415", "0.0200"],
        ["Precision", "0.9619", "0.0198"],
        ["Recall", "0.9439", "0.0231"],
        ["F1", "0.9528", "0.0169"],
        ["ROC AUC", "0.9914", "0.0067"],
        ["Log loss", "0.1146", "0.0437"],
    ]
    assert [row.classes for row in table.all("tr")[1:3]] == [["marked"], []]


def test_the_matrix_shows_actual_rows_and_predicted_columns_by_name(kinds: Kinds) -> None:
    picture = kinds.page("binary").root.all("svg", "heat")[0]
    titles = [cell.all("title")[0].text for cell in picture.all("g", "cell")]
    assert titles == [
        "actual malignant, predicted malignant: 60 (94% of the row)",
        "actual malignant, predicted benign: 4 (6% of the row)",
        "actual benign, predicted malignant: 6 (6% of the row)",
        "actual benign, predicted benign: 101 (94% of the row)",
    ]
    assert picture.all("desc")[0].text.startswith("161 of 171 rows on the diagonal.")


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (["no", "yes"], ["no", "yes"]),
        ([0, 1], ["0", "1"]),
        (["1", "0"], ["1", "0"]),
        (None, ["0", "1"]),
        (["only"], ["only", "1"]),
    ],
)
def test_class_names_come_from_the_labels(tmp_path: Path, labels: Any, shown: list[str]) -> None:
    content = fixture("binary")
    content["details"]["labels"] = labels
    page = Page(render(tmp_path, successful(tmp_path, "binary", "20261121T120000-aaaa", content=content)))
    names = [each.text for each in page.root.all("svg", "heat")[0].all("text", "class-name")]
    assert sorted(set(names)) == sorted(shown)


def test_colours_of_the_matrix_start_at_nothing_and_end_at_all() -> None:
    assert [level(0), level(1e-9), level(0.5), level(1)] == [0, 1, 4, LEVELS]
    assert sorted(level(share / 100) for share in range(101)) == [level(share / 100) for share in range(101)]


@pytest.mark.parametrize("count", [2, 3, 5, 8, 12, 20, 30])
def test_matrices_of_any_size_have_all_cells_and_numbers_where_they_can_be_read(count: int) -> None:
    counts = tuple(tuple(10**6 if a == b else 12345 for b in range(count)) for a in range(count))
    drawn = Page(confusion_matrix("m", Confusion(tuple(map(str, range(count))), counts))).root
    assert len(drawn.all("g", "cell")) == count * count
    assert len(drawn.all("text", "count")) == (count * count if count <= 26 else 0)
    if count == 20:
        assert {each.text for each in drawn.all("text", "count")} == {"1.0M", "12k"}


def test_labels_that_look_the_same_once_shortened_get_numbers(tmp_path: Path) -> None:
    content = wordy_classes()
    assert numbered(content["details"]["labels"])
    assert not numbered(["a", "b"])
    root = Page(
        render(tmp_path, successful(tmp_path, "multiclass", "20261121T120000-aaaa", content=content))
    ).root
    heat = root.all("svg", "heat")[0].all("text", "class-name")
    assert len({each.text for each in heat}) == 40
    assert "7 · premium customers of region 07 (north-west)" in root.all("table", "classes")[0].text


def test_recall_and_precision_of_a_class_are_those_of_its_row_and_column(kinds: Kinds) -> None:
    found = rows(kinds.page("multiclass").root.all("table", "classes")[0])
    matrix = fixture("multiclass")["evaluation"]["multiclass_classification_metrics"]["confusion_matrix"]
    right, row = matrix["8"]["8"], sum(matrix["8"].values())
    column = sum(each["8"] for each in matrix.values())
    assert found[8] == ["8", str(row), f"{right / row:.0%}", "", f"{right / column:.0%}", ""]


@pytest.mark.parametrize("problem", ["binary", "multiclass"])
def test_the_matrix_says_that_it_counts_rows_if_the_metrics_weigh_them(tmp_path: Path, problem: str) -> None:
    said = "Every test row counts once here; in the metrics it counts by its 'area'."
    content, identity = fixture(problem), "20261121T120000-aaaa"
    plain = Page(render(tmp_path, successful(tmp_path, problem, identity, content=content))).root
    content["details"]["data"] = {"rows": 171, "columns": 5, "weight_column": "area"}
    found = Page(render(tmp_path, successful(tmp_path, problem, identity, content=content))).root
    notes = [box.text for box in found.all("figure") if box.all("svg", "heat")]
    assert len(notes) == 1 and said in notes[0] and said not in plain.text
    classes = [table.text for table in found.all("table", "classes")]
    assert len(classes) == (problem == "multiclass") and all(said in each for each in classes)
    # The curve is weighted, so a point of the counts need not lie on it.
    marked = [
        [one for drawn in page.all("svg", "roc") for one in drawn.all("circle")] for page in (plain, found)
    ]
    assert len(marked[0]) == (problem == "binary") and marked[1] == []
    assert ("The marked point" in plain.text, "The marked point" in found.text) == (
        problem == "binary",
        False,
    )


def test_the_area_under_a_curve_is_measured_by_trapezoids() -> None:
    assert area([(0, 0), (1, 1)]) == 0.5
    assert area([(1, 1), (0, 0), (0, 1)]) == 1.0
    report = fixture("binary")["evaluation"]["binary_classification_metrics"]
    curve = report["receiver_operating_characteristic_curve"]
    points = list(zip(curve["false_positive_rates"], curve["true_positive_rates"], strict=True))
    assert area(points) == pytest.approx(report["auc"]["value"])


def test_the_marked_point_is_the_decision_of_the_matrix() -> None:
    assert operating_point(Confusion(("n", "y"), ((90, 10), (20, 80)))) == (0.1, 0.8)
    assert operating_point(Confusion(("n", "y"), ((0, 0), (20, 80)))) is None
    assert operating_point(Confusion(("a", "b", "c"), ((1, 0, 0),) * 3)) is None


def test_several_curves_are_told_apart_by_dashes_and_labels() -> None:
    curves = [Curve(name, ((0, 0), (0.2, 0.8), (1, 1))) for name in ("cat", "dog", "fox")]
    drawn = Page(roc("r", curves, None, None)).root
    assert len({path.attributes["class"] for path in drawn.all("path", "curve")}) == 3
    assert [text.text for text in drawn.all("text", "tick")][-3:] == ["cat 0.800", "dog 0.800", "fox 0.800"]


@pytest.mark.parametrize(
    "values", [[0.0], [1.0, 1.0], [-5.0, 3.0, 2.0], [1e-9, -1e-9], [1e12, -3e11], list(range(-50, 51))]
)
def test_every_error_is_in_one_bin_and_zero_is_a_border(values: list[float]) -> None:
    start, step, counts = bins(values)
    assert sum(counts) == len(values)
    assert start <= min(values) + 1e-9 * abs(min(values))
    assert start + step * len(counts) >= max(values)
    assert math.isclose(start / step, round(start / step), abs_tol=1e-6)
    assert len(counts) <= 80


def test_a_regression_shows_fit_residuals_and_spread(kinds: Kinds) -> None:
    root = kinds.page("regression").root.get("quality")
    assert len(fixture("regression")["details"]["residuals"]["actual"]) == 177
    fit, left_over = root.all("svg", "scatter")
    assert [len(each.all("circle")) for each in (fit, left_over)] == [177, 177]
    assert "Half of the predictions are within" in root.text


def test_features_beyond_twenty_are_summed_without_a_bar(kinds: Kinds) -> None:
    found = rows(kinds.page("multiclass").root.all("table", "importances")[0])
    importances = [each["importance"] for each in fixture("multiclass")["details"]["feature_importance"]]
    assert len(found) == 21
    assert found[-1] == ["44 other features together", "", f"{sum(importances[20:]):.3f}"]
    table = kinds.page("multiclass").root.all("table", "importances")[0]
    widths = [float(bar.attributes["width"].rstrip("%")) for bar in table.all("rect", "bar")]
    assert len(widths) == 20
    assert widths[0] == 100
    assert widths[5] == pytest.approx(importances[5] / importances[0] * 100, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("binary", ["Accuracy", "0.9415", "≥ 0.85", "Met", "+0.092 (above the threshold)"]),
        ("missed", ["Accuracy", "0.9415", "≥ 0.97", "Missed", "(below the threshold)"]),
        ("regression", ["RMSE", "61.36", "< 70", "Met", "+8.64 (above the threshold)"]),
    ],
)
def test_the_gate_says_value_threshold_and_margin(kinds: Kinds, kind: str, words: list[str]) -> None:
    gate = kinds.page(kind).root.get("gate")
    assert all(word in gate.text for word in words)
    assert len(gate.all("svg", "gauge")) == 1


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-3, 7), (0.001, 0.0042), (1e6, 5e9), (-1e-12, 1e-12), (5, 5), (0, 0)]
)
def test_ticks_are_round_and_cover_the_values(low: float, high: float) -> None:
    bounds = rounded([low, high])
    marks = ticks(*bounds)
    assert bounds[0] <= low <= high <= bounds[1]
    assert 2 <= len(marks) <= 11
    assert len({tick_label(mark, marks) for mark in marks}) == len(marks)


def test_ticks_between_tenths_say_their_value() -> None:
    assert [tick_label(mark, (0, 0.25, 0.5)) for mark in (0, 0.25, 0.5)] == ["0.00", "0.25", "0.50"]
    assert [tick_label(mark, (0, 2.5, 5)) for mark in (0, 2.5, 5)] == ["0.0", "2.5", "5.0"]


def test_several_evaluations_are_all_shown_by_the_name_of_their_step(tmp_path: Path) -> None:
    identity = successful(tmp_path, "binary", "20261121T120000-aaaa")
    path = tmp_path / "runs" / identity / "run.json"
    record = json.loads(path.read_text())
    other = tmp_path / "s3" / "other"
    other.mkdir()
    (other / "evaluation.json").write_text(json.dumps(fixture("regression")["evaluation"]))
    record["steps"][1]["outputs"] = [{"name": "evaluation", "uri": "s3://other", "path": "s3/other"}]
    path.write_text(json.dumps(record))
    quality = Page(render(tmp_path, identity)).root.get("quality")
    assert [each.text for each in quality.all("h3", "evaluation-name")] == ["Train", "Evaluate"]
    assert len(quality.all("table", "metrics")) == 2


def test_a_baseline_and_an_approved_version_are_shown_beside_the_model(tmp_path: Path) -> None:
    identity = successful(tmp_path, "binary", "20261121T120000-aaaa")
    [evaluation] = [file.parent for file in tmp_path.rglob("evaluation.json")]
    gate = {
        "quality_gate": {"metric": "accuracy", "value": 0.94, "required": 0.7},
        "baseline": {
            "name": "the baseline (class 'no' for every row)",
            "comparable": True,
            "value": 0.62,
            "difference": 0.32,
            "interval": [0.28, 0.36],
        },
        "approved": {"name": "version <3>", "comparable": False, "reason": "its image is different"},
    }
    (evaluation / "gate.json").write_text(json.dumps(gate), encoding="utf-8")
    lineage = {"notes": ["column 'row' is left out: it numbers the rows from 1 to 9", 7]}
    (evaluation / "lineage.json").write_text(json.dumps(lineage), encoding="utf-8")
    page = Page(render(tmp_path, identity))
    [table] = [one for one in page.root.all("table") if "Other models" in one.all("caption")[0].text]
    assert rows(table) == [
        ["the baseline (class 'no' for every row)", "0.6200", "+0.3200", "0.2800 to 0.3600"],
        [
            "the last approved version, version <3>",
            MISSING,
            MISSING,
            "not comparable: its image is different",
        ],
    ]
    assert "column 'row' is left out: it numbers the rows from 1 to 9" in page.root.text
