"""scikit-learn: histogram gradient boosting, its hyperparameters, early stopping, loading and predicting.

Histogram gradient boosting takes missing values as they are and stops early on a validation set of its own
choosing or, as here, on the one that the pipeline made.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

import curves
from job import UserError
from training import Fitted, Job, Table, threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE = "model.joblib"
LOSSES = {"binary": "logloss", "multiclass": "mlogloss", "regression": "rmse"}
IMPORTANCE_ROWS, IMPORTANCE_FEWEST, IMPORTANCE_CELLS, IMPORTANCE_BLOCKS = 500, 100, 100_000, 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the hyperparameters, with scikit-learn's own defaults."""
    parser.add_argument("--max_iter", type=int, default=100, help="most trees (per class) that are built")
    parser.add_argument("--learning_rate", type=float, default=0.1)
    parser.add_argument("--max_leaf_nodes", type=int, default=31)
    parser.add_argument("--max_depth", type=int, default=0, help="0: no limit")
    parser.add_argument("--min_samples_leaf", type=int, default=20)
    parser.add_argument("--l2_regularization", type=float, default=0.0)
    parser.add_argument(
        "--max_features", type=float, default=1.0, help="share of the features that each split sees"
    )
    parser.add_argument("--early_stopping_rounds", type=int, default=10, help="0: never stop early")
    parser.add_argument("--seed", type=int, default=42)


def fit(job: Job) -> Fitted:
    """Train on this host and save the model."""
    if len(job.hosts) > 1:
        raise UserError(
            f"scikit-learn trains on one instance, not on {len(job.hosts)}: set TrainingInstanceCount to 1 "
            "and choose a larger instance type, or use the xgboost framework, which trains on several"
        )
    args, problem = job.args, job.schema.problem_type
    train, validation = job.data("train"), job.data("validation")
    estimator = HistGradientBoostingRegressor if problem == "regression" else HistGradientBoostingClassifier
    model = estimator(
        max_iter=args.max_iter,
        learning_rate=args.learning_rate,
        max_leaf_nodes=args.max_leaf_nodes,
        max_depth=args.max_depth or None,
        min_samples_leaf=args.min_samples_leaf,
        l2_regularization=args.l2_regularization,
        max_features=args.max_features,
        early_stopping=True,  # with it the validation loss is recorded
        n_iter_no_change=args.early_stopping_rounds or args.max_iter,
        random_state=args.seed,
    )
    threadpool_limits(threads(train.features), user_api="openmp")
    try:
        model.fit(
            train.features,
            train.target,
            sample_weight=train.weights,
            X_val=validation.features,
            y_val=validation.target,
            sample_weight_val=validation.weights,
        )
    except ValueError as error:
        if " parameter of HistGradientBoosting" not in str(error):
            raise
        raise UserError(f"hyperparameters: {error}") from None
    metrics, course = _log(model, problem)
    joblib.dump(model, job.model_dir / MODEL_FILE, compress=3)
    importance = permutation_importance(model, validation, problem, args.seed)
    return Fitted(int(model.n_iter_), importance, metrics, course)


def _log(model: Any, problem: str) -> tuple[dict[str, float], curves.Curves]:
    """Print the losses of every tenth round and the last one, as XGBoost does; the last ones, and all."""
    scores = {"train": -model.train_score_, "validation": -model.validation_score_}
    if problem == "regression":  # the loss is half the squared error
        scores = {name: np.sqrt(2 * values) for name, values in scores.items()}
    last: dict[str, float] = {}
    course: curves.Curves = {}
    for i in range(len(scores["train"])):
        last = {f"{name}-{LOSSES[problem]}": float(v[i]) for name, v in scores.items() if i < len(v)}
        curves.add(course, i, last, last=i == len(scores["train"]) - 1)
        if i % 10 == 0 or i == len(scores["train"]) - 1:
            print("\t".join([f"[{i}]", *(f"{name}:{value:.5f}" for name, value in last.items())]))
    return last, course


def permutation_importance(model: Any, table: Table, problem: str, seed: int) -> NDArray[np.float64]:
    """How much the loss grows when one feature's values are shuffled, per feature; at least 0.

    Asked on a sample that gets smaller with more features, so that it takes a small part of the training.
    """
    rng = np.random.default_rng(seed)
    count = table.features.shape[1]
    rows = rng.permutation(len(table.target))[
        : max(IMPORTANCE_FEWEST, min(IMPORTANCE_ROWS, IMPORTANCE_CELLS // count))
    ]
    features, target = table.features[rows], table.target[rows]

    def losses(x: NDArray[np.float32]) -> NDArray[np.float64]:
        """The loss of each block of as many rows as the sample has."""
        blocks = len(x) // len(target)
        if problem == "regression":
            each = (model.predict(x) - np.tile(target, blocks)) ** 2
        else:
            chosen = model.predict_proba(x)[np.arange(len(x)), np.tile(target.astype(int), blocks)]
            each = -np.log(np.clip(chosen, 1e-12, 1))
        means: NDArray[np.float64] = np.asarray(each, np.float64).reshape(blocks, -1).mean(axis=1)
        return means

    base = losses(features)[0]
    grown = np.zeros(count)
    for first in range(0, count, IMPORTANCE_BLOCKS):
        columns = range(first, min(first + IMPORTANCE_BLOCKS, count))
        shuffled = np.tile(features, (len(columns), 1))
        for block, column in enumerate(columns):
            part = slice(block * len(rows), (block + 1) * len(rows))
            shuffled[part, column] = rng.permutation(shuffled[part, column])
        grown[first : first + len(columns)] = np.maximum(0.0, losses(shuffled) - base)
    return grown


def load(model_dir: Path) -> Any:
    """The model of an artifact, for one thread: a model server runs one worker per CPU."""
    threadpool_limits(1, user_api="openmp")
    return joblib.load(model_dir / MODEL_FILE)


def predict(model: Any, features: NDArray[np.float32], problem_type: str) -> NDArray[np.float64]:
    """Probabilities, shape (rows, classes), for a classification; values, shape (rows,), for a regression."""
    method = model.predict if problem_type == "regression" else model.predict_proba
    return np.asarray(method(features), dtype=np.float64)
