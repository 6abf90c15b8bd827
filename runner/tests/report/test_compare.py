"""The compare command: what is named, what is said of the difference, and the page."""

from __future__ import annotations

import argparse
import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from local_runner.cli_compare import add_arguments
from local_runner.errors import RunnerError
from local_runner.registry import Registry
from local_runner.report.compare_page import render
from local_runner.report.compare_text import lines
from local_runner.report.differences import metrics
from local_runner.report.subjects import Subject, other_rows, subjects

from .make_runs import failed, successful
from .reading import Page
from .records import fixture

ONE, TWO, THREE = "20261121T120000-0001", "20261121T120100-0002", "20261121T120200-0003"
GROUP = "binary_classification_metrics"
SPLIT = {"seed": 42, "test_fraction": 0.15, "test": 171}


def trained(work: Path, identity: str, accuracy: tuple[float, float], version: int = 0, **more: Any) -> None:
    """Write a run with that accuracy and deviation; with a version, register it too."""
    content = deepcopy(fixture("binary"))
    content["evaluation"][GROUP]["accuracy"] = {"value": accuracy[0], "standard_deviation": accuracy[1]}
    lineage = {"data_version": "d1", "rows": 569, "split": SPLIT} | more.pop("lineage", {})
    successful(work, "binary", identity, 0.5, content=content, **more)
    path = work / "runs" / identity / "run.json"
    record = json.loads(path.read_text())
    (evaluation,) = work.glob(f"s3/*/churn/{identity}/Evaluate/evaluation")
    (evaluation / "lineage.json").write_text(json.dumps(lineage))
    record["registered"] = None
    if version:
        container = {"ModelDataUrl": "s3://b/model.tar.gz"}
        package = {"InferenceSpecification": {"Containers": [container]}}
        made = Registry(work / "registry").register("churn", package, "Ada", identity)
        assert made["ModelPackageVersion"] == version
        record["registered"] = [
            {"modelPackageArn": made["ModelPackageArn"], "modelPackageGroupName": "churn",
             "modelPackageVersion": version, "approvalStatus": "PendingManualApproval",
             "metadata": {"CodeHash": f"hash{version}", "ContainerImage": "xgboost:3.2"}}
        ]  # fmt: skip
    path.write_text(json.dumps(record))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """Two versions and an experiment; the second is approved and clearly better than the first."""
    trained(tmp_path, ONE, (0.80, 0.01), 1)
    trained(tmp_path, TWO, (0.95, 0.01), 2)
    trained(tmp_path, THREE, (0.81, 0.01))
    Registry(tmp_path / "registry").set_status("churn", 2, "Approved", "Grace", "fine")
    return tmp_path


def accuracy(chosen: list[Subject]) -> list[tuple[str, str]]:
    row = next(row for row in metrics(chosen, not other_rows(chosen)) if row.name == "accuracy")
    return [(cell.difference, cell.verdict) for cell in row.cells]


def change(work: Path, identity: str, **record: Any) -> None:
    path = work / "runs" / identity / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | record))


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["1", "churn/2"], [ONE, TWO]),
        (["approved", "latest"], [TWO, THREE]),
        ([ONE, "20261121T1202"], [ONE, THREE]),
        (["churn", "1", "arn:local:sagemaker:local:000000000000:model-package/churn/2"], None),
        (["churn", THREE, "1"], [TWO, THREE, ONE]),
    ],
)
def test_runs_and_versions_are_found_by_what_people_call_them(
    work: Path, names: list[str], ids: list[str] | None
) -> None:
    if ids is None:
        with pytest.raises(RunnerError, match=f"are the same run, {TWO}"):
            subjects(work, names)
        return
    assert [one.run.id for one in subjects(work, names)] == ids


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["1"], "compare takes 2 to 5 runs or versions, not 1"),
        (["1", "7"], "has no version 7"),
        (["1", "20261121T120100-000"], None),
        (["1", "nonsense"], "Name a run, a version such as 3 or churn/3, latest or approved"),
    ],
)
def test_what_there_is_not_is_told(work: Path, names: list[str], message: str | None) -> None:
    if message is None:
        assert subjects(work, names)[1].run.id == TWO  # the beginning of an id is enough
        return
    with pytest.raises(RunnerError, match=message):
        subjects(work, names)


def test_a_version_whose_run_was_removed_is_told(work: Path) -> None:
    (work / "runs" / ONE / "run.json").unlink()
    with pytest.raises(RunnerError, match=f"registered by run {ONE}, which is no longer in"):
        subjects(work, ["2", "1"])


def test_better_is_said_only_where_the_interval_of_the_difference_leaves_out_zero(work: Path) -> None:
    first, better, same = accuracy(subjects(work, ["1", "2", THREE]))
    assert first == ("", "")
    assert better == ("+0.1500 (+0.1267 to +0.1733)", "better")
    assert same == ("+0.0100 (\u22120.0133 to +0.0333)", "")
    assert accuracy(subjects(work, ["2", "1"]))[1][1] == "worse"


def test_an_interval_that_was_measured_row_by_row_counts_more(work: Path) -> None:
    (evaluation,) = work.glob(f"s3/*/churn/{THREE}/Evaluate/evaluation")
    name = "arn:local:sagemaker:local:000000000000:model-package/churn/1"
    entry = {"name": name, "comparable": True, "value": 0.8, "difference": 0.01, "interval": [0.006, 0.014]}
    gate = {"quality_gate": {"metric": "accuracy"}, "approved": entry}
    (evaluation / "gate.json").write_text(json.dumps(gate))
    assert accuracy(subjects(work, ["1", THREE]))[1] == ("+0.0100 (+0.0060 to +0.0140)", "better")
    assert accuracy(subjects(work, [THREE, "1"]))[1] == (
        "\u22120.0100 (\u22120.0140 to \u22120.0060)", "worse"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lineage", "reason"),
    [
        ({"data_version": "d2"}, "the data of churn/1 and 20261121T120300-0004 differ"),
        ({"split": {**SPLIT, "seed": 7}}, "were split differently"),
        ({"data_version": None}, "20261121T120300-0004 does not say its data"),
    ],
)
def test_of_other_test_rows_no_difference_is_told(work: Path, lineage: dict[str, Any], reason: str) -> None:
    other = "20261121T120300-0004"
    trained(work, other, (0.99, 0.001), lineage=lineage)
    chosen = subjects(work, ["1", other])
    assert accuracy(chosen) == [("", ""), ("", "")]
    assert any(reason in line and "no difference is told" in line for line in lines(chosen))
    assert reason in Page(render(chosen)).root.text


def test_a_lower_loss_is_better_and_an_unknown_metric_is_neither(work: Path) -> None:
    for identity, value in ((ONE, 0.5), (TWO, 0.1)):
        (path,) = work.glob(f"s3/*/churn/{identity}/Evaluate/evaluation/evaluation.json")
        report = json.loads(path.read_text())
        for name in ("log_loss", "profit"):
            report[GROUP][name] = {"value": value, "standard_deviation": 0.01}
        path.write_text(json.dumps(report))
    verdicts = {row.name: row.cells[1].verdict for row in metrics(subjects(work, ["1", "2"]), True)}
    assert (verdicts["log_loss"], verdicts["profit"]) == ("better", "")


def test_the_terminal_shows_what_differs(work: Path) -> None:
    parameters = json.loads((work / "runs" / TWO / "run.json").read_text())["parameters"]
    deeper = [item | {"value": 9} if item["name"] == "max_depth" else item for item in parameters]
    change(work, TWO, parameters=deeper)
    found = [line.split() for line in lines(subjects(work, ["1", "2"]))]
    assert ["max_depth", "6", "9"] in found and not any(line[:1] == ["eta"] for line in found)
    assert ["Code", "hash", "hash1", "hash2"] in found
    assert any(line[:2] == ["accuracy", "(gate)"] and line[-1] == "BETTER" for line in found)
    assert any(line[:1] == ["Registered"] and "approved" in line for line in found)


def test_a_run_without_an_evaluation_is_compared_as_far_as_it_goes(work: Path) -> None:
    failed(work, "20261121T110000-ffff")
    chosen = subjects(work, ["1", "20261121T110000-ffff"])
    assert any("Failed" in line for line in lines(chosen))
    assert "does not say its data" in Page(render(chosen)).root.text


def test_the_page_lays_the_curves_over_each_other(work: Path) -> None:
    curve = {"recalls": [0, 0.5, 1], "precisions": [1, 0.9, 0.6]}
    for path in work.glob("s3/*/churn/*/Evaluate/evaluation/evaluation.json"):
        report = json.loads(path.read_text())
        report[GROUP]["precision_recall_curve"] = curve
        path.write_text(json.dumps(report))
    page = Page(render(subjects(work, ["1", "2", THREE])))
    pictures = page.root.all("svg", "roc")
    assert len(pictures) == 2
    for picture in pictures:
        assert {f"series-{letter}" for letter in "abc"} <= {
            each for path in picture.all("path", "curve") for each in path.classes
        }
    assert "By Accuracy, churn/2 is better than churn/1." in " ".join(page.root.text.split())


def test_without_a_precision_recall_curve_the_thresholds_make_it(work: Path) -> None:
    for path in work.glob("s3/*/churn/*/Evaluate/evaluation"):
        report = json.loads((path / "evaluation.json").read_text())
        report[GROUP].pop("precision_recall_curve", None)
        (path / "evaluation.json").write_text(json.dumps(report))
        details = json.loads((path / "details.json").read_text())
        values = [(0.0, 0.4, 1.0, 1.0), (0.5, 0.8, 0.7, 0.3), (1.0, 0.0, 0.0, 0.0)]
        names = ("threshold", "precision", "recall", "share")
        details["thresholds"] = {
            "points": [dict(zip(names, one, strict=True)) | {"f1": 0.5} for one in values]
        }
        (path / "details.json").write_text(json.dumps(details))
    chosen = subjects(work, ["1", "2"])
    assert chosen[0].evaluation and chosen[0].evaluation.precision == ((0.7, 0.8), (1.0, 0.4))
    assert "Precision and recall" in Page(render(chosen)).root.text


def test_names_that_look_like_markup_stay_text(work: Path) -> None:
    record = json.loads((work / "runs" / TWO / "run.json").read_text())
    item = {"name": "<b>x", "type": "String", "value": "<script>", "default": "", "origin": "set"}
    change(work, TWO, parameters=[*record["parameters"], item])
    text = render(subjects(work, ["1", "2"]))
    assert "<script>" not in text and "<b>x" not in text and "&lt;script&gt;" in text


def test_the_page_is_written_where_it_is_wanted(work: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    target = work / "deep" / "page.html"
    for options, path in ((["--html"], work / "compare.html"), (["--output", str(target)], target)):
        args = parser.parse_args(["1", "2", "--work", str(work), *options])
        assert args.action(args) == 0
        assert path.read_text().startswith("<!doctype html>")
        assert path.as_uri() in capsys.readouterr().out
    args = parser.parse_args(["1", "2", "--work", str(work)])
    assert args.action(args) == 0 and "Comparison:" not in capsys.readouterr().out
