"""What a version keeps of its evaluation, which monitors compare later rows and answers with."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
from pathlib import Path

import pytest

import evaluation_rows
from tests.workbench import Workbench, every_framework, every_problem, table


def evaluated(bench: Workbench, framework: str, problem: str, **arguments: str) -> Path:
    bench.give(table(problem, rows=1200))
    bench.preprocess(problem)
    bench.train(framework)
    bench.evaluate(**arguments)
    return bench.processing / "evaluation"


def rows_of(folder: Path) -> list[dict[str, str]]:
    with gzip.open(folder / evaluation_rows.FILE, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@every_framework
@every_problem
def test_the_test_rows_are_kept_with_the_truth_and_what_the_served_model_answers(
    bench: Workbench, framework: str, problem: str
) -> None:
    found = rows_of(evaluated(bench, framework, problem))
    sent = bench.read("test")
    assert [row["label"] for row in found] == list(sent["outcome"])
    names = [column.name for column in bench.schema().columns]
    assert [[row[name] for name in names] for row in found] == sent[names].to_numpy().tolist()
    body = io.StringIO()
    csv.writer(body).writerows([row[name] for name in names] for row in found)
    answers = bench.ask(body.getvalue())
    if problem == "regression":
        assert set(found[0]) == {*names, "label", "prediction"}
        assert [float(row["prediction"]) for row in found] == [answer["value"] for answer in answers]
    else:
        assert [row["prediction"] for row in found] == [str(answer["label"]) for answer in answers]
        likely = [float(row["probability"]) for row in found]
        assert likely == [answer["probability"] for answer in answers]


@every_framework
@every_problem
def test_its_quality_is_what_a_monitor_finds_in_the_same_rows(
    bench: Workbench, framework: str, problem: str
) -> None:
    from model_monitor import model_quality

    folder = evaluated(bench, framework, problem)
    report = bench.json(folder / "model_quality.json")
    limits = bench.json(folder / "model_quality_constraints.json")
    (kept,) = (part for name, part in report.items() if name.endswith("_metrics"))
    (said,) = bench.json(folder / "evaluation.json").values()
    for name in ("rmse", "r2") if problem == "regression" else ("accuracy", "balanced_accuracy"):
        assert kept[name]["value"] == pytest.approx(said[name]["value"])
    # A monitor sees probabilities of the predicted class only, where there are several.
    assert ("log_loss" in kept) == (problem == "binary")
    verdicts = {one["metric_name"]: one["verdict"] for one in model_quality.compared(report, limits)}
    assert "worse" not in verdicts.values() and "not worse" in verdicts.values()
    worse = {name: {**one, "value": one["value"] * (1.9 if name in ("rmse", "mae", "mse") else 0.4)}
             for name, one in kept.items() if isinstance(one.get("value"), float)}  # fmt: skip
    found = model_quality.violations({**report, next(iter(report)): {**kept, **worse}}, limits)
    assert {"rmse" if problem == "regression" else "accuracy"} <= {one["metric_name"] for one in found}


def digest(*files: Path) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def test_what_monitors_trust_has_its_digest(bench: Workbench) -> None:
    folder = evaluated(bench, "sklearn", "binary")
    beside = bench.json(folder / "monitored_digest.json")
    assert beside == {
        "evaluation_rows": digest(folder / "evaluation.csv.gz"),
        "model_quality": digest(folder / "model_quality.json", folder / "model_quality_constraints.json"),
    }
    described = bench.processing / "baseline"
    assert bench.lineage()["baseline"] == digest(
        described / "statistics.json", described / "constraints.json"
    )


def test_of_many_rows_a_sample_is_kept_in_their_order_and_the_same_again(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluation_rows, "ROWS", 50)
    folder = evaluated(bench, "sklearn", "regression")
    first, found = (folder / evaluation_rows.FILE).read_bytes(), rows_of(folder)
    sent = bench.read("test").astype(str)
    places = {tuple(row): place for place, row in enumerate(sent.to_numpy().tolist())}
    names = [*(column.name for column in bench.schema().columns), "label"]
    kept = [places[tuple(row[name] for name in names)] for row in found]
    assert len(kept) == 50 < len(sent) and kept == sorted(kept) and kept != list(range(50))
    bench.evaluate()
    assert (folder / evaluation_rows.FILE).read_bytes() == first


def test_rows_of_several_blocks_are_kept_as_those_of_one(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asking

    monkeypatch.setattr(evaluation_rows, "ROWS", 100)
    folder = evaluated(bench, "sklearn", "binary")
    whole = rows_of(folder)
    monkeypatch.setattr(asking, "ROWS_AT_A_TIME", 7)
    bench.evaluate()
    assert rows_of(folder) == whole


def test_no_row_is_kept_where_golden_rows_must_be_made_up(bench: Workbench) -> None:
    folder = evaluated(bench, "sklearn", "binary", golden_rows="synthetic")
    assert not (folder / evaluation_rows.FILE).exists()
    assert set(bench.json(folder / "monitored_digest.json")) == {"model_quality"}
    evaluated(bench, "sklearn", "binary", golden_rows="none")
    assert rows_of(folder)


def test_a_column_with_the_name_of_an_answer_hides_no_answer(bench: Workbench) -> None:
    frame = table("binary", rows=400)
    bench.give(frame.rename(columns={"age": "prediction", "city": "label"}))
    bench.preprocess("binary")
    bench.train("sklearn")
    bench.evaluate()
    with gzip.open(bench.processing / "evaluation" / evaluation_rows.FILE, "rt", newline="") as stream:
        header, *rows = csv.reader(stream)
    assert header[:3] == ["label", "prediction", "probability"] and header.count("label") == 2
    assert {row[header.index("label")] for row in rows} == {"no", "yes"}
    assert {row[header.index("prediction")] for row in rows} == {"no", "yes"}
