"""What a person would write for the same work: read, split, train, evaluate with the same intervals."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import xgboost as xgb


def main() -> None:
    """`plain.py DATA.csv MODEL_CODE`: the metrics are those of the repository, as both compute the same."""
    sys.path.insert(0, sys.argv[2])
    import metrics

    data = pd.read_csv(sys.argv[1])
    target = data.pop("target").to_numpy()
    features = data.to_numpy(np.float32)
    rows = len(target)
    order = np.random.default_rng(42).permutation(rows)
    test, validation, train = np.split(order, [int(0.15 * rows), int(0.3 * rows)])
    fitted = xgb.QuantileDMatrix(features[train], target[train])
    watched = xgb.QuantileDMatrix(features[validation], target[validation], ref=fitted)
    settings = {
        "objective": "binary:logistic",
        "eval_metric": ["auc", "logloss"],
        "max_depth": 4,
        "eta": 0.2,
        "subsample": 0.9,
        "colsample_bytree": 0.9,
        "seed": 42,
    }
    model = xgb.train(
        settings,
        fitted,
        200,
        evals=[(watched, "validation")],
        early_stopping_rounds=20,
        verbose_eval=10,
    )
    score = model.inplace_predict(features[test]).astype(float)
    both = np.column_stack([1 - score, score])
    print(metrics.binary(target[test], both.argmax(axis=1), both, 42, [0, 1]))


if __name__ == "__main__":
    main()
