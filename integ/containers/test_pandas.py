"""Preprocessing writes the same bytes with the images' version of pandas and with a newer one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import MODEL

OTHER = os.environ.get("TRAINING_PYTHON", "")


def long_decimals() -> str:
    """Numbers with more digits than a double holds, on which versions of pandas differ."""
    random.seed(3)
    rows = [
        f"{random.random():.19f},{random.uniform(-1e6, 1e6):.17f},{random.random():.18e}" for _ in range(300)
    ]
    return "\n".join(["a,b,target", *rows]) + "\n"


def output(python: str, root: Path, text: str) -> dict[str, bytes]:
    """All files that preprocess.py writes."""
    (root / "input" / "data").mkdir(parents=True)
    (root / "input" / "data" / "x.csv").write_text(text, encoding="utf-8")
    options = {"problem_type": "regression", "target_column": "target", "seed": 7}
    options |= {"validation_fraction": 0.2, "test_fraction": 0.2}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [python, str(MODEL / "preprocess.py"), *arguments]
    subprocess.run(command, env={"PATH": os.environ["PATH"], "SM_PROCESSING_DIR": str(root)}, check=True)
    files = [file for file in root.rglob("*") if file.is_file() and "input" not in file.parts]
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


@pytest.mark.skipif(not OTHER, reason="TRAINING_PYTHON: a Python with another pandas")
@pytest.mark.parametrize("table", ["long decimals", "diabetes"])
def test_two_versions_of_pandas_write_the_same_bytes(tmp_path: Path, table: str) -> None:
    sample = MODEL.parents[1] / "data" / "diabetes.csv"
    text = long_decimals() if table == "long decimals" else sample.read_text("utf-8")
    here, there = output(sys.executable, tmp_path / "here", text), output(OTHER, tmp_path / "there", text)
    assert {"train/train.csv", "test/test.csv", "lineage/lineage.json"} <= set(here)
    assert here == there
