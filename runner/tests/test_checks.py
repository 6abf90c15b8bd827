"""QualityCheck and ClarifyCheck steps, in definitions of the real SDK, with baselines that come and go."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import FIXTURES, Repository, load

pytest.importorskip("numpy", reason="the steps run a package that has numpy")
pytest.importorskip("pyarrow")

OUT = "s3://artifacts/demo/checks"


def rows(count: int = 600, shift: float = 0.0, city: str = "Rome") -> str:
    """Rows of a client: two cities, an amount, an answer and what came of it."""
    lines = ["target,prediction,probability,amount,city"]
    for index in range(count):
        target = int(index * 7 % 10 < 4)
        prediction = target if index % 5 else 1 - target
        place = city if index % 3 else "Oslo"
        lines.append(f"{target},{prediction},{0.2 + 0.6 * prediction},{index * 37 % 101 + shift},{place}")
    return "\n".join(lines) + "\n"


PREPROCESS = """
import csv, os
from pathlib import Path
base = Path(os.environ.get("SM_PROCESSING_DIR", "/opt/ml/processing"))
data = base / "input" / "data" / "data.csv"
rows = [f"{row['target']},{row['amount']}" for row in csv.DictReader(data.open())]
for name in ("train", "validation"):
    (base / name / f"{name}.csv").write_text("\\n".join(rows) + "\\n")
(base / "test" / "test.csv").write_bytes(data.read_bytes())
"""


@pytest.fixture
def checked(repository: Repository) -> Repository:
    """A pipeline of data quality, model quality and bias; what each checks is the data as it is."""
    definition = load("checks")
    definition["Steps"] = [
        step for step in definition["Steps"] if step["Name"] in ("Preprocess", "DataQuality")
    ]
    repository.write("definition.json", definition)
    repository.code("preprocess.py", PREPROCESS)
    give(repository)
    config = repository.object(f"{OUT}/data-bias-config/analysis_config.json")
    config.parent.mkdir(parents=True)
    config.write_bytes((FIXTURES / "bias.json").read_bytes())
    return repository


def give(repository: Repository, **changed: Any) -> None:
    (repository.root / "data" / "data.csv").write_text(rows(**changed))


def check(repository: Repository, *more: str, code: int = 0) -> dict[str, Any]:
    """Run the pipeline as it is after the first time: compare, and keep the earlier baseline."""
    repository.run("run", "--set", "SkipCheck=false", "--set", "RegisterNewBaseline=false", *more, code=code)
    return repository.steps()["DataQuality"]


def properties(repository: Repository, step: str = "DataQuality") -> dict[str, Any]:
    return dict(json.loads((repository.folder(step) / "result.json").read_text())["properties"])


def supplied(repository: Repository) -> list[str]:
    """Keep the files of the last run as a baseline that is supplied."""
    options = []
    for name in ("statistics", "constraints"):
        target = repository.object(f"s3://artifacts/demo/kept/{name}.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(repository.object(f"{OUT}/data-quality/{name}.json").read_bytes())
        options += ["--set", f"Baseline{name.capitalize()}=s3://artifacts/demo/kept/{name}.json"]
    return options


def test_a_first_run_leaves_a_baseline_and_compares_nothing(checked: Repository) -> None:
    checked.run()
    step = checked.steps()["DataQuality"]
    assert step["status"] == "Succeeded" and step["notes"] == ["Nothing was compared: SkipCheck is true."]
    statistics = json.loads(checked.object(f"{OUT}/data-quality/statistics.json").read_text())
    assert statistics["dataset"]["item_count"] == 600
    assert {feature["name"] for feature in statistics["features"]} >= {"amount", "city"}
    found = properties(checked)
    for part in ("Statistics", "Constraints"):
        uri = f"{OUT}/data-quality/{part.lower()}.json"
        assert found[f"CalculatedBaseline{part}"] == found[f"BaselineUsedForDriftCheck{part}"] == uri
    assert "ViolationReport" not in found


def test_without_an_earlier_baseline_a_check_fails_as_in_sagemaker(checked: Repository) -> None:
    step = check(checked, code=1)
    assert step["status"] == "Failed" and step["failureReason"] == (
        "there is no earlier baseline: SuppliedBaselineStatistics and SuppliedBaselineConstraints are not set,"
        " and group 'demo' has no approved version; the check compares with it (SkipCheck is false) and it is"
        " kept (RegisterNewBaseline is false). For a first run set SkipCheck and RegisterNewBaseline to true."
    )


def test_the_same_data_passes_its_own_baseline(checked: Repository) -> None:
    checked.run()
    kept = supplied(checked)
    assert check(checked, *kept)["status"] == "Succeeded"
    violations = json.loads(checked.object(f"{OUT}/data-quality/constraint_violations.json").read_text())
    assert violations == {"violations": []}
    found = properties(checked)
    assert found["BaselineUsedForDriftCheckStatistics"] == "s3://artifacts/demo/kept/statistics.json"
    assert found["CalculatedBaselineStatistics"] == f"{OUT}/data-quality/statistics.json"


def test_violations_fail_the_step_and_leave_a_report(checked: Repository) -> None:
    checked.run()
    kept = supplied(checked)
    give(checked, shift=60, city="Atlantis")
    step = check(checked, *kept, code=1)
    report = checked.object(f"{OUT}/data-quality/constraint_violations.json")
    found = json.loads(report.read_text())["violations"]
    assert {(item["feature_name"], item["constraint_check_type"]) for item in found} >= {
        ("amount", "baseline_drift_check"),
        ("city", "categorical_values_check"),
    }
    assert f"{len(found)} violations of the baseline: " in step["failureReason"]
    assert "constraint_violations.json)" in step["failureReason"]


def test_violations_are_a_note_where_they_shall_not_fail(checked: Repository) -> None:
    checked.run()
    kept = supplied(checked)
    give(checked, shift=60)
    step = check(checked, *kept, "--set", "FailOnViolation=false")
    assert step["status"] == "Succeeded" and "violation" in step["notes"][0]
    assert properties(checked)["ViolationReport"] == f"{OUT}/data-quality/constraint_violations.json"


def test_a_few_rows_are_no_drift(checked: Repository) -> None:
    checked.run()
    kept = supplied(checked)
    give(checked, count=4, shift=60)
    assert check(checked, *kept)["status"] == "Succeeded"


def test_a_changed_baseline_is_compared_again_although_steps_are_cached(checked: Repository) -> None:
    definition = load("checks")
    definition["Steps"] = [
        step for step in definition["Steps"] if step["Name"] in ("Preprocess", "DataQuality")
    ]
    definition["Steps"][1]["CacheConfig"] = {"Enabled": True, "ExpireAfter": "P30D"}
    checked.write("definition.json", definition)
    checked.run()
    kept = supplied(checked)
    assert check(checked, *kept)["cacheHit"] is None
    assert check(checked, *kept)["cacheHit"] is not None
    constraints = checked.object("s3://artifacts/demo/kept/constraints.json")
    changed = json.loads(constraints.read_text())
    changed["features"].append({"name": "age", "inferred_type": "Integral", "completeness": 1.0})
    constraints.write_text(json.dumps(changed))
    assert "age: " in check(checked, *kept, code=1)["failureReason"]


@pytest.mark.parametrize("key", ["record_preprocessor_script", "post_analytics_processor_script"])
def test_scripts_of_amazon_s_image_are_not_emulated(checked: Repository, key: str) -> None:
    definition = json.loads((checked.build / "definition.json").read_text())
    definition["Steps"][1]["Arguments"]["Environment"][key] = "/opt/ml/processing/input/x.py"
    checked.write("definition.json", definition)
    checked.run("run", code=3)
    step = checked.steps()["DataQuality"]
    assert step["status"] == "NotEmulated" and key in step["failureReason"]


def test_what_asks_a_model_is_not_emulated_and_says_why(checked: Repository) -> None:
    checked.write("definition.json", load("asks_a_model"))
    output = checked.run("run", code=3)
    states = checked.states()
    assert states == {"Preprocess": "Succeeded", "ModelBias": "NotEmulated", "Explainability": "NotEmulated"}
    assert "SHAP values" in checked.steps()["Explainability"]["failureReason"]
    assert "not emulated, so not run here: ModelBias, Explainability" in output


def test_an_unknown_check_is_refused_before_anything_runs(checked: Repository) -> None:
    definition = json.loads((checked.build / "definition.json").read_text())
    definition["Steps"][1]["CheckType"] = "DATA_BIAS"
    checked.write("definition.json", definition)
    assert "CheckType is 'DATA_BIAS', not one of DATA_QUALITY, MODEL_QUALITY" in checked.run(code=1)
    assert not checked.records()


def test_a_folder_is_not_needed_beside_other_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from local_runner.errors import RunnerError
    from local_runner.monitor import place

    monkeypatch.setattr(place, "_PLACES", (tmp_path / "monitor",))
    with pytest.raises(RunnerError, match="There is no model_monitor in .*: write the generated files again"):
        place.folder()


@pytest.fixture
def everything(checked: Repository) -> Repository:
    """All steps: data quality, model quality, bias, and a version that is registered with their baselines."""
    checked.write("definition.json", load("checks"))
    return checked


def test_a_version_is_registered_with_the_baselines_of_its_checks(everything: Repository) -> None:
    everything.run()
    assert set(everything.states().values()) == {"Succeeded"}
    history = (everything.work / "registry" / "demo" / "history.jsonl").read_text()
    package = json.loads(history.splitlines()[0])["package"]
    baselines = package["DriftCheckBaselines"]
    assert baselines["ModelDataQuality"]["Statistics"]["S3Uri"] == f"{OUT}/data-quality/statistics.json"
    assert baselines["ModelQuality"]["Constraints"]["S3Uri"] == f"{OUT}/model-quality/constraints.json"
    assert baselines["Bias"]["PreTrainingConstraints"]["S3Uri"] == f"{OUT}/data-bias/analysis.json"
    report = json.loads(everything.object(f"{OUT}/model-quality/statistics.json").read_text())
    assert report["binary_classification_metrics"]["accuracy"]["value"] == pytest.approx(0.8, abs=0.01)
    analysis = json.loads(everything.object(f"{OUT}/data-bias/analysis.json").read_text())
    ((facet,),) = analysis["pre_training_bias_metrics"]["facets"].values()
    assert facet["value_or_threshold"] == "Oslo"
    assert [item["name"] for item in facet["metrics"]] == ["CI", "DPL", "KL"]
    # A third of the rows is of the facet.
    assert facet["metrics"][0]["value"] == pytest.approx(1 / 3, abs=0.01)


def test_the_newest_approved_version_is_the_baseline_of_the_next_run(everything: Repository) -> None:
    everything.run("run", "--set", "ModelApprovalStatus=Approved")
    kept = {step: everything.steps()[step] for step in ("DataQuality", "ModelQuality", "DataBias")}
    assert all(step["status"] == "Succeeded" for step in kept.values())
    everything.run("run", "--set", "SkipCheck=false", "--set", "RegisterNewBaseline=false")
    assert set(everything.states().values()) == {"Succeeded"}


def rewrite(repository: Repository, change: Callable[[list[dict[str, str]]], None]) -> None:
    """Change the rows, and compare them without a step that ends the run for the others."""
    data = repository.root / "data" / "data.csv"
    found = list(csv.DictReader(data.read_text().splitlines()))
    change(found)
    lines = [",".join(found[0]), *(",".join(row.values()) for row in found)]
    data.write_text("\n".join(lines) + "\n")
    flags = {"SkipCheck": "false", "RegisterNewBaseline": "false", "FailOnViolation": "false"}
    repository.run("run", *(part for name, value in flags.items() for part in ("--set", f"{name}={value}")))


def violated(repository: Repository, step: str) -> set[str]:
    report = repository.object(f"{OUT}/{step}/constraint_violations.json")
    found = json.loads(report.read_text())["violations"]
    return {item.get("metric_name") or item["feature_name"] for item in found}


def test_worse_predictions_are_a_violation_of_model_quality(everything: Repository) -> None:
    everything.run("run", "--set", "ModelApprovalStatus=Approved")

    def of_other_rows(rows: list[dict[str, str]]) -> None:
        answers = [(row["prediction"], row["probability"]) for row in rows]
        for row, answer in zip(rows, answers[1:] + answers[:1], strict=True):
            row["prediction"], row["probability"] = answer

    rewrite(everything, of_other_rows)
    assert {"accuracy", "auc"} <= violated(everything, "model-quality")
    # Which answers there are has not changed, only whose they are.
    assert not violated(everything, "data-quality") and not violated(everything, "data-bias")
    (note,) = everything.steps()["ModelQuality"]["notes"]
    assert re.search(r"violations of the baseline: .*accuracy: Metric accuracy with 0\.[0-9]+ \+/- ", note)


def test_rows_of_one_class_are_compared_with_the_labels_of_the_baseline(everything: Repository) -> None:
    everything.run("run", "--set", "ModelApprovalStatus=Approved")

    def of_one_class(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["target"] = row["prediction"] = "0"

    rewrite(everything, of_one_class)
    assert "recall" not in violated(everything, "model-quality")
    report = json.loads(everything.object(f"{OUT}/model-quality/statistics.json").read_text())
    assert list(report["binary_classification_metrics"]["confusion_matrix"]) == ["0", "1"]


def test_a_group_that_fares_worse_is_a_violation_of_bias(everything: Repository) -> None:
    everything.run("run", "--set", "ModelApprovalStatus=Approved")

    def only_bad(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row["target"] = "0" if row["city"] == "Oslo" else row["target"]

    rewrite(everything, only_bad)
    assert "DPL" in violated(everything, "data-bias")
    (note,) = everything.steps()["DataBias"]["notes"]
    assert "DPL: Value " in note
