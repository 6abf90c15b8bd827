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

import class_weights
import constraints
import curves
import hyperparameters
from job import UserError
from training import Fitted, Job, Table, threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMEWORK = "sklearn"
MODEL_FILE = "model.joblib"
LOSSES = {"binary": "logloss", "multiclass": "mlogloss", "regression": "rmse"}
OURS = ("early_stopping_rounds", "seed", "class_weight")
"""What this script reads, or hands on under another name."""

TARGETS = {"gamma": (">", 0.0), "poisson": (">=", 0.0)}
"""The targets that a loss takes."""

IMPORTANCE_ROWS, IMPORTANCE_FEWEST, IMPORTANCE_CELLS, IMPORTANCE_BLOCKS = 500, 100, 100_000, 50


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the hyperparameters."""
    hyperparameters.add_arguments(parser, FRAMEWORK)


def fit(job: Job) -> Fitted:
    """Train on this host and save the model."""
    if len(job.hosts) > 1:
        raise UserError(
            f"scikit-learn trains on one instance, not on {len(job.hosts)}: set TrainingInstanceCount to 1 "
            "and choose a larger instance type, or use the xgboost framework, which trains on several"
        )
    args, problem = job.args, job.schema.problem_type
    settings = _settings(job)
    train, validation = job.data("train"), job.data("validation")
    if bound := TARGETS.get(settings.get("loss", "")):
        for name, table in (("train", train), ("validation", validation)):
            hyperparameters.check_targets(f"loss {settings['loss']}", bound, name, table.target)
    if args.class_weight:
        weights = class_weights.of_classes(args.class_weight, job.schema, train.target)
        train, validation = (class_weights.weighted(table, weights) for table in (train, validation))
    estimator = HistGradientBoostingRegressor if problem == "regression" else HistGradientBoostingClassifier
    model = estimator(
        **settings,
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
    metrics, course = _log(model, problem, {"train": train, "validation": validation})
    joblib.dump(model, job.model_dir / MODEL_FILE, compress=3)
    importance = permutation_importance(model, validation, problem, args.seed)
    return Fitted(int(model.n_iter_), importance, metrics, course)


def _settings(job: Job) -> dict[str, Any]:
    """The estimator's arguments that are given. Raises `UserError`."""
    given = hyperparameters.given(job.args)
    hyperparameters.suit(FRAMEWORK, given, job.schema.problem_type)
    hyperparameters.together(given, {"quantile": ("loss", "quantile")}, {"loss": "squared_error"})
    if given.get("loss") == "quantile" and "quantile" not in given:
        raise UserError("hyperparameters: loss quantile needs quantile, such as 0.9")
    own = set(hyperparameters.declared(FRAMEWORK)["taken"]) - set(OURS)
    settings = {name: value for name, value in given.items() if name in own}
    if settings.get("max_depth") == 0:
        settings["max_depth"] = None
    if wanted := settings.pop("monotonic_cst", None):
        settings["monotonic_cst"] = constraints.monotone("monotonic_cst", wanted, job.schema)
    if isinstance(wanted := settings.pop("interaction_cst", None), list):
        wanted = constraints.interactions("interaction_cst", wanted, job.schema)
    if wanted:
        settings["interaction_cst"] = wanted
    return settings


def _log(model: Any, problem: str, tables: dict[str, Table]) -> tuple[dict[str, float], curves.Curves]:
    """Print the losses of every tenth round and the last one, as XGBoost does; the last ones, and all.

    Of another loss than the problem type's usual one, also the metric of the usual one, of the whole model.
    """
    deciding = hyperparameters.deciding(FRAMEWORK, {"loss": getattr(model, "loss", None)})
    scores = {"train": -model.train_score_, "validation": -model.validation_score_}
    if problem == "regression" and deciding is None:  # the loss is half the squared error
        scores = {name: np.sqrt(2 * values) for name, values in scores.items()}
    last: dict[str, float] = {}
    course: curves.Curves = {}
    for i in range(len(scores["train"])):
        last = {
            f"{name}-{deciding or LOSSES[problem]}": float(v[i]) for name, v in scores.items() if i < len(v)
        }
        end = i == len(scores["train"]) - 1
        curves.add(course, i, last, last=end)
        if end and deciding:
            last = {f"{name}-rmse": _rmse(model, table) for name, table in tables.items()} | last
        if i % 10 == 0 or end:
            print("\t".join([f"[{i}]", *(f"{name}:{value:.5f}" for name, value in last.items())]))
    return last, course


def _rmse(model: Any, table: Table) -> float:
    squares = (model.predict(table.features) - table.target) ** 2
    return float(np.sqrt(np.average(squares, weights=table.weights)))


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
            each = _losses(model, np.tile(target, blocks) - model.predict(x))
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


def _losses(model: Any, errors: NDArray[np.float64]) -> NDArray[np.float64]:
    """What each error of a regression costs: what the model's loss makes of it, squared for other losses."""
    if model.loss == "absolute_error":
        return np.abs(errors)
    if model.loss == "quantile":
        errors = np.maximum(model.quantile * errors, (model.quantile - 1) * errors)
        return errors
    return np.square(errors)


def load(model_dir: Path) -> Any:
    """The model of an artifact, for one thread: a model server runs one worker per CPU."""
    threadpool_limits(1, user_api="openmp")
    return joblib.load(model_dir / MODEL_FILE)


def predict(model: Any, features: NDArray[np.float32], problem_type: str) -> NDArray[np.float64]:
    """Probabilities, shape (rows, classes), for a classification; values, shape (rows,), for a regression."""
    method = model.predict if problem_type == "regression" else model.predict_proba
    return np.asarray(method(features), dtype=np.float64)
