"""evaluate.py: the report that the quality gate and the registry read."""

from __future__ import annotations

import csv
import json
import tarfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from job import UserError
from pipelines.manifests import PROBLEM_TYPES
from tests.workbench import PROBLEMS, Workbench, every_framework, every_problem, table


def evaluated(bench: Workbench, framework: str, problem: str) -> dict[str, dict[str, float]]:
    bench.give(table(problem))
    bench.preprocess(problem)
    bench.train(framework)
    metrics: dict[str, dict[str, float]] = bench.evaluate()[PROBLEM_TYPES[problem]["report"]]
    return metrics


@every_framework
@every_problem
def test_the_report_has_every_metric_that_a_gate_can_ask_for(
    bench: Workbench, framework: str, problem: str
) -> None:
    metrics = evaluated(bench, framework, problem)
    for name in PROBLEM_TYPES[problem]["metrics"]:
        assert isinstance(metrics[name]["value"], float)
        assert metrics[name]["standard_deviation"] >= 0
    continuous = "rmse" if problem == "regression" else "log_loss"
    assert metrics[continuous]["standard_deviation"] > 0


@every_framework
def test_the_confusion_matrix_has_the_labels_and_every_test_row(bench: Workbench, framework: str) -> None:
    metrics = evaluated(bench, framework, "multiclass")
    matrix = metrics["confusion_matrix"]
    assert list(matrix) == ["high", "low", "mid"]
    cells = [n for row in matrix.values() for n in row.values()]  # type: ignore[attr-defined]
    hits = sum(matrix[label][label] for label in matrix)  # type: ignore[index]
    assert sum(cells) == len(bench.read("test"))
    assert hits / sum(cells) == pytest.approx(metrics["accuracy"]["value"])


@every_framework
@every_problem
def test_details_and_sample_request_fit_the_model(bench: Workbench, framework: str, problem: str) -> None:
    evaluated(bench, framework, problem)
    directory = bench.processing / "evaluation"
    details = bench.json(directory / "details.json")
    rows = len(bench.read("test"))
    assert details["data"] == {"rows": rows, "columns": 5}
    assert details["labels"] == {"binary": ["no", "yes"], "multiclass": ["high", "low", "mid"]}.get(problem)
    assert (details["residuals"] is not None) == (problem == "regression")
    if problem == "regression":
        assert len(details["residuals"]["actual"]) == len(details["residuals"]["predicted"]) == rows

    import inference

    body = (directory / "sample_request.csv").read_text(encoding="utf-8")
    model = inference.model_fn(str(bench.model))
    prediction = inference.predict_fn(inference.input_fn(body, "text/csv"), model)
    answer, content_type = inference.output_fn(prediction, "text/csv")
    assert content_type == "text/csv"
    assert len(list(csv.reader(answer.splitlines()))) == 5


@every_framework
def test_evaluating_twice_gives_the_same_report(bench: Workbench, framework: str) -> None:
    evaluated(bench, framework, "binary")
    assert bench.evaluate() == bench.evaluate()


def changed(bench: Workbench, change: Callable[[Any], Any]) -> None:
    file = bench.processing / "test" / "test.parquet"
    parquet.write_table(change(parquet.read_table(file)), file)


@every_framework
def test_a_label_that_the_model_does_not_know_is_an_error(bench: Workbench, framework: str) -> None:
    evaluated(bench, framework, "binary")
    unknown = pa.array(["maybe"] * len(bench.read("test")))
    changed(bench, lambda table: table.set_column(4, "outcome", unknown))
    with pytest.raises(UserError, match="'maybe' is not one of the labels no, yes"):
        bench.evaluate()


@every_framework
def test_test_rows_of_another_table_are_an_error(bench: Workbench, framework: str) -> None:
    evaluated(bench, framework, "binary")
    changed(bench, lambda table: table.select(["age", "city", "outcome"]))
    with pytest.raises(UserError, match="the test set has 2 columns beside the target, the model takes 4"):
        bench.evaluate()


@every_framework
def test_test_rows_that_the_model_refuses_are_an_error(bench: Workbench, framework: str) -> None:
    evaluated(bench, framework, "binary")
    wrong = pa.array(["?"] * len(bench.read("test")))
    changed(bench, lambda table: table.set_column(3, "member", wrong))
    with pytest.raises(UserError, match=r"does not answer .*: row 1, column 'member' is empty"):
        bench.evaluate()


def test_a_missing_artifact_is_an_error(bench: Workbench) -> None:
    with pytest.raises(UserError, match=r"has no model\.tar\.gz"):
        bench.run("evaluate", seed=1)


@every_framework
def test_the_report_is_strict_json(bench: Workbench, framework: str) -> None:
    evaluated(bench, framework, "binary")
    text = (bench.processing / "evaluation" / "evaluation.json").read_text(encoding="utf-8")

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    json.loads(text, parse_constant=refuse)


@every_framework
def test_a_python_without_tar_filters_evaluates_the_same(
    bench: Workbench, framework: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    metrics = evaluated(bench, framework, "binary")
    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    assert bench.evaluate()[PROBLEM_TYPES["binary"]["report"]] == metrics


@pytest.mark.parametrize(
    ("name", "kind", "link"),
    [
        ("{outside}/evil", tarfile.REGTYPE, ""),
        ("a/../../evil", tarfile.REGTYPE, ""),
        ("evil", tarfile.SYMTYPE, ".."),
        ("evil", tarfile.LNKTYPE, "{outside}/model.tar.gz"),
        ("evil", tarfile.CHRTYPE, ""),
    ],
)
def test_a_python_without_tar_filters_refuses_a_hostile_artifact(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: bytes, link: str
) -> None:
    import artifact

    monkeypatch.delattr(tarfile, "data_filter", raising=False)
    archive = tmp_path / "model.tar.gz"
    entry = tarfile.TarInfo(name.format(outside=tmp_path))
    entry.type, entry.linkname = kind, link.format(outside=tmp_path)
    with tarfile.open(archive, "w:gz") as tar:
        tar.addfile(entry)
    with (
        ExitStack() as stack,
        pytest.raises(tarfile.TarError, match=r"evil' (would be extracted outside|is neither a file)"),
    ):
        stack.enter_context(artifact.unpacked(archive))
    assert list(tmp_path.iterdir()) == [archive]


@every_framework
@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_row_counts_by_its_weight(bench: Workbench, framework: str, problem: str) -> None:
    frame = table(problem, rows=400)
    bench.settings(sample_weight_column="weight", columns={})
    bench.give(frame.assign(weight=1))
    bench.preprocess(problem)
    bench.train(framework)
    metric = "rmse" if problem == "regression" else "accuracy"
    comparison = "<" if problem == "regression" else ">"
    file = bench.processing / "test" / "test.parquet"
    sent, found = parquet.read_table(file), {}
    heavy = sent.take([row for row in range(sent.num_rows) for _ in range(1 + 2 * (row % 2))])
    weights = pa.array([str(1 + 2 * (row % 2)) for row in range(sent.num_rows)])
    weighted = sent.set_column(sent.num_columns - 1, "weight", weights)
    for name, rows in (("once", sent), ("thrice", heavy), ("weighted", weighted)):
        parquet.write_table(rows, file)
        (report,) = bench.evaluate(metric=metric, comparison=comparison).values()
        found[name] = report[metric]["value"], bench.gate()["baseline"]["value"]
    assert found["weighted"] == pytest.approx(found["thrice"]) and found["weighted"] != found["once"]
    details = bench.json(bench.processing / "evaluation" / "details.json")
    assert details["data"] == {"rows": sent.num_rows, "columns": 5, "weight_column": "weight"}
    if problem != "regression":  # the matrix counts rows, which the report then says
        assert sum(sum(row.values()) for row in report["confusion_matrix"].values()) == sent.num_rows
    none = sent.set_column(sent.num_columns - 1, "weight", pa.array(["0"] * sent.num_rows))
    parquet.write_table(none, file)
    with pytest.raises(UserError, match="'weight' is 0 in every row of the test set"):
        bench.evaluate()
