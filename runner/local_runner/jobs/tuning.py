"""Tuning steps: every trial is a training job that really runs, side by side within the cores there are."""

from __future__ import annotations

import itertools
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from ..arguments import HARMLESS, check, choice, strings, whole
from ..context import Job, Result
from ..errors import DefinitionError, StepError, StepStopped
from ..expressions import text
from . import training
from .board import Board
from .script_mode import check_script
from .search import trials

_CONFIG = {
    "Strategy", "HyperParameterTuningJobObjective", "ResourceLimits", "ParameterRanges", "RandomSeed",
    "StrategyConfig",
    "TrainingJobEarlyStoppingType", "TuningJobCompletionCriteria",
}  # fmt: skip
_DEFINITION = {
    "AlgorithmSpecification", "StaticHyperParameters", "InputDataConfig", "OutputDataConfig",
    "ResourceConfig",
    "StoppingCondition", "Environment", "EnableManagedSpotTraining", "CheckpointConfig", "RetryStrategy",
    "DefinitionName",
}  # fmt: skip

_TUNING_ONLY = (
    "DefinitionName", "RetryStrategy", "StaticHyperParameters", "HyperParameterTuningResourceConfig",
)  # fmt: skip


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Give the arguments the types that SageMaker's API has; raises DefinitionError for unknown ones."""
    check(
        arguments,
        place,
        {"HyperParameterTuningJobConfig", "TrainingJobDefinition", "HyperParameterTuningJobName"},
        {*HARMLESS, "WarmStartConfig"},
        required=("HyperParameterTuningJobConfig", "TrainingJobDefinition"),
        elsewhere=("TrainingJobDefinitions", "Autotune"),
    )
    definition = check(
        arguments["TrainingJobDefinition"], f"{place}.TrainingJobDefinition", _DEFINITION,
        {*HARMLESS, "HyperParameterTuningResourceConfig"},
        elsewhere=("TuningObjective", "HyperParameterRanges"),
    )  # fmt: skip
    if "StaticHyperParameters" in definition:
        key = "StaticHyperParameters"
        definition[key] = strings(definition[key], f"{place}.TrainingJobDefinition.{key}")
    training.normalize(_training_arguments(definition), f"{place}.TrainingJobDefinition")
    config = check(
        arguments["HyperParameterTuningJobConfig"], f"{place}.HyperParameterTuningJobConfig", _CONFIG
    )
    for kind in ("Integer", "Continuous"):
        for item in (config.get("ParameterRanges") or {}).get(f"{kind}ParameterRanges") or []:
            bounds = {key: item[key] for key in ("MinValue", "MaxValue") if key in item}
            item.update(
                {key: value if isinstance(value, str) else text(value) for key, value in bounds.items()}
            )


def produces(arguments: dict[str, Any], name: str) -> list[Any]:
    """Return nothing: the names of the trials are those of this run, so nobody else has made them."""
    return []


def code(arguments: dict[str, Any]) -> list[Any]:
    """Return the uris that may hold code of the step."""
    return training.code(_training_arguments(arguments["TrainingJobDefinition"]))


def cache_parts(job: Job) -> dict[str, Any]:
    """Return what decides whether an earlier result can be used again."""
    tuning = job.arguments["HyperParameterTuningJobConfig"]
    return {"tuning": tuning, "training": training.cache_parts(_training_job(job, {}, "cache"))}


def run(job: Job) -> Result:
    """Run all trials; the step succeeds when at least one of them gave the objective metric."""
    config, place = (
        job.arguments["HyperParameterTuningJobConfig"],
        f"{job.place}.HyperParameterTuningJobConfig",
    )
    objective = check(
        config.get("HyperParameterTuningJobObjective"),
        f"{place}.HyperParameterTuningJobObjective",
        (),
        required=("Type", "MetricName"),
    )
    kind = choice(
        objective, "Type", ("Maximize", "Minimize"), "Maximize", f"{place}.HyperParameterTuningJobObjective"
    )
    check_script(_training_arguments(job.arguments["TrainingJobDefinition"]))
    _note_differences(job, config)
    metric = str(objective["MetricName"])
    board = Board(job, _choices(config, place), metric, kind)
    _run_trials(job, board, config, place)
    tried, ranked = board.trials, board.ranked()
    if not ranked:
        reasons = {trial["failureReason"] for trial in tried}
        raise StepError(
            f"none of the {len(tried)} trials reported the objective metric: {'; '.join(sorted(reasons))}"
        )
    summaries = [_summary(trial, metric, kind) for trial in ranked]
    properties = {
        **job.arguments,
        "HyperParameterTuningJobName": job.name,
        "HyperParameterTuningJobStatus": "Completed",
        "HyperParameterTuningJobArn": job.arn("hyper-parameter-tuning-job"),
        "BestTrainingJob": summaries[0],
        "OverallBestTrainingJob": summaries[0],
        "TrainingJobSummaries": summaries,
        "TrainingJobStatusCounters": {
            "Completed": len(ranked),
            "InProgress": 0,
            "RetryableError": 0,
            "Stopped": 0,
            "NonRetryableError": len(tried) - len(ranked),
        },
    }
    outputs = [
        ("model" if trial is ranked[0] else f"model {trial['number']}", trial["model"]) for trial in ranked
    ]
    metrics = [{"name": metric, "value": ranked[0]["objective"]}]
    return Result(properties, outputs, metrics, tried)


def _limits(config: dict[str, Any], place: str) -> dict[str, Any]:
    return check(
        config.get("ResourceLimits") or {},
        f"{place}.ResourceLimits",
        {"MaxNumberOfTrainingJobs", "MaxParallelTrainingJobs", "MaxRuntimeInSeconds"},
    )


def _choices(config: dict[str, Any], place: str) -> list[dict[str, str]]:
    """Return the hyperparameters of each trial."""
    limits = _limits(config, place)
    strategy = "Grid" if config.get("Strategy") == "Grid" else "Random"
    count = limits.get("MaxNumberOfTrainingJobs")
    if count is None and strategy != "Grid":
        raise DefinitionError(f"{place}.ResourceLimits", "MaxNumberOfTrainingJobs is missing")
    if count is not None:
        count = whole(limits, "MaxNumberOfTrainingJobs", 1, f"{place}.ResourceLimits")
    seed = int(config.get("RandomSeed") or 0)
    found = trials(strategy, config.get("ParameterRanges"), seed, f"{place}.ParameterRanges")
    return list(itertools.islice(found, count))


def _run_trials(job: Job, board: Board, config: dict[str, Any], place: str) -> None:
    parallel = whole(_limits(config, place), "MaxParallelTrainingJobs", 1, f"{place}.ResourceLimits")
    with ThreadPoolExecutor(min(parallel, job.context.slots.count)) as pool:
        futures = [pool.submit(_trial, job, board, trial) for trial in board.trials]
        done, waiting = wait(futures, return_when=FIRST_EXCEPTION)
        for future in waiting:
            future.cancel()
        for future in done:
            future.result()


def _trial(job: Job, board: Board, trial: dict[str, Any]) -> None:
    """Run one trial; a trial that fails is recorded and does not end the others, as on SageMaker."""
    number, metric = trial["number"], board.metric
    log = job.log.with_name(f"trial-{number:03d}.txt")
    log.unlink(missing_ok=True)
    log.touch()
    board.change(number, status="Executing")
    try:
        result = training.train(
            _training_job(job, trial["hyperparameters"], metric),
            trial["name"],
            f"{job.step.name}-{number:03d}",
            log,
        )
    except StepStopped:
        raise
    except StepError as error:
        board.change(number, status="Failed", failureReason=str(error))
        return
    value = {item["name"]: item["value"] for item in result.metrics}.get(metric)
    if value is None:
        reason = f"the log has no metric {metric!r}"
        board.change(number, status="Failed", failureReason=reason, model=result.outputs[0][1])
    else:
        board.change(number, status="Completed", objective=value, model=result.outputs[0][1])


def _training_job(job: Job, chosen: dict[str, str], metric: str) -> Job:
    """Return the trial as a training job; SageMaker tells it the objective metric in a hyperparameter."""
    arguments = _training_arguments(job.arguments["TrainingJobDefinition"])
    arguments["HyperParameters"] |= {**chosen, "_tuning_objective_metric": metric}
    return replace(job, arguments=arguments)


def _training_arguments(definition: dict[str, Any]) -> dict[str, Any]:
    """Return the definition of the trials as the arguments of a training job."""
    arguments = {key: value for key, value in definition.items() if key not in _TUNING_ONLY}
    if resources := definition.get("HyperParameterTuningResourceConfig"):
        kept = ("InstanceCount", "InstanceType", "VolumeSizeInGB", "VolumeKmsKeyId")
        arguments.setdefault("ResourceConfig", {key: resources[key] for key in kept if key in resources})
    arguments["HyperParameters"] = dict(definition.get("StaticHyperParameters") or {})
    return arguments


def _note_differences(job: Job, config: dict[str, Any]) -> None:
    place = f"{job.place}.HyperParameterTuningJobConfig"
    strategy = choice(config, "Strategy", ("Random", "Grid", "Bayesian", "Hyperband"), "Bayesian", place)
    if strategy not in ("Random", "Grid"):
        job.note(
            f"Strategy {strategy} is not emulated: the trials were chosen at random from the same ranges."
        )
    if config.get("TrainingJobEarlyStoppingType", "Off") != "Off":
        job.note("TrainingJobEarlyStoppingType is not emulated: every trial ran to its end.")
    if config.get("TuningJobCompletionCriteria"):
        job.note("TuningJobCompletionCriteria is not emulated: all trials ran.")
    if job.arguments.get("WarmStartConfig"):
        job.note("WarmStartConfig is not emulated: the search started from scratch.")


def _summary(trial: dict[str, Any], metric: str, kind: str) -> dict[str, Any]:
    return {
        "TrainingJobName": trial["name"],
        "TrainingJobStatus": "Completed",
        "TrainingJobArn": f"arn:local:sagemaker:local:000000000000:training-job/{trial['name'].lower()}",
        "TunedHyperParameters": trial["hyperparameters"],
        "ObjectiveStatus": "Succeeded",
        "FinalHyperParameterTuningJobObjectiveMetric": {
            "Type": kind,
            "MetricName": metric,
            "Value": trial["objective"],
        },
    }
