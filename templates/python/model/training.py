"""What a training job is, for every framework: channels, directories, hosts and what was found out."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from job import UserError
from schema import Schema

if TYPE_CHECKING:
    from numpy.typing import NDArray


SMALL_TABLE_CELLS = 2_000_000


def threads(features: NDArray[np.float32]) -> int:
    """How many threads to train with: 1 for a small table, where waiting for each other costs more."""
    return 1 if features.size < SMALL_TABLE_CELLS else os.cpu_count() or 1


def channel(name: str) -> Path:
    """The directory of an input channel."""
    return Path(os.environ.get(f"SM_CHANNEL_{name.upper()}", f"/opt/ml/input/data/{name}"))


@dataclass(frozen=True)
class Fitted:
    """What training found out: rounds, the importance of each model feature and the final metrics by name."""

    rounds: int
    importance: NDArray[np.float64]
    metrics: dict[str, float]


class Job:
    """The places and data of a training job; the data is read when it is first asked for."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args = args
        self.model_dir = Path(os.environ.get("SM_MODEL_DIR", "/opt/ml/model"))
        self.output_dir = Path(os.environ.get("SM_OUTPUT_DATA_DIR", "/opt/ml/output/data"))
        self.checkpoint_dir = self.model_dir.parent / "checkpoints"
        self.hosts: list[str] = sorted(json.loads(os.environ.get("SM_HOSTS", '["algo-1"]')))
        self.host = os.environ.get("SM_CURRENT_HOST", self.hosts[0])
        schema_dir = channel("schema")
        if not (schema_dir / "schema.json").is_file():
            raise UserError(
                f"the schema channel has no schema.json ({schema_dir}): run the preprocessing step first"
            )
        self.schema = Schema.load(schema_dir)

    def data(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Features, shape (rows, features), and target of a channel."""
        files = sorted(channel(name).rglob("*.csv"))
        if not files:
            raise UserError(f"the {name} channel has no CSV file: run the preprocessing step first")
        tables = [np.loadtxt(file, np.float32, delimiter=",", ndmin=2, encoding="utf-8") for file in files]
        table = np.concatenate(tables)
        expected = 1 + sum(size for _, size in self.schema.groups)
        if table.shape[1] != expected:
            raise UserError(f"the {name} channel has {table.shape[1]} columns, its schema says {expected}")
        return np.ascontiguousarray(table[:, 1:]), table[:, 0]
