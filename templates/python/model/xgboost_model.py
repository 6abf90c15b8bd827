"""XGBoost: hyperparameters, training with early stopping and checkpoints, loading and predicting."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost as xgb

import checkpoint
from checkpoint import Progress
from job import UserError
from training import Fitted, Job, threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE = "model.ubj"
SEGMENT_ROUNDS = 10
"""Training goes in segments of so many rounds, with a checkpoint after each."""
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
    if len(job.hosts) == 1:
        booster, progress = _train(job, settings)
    else:
        import cluster

        with cluster.joined(job.hosts, job.host):
            booster, progress = _train(job, settings)
        if job.host != job.hosts[0]:
            return None
    best = progress.best if args.early_stopping_rounds else progress.rounds - 1
    booster = booster[: best + 1]
    at_best = {
        f"{data}-{metric}": values[best]
        for data, metrics_of_data in progress.history.items()
        for metric, values in metrics_of_data.items()
    }
    booster.save_model(job.model_dir / MODEL_FILE)
    gains = booster.get_score(importance_type="total_gain")
    importance = np.array([float(gains.get(f"f{i}", 0.0)) for i in range(booster.num_features())])
    if job.checkpoint_dir.is_dir() and job.host == job.hosts[0]:
        checkpoint.clear(job.checkpoint_dir)
    return Fitted(best + 1, importance, at_best)


def _train(job: Job, settings: dict[str, Any]) -> tuple[xgb.Booster, Progress]:
    """The booster after all rounds that ran, and what happened in them.

    Each segment starts from the bytes of the model and with random numbers of its own, whether or not the
    training was interrupted there: going on at a checkpoint gives the same model as never having stopped.
    """
    share = slice(job.hosts.index(job.host), None, len(job.hosts))
    matrices = {}
    digest = hashlib.sha256(json.dumps([vars(job.args), xgb.__version__, len(job.hosts)]).encode())
    for name in ("train", "validation"):
        features, target = job.data(name)
        digest.update(features.tobytes() + target.tobytes())
        # decided by the training set, which comes first
        settings.setdefault("nthread", threads(features[share]))
        matrices[name] = xgb.DMatrix(features[share], target[share], nthread=settings["nthread"])
    key, first = digest.hexdigest(), job.host == job.hosts[0]
    found = checkpoint.load(job.checkpoint_dir, key) if first else None
    if len(job.hosts) > 1:  # the first host's word counts: another one may have other files
        found = xgb.collective.broadcast(found or False, 0) or None
    progress, model = found or (Progress(), b"")
    watch = Watch(progress, job.args.early_stopping_rounds, job.args.num_round, first)
    booster = xgb.Booster(model_file=bytearray(model)) if model else None
    while not watch.done():
        booster = _segment(job, settings, matrices, watch, booster)
        model = bytes(booster.save_raw("ubj"))
        if first and job.checkpoint_dir.is_dir():
            checkpoint.save(job.checkpoint_dir, key, progress, model)
        booster = xgb.Booster(model_file=bytearray(model))
    assert booster is not None
    return booster, progress


def _segment(
    job: Job,
    settings: dict[str, Any],
    matrices: dict[str, xgb.DMatrix],
    watch: Watch,
    booster: xgb.Booster | None,
) -> xgb.Booster:
    rounds = watch.progress.rounds
    try:
        return xgb.train(
            settings | {"seed": settings["seed"] + rounds},
            matrices["train"],
            min(SEGMENT_ROUNDS, job.args.num_round - rounds),
            evals=[(matrices["train"], "train"), (matrices["validation"], "validation")],
            verbose_eval=False,
            xgb_model=booster,
            callbacks=[watch],
        )
    except xgb.core.XGBoostError as error:
        wrong = [line for line in str(error).splitlines() if " for Parameter " in line]
        if not wrong:
            raise
        raise UserError(f"hyperparameters: {wrong[0].rpartition('] ')[2]}") from None


class Watch(xgb.callback.TrainingCallback):  # type: ignore[misc]
    """Records the metrics of each round, prints those of every tenth and the last, and stops early."""

    def __init__(self, progress: Progress, patience: int, most: int, speaks: bool) -> None:
        super().__init__()
        self.progress, self._patience, self._most, self._speaks = progress, patience, most, speaks

    def done(self) -> bool:
        """Whether no round is to follow."""
        waited = self.progress.rounds - 1 - self.progress.best
        return self.progress.rounds >= self._most or (
            0 < self._patience <= waited and self.progress.rounds > 0
        )

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Take in a round; True ends the segment."""
        progress, shown = self.progress, [f"[{self.progress.rounds}]"]
        for data, metrics in evals_log.items():
            for metric, values in metrics.items():
                progress.history.setdefault(data, {}).setdefault(metric, []).append(float(values[-1]))
                shown.append(f"{data}-{metric}:{values[-1]:.5f}")
        score = float(list(evals_log["validation"].values())[-1][-1])
        if score < progress.score:
            progress.score, progress.best = score, progress.rounds
        progress.rounds += 1
        if self._speaks and ((progress.rounds - 1) % 10 == 0 or self.done()):
            print("\t".join(shown), flush=True)
        return self.done()


def load(model_dir: Path) -> xgb.Booster:
    """The model of an artifact, for one thread: a model server runs one worker per CPU."""
    return xgb.Booster({"nthread": 1}, model_file=model_dir / MODEL_FILE)


def predict(model: xgb.Booster, features: NDArray[np.float32], problem_type: str) -> NDArray[np.float64]:
    """Probabilities, shape (rows, classes), for a classification; values, shape (rows,), for a regression."""
    raw = np.asarray(model.inplace_predict(features), dtype=np.float64)
    return np.column_stack([1 - raw, raw]) if problem_type == "binary" else raw
