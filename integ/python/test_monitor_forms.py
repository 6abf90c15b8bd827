"""The SDK of SageMaker reads and edits the monitor's files, and the monitor obeys what it edits."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "monitor"))

from model_monitor import constraints as ours
from model_monitor.data_quality import check
from model_monitor.statistics import Statistics


@pytest.fixture(scope="module")
def files() -> Any:
    """The SDK's classes for these files."""
    from sagemaker.core.model_monitor import monitoring_files

    return monitoring_files


def test_the_sdk_switches_a_feature_off_and_the_monitor_obeys(files: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(size=3000), "b": rng.normal(size=3000)})
    before = Statistics.of(frame)
    path = ours.Constraints.suggest(before).save(tmp_path)
    theirs = files.Constraints(
        body_dict=json.loads(path.read_text("utf-8")),
        constraints_file_s3_uri="s3://bucket/constraints.json",
        sagemaker_session=object(),
    )
    now = Statistics.of(frame + 1)
    theirs.set_monitoring(enable_monitoring=False, feature_name="a")
    found = check(now, before, ours.Constraints.from_json(theirs.body_dict))
    assert {violation.feature_name for violation in found.violations} == {"b"}
    theirs.set_monitoring(enable_monitoring=False)
    assert not check(now, before, ours.Constraints.from_json(theirs.body_dict)).violations
    theirs.set_monitoring(enable_monitoring=True)
    theirs.set_monitoring(enable_monitoring=True, feature_name="a")
    found = check(now, before, ours.Constraints.from_json(theirs.body_dict))
    assert {violation.feature_name for violation in found.violations} == {"a", "b"}


def test_the_names_of_the_files_are_those_of_the_sdk() -> None:
    from model_monitor import constraints, data_quality, statistics
    from sagemaker.core.model_monitor import model_monitoring as sdk

    assert statistics.FILE_NAME == sdk.STATISTICS_JSON_DEFAULT_FILE_NAME
    assert constraints.FILE_NAME == sdk.CONSTRAINTS_JSON_DEFAULT_FILE_NAME
    assert data_quality.FILE_NAME == sdk.CONSTRAINT_VIOLATIONS_JSON_DEFAULT_FILE_NAME
