"""The baseline of a version and the features of its user."""

from __future__ import annotations

import json

from tests.workbench import Workbench, table


def test_it_does_not_depend_on_the_user_s_features(bench: Workbench) -> None:
    bench.give(table("binary"))
    bench.preprocess("binary")
    before = (bench.processing / "baseline" / "statistics.json").read_text()
    bench.with_own_features()
    bench.preprocess("binary")
    assert (bench.processing / "baseline" / "statistics.json").read_text() == before
    assert json.loads(before)["features"]
