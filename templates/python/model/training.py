"""What a training job is, for every framework: channels, directories, hosts and results."""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet

import engineering
from columns import whole
from curves import Curves
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
    """The results of training: rounds, importances of model features, final metrics, learning curves."""

    rounds: int
    importance: NDArray[np.float64]
    metrics: dict[str, float]
    curves: Curves = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Features, shape (rows, features), the target, and the weights of the rows if they have any."""

    features: NDArray[np.float32]
    target: NDArray[np.float32]
    weights: NDArray[np.float32] | None

    def part(self, rows: slice) -> Table:
        """Some of the rows."""
        return Table(
            self.features[rows], self.target[rows], None if self.weights is None else self.weights[rows]
        )


class Job:
    """The directories and data of a training job; the data is read on first use."""

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
        self._schema_dir = schema_dir

    def keep_schema(self) -> None:
        """Put the schema and the state of the user's features into the artifact."""
        self.schema.save(self.model_dir)
        engineering.copied(self._schema_dir, self.model_dir)

    def data(self, name: str) -> Table:
        """The rows of a channel."""
        files = sorted(channel(name).rglob("*.parquet"))
        if not files:
            raise UserError(f"the {name} channel has no Parquet file: run the preprocessing step first")
        tables = [parquet.ParquetFile(file) for file in files]
        wanted = [*(column.name for column in self.schema.inputs), self.schema.target]
        if lacking := [w for w in wanted if any(w not in table.schema_arrow.names for table in tables)]:
            raise UserError(f"the {name} channel has no column {lacking[0]!r}, which its schema names")

        def column(title: str) -> pa.Array:  # one at a time: together they take thrice what the features do
            return whole(
                pa.concat_tables([table.read(columns=[title]).select([title]) for table in tables])[title]
            )

        rows = sum(table.metadata.num_rows for table in tables)
        features = self.schema.features(map(column, wanted[:-1]), rows)
        return Table(
            features,
            column(self.schema.target).to_numpy(zero_copy_only=False).astype(np.float32),
            column(self.schema.weight).to_numpy(zero_copy_only=False).astype(np.float32)
            if self.schema.weight
            else None,
        )
