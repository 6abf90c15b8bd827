"""The baseline of a version: what preprocess.py says its training rows look like."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.workbench import Workbench, table


@pytest.fixture
def described(bench: Workbench) -> Workbench:
    frame = table("binary", rows=400)
    frame["since"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(400), unit="D")
    bench.give(frame)
    bench.preprocess("binary")
    return bench


def test_it_describes_the_training_rows_as_a_client_would_send_them(described: Workbench) -> None:
    statistics = described.json(described.processing / "baseline" / "statistics.json")
    trained = described.read("train")
    assert statistics["dataset"]["item_count"] == len(trained)
    features = {feature["name"]: feature for feature in statistics["features"]}
    # The target is in no request; dates go on, so that they would always differ.
    assert "since" in {column.name for column in described.schema().used}
    assert set(features) == {column.name for column in described.schema().used} - {"since"}
    age, income = features["age"]["numerical_statistics"], features["income"]["numerical_statistics"]
    assert age["mean"] == pytest.approx(trained["age"].mean())
    assert (age["min"], age["max"]) == (trained["age"].min(), trained["age"].max())
    assert income["common"]["num_missing"] == trained["income"].isna().sum() > 0
    cities = features["city"]["string_statistics"]["distribution"]["categorical"]["buckets"]
    assert {bucket["value"] for bucket in cities} == {"Rome", "Oslo", "Lima, PE"}
    members = features["member"]["string_statistics"]["distribution"]["categorical"]["buckets"]
    assert {bucket["value"] for bucket in members} == {"true", "false"}


def test_its_constraints_hold_for_the_training_rows(described: Workbench) -> None:
    constraints = described.json(described.processing / "baseline" / "constraints.json")
    features = {feature["name"]: feature for feature in constraints["features"]}
    assert features["age"]["inferred_type"] == "Integral" and features["age"]["completeness"] == 1
    assert features["age"]["num_constraints"]["is_non_negative"] is True
    assert 0.8 < features["income"]["completeness"] < 1
    assert sorted(features["city"]["string_constraints"]["domains"]) == ["Lima, PE", "Oslo", "Rome"]
