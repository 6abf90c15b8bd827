"""Programs that others wrote say the same, each in an environment of its own: in the long run only.

They come from the registry while the test runs, because none of them is needed otherwise.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import LONG, ROOT, random_table
from test_bias import bias, people

from model_monitor.columns import CategoryColumn, NumberColumn
from model_monitor.constraints import Constraints
from model_monitor.data_quality import check
from model_monitor.drift import compare
from model_monitor.statistics import Statistics

pytestmark = pytest.mark.skipif(not LONG, reason="others' programs are asked in the long run: TEST_LONG=true")
JUDGES = Path(__file__).parent / "judges"
TABLES = 20
ROWS = 2000
Ask = Callable[[str, list[str], Path], Any]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Asks a judge in an environment with its packages."""

    def asked(judge: str, packages: list[str], folder: Path) -> Any:
        python = installed(tmp_path_factory.mktemp(judge), packages)
        subprocess.run([python, JUDGES / f"ask_{judge}.py", folder], check=True, timeout=3600)
        return json.loads((folder / f"{judge}.json").read_text())

    yield asked


def installed(folder: Path, packages: list[str]) -> Path:
    """The interpreter of a new environment."""
    uv = ROOT / ".venvs" / "uv" / "bin" / "uv"
    subprocess.run([uv, "venv", "-q", "-p", sys.executable, folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([uv, "pip", "install", "-q", "-p", python, *packages], check=True, timeout=1800)
    return python


def tables(folder: Path) -> dict[str, tuple[pd.DataFrame, pd.DataFrame, Statistics, Statistics]]:
    found = {}
    for case in range(TABLES):
        rng = np.random.default_rng(case)
        before, now = (random_table(rng, ROWS).drop(columns=["gaps", "constant", "holes"]) for _ in range(2))
        one = Statistics.of(before)
        name = f"t{case:02}"
        before.to_parquet(folder / f"{name}.before.parquet")
        now.to_parquet(folder / f"{name}.now.parquet")
        before.to_csv(folder / f"{name}.before.csv", index=False)
        (folder / f"{name}.kinds.json").write_text(json.dumps(one.kinds))
        found[name] = before, now, one, Statistics.of(now, one.kinds)
    return found


def test_evidently_says_the_same(ask: Ask, tmp_path: Path) -> None:
    """KS to the digit. Evidently's bins are 30 of equal width (ours are tenths of the baseline), empty ones
    get 0.0001, and its chi-square asks whether the rows fit the baseline's shares as if these were exact:
    for numbers the divergences only agree on which of two changes is greater, for texts on their values."""
    cases = tables(tmp_path)
    answers = ask("evidently", ["evidently==0.7.23", "pandas<3", "pyarrow"], tmp_path)
    ours, theirs = [], []
    for name, (_, _, one, two) in cases.items():
        for column, before in one.columns.items():
            found, said = compare(before, two.columns[column]), answers[name]
            if isinstance(before, NumberColumn):
                ks = said[f"{column} ks"]
                assert found.probability("KS") == pytest.approx(ks, rel=0.15, abs=1e-3), (name, column)
                ours.append(found.js)
                theirs.append(said[f"{column} jensenshannon"])
            else:
                # Natural logarithms there, bits here.
                assert found.js * np.sqrt(np.log(2)) == pytest.approx(
                    said[f"{column} jensenshannon"], abs=0.01
                )
                assert found.psi == pytest.approx(said[f"{column} psi"], rel=0.1, abs=0.02)
    order = pd.Series(ours).corr(pd.Series(theirs), method="spearman")
    assert order > 0.8


def test_whylogs_says_the_same(ask: Ask, tmp_path: Path) -> None:
    """Its quantiles are sketches too, of fewer values: 1.5 % of the rows off at most. Its deviation is that of a
    sample (n - 1), ours that of the rows, as in the published form."""
    cases = tables(tmp_path)
    answers = ask("whylogs", ["whylogs==1.6.4", "pandas<2.3", "numpy<2"], tmp_path)
    for name, (table, _, one, _) in cases.items():
        for column, known in one.columns.items():
            said = answers[name][column]
            assert said["counts/n"] == ROWS and said["counts/null"] == known.missing
            if isinstance(known, NumberColumn):
                assert known.mean == pytest.approx(said["distribution/mean"])
                assert known.deviation * np.sqrt(ROWS / (ROWS - 1)) == pytest.approx(
                    said["distribution/stddev"]
                )
                ends = [said["distribution/min"], said["distribution/max"]]
                assert [known.lows[0], known.highs[-1]] == pytest.approx(ends, rel=1e-12)
                for share in (1, 5, 10, 25, 50, 75, 90, 95, 99):
                    quantile = said[f"distribution/q_{share:02}" if share != 50 else "distribution/median"]
                    values = np.sort(table[column])
                    low, high = (
                        np.searchsorted(values, quantile, side=side) / ROWS for side in ("left", "right")
                    )
                    assert low - 0.015 <= share / 100 <= high + 0.015, (name, column, share)
            else:
                assert isinstance(known, CategoryColumn)
                assert known.counts.by_text == {text: int(n) for text, n in said["frequent"].items()}
                assert said["cardinality/est"] == pytest.approx(known.counts.distinct, rel=0.01)


def test_the_library_of_clarify_says_the_same(ask: Ask, tmp_path: Path) -> None:
    frames = {f"p{case}.people.csv": people(500 + case, case, unfair=0.02 * case) for case in range(20)}
    for name, frame in frames.items():
        frame.to_csv(tmp_path / name, index=False)
    answers = ask("smclarify", ["smclarify==0.5", "pandas<3"], tmp_path)
    for name, frame in frames.items():
        found = {metric: value for metric, (value, _) in bias(frame).metrics().items()}
        assert found == pytest.approx(answers[name]), name


SETS = {
    "synthetic_car_loan": (
        "repaid",
        {"car_value", "salary_range", "loan_length", "repaid_loan_on_prev_car", "y_pred_proba"},
        {"baseline_drift_check"},
    ),
    "synthetic_car_loan_dq": (
        "repaid",
        {"car_value", "salary_range", "loan_length", "repaid_loan_on_prev_car", "y_pred_proba", "size_of_downpayment", "driver_tenure"},
        {"baseline_drift_check", "completeness_check", "categorical_values_check"},
    ),
    "synthetic_sample": (
        "work_home_actual",
        {"distance_from_office", "salary_range", "public_transportation_cost", "wfh_prev_workday", "y_pred_proba"},
        {"baseline_drift_check"},
    ),
    "regression_synthetic": ("y_true", {"accident_count", "fuel", "y_pred"}, {"baseline_drift_check", "range_check"}),
    "mc": (
        "y_true",
        {"acq_channel", "app_channel", "y_pred_proba_prepaid_card", "y_pred_proba_highstreet_card", "y_pred_proba_upmarket_card"},
        {"baseline_drift_check"},
    ),
}  # fmt: skip
"""Data sets that nannyml ships, with drift from the middle on: the target, the columns, the checks that find it."""


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the data sets in the wheel of nannyml, of which nothing is run."""
    folder = tmp_path_factory.mktemp("nannyml")
    uv = ROOT / ".venvs" / "uv" / "bin" / "uv"
    subprocess.run(
        [
            uv,
            "pip",
            "install",
            "-q",
            "--no-deps",
            "--target",
            folder,
            "-p",
            sys.executable,
            "nannyml==0.13.1",
        ],
        check=True,
        timeout=600,
    )
    return folder / "nannyml" / "datasets" / "data"


@pytest.mark.parametrize("name", SETS)
def test_drift_that_a_package_ships_is_found_where_it_is_and_not_before(name: str, shipped: Path) -> None:
    target, columns, checks = SETS[name]
    before, now = (pd.read_csv(shipped / f"{name}_{part}.csv") for part in ("reference", "analysis"))
    leave = [c for c in ("timestamp", "id", "identifier", "period", target) if c in before]
    before, now = (frame.drop(columns=[c for c in leave if c in frame]) for frame in (before, now))
    baseline = Statistics.of(before)
    constraints, size = Constraints.suggest(baseline), len(now) // 10
    for window in range(10):
        rows = now[window * size : (window + 1) * size]
        findings = check(Statistics.of(rows, baseline.kinds), baseline, constraints)
        if window < 5:
            assert not findings.violations, (name, window)
    assert {v.feature_name for v in findings.violations} == columns
    assert {v.constraint_check_type for v in findings.violations} == checks
