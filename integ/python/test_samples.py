"""The sample data is what scikit-learn has, and its script writes the same bytes."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from conftest import SAMPLES, TEMPLATES

PYTHON = os.environ.get("TRAINING_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="TRAINING_PYTHON: a Python with scikit-learn")

COMPARE = """
import sys
import numpy as np
import pandas as pd
from sklearn import datasets
name, file = sys.argv[1:]
options = {"scaled": False} if name == "diabetes" else {}
bunch = getattr(datasets, f"load_{name}")(**options)
frame = pd.read_csv(file)
assert list(frame.columns) == [c.replace(" ", "_") for c in bunch.feature_names] + ["target"]
np.testing.assert_array_equal(frame.iloc[:, :-1].to_numpy(float), bunch.data)
np.testing.assert_array_equal(frame["target"].to_numpy(float), bunch.target)
"""


@pytest.mark.parametrize("file", SAMPLES.values())
def test_a_sample_equals_scikit_learns_data(file: str) -> None:
    command = [PYTHON, "-c", COMPARE, file.removesuffix(".csv"), str(TEMPLATES / "data" / file)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_script_writes_the_same_bytes(tmp_path: Path) -> None:
    script = TEMPLATES / "data" / "make_samples.py"
    subprocess.run([PYTHON, str(script), str(tmp_path)], check=True)
    for file in SAMPLES.values():
        assert (tmp_path / file).read_bytes() == (TEMPLATES / "data" / file).read_bytes()
