"""Section `tuning` of `config/parameters.json`: which hyperparameters are searched, how, and for what."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from pipelines.checks import PARAMETER_NAME, declared, key, number, one_of, text, whole
from pipelines.errors import nearest
from pipelines.manifests import FRAMEWORKS, TRAINING_METRICS, hyperparameters, refused
from pipelines.rules import Rule, alternatives

STRATEGIES = ("Bayesian", "Random", "Grid", "Hyperband")
SCALES = ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic")
EARLY_STOPPING = ("Off", "Auto")
MOST_RANGES, MOST_VALUES, MOST_TRIALS, MOST_RANDOM_TRIALS, MOST_PARALLEL = 30, 30, 750, 10_000, 100
"""SageMaker's limits (guide, "Resource Limits for Automatic Model Tuning")."""

RESERVED = ("framework", "sagemaker_")
"""What the pipeline passes to the container itself: a name, and the beginning of names."""

RANGE_KEYS = ("name", "minimum", "maximum", "scale", "integer", "values")
Wrong = tuple[str, Any, str]
"""A key within the section, its value and what is allowed."""


def ranges(value: Any) -> str | None:
    """A list of ranges: each a name with `minimum` and `maximum`, or with `values`."""
    good = isinstance(value, list) and 1 <= len(value) <= MOST_RANGES and all(map(_is_range, value))
    return (
        None
        if good
        else f"a list of 1 to {MOST_RANGES} objects, each with a name and either minimum and maximum (scale: "
        f"{', '.join(SCALES)}; integer: true or false) or values, at most {MOST_VALUES} different ones"
    )


def _is_range(value: Any) -> bool:
    if not isinstance(value, dict) or not set(value) <= set(RANGE_KEYS):
        return False
    if not PARAMETER_NAME.fullmatch(str(value.get("name", ""))):
        return False
    if "values" in value:
        values = value["values"]
        return (
            not {"minimum", "maximum", "scale", "integer"} & set(value)
            and isinstance(values, list)
            and 1 <= len(values) <= MOST_VALUES
            and all(number(v) is None or (isinstance(v, str) and 0 < len(v) <= 256) for v in values)
            and len({str(v) for v in values}) == len(values)
        )
    return (
        number(value.get("minimum")) is None
        and number(value.get("maximum")) is None
        and value.get("scale", "Auto") in SCALES
        and isinstance(value.get("integer", False), bool)
    )


@dataclass(frozen=True, kw_only=True)
class TuningSettings:
    """`tuning`; a hyperparameter with a range has no fixed value and is no parameter of the pipeline."""

    ranges: list[dict[str, Any]] = field(metadata={"check": ranges})
    objective: str = key(text())
    strategy: str = key(one_of(*STRATEGIES), default="Bayesian")
    max_trials: int = key(whole(1))
    max_parallel_trials: int = key(whole(1), default=1)
    early_stopping: str = key(one_of(*EARLY_STOPPING), default="Off")
    min_resource: int | None = key(whole(1), default=None)
    max_resource: int | None = key(whole(1), default=None)
    seed: int = key(whole(1), default=42)  # the SDK leaves out a seed of 0

    @property
    def names(self) -> frozenset[str]:
        """The hyperparameters that are searched."""
        return frozenset(item["name"] for item in self.ranges)

    def wrong(self, framework: str, problem_type: str) -> Wrong | None:
        """The first thing that does not fit together, or that SageMaker or the framework does not take."""
        metrics = [f"validation:{metric}" for metric in TRAINING_METRICS[framework, problem_type]]
        if self.objective not in metrics:
            allowed = f"a metric that train.py logs of the validation set: {', '.join(metrics)}"
            return "objective", self.objective, allowed + nearest(self.objective, metrics)
        rules, not_taken = hyperparameters(framework, problem_type), refused(framework, problem_type)
        seen: set[str] = set()
        for index, item in enumerate(self.ranges):
            if item["name"] in seen:
                return f"ranges[{index}].name", item["name"], "a hyperparameter that has no other range"
            seen.add(item["name"])
            if (name := item["name"]) in not_taken:
                return f"ranges[{index}].name", name, f"a hyperparameter that is taken: {not_taken[name]}"
            if found := self._wrong_range(rules.get(name), item):
                return f"ranges[{index}].{found[0]}", *found[1:]
        return self._wrong_numbers() or self._wrong_strategy(framework)

    def _wrong_range(self, rule: Rule | None, item: dict[str, Any]) -> Wrong | None:
        name = item["name"]
        if name == RESERVED[0] or name.startswith(RESERVED[1]):
            return "name", name, "a hyperparameter: the pipeline sets this one itself"
        if "values" in item:
            for value in item["values"]:
                if rule and (allowed := declared(rule)(value)) is not None:
                    return "values", value, f"{allowed}, for {name}"
            return None
        if self.strategy == "Grid":
            return "name", name, "a hyperparameter with values: Grid tries combinations of values only"
        low, high = item["minimum"], item["maximum"]
        kinds = _kinds(rule)
        if not kinds & {"integer", "number"}:
            return "minimum", low, f"left out: {name} is no number, so give values"
        if kinds == {"integer"} and item.get("integer") is False:
            return "integer", False, f"true or nothing: {name} is a whole number"
        whole_numbers: Rule = {"type": "integer" if is_integer(rule, item) else "number"}
        for bound in ("minimum", "maximum"):
            for wanted in (rule or whole_numbers, whole_numbers):
                if (allowed := declared(wanted)(item[bound])) is not None:
                    return bound, item[bound], f"{allowed}, for {name}"
        if low >= high:
            return "maximum", high, f"above minimum, which is {low}"
        scale = item.get("scale", "Auto")
        if scale == "Logarithmic" and low <= 0:
            return "scale", scale, f"Auto or Linear: a logarithm needs values above 0, minimum is {low}"
        if scale == "ReverseLogarithmic" and (is_integer(rule, item) or low < 0 or high >= 1):
            return "scale", scale, "Auto or Linear, except for a continuous range from at least 0 to below 1"
        return None

    def _wrong_numbers(self) -> Wrong | None:
        most = MOST_RANDOM_TRIALS if self.strategy == "Random" else MOST_TRIALS
        if self.strategy == "Grid":
            combinations = math.prod(len(item["values"]) for item in self.ranges)
            if combinations > MOST_TRIALS:
                return "ranges", combinations, f"at most {MOST_TRIALS} combinations of values"
            if self.max_trials != combinations:
                return "maxTrials", self.max_trials, f"{combinations}, the number of combinations (Grid)"
        if self.max_trials > most:
            return "maxTrials", self.max_trials, f"at most {most} with the strategy {self.strategy}"
        if self.max_parallel_trials > MOST_PARALLEL:
            return "maxParallelTrials", self.max_parallel_trials, f"at most {MOST_PARALLEL}"
        if self.max_parallel_trials > self.max_trials:
            allowed = f"at most maxTrials, which is {self.max_trials}"
            return "maxParallelTrials", self.max_parallel_trials, allowed
        return None

    def _wrong_strategy(self, framework: str) -> Wrong | None:
        manifest = FRAMEWORKS[framework]
        stops = self.strategy == "Hyperband" or self.early_stopping == "Auto"
        if stops and not manifest["logsWhileTraining"]:
            why = f"{manifest['title']} logs its metrics at the end, so no trial can be stopped early"
            if self.strategy == "Hyperband":
                return "strategy", self.strategy, f"Bayesian, Random or Grid: {why}"
            return "earlyStopping", self.early_stopping, f"Off: {why}"
        if self.strategy != "Hyperband":
            for name, value in (("minResource", self.min_resource), ("maxResource", self.max_resource)):
                if value is not None:
                    return name, value, "left out: only Hyperband takes it"
            return None
        if self.early_stopping != "Off":
            return "earlyStopping", self.early_stopping, "Off: Hyperband stops trials itself"
        if self.max_resource is None:
            return "maxResource", None, "how often a whole training logs the objective (Hyperband)"
        if self.min_resource is not None and self.min_resource >= self.max_resource:
            return "minResource", self.min_resource, f"below maxResource, which is {self.max_resource}"
        return None


def _kinds(rule: Rule | None) -> set[str]:
    """The types that a hyperparameter's declaration allows; one without a declaration may be a number."""
    return {str(one["type"]) for one in alternatives(rule)} if rule else {"number"}


def is_integer(rule: Rule | None, item: dict[str, Any]) -> bool:
    """Whether a range is of whole numbers: as the declaration or the range says, else as its bounds are."""
    if _kinds(rule) == {"integer"}:
        return True
    fallback = rule is None and all(isinstance(item[bound], int) for bound in ("minimum", "maximum"))
    return bool(item.get("integer", fallback))


def better(framework: str, objective: str) -> str:
    """Whether the best trial has the largest or the smallest value: Maximize or Minimize."""
    metric = objective.partition(":")[2]
    return "Maximize" if metric in FRAMEWORKS[framework]["higherIsBetter"] else "Minimize"
