"""The commands as a job or a laptop calls them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from model_monitor.__main__ import main


def write(path: Path, rows: int, seed: int, shift: float = 0.0) -> str:
    rng = np.random.default_rng(seed)
    pd.DataFrame(
        {"amount": rng.normal(shift, 1, rows), "colour": rng.choice(["red", "blue"], rows), "id": range(rows)}
    ).to_csv(path, index=False)
    return str(path)


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    assert (
        main(
            [
                "baseline",
                write(tmp_path / "train.csv", 5000, 0),
                "--leave",
                "id",
                "--out",
                str(tmp_path / "base"),
            ]
        )
        == 0
    )
    return tmp_path / "base"


def test_a_baseline_is_written_and_rows_like_it_are_found_to_be_like_it(
    baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert {path.name for path in baseline.iterdir()} == {"statistics.json", "constraints.json"}
    out = tmp_path / "out"
    code = main(
        [
            "run",
            write(tmp_path / "now.csv", 3000, 1),
            "--baseline",
            str(baseline),
            "--leave",
            "id",
            "--out",
            str(out),
        ]
    )
    assert code == 0
    assert "amount: no drift  KS 0.0" in capsys.readouterr().out
    assert json.loads((out / "constraint_violations.json").read_text()) == {"violations": []}
    assert (out / "statistics.json").exists()


def test_violations_have_an_exit_code_of_their_own_and_errors_another(
    baseline: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = write(tmp_path / "now.csv", 3000, 1, shift=1)
    assert main(["run", now, "--baseline", str(baseline), "--leave", "id", "--json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert {v["constraint_check_type"] for v in found["violations"]} >= {"baseline_drift_check"}
    assert {feature["name"]: feature["verdict"] for feature in found["features"]} == {
        "amount": "drift",
        "colour": "no drift",
    }
    assert main(["run", str(tmp_path / "none.csv"), "--baseline", str(baseline)]) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'none.csv'}: there is no such file\n"
    assert main(["run", now, "--baseline", str(tmp_path / "nowhere")]) == 1
    assert "there is no such file; `baseline` writes it" in capsys.readouterr().err


def test_a_schema_says_which_columns_are_compared_and_how(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns = [
        {"name": "amount", "kind": "number"},
        {"name": "colour", "kind": "category"},
        {"name": "id", "kind": "id"},
    ]
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps({"columns": columns}))
    bare = tmp_path / "bare.csv"
    bare.write_text(Path(write(tmp_path / "train.csv", 1000, 0)).read_text().split("\n", 1)[1])
    assert main(["baseline", str(bare), "--schema", str(schema), "--out", str(tmp_path / "base")]) == 0
    features = json.loads((tmp_path / "base" / "statistics.json").read_text())["features"]
    assert [(one["name"], one["inferred_type"]) for one in features] == [
        ("amount", "Fractional"),
        ("colour", "String"),
    ]
    assert main(["baseline", str(bare), "--schema", str(bare)]) == 1
    assert "this is no schema.json of a model" in capsys.readouterr().err


def test_an_empty_file_makes_no_baseline(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.csv").write_text("a,b\n")
    assert main(["baseline", str(tmp_path / "empty.csv"), "--out", str(tmp_path)]) == 1
    assert "a baseline needs the training rows" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "amount,colour\n"])
def test_no_rows_are_an_error_and_not_a_clean_run(
    baseline: Path, tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text(text)
    assert main(["run", str(empty), "--baseline", str(baseline)]) == 1
    assert f"there are no rows in {empty}" in capsys.readouterr().err


def test_a_column_that_is_left_is_not_missed(baseline: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(write(tmp_path / "now.csv", 3000, 1))
    frame[["amount"]].to_csv(tmp_path / "part.csv", index=False)
    arguments = ["run", str(tmp_path / "part.csv"), "--baseline", str(baseline)]
    assert main(arguments) == 2
    assert main([*arguments, "--leave", "colour"]) == 0


def test_rows_are_read_as_training_read_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    columns = [{"name": "vip", "kind": "boolean"}, {"name": "town", "kind": "category"}]
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps({"columns": columns, "missing_tokens": ["unknown"]}))
    train, now = tmp_path / "train.csv", tmp_path / "now.csv"
    train.write_text("vip,town\n" + "true,Rome\nfalse,Oslo\ntrue,unknown\n" * 1000)
    now.write_text("vip,town\n" + "True,Rome\nFALSE,Oslo\n TRUE,unknown\n" * 1000)
    assert main(["baseline", str(train), "--schema", str(schema), "--out", str(tmp_path)]) == 0
    features = json.loads((tmp_path / "statistics.json").read_text())["features"]
    assert features[1]["string_statistics"]["common"] == {"num_present": 2000, "num_missing": 1000}
    assert main(["run", str(now), "--schema", str(schema), "--baseline", str(tmp_path)]) == 0
    assert "vip: no drift" in capsys.readouterr().out


def test_numbers_that_overflow_are_refused_by_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "huge.csv").write_text("amount\n1e308\n-1e308\n1e308\n")
    assert main(["baseline", str(tmp_path / "huge.csv"), "--out", str(tmp_path)]) == 1
    assert (
        "error: std_dev of numerical_statistics of column 'amount' is not finite" in capsys.readouterr().err
    )


def test_simulated_drift_is_found_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = write(tmp_path / "sample.csv", 3000, 0)
    arguments = [
        "simulate",
        sample,
        "--leave",
        "id",
        "--rows",
        "100,2000",
        "--trials",
        "3",
        "--days",
        "1",
        "--runs-a-day",
        "1",
    ]
    assert main([*arguments, "--label", "colour", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {one["kind"] for one in found["detections"]} == {
        "shift",
        "scale",
        "missing",
        "label shift",
        "unit change",
    }
    shift = [one for one in found["detections"] if one["kind"] == "shift" and one["size"] == 1.0]
    assert [(one["rows"], one["found"]) for one in shift][-1] == (2000, 3)
    assert found["false_alarms"] == {"days": 1, "with_alarm": 0}
    assert main([*arguments, "--kind", "new category", "--column", "colour"]) == 0
    assert "new category         0.2 colour" in capsys.readouterr().out
    assert main([*arguments, "--kind", "shift", "--column", "colour"]) == 1
    assert "column 'colour' holds no numbers: shift needs some" in capsys.readouterr().err
    assert main([*arguments, "--kind", "label shift"]) == 1
