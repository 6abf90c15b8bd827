"""`python -m pipelines columns`: what is recorded of the data, and when."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from pipelines.__main__ import main
from pipelines.package import COLUMNS
from tests.workbench import table

ROOT = Path(__file__).parents[2] / "templates" / "python"
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with data of its own."""
    shutil.copytree(ROOT / "model", tmp_path / "model", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "pipelines").mkdir()
    (tmp_path / "pipelines" / "monitor").symlink_to(ROOT.parents[1] / "monitor")
    (tmp_path / "config").mkdir()
    (tmp_path / "data").mkdir()
    table("binary").assign(unit="kg").to_csv(tmp_path / "data" / "customers.csv", index=False)
    settings: dict[str, Any] = {
        "model": {
            "name": "churn",
            "framework": "xgboost",
            "problemType": "binary",
            "frameworkVersion": "3.2-0",
            "modelPackageGroupName": "churn",
        },
        "pipeline": {"name": "churn"},
        "data": {"inputDataUrl": "data/customers.csv", "targetColumn": "outcome"},
        "processing": {"instanceType": "ml.m5.large"},
        "training": {"instanceType": "ml.m5.large"},
        "qualityGate": {"metric": "accuracy", "comparison": ">"},
    }
    (tmp_path / "config" / "parameters.json").write_text(json.dumps(settings), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def set_data(repository: Path, **values: Any) -> None:
    file = repository / "config" / "parameters.json"
    settings = json.loads(file.read_text(encoding="utf-8"))
    settings["data"] |= values
    file.write_text(json.dumps(settings), encoding="utf-8")


def test_kinds_are_recorded_and_what_is_left_out_is_told(repository: Path, capfd: Capture) -> None:
    assert main(["columns"]) == 0
    said = capfd.readouterr().out
    assert "note: column 'unit' is dropped: it has one value" in said
    assert "config/columns.json: 5 columns are recorded" in said
    assert json.loads((repository / COLUMNS).read_text(encoding="utf-8")) == {
        "age": {"kind": "number"},
        "income": {"kind": "number"},
        "city": {"kind": "category"},
        "member": {"kind": "boolean"},
        "unit": {"kind": "dropped", "reason": "it has one value"},
    }


def test_a_record_is_never_written_over(repository: Path, capfd: Capture) -> None:
    (repository / COLUMNS).write_text("{}", encoding="utf-8")
    assert main(["columns"]) == 1
    assert "config/columns.json exists: remove it to decide again" in capfd.readouterr().err
    assert main(["columns", "--if-missing"]) == 0
    assert (repository / COLUMNS).read_text(encoding="utf-8") == "{}"


def test_options_count(repository: Path) -> None:
    set_data(repository, idColumns=["city"])
    assert main(["columns"]) == 0
    assert json.loads((repository / COLUMNS).read_text(encoding="utf-8"))["city"] == {"kind": "id"}


@pytest.mark.parametrize("url", ["s3://bucket/customers/", "data/sample/churn.csv"])
def test_a_run_records_neither_the_sample_nor_what_is_elsewhere(repository: Path, url: str) -> None:
    set_data(repository, inputDataUrl=url)
    assert main(["columns", "--if-missing"]) == 0
    assert not (repository / COLUMNS).exists()


def test_a_copy_of_what_is_elsewhere_can_be_given(repository: Path, capfd: Capture) -> None:
    set_data(repository, inputDataUrl="s3://bucket/customers/")
    assert main(["columns"]) == 1
    assert "the data is at s3://bucket/customers/: give a directory with a copy" in capfd.readouterr().err
    assert main(["columns", "data"]) == 0
    assert (repository / COLUMNS).is_file()


def test_data_that_cannot_be_used_is_an_error(repository: Path, capfd: Capture) -> None:
    set_data(repository, targetColumn="outcom")
    assert main(["columns"]) == 1
    message = capfd.readouterr().err
    assert message.startswith("error: target column 'outcom' is not in the data (did you mean 'outcome'?)")
    assert message.count("\n") == 1 and not (repository / COLUMNS).exists()
