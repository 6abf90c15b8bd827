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
import curves
from checkpoint import Progress
from job import UserError
from training import Fitted, Job, threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

MODEL_FILE = "model.ubj"
CHECKPOINT_ROUNDS = PRINTED_ROUNDS = 10
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
    settings["seed_per_iteration"] = True
    if problem == "multiclass":
        settings["num_class"] = classes
    if len(job.hosts) == 1:
        booster, rounds, metrics_found, course = _train(job, settings)
    else:
        import cluster

        with cluster.joined(job.hosts, job.host):
            booster, rounds, metrics_found, course = _train(job, settings)
        if job.host != job.hosts[0]:
            return None
    booster.save_model(job.model_dir / MODEL_FILE)
    gains = booster.get_score(importance_type="total_gain")
    importance = np.array([float(gains.get(f"f{i}", 0.0)) for i in range(booster.num_features())])
    if job.checkpoint_dir.is_dir() and job.host == job.hosts[0]:
        checkpoint.clear(job.checkpoint_dir)
    return Fitted(rounds, importance, metrics_found, course)


def _train(job: Job, settings: dict[str, Any]) -> tuple[xgb.Booster, int, dict[str, float], curves.Curves]:
    """The booster of the best rounds, their number, its metrics, and the learning curves.

    Going on at a checkpoint gives the same model as never having stopped, since nothing random goes across
    it: rounds have seeds of their own, and columns are sampled again.
    """
    share = slice(job.hosts.index(job.host), None, len(job.hosts))
    first, checkpoints = job.host == job.hosts[0], job.checkpoint_dir.is_dir()
    digest = hashlib.sha256(json.dumps([vars(job.args), xgb.__version__, len(job.hosts)]).encode())
    matrices: dict[str, xgb.DMatrix] = {}
    for name in ("train", "validation"):
        table = job.data(name)
        if checkpoints:
            digest.update(table.features.reshape(-1).data)
            digest.update(table.target.data)
        # decided by the training set, which comes first
        settings.setdefault("nthread", threads(table.features[share]))
        part = table.part(share) if len(job.hosts) > 1 else table
        matrices[name] = xgb.QuantileDMatrix(
            part.features,
            part.target,
            weight=part.weights,
            nthread=settings["nthread"],
            ref=matrices.get("train"),
        )
        del table, part
    key = digest.hexdigest()
    found = checkpoint.load(job.checkpoint_dir, key) if first and checkpoints else None
    if len(job.hosts) > 1:  # the first host decides: others may have other files
        found = xgb.collective.broadcast(found or False, 0) or None
    progress, model = found or (Progress(), b"")
    watch = Watch(progress, job.args.early_stopping_rounds, job.args.num_round, first)
    evals = [(matrices["train"], "train"), (matrices["validation"], "validation")]
    try:
        cached = [matrix for matrix, _ in evals]
        booster = xgb.Booster(settings, cached, model_file=bytearray(model) if model else None)
        while not watch.done():
            if progress.rounds % CHECKPOINT_ROUNDS == 0:
                _sample_anew(booster)
            booster.update(matrices["train"], progress.rounds)
            watch.take_in(booster, evals)
            if first and checkpoints and (progress.rounds % CHECKPOINT_ROUNDS == 0 or watch.done()):
                checkpoint.save(job.checkpoint_dir, key, progress, bytes(booster.save_raw("ubj")))
    except xgb.core.XGBoostError as error:
        wrong = [line for line in str(error).splitlines() if " for Parameter " in line]
        if not wrong:
            raise
        raise UserError(f"hyperparameters: {wrong[0].rpartition('] ')[2]}") from None
    rounds = progress.best + 1 if job.args.early_stopping_rounds else progress.rounds
    best = bytes(booster[:rounds].save_raw("ubj"))
    booster = xgb.Booster(settings, model_file=bytearray(best))
    return booster, rounds, values_of(booster.eval_set(evals, rounds)), progress.curves


def _sample_anew(booster: xgb.Booster) -> None:
    """Let the booster forget its column sampler, whose random numbers otherwise go on from round to round.

    A new tree method has a sampler of its own. What was predicted so far is kept; a reloaded model has none.
    """
    for method in ("approx", "hist"):
        booster.set_param({"tree_method": method})
        booster.save_config()  # takes the parameter in at once


class Watch:
    """Records what happens, prints the metrics of every tenth round and the last, and says when to stop.

    The training set is evaluated only in the rounds that are printed: it is large, and decides nothing.
    """

    def __init__(self, progress: Progress, patience: int, most: int, speaks: bool) -> None:
        self.progress, self._patience, self._most, self._speaks = progress, patience, most, speaks

    def done(self) -> bool:
        """Whether this is the last round."""
        waited = self.progress.rounds - 1 - self.progress.best
        return self.progress.rounds >= self._most or (
            0 < self._patience <= waited and self.progress.rounds > 0
        )

    def take_in(self, booster: xgb.Booster, evals: list[tuple[xgb.DMatrix, str]]) -> None:
        """Evaluate the round that has just been trained."""
        progress = self.progress
        found = values_of(booster.eval_set(evals[1:], progress.rounds))
        score = list(found.values())[-1]
        if score < progress.score:
            progress.score, progress.best = score, progress.rounds
        progress.rounds += 1
        curves.add(progress.curves, progress.rounds, found, last=self.done())
        if (progress.rounds - 1) % PRINTED_ROUNDS == 0 or self.done():
            trained = values_of(booster.eval_set(evals[:1], progress.rounds))
            curves.add(progress.curves, progress.rounds, trained, last=self.done())
            found = trained | found
            if self._speaks:
                shown = [
                    f"[{progress.rounds - 1}]",
                    *(f"{name}:{value:.5f}" for name, value in found.items()),
                ]
                print("\t".join(shown), flush=True)


def values_of(line: str) -> dict[str, float]:
    """The values of a line such as `[3]\ttrain-rmse:0.5`."""
    return {name: float(value) for name, _, value in (part.rpartition(":") for part in line.split("\t")[1:])}


def load(model_dir: Path) -> xgb.Booster:
    """The model of an artifact, for one thread: a model server runs one worker per CPU."""
    return xgb.Booster({"nthread": 1}, model_file=model_dir / MODEL_FILE)


def predict(model: xgb.Booster, features: NDArray[np.float32], problem_type: str) -> NDArray[np.float32]:
    """Probabilities, shape (rows, classes), for a classification; values, shape (rows,), for a regression."""
    raw = np.asarray(model.inplace_predict(features), dtype=np.float32)
    return np.column_stack([1 - raw, raw]) if problem_type == "binary" else raw
