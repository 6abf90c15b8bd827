"""Rows of 20 columns as Parquet: `make.py ROWS FILE [SHIFT]`, in pieces of a million."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import parquet

PIECE = 1_000_000
WORDS = np.array([f"word {n}" for n in range(50)])


def piece(rows: int, seed: int, shift: float) -> pa.Table:
    """Ten columns of fractions, five of whole numbers, five of texts; the first shifted."""
    rng = np.random.default_rng(seed)
    columns: dict[str, object] = {
        f"fraction_{n}": rng.normal(n, 1 + n, rows) for n in range(10)
    }
    columns["fraction_0"] = rng.normal(shift, 1, rows)
    columns |= {f"whole_{n}": rng.poisson(3 * (n + 1), rows) for n in range(5)}
    columns |= {
        f"text_{n}": WORDS[rng.zipf(1.5, rows).clip(max=50) - 1] for n in range(5)
    }
    return pa.table(columns)


def main() -> None:
    """Write the file."""
    rows, file = int(sys.argv[1]), Path(sys.argv[2])
    shift = float(sys.argv[3]) if len(sys.argv) > 3 else 0.0
    writer: parquet.ParquetWriter | None = None
    for start in range(0, rows, PIECE):
        table = piece(min(PIECE, rows - start), start + int(1000 * shift), shift)
        writer = writer or parquet.ParquetWriter(file, table.schema)
        writer.write_table(table)
    if writer:
        writer.close()


if __name__ == "__main__":
    main()
