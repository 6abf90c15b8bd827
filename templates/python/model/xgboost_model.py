"""XGBoost: hyperparameters, training with early stopping and checkpoints, loading and predicting."""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xgboost as xgb

import checkpoint
import class_weights
import constraints
import curves
import hyperparameters
from checkpoint import Progress
from job import UserError
from training import Fitted, Job, Table, threads

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMEWORK = "xgboost"
MODEL_FILE = "model.ubj"
CHECKPOINT_ROUNDS = PRINTED_ROUNDS = 10
OBJECTIVES = {
    "binary": ("binary:logistic", ["auc", "logloss"]),
    "multiclass": ("multi:softprob", ["merror", "mlogloss"]),
    "regression": ("reg:squarederror", ["mae", "rmse"]),
}
"""Objective, and the metrics that are logged; the last one decides about early stopping, unless another
objective or metric is chosen."""

HIGHER_IS_BETTER = frozenset(hyperparameters.declared(FRAMEWORK)["higherIsBetter"])
OURS = ("num_round", "early_stopping_rounds", "class_weight")
"""What this script reads and XGBoost does not."""

ONLY_WITH = {
    "huber_slope": ("objective", "reg:pseudohubererror"),
    "tweedie_variance_power": ("objective", "reg:tweedie"),
    "quantile_alpha": ("objective", "reg:quantileerror"),
}
TARGETS = {
    "reg:gamma": (">", 0.0),
    "reg:tweedie": (">=", 0.0),
    "reg:squaredlogerror": (">", -1.0),
    "count:poisson": (">=", 0.0),
}
"""The targets that an objective takes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the hyperparameters."""
    hyperparameters.add_arguments(parser, FRAMEWORK)


def fit(job: Job) -> Fitted | None:
    """Train on all hosts of the job and save the best rounds; None on every host but the first."""
    settings = _settings(job)
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


def _settings(job: Job) -> dict[str, Any]:
    """XGBoost's parameters: those that are given, and what follows from the problem. Raises `UserError`."""
    problem, given = job.schema.problem_type, hyperparameters.given(job.args)
    hyperparameters.suit(FRAMEWORK, given, problem)
    usual, metrics = OBJECTIVES[problem]
    hyperparameters.together(given, ONLY_WITH, {"objective": usual})
    objective = given.get("objective", usual)
    if objective == "reg:quantileerror" and "quantile_alpha" not in given:
        raise UserError("hyperparameters: objective reg:quantileerror needs quantile_alpha, such as 0.9")
    if given.get("eval_metric") == "quantile" and objective != "reg:quantileerror":
        raise UserError("hyperparameters: eval_metric quantile is only for objective reg:quantileerror")
    if {"class_weight", "scale_pos_weight"} <= set(given):
        raise UserError("hyperparameters: class_weight and scale_pos_weight both weigh classes: remove one")
    own = set(hyperparameters.declared(FRAMEWORK)["taken"]) - set(OURS)
    settings = {name: value for name, value in given.items() if name in own}
    if wanted := settings.pop("monotone_constraints", None):
        settings["monotone_constraints"] = str(
            tuple(constraints.monotone("monotone_constraints", wanted, job.schema))
        )
    if wanted := settings.pop("interaction_constraints", None):
        settings["interaction_constraints"] = str(
            constraints.interactions("interaction_constraints", wanted, job.schema)
        )
    deciding = hyperparameters.deciding(FRAMEWORK, given) or metrics[-1]
    shown = [*(metric for metric in metrics if metric != deciding), deciding]
    if deciding == "tweedie-nloglik":
        shown[-1] += f"@{given.get('tweedie_variance_power', 1.5)}"
    settings |= {"objective": objective, "eval_metric": shown, "tree_method": "hist"}
    settings["seed_per_iteration"] = True
    if problem == "multiclass":
        settings["num_class"] = len(job.schema.labels)
    return settings


def _weights(job: Job, table: Table) -> NDArray[np.float32] | None:
    """The weights of the classes, from the training rows."""
    wanted = job.args.class_weight
    return class_weights.of_classes(wanted, job.schema, table.target) if wanted else None


def _train(job: Job, settings: dict[str, Any]) -> tuple[xgb.Booster, int, dict[str, float], curves.Curves]:
    """The booster of the best rounds, their number, its metrics, and the learning curves.

    Going on at a checkpoint gives the same model as never having stopped, since nothing random goes across
    it: rounds have seeds of their own, and columns are sampled again.
    """
    share = slice(job.hosts.index(job.host), None, len(job.hosts))
    first, checkpoints = job.host == job.hosts[0], job.checkpoint_dir.is_dir()
    digest = hashlib.sha256(json.dumps([vars(job.args), xgb.__version__, len(job.hosts)]).encode())
    matrices: dict[str, xgb.DMatrix] = {}
    weights: NDArray[np.float32] | None = None
    for name in ("train", "validation"):
        table = job.data(name)
        if bound := TARGETS.get(settings["objective"]):
            hyperparameters.check_targets(f"objective {settings['objective']}", bound, name, table.target)
        if name == "train":
            weights = _weights(job, table)
        table = class_weights.weighted(table, weights)
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
            max_bin=settings.get("max_bin"),
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
        wrong = [
            line for line in str(error).splitlines() if " for Parameter " in line or "base_score" in line
        ]
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
        name, value = list(found.items())[-1]
        score = -value if name.partition("-")[2] in HIGHER_IS_BETTER else value
        if progress.best < 0 and not math.isfinite(score):
            raise UserError(
                f"{name} is {value} after the first round: it cannot decide about early stopping; choose "
                "another eval_metric or objective, or a split whose validation rows have every label"
            )
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
    """The values of a line such as `[3]\ttrain-rmse:0.5`; `tweedie-nloglik@1.5` without the power."""
    return {
        name.partition("@")[0]: float(value)
        for name, _, value in (part.rpartition(":") for part in line.split("\t")[1:])
    }


def load(model_dir: Path) -> xgb.Booster:
    """The model of an artifact, for one thread: a model server runs one worker per CPU."""
    return xgb.Booster({"nthread": 1}, model_file=model_dir / MODEL_FILE)


def predict(model: xgb.Booster, features: NDArray[np.float32], problem_type: str) -> NDArray[np.float32]:
    """Probabilities, shape (rows, classes), for a classification; values, shape (rows,), for a regression."""
    raw = np.asarray(model.inplace_predict(features), dtype=np.float32)
    return np.column_stack([1 - raw, raw]) if problem_type == "binary" else raw
