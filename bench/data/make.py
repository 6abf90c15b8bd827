"""A table of random numbers: `make.py ROWS FILE [--requests]`, with a target that depends on five columns."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv

COLUMNS = 20


def main() -> None:
    """Write the file; requests have neither header nor target."""
    rows, file, requests = int(sys.argv[1]), sys.argv[2], "--requests" in sys.argv
    rng = np.random.default_rng(0)
    features = rng.normal(size=(rows, COLUMNS))
    columns = {f"x{i}": features[:, i] for i in range(COLUMNS)}
    if not requests:
        columns["target"] = (features[:, :5].sum(axis=1) + rng.normal(size=rows) > 0).astype(int)
    arrow_csv.write_csv(pa.table(columns), file, arrow_csv.WriteOptions(include_header=not requests))


if __name__ == "__main__":
    main()
