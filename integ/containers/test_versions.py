"""Preprocessing gives the same sets with the libraries' versions of the images and with others."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as parquet
import pytest

from conftest import MODEL, MONITOR

OTHER = os.environ.get("TRAINING_PYTHON", "")


def long_decimals() -> str:
    """Numbers with more digits than a double holds, on which versions of pandas differ."""
    random.seed(3)
    rows = [
        f"{random.random():.19f},{random.uniform(-1e6, 1e6):.17f},{random.random():.18e}" for _ in range(300)
    ]
    return "\n".join(["a,b,target", *rows]) + "\n"


def output(python: str, root: Path, text: str) -> dict[str, object]:
    """All files that preprocess.py writes; tables as such, since Parquet names the version that wrote it."""
    (root / "input" / "data").mkdir(parents=True)
    (root / "input" / "data" / "x.csv").write_text(text, encoding="utf-8")
    options = {"problem_type": "regression", "target_column": "target", "seed": 7}
    options |= {"validation_fraction": 0.2, "test_fraction": 0.2}
    arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [python, str(MODEL / "preprocess.py"), *arguments]
    environment = {
        "PATH": os.environ["PATH"],
        "SM_PROCESSING_DIR": str(root),
        "PYTHONPATH": str(MONITOR),
    }
    subprocess.run(command, env=environment, check=True)
    files = [file for file in root.rglob("*") if file.is_file() and "input" not in file.parts]
    return {file.relative_to(root).as_posix(): content(file) for file in files}


def content(file: Path) -> object:
    """A table's schema and cells with all digits, or the bytes of another file."""
    if file.suffix != ".parquet":
        return file.read_bytes()
    table = parquet.read_table(file)
    return str(table.schema), [[repr(cell) for cell in column.to_pylist()] for column in table.columns]


def version(python: str) -> str:
    """The version of Arrow."""
    command = [python, "-c", "import pyarrow; print(pyarrow.__version__)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(not OTHER, reason="TRAINING_PYTHON: a Python with other versions")
@pytest.mark.parametrize("table", ["long decimals", "diabetes"])
def test_two_versions_of_arrow_give_the_same_sets(tmp_path: Path, table: str) -> None:
    sample = MODEL.parents[1] / "data" / "diabetes.csv"
    text = long_decimals() if table == "long decimals" else sample.read_text("utf-8")
    here, there = output(sys.executable, tmp_path / "here", text), output(OTHER, tmp_path / "there", text)
    assert version(sys.executable) != version(OTHER)
    assert {"train/train.parquet", "test/test.parquet", "lineage/lineage.json"} <= set(here)
    assert here == there
