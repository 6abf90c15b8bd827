"""train.py as the toolkits run it, with no network."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from conftest import FRAMEWORKS, Train, Trained

every_framework = pytest.mark.parametrize("framework", FRAMEWORKS)


@every_framework
def test_training_leaves_the_model_and_all_of_the_code(
    trained: Callable[[str], Trained], framework: str
) -> None:
    model = trained(framework).ml / "model"
    files = {file.relative_to(model).as_posix() for file in model.rglob("*") if file.is_file()}
    code = {name.removeprefix("code/") for name in files if name.startswith("code/")}
    assert {"training.json", "schema.json"} <= files
    assert {"inference.py", "refusal.py", "parts/__init__.py", "parts/words.py", "parts/notes.txt"} <= code
    assert not {name for name in code if "setup" in name or "egg-info" in name or name.startswith("build/")}
    assert json.loads((model / "training.json").read_text("utf-8"))["framework"] == framework


def test_without_the_variable_the_xgboost_image_cannot_install_the_code_offline(train: Train) -> None:
    job = train("xgboost", environment={})
    assert job.code != 0
    assert job.failure.startswith("InstallModuleError:") and "pip install" in job.failure
    assert not (job.ml / "model" / "training.json").exists()


REASON = "unknown hyperparameter 'max_dept' (did you mean 'max_depth'?)"


def test_the_xgboost_image_writes_its_command_over_the_reason_of_a_failure(train: Train) -> None:
    job = train("xgboost", max_dept=3)
    assert job.code != 0
    assert f"error: {REASON}" in job.log
    assert job.failure.startswith("ExecuteUserScriptError:") and "--max_dept 3" in job.failure
    assert "did you mean" not in job.failure


def test_the_scikit_learn_image_keeps_the_reason_of_a_failure(train: Train) -> None:
    job = train("sklearn", max_dept=3)
    assert job.code != 0
    assert f"error: {REASON}" in job.log
    assert job.failure.startswith(REASON)


@pytest.mark.parametrize("framework", ["xgboost", "sklearn"])
def test_hyperparameters_that_are_json_reach_the_script_as_they_were_given(
    train: Train, framework: str
) -> None:
    monotone = {"xgboost": "monotone_constraints", "sklearn": "monotonic_cst"}[framework]
    groups = {"xgboost": "interaction_constraints", "sklearn": "interaction_cst"}[framework]
    given = {
        "class_weight": {"yes": 3.5, "no": 1},
        monotone: {"age": 1},
        groups: [["age", "income"], ["city", "member"]],
    }
    job = train(framework, **{name: json.dumps(value) for name, value in given.items()})
    assert job.code == 0, job.log
    kept = json.loads((job.ml / "model" / "training.json").read_text("utf-8"))["hyperparameters"]
    assert {name: kept[name] for name in given} == given
