"""Runs the scripts as a pipeline would, in this process, on small made-up tables."""

from __future__ import annotations

import importlib
import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

import data_settings
import engineering
from schema import Schema

FRAMEWORKS = [name for name in ("xgboost", "sklearn") if importlib.util.find_spec(name)]
PROBLEMS = ["binary", "multiclass", "regression"]
every_framework = pytest.mark.parametrize("framework", FRAMEWORKS)
every_problem = pytest.mark.parametrize("problem", PROBLEMS)
FEW_ROUNDS: dict[str, dict[str, Any]] = {
    "xgboost": {"num_round": 20, "eta": 0.3},
    "sklearn": {"max_iter": 20, "min_samples_leaf": 5},
}


def table(problem_type: str, rows: int = 160, seed: int = 0) -> pd.DataFrame:
    """Numbers, numbers with gaps, text and true/false; a target that depends on them."""
    rng = np.random.default_rng(seed)
    age, city = rng.integers(18, 80, rows), rng.choice(["Rome", "Oslo", "Lima, PE"], rows)
    income = rng.normal(50, 10, rows).round(2)
    member = rng.random(rows) < 0.5
    score = (age - 49) / 18 + (income - 50) / 10 + 1.5 * (city == "Oslo") - member
    target: Any = score.round(3)
    if problem_type == "binary":
        target = np.where(score > 0, "yes", "no")
    elif problem_type == "multiclass":
        target = np.array(["low", "mid", "high"])[np.digitize(score, [-0.7, 0.7])]
    frame = pd.DataFrame({"age": age, "income": income, "city": city, "member": member, "outcome": target})
    frame.loc[rng.random(rows) < 0.1, "income"] = np.nan
    return frame


class Workbench:
    """One /opt/ml for all jobs of a pipeline."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ml, self._patch = root / "opt" / "ml", monkeypatch
        self.processing, self.model, self.output = (self.ml / p for p in ("processing", "model", "output"))
        monkeypatch.setenv("SM_PROCESSING_DIR", str(self.processing))
        monkeypatch.setenv("SM_MODEL_DIR", str(self.model))
        monkeypatch.setenv("SM_OUTPUT_DATA_DIR", str(self.output / "data"))
        for channel in ("train", "validation", "schema"):
            monkeypatch.setenv(f"SM_CHANNEL_{channel.upper()}", str(self.processing / channel))
        for variable in ("SM_HOSTS", "SM_CURRENT_HOST"):
            monkeypatch.delenv(variable, raising=False)
        # Made-up tables do not have the columns that the repository's own features need.
        self._own_features = engineering.own
        monkeypatch.setattr(engineering, "own", lambda: None)

    def with_own_features(self) -> None:
        """Make features with `model/features.py`, as the pipeline does."""
        self._patch.setattr(engineering, "own", self._own_features)

    def give(self, content: pd.DataFrame | str, name: str = "data.csv") -> None:
        """Put a file into the input data."""
        text = content if isinstance(content, str) else content.to_csv(index=False)
        self.put(text.encode(), name)

    def put(self, content: bytes, name: str) -> None:
        """Put a file of any form into the input data."""
        file = self.processing / "input" / "data" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def run(self, script: str, **arguments: Any) -> None:
        """Run a script's `main`."""
        argv = []
        for key, value in arguments.items():
            argv += [f"--{key}", *map(str, value if isinstance(value, list) else [value])]
        self._patch.setattr("sys.argv", [f"{script}.py", *argv])
        importlib.import_module(script).main()

    def preprocess(self, problem_type: str, target: str = "outcome", **changed: Any) -> None:
        """Run preprocess.py with the usual split."""
        usual = {"validation_fraction": 0.2, "test_fraction": 0.2, "seed": 7}
        self.run("preprocess", problem_type=problem_type, target_column=target, **usual | changed)

    def train(self, framework: str, **hyperparameters: Any) -> dict[str, Any]:
        """Run train.py for a few rounds; what it wrote down."""
        self.run("train", framework=framework, **FEW_ROUNDS[framework] | hyperparameters)
        return self.json(self.model / "training.json")

    def evaluate(self, **arguments: Any) -> dict[str, Any]:
        """Pack the artifact and run evaluate.py; its report."""
        self.pack("model")
        self.run("evaluate", seed=7, **arguments)
        return self.json(self.processing / "evaluation" / "evaluation.json")

    def gate(self) -> dict[str, Any]:
        """What the evaluation wrote for the quality gate."""
        return self.json(self.processing / "evaluation" / "gate.json")

    def pack(self, name: str) -> None:
        """Put the artifact where evaluate.py looks for the new (`model`) or the approved one (`approved`)."""
        directory = self.processing / name
        directory.mkdir(parents=True, exist_ok=True)
        with tarfile.open(directory / "model.tar.gz", "w:gz") as tar:
            for file in sorted(self.model.iterdir()):
                tar.add(file, file.name)

    def ask(self, body: str, content_type: str = "text/csv", accept: str = "application/json") -> Any:
        """What the trained model answers to a request."""
        import inference

        model = inference.model_fn(str(self.model))
        prediction = inference.predict_fn(inference.input_fn(body, content_type), model)
        answer, kind = inference.output_fn(prediction, accept)
        return json.loads(answer)["predictions"] if kind == "application/json" else answer

    def settings(self, **values: Any) -> None:
        """Set keys of section `data`, as data.json brings them."""
        self.use(data_settings.Data(**values))

    def use(self, data: data_settings.Data) -> None:
        """Read the data by these settings."""
        self._patch.setattr("data_settings.load", lambda: data)

    def cells(self, name: str) -> pa.Table:
        """The cells of a set of texts."""
        return parquet.read_table(self.processing / name / f"{name}.parquet")

    def read(self, name: str) -> pd.DataFrame:
        """A set that the preprocessing wrote."""
        frame: pd.DataFrame = parquet.read_table(self.processing / name / f"{name}.parquet").to_pandas()
        return frame

    def schema(self) -> Schema:
        """The schema that the preprocessing wrote."""
        return Schema.load(self.processing / "schema")

    def lineage(self) -> dict[str, Any]:
        """What the preprocessing wrote down."""
        return self.json(self.processing / "lineage" / "lineage.json")

    @staticmethod
    def json(file: Path) -> dict[str, Any]:
        """A JSON file."""
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return content
