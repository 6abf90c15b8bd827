"""ForEach steps: their body once for every item, side by side within the limit that they set."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import replace
from typing import Any

from .arguments import check, whole
from .context import Result
from .errors import DefinitionError, NotEmulatedError, StepError
from .expressions import Pending, Scope, parse_path, references, walk
from .graph import own_arguments
from .pipeline import Step, why_not_emulated

MOST = 50
"""The most iterations at the same time that SageMaker allows."""
_ITERATION = "IterationOutput."

RunChild = Callable[[Step, Scope], dict[str, Any]]


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Check the arguments of a ForEach step without its body."""
    check(arguments, place, {"Selector"}, required=("IterableItems", "MaxConcurrency"))
    if whole(arguments, "MaxConcurrency", 1, place) > MOST:
        raise DefinitionError(f"{place}.MaxConcurrency", f"must be at most {MOST}")
    if selector := arguments.get("Selector"):
        check(selector, f"{place}.Selector", (), required=("Pick", "Field"))
        if selector["Pick"] not in ("MaxBy", "MinBy"):
            raise DefinitionError(f"{place}.Selector.Pick", f"{selector['Pick']!r} is not MaxBy or MinBy")
    if not isinstance(arguments["IterableItems"], Pending):
        _items(arguments["IterableItems"], place)


def run(step: Step, arguments: dict[str, Any], scope: Scope, run_child: RunChild) -> Result:
    """Run the body for every item; `run_child` runs one step of it and returns its properties."""
    place = f"{step.place}.Arguments"
    normalize(arguments, place)
    for inner in step.body:
        if why := why_not_emulated(inner):
            raise NotEmulatedError(f"its body has step {inner.name}; {why}")
    items, body = _items(arguments["IterableItems"], place), _in_order(step.body)

    def iteration(index: int, item: Any) -> dict[str, dict[str, Any]]:
        done: dict[str, dict[str, Any]] = {}
        for inner in body:
            child = replace(inner, name=f"{inner.name}-{index}", parent=step.name)
            seen = replace(scope, steps={**scope.steps, **done}, item=item)
            done[inner.name] = run_child(child, seen)
        return done

    with ThreadPoolExecutor(whole(arguments, "MaxConcurrency", 1, place)) as pool:
        futures = [pool.submit(iteration, index, item) for index, item in enumerate(items)]
        for future in wait(futures, return_when=FIRST_EXCEPTION).not_done:
            future.cancel()
        outputs = [future.result() for future in futures if not future.cancelled()]
    count = len(items) * len(body)
    properties = {
        "Status": "Succeeded", "InputItemCount": len(items), "TotalStepCount": count,
        "SucceededStepCount": count, "FailedStepCount": 0, "StoppedStepCount": 0, "IterationOutputs": outputs,
    }  # fmt: skip
    if selector := arguments.get("Selector"):
        properties["Selected"] = _selected(selector, outputs, f"{place}.Selector")
    return Result(properties)


def _items(value: Any, place: str) -> list[Any]:
    """Return the items, which are a list or a string that contains one as JSON."""
    place = f"{place}.IterableItems"
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise StepError(f"{place}: {value!r:.100} is not a list in JSON.") from None
    if not isinstance(value, list):
        raise StepError(f"{place}: must be a list, or one as a JSON string, not {value!r:.100}.")
    return value


def _in_order(body: tuple[Step, ...]) -> list[Step]:
    """Return the steps of the body so that each comes after those that it needs."""
    names = {step.name for step in body}
    needs = {
        step.name: {
            *(name for name, _ in references(own_arguments(step), step.place)), *step.depends_on
        } & names - {step.name}
        for step in body
    }  # fmt: skip
    ordered: list[Step] = []
    while len(ordered) < len(body):
        done = {step.name for step in ordered}
        ready = [step for step in body if step.name not in done and needs[step.name] <= done]
        if not ready:
            raise DefinitionError(body[0].place, "the steps of the ForEach body depend on each other")
        ordered += ready
    return ordered


def _selected(selector: dict[str, Any], outputs: list[dict[str, dict[str, Any]]], place: str) -> Any:
    """Return the outputs of the iteration whose field is the largest or the smallest."""
    path = str(selector["Field"])
    name, *tokens = parse_path(path.removeprefix(_ITERATION), place)
    if not path.startswith(_ITERATION) or not outputs or name not in outputs[0]:
        raise StepError(f"{place}.Field: {path} is not an output of an iteration.")
    values = [walk(output[str(name)], tokens, path, place) for output in outputs]
    pick = max if selector["Pick"] == "MaxBy" else min
    try:
        best = pick(range(len(values)), key=lambda index: float(values[index]))
    except (TypeError, ValueError):
        raise StepError(f"{place}.Field: {path} is not a number in every iteration: {values}.") from None
    return outputs[best][str(name)]
