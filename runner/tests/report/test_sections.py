"""Parameters, registry, sample, lineage, training, tuning, logs and environment."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from local_runner.registry import Registry
from local_runner.report import render
from local_runner.report.record import Run
from local_runner.report.sections.lineage import lineage
from local_runner.report.sections.logs import HEAD_BYTES, TAIL_BYTES
from local_runner.report.sections.tuning import best

from .make_runs import successful
from .reading import Kinds, Page
from .records import condition, run, save, step
from .test_quality import rows


def change(work: Path, identity: str, **fields: Any) -> Page:
    """Change a run's record and return its report."""
    path = work / "runs" / identity / "run.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))
    return Page(render(work, identity))


def test_changed_parameters_come_first_and_are_marked(kinds: Kinds) -> None:
    section = kinds.page("binary").root.get("parameters")
    table = section.all("table")[0]
    assert rows(table)[:3] == [
        ["max_depth", "6 changed", "4", "this run"],
        ["eta", "0.1 changed", "0.2", "this run"],
        ["GitCommit", "8f2c1e0b7d5a4c3f9e6b1a2d3c4e5f60718293a4", "unknown", "from git"],
    ]
    assert [row.classes for row in table.all("tr")[1:5]] == [["marked"], ["marked"], [], []]
    assert "2 of 12 changed for this run." in section.text


def test_a_parameter_set_to_its_default_is_not_called_changed(tmp_path: Path) -> None:
    same = [{"name": "eta", "type": "Float", "value": 0.2, "default": 0.2, "origin": "set"}]
    identity = save(tmp_path, run("20261121T120000-aaaa", [], parameters=same))
    assert "changed" not in rows(Page(render(tmp_path, identity)).root.all("table", "parameters")[0])[0][1]


@pytest.mark.parametrize(
    ("title", "shown"),
    [("average_precision > what it is compared with", "Average precision"), (None, "Quality gate.value")],
)
def test_a_gate_without_a_threshold_names_its_metric(tmp_path: Path, title: str | None, shown: str) -> None:
    compared = condition(0.4, 0.5, False, "x", "GreaterThan") | {
        "leftExpression": "QualityGate: quality_gate.value",
        "rightExpression": "QualityGate: quality_gate.required",
    }
    check = step("CheckQuality", "Condition", 1, 0, displayName=title, outcome="False", conditions=[compared])
    missed = step("QualityGateFailed", "Fail", 1, 0, parent="CheckQuality", branch="Else", status="Failed")
    identity = save(tmp_path, run("20261121T120000-aaaa", [check, missed], status="Failed"))
    root = Page(render(tmp_path, identity)).root
    assert root.all("h1")[0].text == f"{shown} is 0.4000, the gate asks for > 0.5; nothing was registered."


def test_the_registry_tells_what_became_of_the_version(tmp_path: Path) -> None:
    registry = Registry(tmp_path / "registry")
    made = [
        registry.register("churn", {"ModelApprovalStatus": "PendingManualApproval"}, "ada", "run")
        for _ in range(3)
    ]
    registry.set_status("churn", 1, "Rejected", "bob", "leaks the target")
    registry.set_status("churn", 2, "Approved", "eve", "better on <all> regions")
    identity = successful(tmp_path, "binary", "20261121T120000-aaaa")
    mine = json.loads((tmp_path / "runs" / identity / "run.json").read_text())["registered"]
    mine[0] |= {"modelPackageArn": made[1]["ModelPackageArn"], "modelPackageVersion": 2}
    root = change(tmp_path, identity, registered=mine).root
    assert root.all("h1")[0].text == "Registered churn version\u00a02, approved."
    section = root.get("registration")
    assert "awaiting approval when it was registered" in section.text
    history = rows(section.all("table", "history")[0])
    assert [row[0] for row in history] == ["Version 3", "Version 2 this run", "Version 1"]
    assert [row[1] for row in history] == ["awaiting approval", "approved", "rejected"]
    assert "by eve" in history[1][3]
    assert history[1][4] == "better on <all> regions"


@pytest.mark.parametrize("content", ["{\n", '{"event": 1}\n', "[]\n", "\x00\n"])
def test_a_registry_that_cannot_be_read_leaves_the_runs_own_word(tmp_path: Path, content: str) -> None:
    identity = successful(tmp_path, "binary", "20261121T120000-aaaa")
    (tmp_path / "registry" / "churn").mkdir(parents=True)
    (tmp_path / "registry" / "churn" / "history.jsonl").write_text(content)
    assert "Registered churn version\u00a03, awaiting approval." in Page(render(tmp_path, identity)).root.text


def test_the_sample_shows_request_and_answer_or_why_there_is_none(kinds: Kinds, tmp_path: Path) -> None:
    sample = kinds.page("binary").root.get("sample")
    assert [pre.text.split(",")[0] for pre in sample.all("pre")] == [
        "17.99",
        '{"predictions": [{"label": "malignant"',
    ]
    identity = successful(
        tmp_path, "binary", "20261121T120000-aaaa", sampleAnswer={"error": "model_fn failed"}
    )
    failed = Page(render(tmp_path, identity)).root.get("sample")
    assert "The model did not answer." in failed.text
    assert "model_fn failed" in failed.text


def test_lineage_warns_of_uncommitted_changes(kinds: Kinds) -> None:
    lineage = kinds.page("binary").root.get("lineage")
    names = [each.text for each in lineage.all("dt")]
    assert {"Git commit", "Git branch", "Data version", "Code hash", "Lock hash", "Image"} <= set(names)
    assert "with uncommitted changes" in lineage.text
    assert "-dirty" not in lineage.text
    assert "uncommitted" not in kinds.page("failed").root.get("lineage").text


def test_training_metrics_show_the_last_value_and_the_course(kinds: Kinds) -> None:
    table = kinds.page("binary").root.all("table", "training")[0]
    assert [row[:3] for row in rows(table)] == [
        ["validation:logloss", "0.0902", "40"],
        ["train:rounds", "131", "1"],
    ]
    assert len(table.all("polyline")[0].attributes["points"].split()) == 40
    assert len(table.all("polyline")) == 1


def test_the_best_trial_is_marked_by_the_direction_of_the_objective(kinds: Kinds) -> None:
    table = kinds.page("many").root.all("table", "trials")[0]
    found = rows(table)
    values = [row[3] for row in found]
    assert [head.text for head in table.all("thead")[0].all("th")] == [
        "Trial",
        "max_depth",
        "eta",
        "validation:auc",
        "Status",
    ]
    assert len(found) == 8
    assert found[5][3:] == ["\u2013", "Failed: train.py ended with exit code 1"]
    marked = [row for row, line in zip(found, table.all("tr")[1:], strict=True) if "marked" in line.classes]
    assert [row[3] for row in marked] == [max(value for value in values if value != "\u2013")]
    assert "best" in marked[0][0]


def test_without_a_direction_no_trial_is_called_the_best() -> None:
    trials: list[dict[str, Any]] = [{"objective": 0.2}, {"objective": 0.1}, {"objective": "NaN"}, {}]
    assert best(trials, "Minimize") == 1
    assert best(trials, "Maximize") == 0
    assert best(trials, "") is None
    assert best([{}], "Maximize") is None


def test_the_failed_steps_log_is_open_and_the_others_are_not(kinds: Kinds) -> None:
    details = kinds.page("failed").root.all("details")
    assert ["open" in each.attributes for each in details] == [False, True]
    assert "Run this step again:" in details[1].text


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ("".join(f"line {index}\n" for index in range(1000)), "600 lines left out here"),
        ("x" * 79 + "\n", ""),
        ("".join(f"{index:07d} {'y' * 92}\n" for index in range(50_000)), "left out here; the whole log is"),
        ("z" * 3_000_000, "about 2.9 MB left out here"),
        ("", "The log is empty."),
    ],
)
def test_long_logs_are_cut_in_the_middle_and_say_where_the_whole_is(
    tmp_path: Path, log: str, says: str
) -> None:
    identity = save(tmp_path, run("20261121T120000-aaaa", [step("Train", "Training", 0, 1)]), {"Train": log})
    page = Page(render(tmp_path, identity))
    shown = page.root.get("logs")
    assert says in shown.text
    assert len(page.source) < 60_000 + HEAD_BYTES + TAIL_BYTES
    if "left out" in says:
        assert f"runs/{identity}/steps/Train/log.txt" in shown.text
        assert log.splitlines()[0][:50] in shown.text
        assert log.splitlines()[-1][-50:] in shown.text
    else:
        assert "left out" not in shown.text


def test_the_page_names_the_bytes_it_was_made_from(kinds: Kinds) -> None:
    text = kinds.page("binary").root.get("environment").text
    for name in ("run.json", "definition.json"):
        content = (kinds.work / "runs" / kinds.ids["binary"] / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() in text


def test_notes_of_a_step_are_shown(tmp_path: Path) -> None:
    noted = step("After", "Processing", 0, 1, notes=["Lambda should have run before, but is not emulated."])
    identity = save(tmp_path, run("20261121T120000-aaaa", [noted]))
    assert "Lambda should have run before" in Page(render(tmp_path, identity)).root.get("logs").text


@pytest.mark.parametrize(
    ("differences", "shown"),
    [
        ([], "5, answered as measured"),
        (["row 2: label is 1, 0 was measured"], "row 2: label is 1, 0 was measured"),
    ],
)
def test_the_golden_rows_of_the_sample_are_shown(tmp_path: Path, differences: list[str], shown: str) -> None:
    golden = {"rows": 5, "differences": differences}
    answer = {"request": "1", "response": "0", "rows": 1, "seconds": 0.1, "golden": golden}
    identity = save(tmp_path, run("20261121T120000-aaaa", [], sampleAnswer=answer))
    section = Page(render(tmp_path, identity)).root.get("sample").text
    assert shown in section
    assert ("a deployment of it would fail" in section) == bool(differences)


def test_lineage_says_why_a_model_was_trained_again_and_nothing_where_a_commit_is_the_reason() -> None:
    def shown(reason: str) -> Any:
        parameter = SimpleNamespace(name="RetrainingReason", value=reason)
        return lineage(cast(Run, SimpleNamespace(parameters=[parameter], registered=[])))

    assert shown("none") is None
    assert "drift in prod" in str(shown("drift in prod: 3 violations").body)
