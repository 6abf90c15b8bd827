"""What an evaluation found beyond the metrics, and what the sets hold: shown in numbers and pictures."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest

from local_runner.report import render
from local_runner.report.charts.lines import lines
from local_runner.report.insights import contents, insights

from .make_runs import successful
from .reading import Element, Kinds, Page
from .records import fixture
from .test_quality import rows

IDENTITY = "20261121T120000-aaaa"


def page(work: Path, problem: str, **details: Any) -> Element:
    content = fixture(problem)
    content["details"] |= details
    return Page(render(work, successful(work, problem, IDENTITY, content=content))).root


def titled(root: Element, caption: str) -> Element:
    [found] = [one for one in root.all("table") if caption in one.all("caption")[0].text]
    return found


def test_calibration_is_a_picture_and_a_table(kinds: Kinds) -> None:
    found = fixture("binary")["details"]["calibration"]
    section = kinds.page("binary").root.get("probabilities")
    [picture] = section.all("svg", "reliability")
    assert len(picture.all("circle")) == len(found["bins"])
    table = rows(titled(section, "Probability of the positive class"))
    assert [row[:2] for row in table] == [
        [f"{one['low']} to {one['high']}", str(one["rows"])] for one in found["bins"]
    ]
    assert f"{found['brier']:.4f}" in section.text


def test_each_class_of_several_has_its_calibration(kinds: Kinds) -> None:
    found = fixture("multiclass")["details"]["calibration"]["classes"]
    section = kinds.page("multiclass").root.get("probabilities")
    table = rows(titled(section, "10 classes, by the rows"))
    assert [row[:2] for row in table] == [[one["label"], str(one["rows"])] for one in found]
    assert "Probability of the predicted class" in section.text
    assert not section.all("svg", "lines")


def test_thresholds_have_a_row_for_each_tenth_and_the_best_is_marked(kinds: Kinds) -> None:
    section = kinds.page("binary").root.get("probabilities")
    best = fixture("binary")["details"]["thresholds"]["best"]
    table = titled(section, "if it is positive from a probability on")
    [marked] = table.all("tr", "marked")
    assert f"{best['f1']:.3f}" in marked.text and "highest F1" in marked.text
    starts = [float(row[0].split()[0]) for row in rows(table)]
    assert starts == sorted(starts) and {tenth / 10 for tenth in range(1, 10)} <= set(starts)
    [picture] = section.all("svg", "lines")
    assert len(picture.all("path", "curve")) == 3
    assert [one.text for one in picture.all("text", "tick")][-3:] == ["F1", "Recall", "Precision"]


def test_the_worst_groups_come_first_with_their_error(kinds: Kinds) -> None:
    worst = fixture("binary")["details"]["segments"]["worst"]
    table = titled(kinds.page("binary").root.get("segments"), "The worst groups; Accuracy of all rows is")
    found = rows(table)
    assert len(found) == len(worst) == 10
    assert found[0][0] == f"{worst[0]['column']} {worst[0]['segment']}"
    assert found[0][1:3] == [str(worst[0]["rows"]), f"{worst[0]['value']:.4f}"]
    assert found[0][3].startswith("\u2212")
    assert len(table.all("rect", "bar")) == 10


def test_a_model_without_bad_groups_is_told_so(tmp_path: Path) -> None:
    none = {"metric": "accuracy", "overall": 0.5, "every": 1, "worst": []}
    assert (
        "No group of rows has a worse Accuracy than all rows (0.5000)."
        in page(tmp_path, "binary", segments=none).get("segments").text
    )


def test_of_a_large_table_the_page_says_how_many_rows_were_looked_at(tmp_path: Path) -> None:
    some = fixture("binary")["details"]["segments"] | {"every": 12}
    assert "One of 12 test rows was looked at." in page(tmp_path, "binary", segments=some).text


def test_a_regression_shows_its_errors_by_prediction(kinds: Kinds) -> None:
    bands = fixture("regression")["details"]["by_prediction"]
    section = kinds.page("regression").root.get("segments")
    table = rows(titled(section, "Errors by tenths of the predictions"))
    assert [int(row[1]) for row in table] == [one["rows"] for one in bands]
    assert sum(int(row[1]) for row in table) == 177
    assert len(section.all("svg", "reliability")[0].all("circle")) == len(bands)
    assert "The worst groups; MAE of all rows" in section.text


def test_learning_curves_are_drawn_for_each_metric_with_both_sets(kinds: Kinds) -> None:
    section = kinds.page("binary").root.get("training")
    drawn = section.all("svg", "lines")
    assert [one.all("title")[0].text for one in drawn] == [
        "Learning curve of ROC AUC",
        "Learning curve of Log loss",
    ]
    curves = fixture("binary")["details"]["curves"]
    for picture in drawn:
        assert len(picture.all("path", "curve")) == 2
    ends = f"train {curves['train-logloss'][-1][1]:.4f}"
    assert ends in drawn[1].all("desc")[0].text
    assert f"the model: {fixture('binary')['details']['training']['rounds']}" in section.text


def test_the_data_section_has_classes_gaps_and_notes(kinds: Kinds) -> None:
    section = kinds.page("binary").root.get("data")
    lineage = fixture("binary")["lineage"]
    train = lineage["classes"]["train"]
    [first, *_] = rows(titled(section, "Rows of each class"))
    label = max(train, key=lambda name: train[name])
    assert first[:2] == [label, f"{train[label]} ({train[label] / sum(train.values()):.0%})"]
    missing = rows(titled(section, "Rows without a value"))
    assert [row[0] for row in missing] == list(lineage["missing"]) and missing[0][1].startswith("21 (")
    assert "it numbers the rows from 1 to 569" in section.text
    assert "No value is missing in 10 columns." in kinds.page("regression").root.get("data").text
    assert not kinds.page("regression").root.get("data").all("table")


def test_notes_of_own_metrics_are_shown(kinds: Kinds) -> None:
    assert (
        "its spread is that of 50 bootstrap samples, not of 200"
        in kinds.page("binary").root.get("quality").text
    )


HOSTILE: list[Any] = [None, 7, "x", [], {}, [None], [[1]], {"bins": [None, {"stated": "NaN"}]}, float("inf")]


@pytest.mark.parametrize("key", ["curves", "calibration", "thresholds", "segments", "by_prediction", "notes"])
@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize("problem", ["binary", "regression"])
def test_damaged_details_never_stop_the_report(tmp_path: Path, problem: str, key: str, value: Any) -> None:
    assert page(tmp_path, problem, **{key: value}).get("quality")


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: Any = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    return [path, *(leaf for key, child in items for leaf in _leaves(child, (*path, key)))]


def _damaged(content: Any, path: tuple[Any, ...], value: Any) -> Any:
    found = copy.deepcopy(content)
    place = found
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return found


@pytest.mark.parametrize("value", [None, "<b>", -1, 1e308, "NaN", [], {"a": 1}], ids=repr)
def test_any_damaged_value_is_left_out(tmp_path: Path, value: Any) -> None:
    content = fixture("binary")
    for part in ("details", "lineage"):
        kept = {k: v for k, v in content[part].items() if k not in ("residuals", "feature_importance")}
        for place, path in enumerate(_leaves(kept)):
            if path and (len(path) < 3 or place % 29 == 0):
                damaged = content | {part: _damaged(kept, path, value)}
                root = render(tmp_path, successful(tmp_path, "binary", IDENTITY, content=damaged))
                assert "<b>" not in root and not re.search(r"[\" ,ML](nan|-?inf)\b", root)


def test_points_are_numbers_and_sets_are_known() -> None:
    found = insights({"curves": {"a": [[1, 2], [2, "NaN"], [3], "x", [4, 1]], "b": [[1, 1]]}})
    assert found.curves == (("a", ((1.0, 2.0), (4.0, 1.0))),)
    assert contents({"split": {"train": "x"}}) is None
    read = contents({"split": {"test": 5, "train": 7}, "missing": {"a": {"test": 2}}, "complete": -1})
    assert read and (read.rows, read.missing, read.complete) == (
        (("train", 7), ("test", 5)),
        (("a", (0, 2)),),
        0,
    )


def test_lines_of_one_value_have_axes_and_a_mark_outside_is_left_out() -> None:
    drawn = Page(lines("k", "T", "D", ("x", "y"), [("one", [(1, 5), (2, 5)])], mark=(9, "far"))).root
    assert len(drawn.all("path", "curve")) == 1 and "far" not in drawn.text
