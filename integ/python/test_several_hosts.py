"""XGBoost on two hosts, played by two processes on two loopback addresses."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from conftest import TEMPLATES

PYTHON = os.environ.get("TRAINING_PYTHON", "")
pytestmark = pytest.mark.skipif(not PYTHON, reason="TRAINING_PYTHON: a Python with the training libraries")
HOSTS = ["127.0.0.1", "127.0.0.2"]
MODEL = TEMPLATES / "python" / "model"
PROGRAM = "import sys, cluster; cluster.PORT = int(sys.argv.pop(1)); import train; train.main()"


def variables(root: Path, host: str, hosts: list[str]) -> dict[str, str]:
    processing = root / "processing"
    places = {f"SM_CHANNEL_{c.upper()}": str(processing / c) for c in ("train", "validation", "schema")}
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(MODEL), str(TEMPLATES.parent / "monitor")]),
        "SM_PROCESSING_DIR": str(processing),
        "SM_MODEL_DIR": str(root / host / "model"),
        "SM_OUTPUT_DATA_DIR": str(root / host / "output" / "data"),
        "SM_HOSTS": json.dumps(hosts),
        "SM_CURRENT_HOST": host,
        **places,
    }


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    data = tmp_path / "processing" / "input" / "data"
    data.mkdir(parents=True)
    (data / "x.csv").write_bytes((TEMPLATES / "data" / "breast_cancer.csv").read_bytes())
    options = {"problem_type": "binary", "target_column": "target", "validation_fraction": 0.15}
    options |= {"test_fraction": 0.15, "seed": 42}
    arguments = [part for key, value in options.items() for part in (f"--{key}", str(value))]
    command = [PYTHON, str(MODEL / "preprocess.py"), *arguments]
    subprocess.run(command, env=variables(tmp_path, HOSTS[0], HOSTS), check=True)
    return tmp_path


def start(root: Path, host: str, hosts: list[str], port: int) -> subprocess.Popen[str]:
    options = ["--framework", "xgboost", "--num_round", "40", "--max_depth", "4", "--eta", "0.3"]
    return subprocess.Popen(
        [PYTHON, "-c", PROGRAM, str(port), *options],
        env=variables(root, host, hosts),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_two_hosts_train_one_model_that_the_first_saves(prepared: Path) -> None:
    port = free_port()
    processes = [start(prepared, host, HOSTS, port) for host in reversed(HOSTS)]
    logs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], logs
    assert "trained with the others" in logs[0]
    assert not (prepared / HOSTS[1] / "model" / "model.ubj").exists()
    together = json.loads((prepared / HOSTS[0] / "model" / "training.json").read_text("utf-8"))

    alone = start(prepared, "alone", ["alone"], port)
    log = alone.communicate(timeout=120)[0]
    assert alone.returncode == 0, log
    single = json.loads((prepared / "alone" / "model" / "training.json").read_text("utf-8"))
    # The trees see all rows: the loss is that of one host, not that of half of the rows.
    assert together["metrics"]["train-logloss"] == pytest.approx(single["metrics"]["train-logloss"], rel=0.3)
    assert together["metrics"]["validation-auc"] == pytest.approx(
        single["metrics"]["validation-auc"], abs=0.02
    )
