"""train.py: what every framework does with every kind of problem, and what it says about wrong arguments."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import train
from job import UserError
from pipelines.package import PACKAGING
from tests.workbench import Workbench, every_framework, every_problem, table


@every_framework
@every_problem
def test_the_artifact_holds_all_that_serving_needs(bench: Workbench, framework: str, problem: str) -> None:
    bench.give(table(problem))
    bench.preprocess(problem)
    summary = bench.train(framework)
    files = {str(p.relative_to(bench.model)) for p in bench.model.rglob("*") if p.is_file()}
    assert {"schema.json", "training.json", "code/inference.py", "code/schema.py"} <= files
    assert len(files & {"model.ubj", "model.joblib"}) == 1
    assert summary["framework"] == framework
    assert 1 <= summary["rounds"] <= 20
    importance = summary["feature_importance"]
    assert {entry["feature"] for entry in importance} == {"age", "income", "city", "member"}
    assert sum(entry["importance"] for entry in importance) == pytest.approx(1, abs=1e-4)
    values = [entry["importance"] for entry in importance]
    assert values == sorted(values, reverse=True) and values[0] > values[-1]


def test_the_artifact_takes_along_all_of_the_code_and_nothing_else(tmp_path: Path) -> None:
    source, target = tmp_path / "code", tmp_path / "model" / "code"
    kept = {"inference.py", "words.txt", "parts/__init__.py", "parts/deep/table.csv", "parts/setup.py"}
    written = {"setup.py", "setup.cfg", "MANIFEST.in", "build/lib/x.py", "train.egg-info/PKG-INFO"}
    junk = {".hidden", "__pycache__/x.pyc", "parts/__pycache__/y.pyc", "parts/.cache/z"}
    for name in kept | written | junk:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name, encoding="utf-8")
    train.copy_code(source, target)
    assert {p.relative_to(target).as_posix() for p in target.rglob("*") if p.is_file()} == kept


def test_the_pipeline_refuses_the_names_that_the_artifact_leaves_out() -> None:
    assert train.PACKAGING == PACKAGING


@every_framework
def test_the_same_data_and_arguments_give_the_same_model(prepared: Workbench, framework: str) -> None:
    first = prepared.train(framework)
    shutil.rmtree(prepared.model)
    assert prepared.train(framework) == first


def test_an_unknown_framework_is_an_error(prepared: Workbench) -> None:
    with pytest.raises(UserError, match=r"--framework: invalid choice: 'torch'"):
        prepared.run("train", framework="torch")


@every_framework
def test_data_without_its_schema_is_an_error(prepared: Workbench, framework: str) -> None:
    (prepared.processing / "schema" / "schema.json").unlink()
    with pytest.raises(UserError, match=r"schema channel has no schema\.json"):
        prepared.train(framework)
