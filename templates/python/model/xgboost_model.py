"""XGBoost: hyperparameters, training with early stopping and checkpoints, loading and predicting."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost as xgb

from job import UserError
from training import Fitted, Job, threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

History = dict[str, dict[str, list[float]]]
MODEL_FILE = "model.ubj"
CHECKPOINT_ROUNDS = 25
OBJECTIVES = {
    "binary": ("binary:logistic", ["auc", "logloss"]),
    "multiclass": ("multi:softprob", ["merror", "mlogloss"]),
    "regression": ("reg:squarederror", ["mae", "rmse"]),
}
"""Objective, and the metrics that are logged; the last one decides about early stopping."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the hyperparameters, with XGBoost's own defaults."""
    parser.add_argument("--num_round", type=int, default=100, help="most trees (per class) that are built")
    parser.add_argument("--max_depth", type=int, default=6)
    parser.add_argument("--eta", type=float, default=0.3)
    parser.add_argument("--subsample", type=float, default=1.0)
    parser.add_argument("--colsample_bytree", type=float, default=1.0)
    parser.add_argument("--min_child_weight", type=float, default=1.0)
    parser.add_argument("--gamma", type=float, default=0.0)
    parser.add_argument("--reg_lambda", type=float, default=1.0)
    parser.add_argument("--reg_alpha", type=float, default=0.0)
    parser.add_argument("--early_stopping_rounds", type=int, default=20, help="0: never stop early")
    parser.add_argument("--seed", type=int, default=42)


def fit(job: Job) -> Fitted | None:
    """Train on all hosts of the job and save the best rounds; None on every host but the first."""
    args = job.args
    if args.num_round < 1 or args.early_stopping_rounds < 0:
        raise UserError("hyperparameters: num_round must be at least 1 and early_stopping_rounds at least 0")
    problem, classes = job.schema.problem_type, len(job.schema.labels)
    objective, metrics = OBJECTIVES[problem]
    settings = {
        key: getattr(args, key)
        for key in (
            "max_depth", "eta", "subsample", "colsample_bytree", "min_child_weight", "gamma", "reg_lambda",
            "reg_alpha", "seed",
        )
    }  # fmt: skip
    settings |= {"objective": objective, "eval_metric": metrics, "tree_method": "hist"}
    if problem == "multiclass":
        settings["num_class"] = classes
    history: History = {}
    if len(job.hosts) == 1:
        booster, done = _train(job, settings, history)
    else:
        import cluster

        with cluster.joined(job.hosts, job.host):
            booster, done = _train(job, settings, history)
        if job.host != job.hosts[0]:
            return None
    best = int(booster.attr("best_iteration") or booster.num_boosted_rounds() - 1)
    booster = booster[: best + 1]
    at_best = {
        f"{data}-{metric}": values[best - done]
        for data, metrics_of_data in history.items()
        for metric, values in metrics_of_data.items()
        if 0 <= best - done < len(values)
    }
    booster.save_model(job.model_dir / MODEL_FILE)
    gains = booster.get_score(importance_type="total_gain")
    importance = np.array([float(gains.get(f"f{i}", 0.0)) for i in range(booster.num_features())])
    return Fitted(best + 1, importance, at_best)


def _train(job: Job, settings: dict[str, Any], history: History) -> tuple[xgb.Booster, int]:
    """The booster after all rounds that ran, and how many of them a checkpoint had already."""
    share = slice(job.hosts.index(job.host), None, len(job.hosts))
    matrices = {}
    for name in ("train", "validation"):
        features, target = job.data(name)
        settings.setdefault(
            "nthread", threads(features[share])
        )  # decided by the training set, which comes first
        matrices[name] = xgb.DMatrix(features[share], target[share], nthread=settings["nthread"])
    start, done = _checkpoint(job)
    callbacks: list[xgb.callback.TrainingCallback] = []
    if job.checkpoint_dir.is_dir() and job.host == job.hosts[0]:
        callbacks.append(
            xgb.callback.TrainingCheckPoint(job.checkpoint_dir, name="model", interval=CHECKPOINT_ROUNDS)
        )
    try:
        booster = xgb.train(
            settings,
            matrices["train"],
            max(0, job.args.num_round - done),
            evals=[(matrices["train"], "train"), (matrices["validation"], "validation")],
            early_stopping_rounds=job.args.early_stopping_rounds or None,
            verbose_eval=10,
            evals_result=history,
            xgb_model=start,
            callbacks=callbacks,
        )
    except xgb.core.XGBoostError as error:
        wrong = [line for line in str(error).splitlines() if " for Parameter " in line]
        if not wrong:
            raise
        raise UserError(f"hyperparameters: {wrong[0].rpartition('] ')[2]}") from None
    return booster, done


def _checkpoint(job: Job) -> tuple[xgb.Booster | None, int]:
    """The newest checkpoint of an interrupted spot training and its rounds, or (None, 0)."""
    files = sorted(job.checkpoint_dir.glob("model_*.ubj"), key=lambda file: int(file.stem.split("_")[1]))
    if not files:
        return None, 0
    booster = xgb.Booster(model_file=files[-1])
    done = booster.num_boosted_rounds()
    print(f"going on after round {done} of checkpoint {files[-1].name}")
    return booster, done


def load(model_dir: Path) -> xgb.Booster:
    """The model of an artifact, for one thread: a model server runs one worker per CPU."""
    return xgb.Booster({"nthread": 1}, model_file=model_dir / MODEL_FILE)


def predict(model: xgb.Booster, features: NDArray[np.float32], problem_type: str) -> NDArray[np.float64]:
    """Probabilities, shape (rows, classes), for a classification; values, shape (rows,), for a regression."""
    raw = np.asarray(model.inplace_predict(features), dtype=np.float64)
    return np.column_stack([1 - raw, raw]) if problem_type == "binary" else raw
