"""Batch prediction in pieces, as a transform job sends: `batch.py ours|bare MODEL_DIR REQUESTS ANSWERS`."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

PIECE_BYTES = 6_000_000


def pieces(file: Path) -> Iterator[bytes]:
    """Whole lines, as many as fit."""
    with file.open("rb") as stream:
        while piece := stream.read(PIECE_BYTES):
            yield piece + stream.readline()


def ours(directory: Path, requests: Path) -> Iterator[str]:
    """Through the functions that serve."""
    sys.path.insert(0, str(directory / "code"))
    import inference

    model = inference.model_fn(str(directory))
    for piece in pieces(requests):
        answer, _ = inference.output_fn(
            inference.predict_fn(inference.input_fn(piece, "text/csv"), model), "text/csv"
        )
        yield answer


def bare(directory: Path, requests: Path) -> Iterator[str]:
    """Arrow's reader and XGBoost."""
    import numpy as np
    import pyarrow.csv as arrow_csv
    import xgboost as xgb

    model = xgb.Booster({"nthread": 1}, model_file=directory / "model.ubj")
    for piece in pieces(requests):
        table = arrow_csv.read_csv(
            io.BytesIO(piece), read_options=arrow_csv.ReadOptions(autogenerate_column_names=True)
        )
        features = np.column_stack([column.to_numpy() for column in table.columns]).astype(np.float32)
        yield "".join(f"{score}\n" for score in model.inplace_predict(features).tolist())


def main() -> None:
    """Write the answers."""
    way, directory, requests, answers = sys.argv[1], *map(Path, sys.argv[2:5])
    with answers.open("w", encoding="utf-8") as out:
        for answer in {"ours": ours, "bare": bare}[way](directory, requests):
            out.write(answer)


if __name__ == "__main__":
    main()
