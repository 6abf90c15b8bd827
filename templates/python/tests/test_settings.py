"""config/parameters.json: good ones are taken, wrong ones are one clear error."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from pipelines import settings
from pipelines.errors import PipelineError

ROOT = Path(__file__).parents[1]
GOOD: dict[str, Any] = {
    "model": {
        "name": "churn",
        "framework": "xgboost",
        "problemType": "binary",
        "frameworkVersion": "3.2-0",
        "modelPackageGroupName": "churn-group",
    },
    "pipeline": {"name": "churn", "description": "Trains it."},
    "data": {"inputDataUrl": "data/sample/x.csv", "targetColumn": "target", "validationFraction": 0.1},
    "processing": {"instanceType": "ml.m5.large", "instanceCount": 1},
    "training": {
        "instanceType": "ml.m5.xlarge",
        "hyperparameters": {"max_depth": 4, "eta": 0.2, "kind": "a"},
    },
    "qualityGate": {"metric": "accuracy", "comparison": ">=", "threshold": 0.85},
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The good file with one key set (or, for `...`, removed)."""
    raw = copy.deepcopy(GOOD)
    *sections, key = path.split(".")
    target = raw
    for section in sections:
        target = target.setdefault(section, {})
    if value is ...:
        del target[key]
    else:
        target[key] = value
    return raw


@pytest.mark.skipif(not (ROOT / settings.FILE).is_file(), reason="there is no config/parameters.json here")
def test_the_repositorys_own_settings_are_good() -> None:
    settings.load(ROOT)


def test_good_settings_are_taken_with_defaults_for_the_rest() -> None:
    found = settings.parse(GOOD)
    assert found.model.model_package_group_name == "churn-group"
    assert found.training.hyperparameters == {"max_depth": 4, "eta": 0.2, "kind": "a"}
    assert (found.data.validation_fraction, found.data.test_fraction, found.data.seed) == (0.1, 0.15, 42)
    assert found.registration.approval_status == "PendingManualApproval"
    assert found.caching.expire_after == "P30D"


def repository(directory: Path, raw: dict[str, Any], delivery: Any = None) -> Path:
    """A repository with nothing but its configuration."""
    (directory / "config").mkdir()
    (directory / settings.FILE).write_text(json.dumps(raw), encoding="utf-8")
    if delivery is not None:
        (directory / settings.DELIVERY).write_text(json.dumps(delivery), encoding="utf-8")
    return directory


DELIVERY = {
    "endpoint": {"instanceType": "ml.m5.large"},
    "deploymentGroups": [
        {
            "deployEnvironments": [
                {"name": "dev"},
                {"name": "prod", "endpoint": {"instanceType": "ml.c5.xlarge"}},
            ]
        },
        {
            "deployEnvironments": [
                {"name": "gpu", "endpoint": {"instanceType": "ml.g5.xlarge"}},
                {"name": "b"},
            ]
        },
    ],
}


def test_a_model_is_registered_for_what_the_environments_serve_from(tmp_path: Path) -> None:
    raw = changed("registration.inferenceInstances", ["ml.m5.4xlarge", "ml.m5.large"])
    found = settings.load(repository(tmp_path, raw, DELIVERY)).registration.inference_instances
    assert found == ["ml.m5.large", "ml.c5.xlarge", "ml.g5.xlarge", "ml.m5.4xlarge"]


def test_without_environments_a_model_is_registered_for_one_type(tmp_path: Path) -> None:
    assert settings.load(repository(tmp_path, GOOD)).registration.inference_instances == ["ml.m5.large"]


def test_answers_may_differ_as_far_as_deployments_let_them(tmp_path: Path) -> None:
    assert settings.golden_tolerance(tmp_path) is None
    repository(tmp_path, GOOD, {"endpoint": {"goldenTolerance": 0.01}})
    assert settings.golden_tolerance(tmp_path) == 0.01


def test_a_damaged_delivery_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"config/delivery.json is damaged .*synthesize"):
        settings.load(repository(tmp_path, GOOD, {"deploymentGroups": []}))


WRONG = [
    ("model.framework", "xgbost", r"model\.framework is \"xgbost\".*xgboost, sklearn.*mean 'xgboost'"),
    ("model.problemType", "binari", r"problemType.*mean 'binary'"),
    ("model.name", "a_b", "letters, digits and hyphens"),
    ("model.name", ..., r"'model\.name' is missing"),
    ("model", ..., "'model' is missing"),
    ("model.framwork", "x", r"'model\.framwork' is not known .did you mean 'framework'"),
    ("modle", {}, r"'modle' is not known .did you mean 'model'"),
    ("qualityGate.metric", "rmse", r"qualityGate\.metric is \"rmse\".*binary metric: accuracy"),
    ("qualityGate.metric", "acuracy", "mean 'accuracy'"),
    ("qualityGate.comparison", "=>", "one of >=, >, <=, <"),
    ("qualityGate.threshold", "0.85", r'threshold is "0.85", it must be a number'),
    ("qualityGate.threshold", True, "must be a number"),
    ("qualityGate.threshold", float("inf"), "must be a number"),
    ("training.instanceCount", -1, "a whole number >= 1"),
    ("training.instanceCount", 1.5, "a whole number >= 1"),
    ("training.instanceType", "ml.m5.0xlarge", "an instance type such as"),
    ("training.maxRunSeconds", 0, "whole number >= 1"),
    ("training.useSpotInstances", "yes", "true or false"),
    ("training.hyperparameters", {"max-depth": 3}, "letters, digits and _"),
    ("training.hyperparameters", {"max_depth": None}, "numbers and strings"),
    ("training.hyperparameters", [], "an object"),
    ("training.hyperparameters", {"max_depth": -1}, "max_depth is -1, it must be a whole number, at least 0"),
    ("training.hyperparameters", {"subsample": 0}, "subsample is 0, it must be a number, at most 1 and"),
    ("training.hyperparameters", {"eta": "fast"}, "hyperparameters.eta is .fast., it must be a number"),
    ("training.hyperparameters", {"max_dept": 3}, "max_dept is not known .did you mean 'max_depth'"),
    ("training.hyperparameters", {"booster": "dart"}, "booster is not taken: rounds are cut to the best one"),
    ("training.hyperparameters", {"objective": "reg:gamma"}, "objective is not taken: .* but for regression"),
    ("training.hyperparameters", {"grow_policy": "lossguid"}, "one of .* .did you mean 'lossguide'"),
    ("data.testFraction", 0.5, "between 0 and 0.5"),
    ("data.targetColumn", " ", "non-empty"),
    ("data.seed", -1, "whole number >= 0"),
    (
        "data.dropColumns",
        "id",
        "dropColumns is .*, it must be a list of names of columns, without",
    ),
    ("data.dropColumns", ["a", "a"], "without empty entries or duplicates"),
    ("data.idColumns", ["a", " "], "without empty entries or duplicates"),
    ("data.idColumns", ["target"], r"idColumns is .\"target\".*without 'target', which is the targetColumn"),
    ("data.missingTokens", [1], "a list of strings that mean a missing value"),
    ("data.separator", ";;", r"separator is \";;\", it must be one character such as"),
    ("data.separator", "a", "no letter, digit, quote"),
    ("data.separator", '"', "no letter, digit, quote"),
    ("data.separator", "\n", "one character such as"),
    ("data.encoding", "latin1", r"one of utf-8, latin-1, cp1252, utf-16 .did you mean 'latin-1'"),
    ("data.groupColumn", "", "the name of a column"),
    ("data.timeColumn", "target", "without 'target', which is the targetColumn already"),
    ("data.sampleWeightColum", "w", "did you mean 'sampleWeightColumn'"),
    ("registration.approvalStatus", "Aproved", "mean 'Approved'"),
    ("registration.inferenceInstances", ["m5.large"], "a list of instance types"),
    ("registration.transformInstances", [], "a list of instance types"),
    ("training.encryptInterContainerTraffic", "yes", "true or false"),
    ("processing.encryptInterContainerTraffic", 1, "true or false"),
    ("caching.expireAfter", "30 days", "ISO 8601 duration"),
    ("caching.expireAfter", "P", "ISO 8601 duration"),
    ("caching", [], "caching is .., it must be an object"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG)
def test_a_wrong_value_is_one_clear_error(path: str, value: Any, message: str) -> None:
    with pytest.raises(PipelineError, match=message) as wrong:
        settings.parse(changed(path, value))
    assert str(wrong.value).startswith("config/parameters.json: ")
    assert "\n" not in str(wrong.value)


def test_what_is_set_about_the_data_is_taken() -> None:
    raw = changed("data.dropColumns", ["a"])
    raw["data"] |= {"idColumns": ["b"], "dateColumns": ["c"], "sampleWeightColumn": "d", "groupColumn": "e"}
    raw["data"] |= {"timeColumn": "f", "missingTokens": ["?"], "separator": "\t", "encoding": "cp1252"}
    found = settings.parse(raw).data
    assert found.form() == {k: v for k, v in raw["data"].items() if k not in GOOD["data"]}
    assert settings.parse(GOOD).data.form() == {}


@pytest.mark.parametrize(
    ("key", "other", "said"),
    [("idColumns", "dropColumns", "one of dropColumns"), ("timeColumn", "groupColumn", "the groupColumn")],
)
def test_a_column_has_one_role(key: str, other: str, said: str) -> None:
    raw = changed(f"data.{key}", ["x"] if key.endswith("s") else "x")
    raw["data"][other] = ["x"] if other.endswith("s") else "x"
    with pytest.raises(PipelineError, match=f"data.{key} is .*without 'x', which is {said} already"):
        settings.parse(raw)


def test_a_gate_may_have_no_threshold() -> None:
    assert settings.parse(changed("qualityGate.threshold", ...)).quality_gate.threshold is None
    with pytest.raises(PipelineError, match="threshold is null, it must be a number"):
        settings.parse(changed("qualityGate.threshold", None))


@pytest.mark.parametrize(
    ("metric", "comparison", "better"), [("auc", "<", ">"), ("log_loss", ">=", "<"), ("f1", "<=", ">")]
)
def test_a_gate_without_a_threshold_asks_for_a_better_model(
    metric: str, comparison: str, better: str
) -> None:
    raw = changed("qualityGate", {"metric": metric, "comparison": comparison})
    with pytest.raises(
        PipelineError, match=f"qualityGate.comparison is .*must be {better} or {better}= with"
    ):
        settings.parse(raw)
    raw["qualityGate"]["comparison"] = f"{better}="
    assert settings.parse(raw).quality_gate.comparison == f"{better}="


@pytest.mark.parametrize("metric", ["average_precision", "balanced_accuracy"])
def test_metrics_for_rare_classes_are_taken(metric: str) -> None:
    assert settings.parse(changed("qualityGate.metric", metric)).quality_gate.metric == metric


def test_spot_training_cannot_wait_less_than_it_runs() -> None:
    raw = changed("training.useSpotInstances", True)
    raw["training"] |= {"maxRunSeconds": 3600, "maxWaitSeconds": 1800}
    with pytest.raises(
        PipelineError, match=r"maxWaitSeconds is 1800, it must be at least maxRunSeconds .3600"
    ):
        settings.parse(raw)


def test_scikit_learn_trains_on_one_instance() -> None:
    raw = changed("model.framework", "sklearn")
    raw["training"]["instanceCount"] = 2
    with pytest.raises(PipelineError, match=r"instanceCount is 2, it must be 1"):
        settings.parse(raw)


def test_a_missing_or_broken_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(PipelineError, match=r"parameters\.json does not exist"):
        settings.load(tmp_path)
    (tmp_path / "config").mkdir()
    (tmp_path / settings.FILE).write_text("{", encoding="utf-8")
    with pytest.raises(PipelineError, match="is not JSON"):
        settings.load(tmp_path)
    (tmp_path / settings.FILE).write_text(json.dumps(GOOD), encoding="utf-8")
    assert settings.load(tmp_path).model.name == "churn"
