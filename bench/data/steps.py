"""The pipeline's three scripts, as the pipeline runs them: `steps.py DATA.csv MODEL_CODE DIRECTORY`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

SPLIT = {"validation_fraction": 0.15, "test_fraction": 0.15, "seed": 42}
ROUNDS = {
    "framework": "xgboost",
    "num_round": 200,
    "max_depth": 4,
    "eta": 0.2,
    "subsample": 0.9,
    "colsample_bytree": 0.9,
    "early_stopping_rounds": 20,
    "seed": 42,
}


def main() -> None:
    """Run them one after another."""
    data, code, root = (Path(argument).resolve() for argument in sys.argv[1:4])
    shutil.rmtree(root, ignore_errors=True)
    processing, model = root / "processing", root / "model"
    (processing / "input" / "data").mkdir(parents=True)
    (processing / "input" / "data" / "data.csv").symlink_to(data)
    variables = {
        **os.environ,
        "SM_PROCESSING_DIR": str(processing),
        "SM_MODEL_DIR": str(model),
        "SM_OUTPUT_DATA_DIR": str(root / "output" / "data"),
        "SM_CHANNEL_TRAIN": str(processing / "train"),
        "SM_CHANNEL_VALIDATION": str(processing / "validation"),
        "SM_CHANNEL_SCHEMA": str(processing / "schema"),
    }

    def script(name: str, **arguments: object) -> None:
        given = [part for key, value in arguments.items() for part in (f"--{key}", str(value))]
        subprocess.run([sys.executable, str(code / f"{name}.py"), *given], env=variables, check=True)

    script("preprocess", problem_type="binary", target_column="target", **SPLIT)
    script("train", **ROUNDS)
    (processing / "model").mkdir()
    with tarfile.open(processing / "model" / "model.tar.gz", "w:gz") as tar:
        for file in sorted(model.iterdir()):
            tar.add(file, file.name)
    script("evaluate", seed=42)


if __name__ == "__main__":
    main()
