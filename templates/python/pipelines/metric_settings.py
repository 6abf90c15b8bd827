"""Section `customMetrics` of `config/parameters.json`: the user's own metrics, and the functions for them."""

from __future__ import annotations

import ast
import json
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.checks import number
from pipelines.errors import PipelineError, nearest
from pipelines.manifests import PROBLEM_TYPES

FILE = Path("model/custom_metrics.py")
NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
MOST_METRICS = 20
LONGEST_NAME = 48
DIRECTIONS = ("higher", "lower")
KEYS = ("better", "minimum", "maximum")
FIELDS = ("confusion_matrix", "receiver_operating_characteristic_curve")
"""What evaluation.json has beside the metrics."""

COMMON = ("actual", "predicted", "weights", "rows")
ARGUMENTS = {
    "binary": (*COMMON, "labels", "probability", "probabilities"),
    "multiclass": (*COMMON, "labels", "probabilities"),
    "regression": COMMON,
}
"""What a function may ask for, by problem type; `model/metric_functions.py` gives it."""

Metric = dict[str, Any]


def wrong_metrics(raw: Any) -> Iterator[tuple[str, Any, str]]:
    """What is wrong with the section: where in it, the value, and what is allowed."""
    if not isinstance(raw, dict):
        yield "", raw, "an object of metrics by name"
        return
    if len(raw) > MOST_METRICS:
        yield "", list(raw), f"at most {MOST_METRICS} metrics"
    taken = {name for problem in PROBLEM_TYPES.values() for name in problem["metrics"]} | set(FIELDS)
    for name, metric in raw.items():
        if not NAME.fullmatch(name) or len(name) > LONGEST_NAME or keyword.iskeyword(name):
            yield name, name, f"a name in snake_case of at most {LONGEST_NAME} characters, as of a function"
        elif name in taken:
            yield name, name, "another name: every evaluation has this one"
        elif not isinstance(metric, dict):
            yield name, metric, "an object"
        else:
            yield from _wrong_entry(name, metric)


def _wrong_entry(name: str, metric: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    for key in metric:
        if key not in KEYS:
            yield (
                f"{name}.{key}",
                metric[key],
                f"left out{nearest(key, KEYS)}: a metric has {', '.join(KEYS)}",
            )
    if metric.get("better") not in DIRECTIONS:
        yield f"{name}.better", metric.get("better"), " or ".join(DIRECTIONS)
    bounds = [(key, metric[key]) for key in ("minimum", "maximum") if key in metric]
    for key, value in bounds:
        if number(value) is not None:
            yield f"{name}.{key}", value, "a number"
            return
    if len(bounds) > 1 and metric["minimum"] >= metric["maximum"]:
        yield f"{name}.maximum", metric["maximum"], f"above the minimum {metric['minimum']}"


def check_functions(root: Path, names: Iterable[str], problem_type: str) -> None:
    """Refuse a metric without a function, before anything is trained. Raises `PipelineError`."""
    names = list(names)
    if not names:
        return
    try:
        tree = ast.parse((root / FILE).read_bytes())
    except FileNotFoundError:
        raise PipelineError(
            f"{FILE} does not exist: write a function for each of {', '.join(names)} there, or remove "
            "customMetrics"
        ) from None
    except (SyntaxError, ValueError) as error:
        raise PipelineError(f"{FILE} is not Python: {error}") from None
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    others = {name for node in tree.body for name in _bound(node)}
    for name in names:
        if name in functions and not functions[name].decorator_list:
            _check_arguments(functions[name], problem_type)
        elif name not in functions and name not in others:
            raise PipelineError(
                f"{FILE} has no function {name}, which customMetrics declares{nearest(name, functions)}: "
                "write it, or remove the metric"
            )


def _bound(node: ast.stmt) -> list[str]:
    """The names that a statement binds other than by `def`: it may be an import of a function."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(alias.asname or alias.name).split(".")[0] for alias in node.names]
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _check_arguments(function: ast.FunctionDef, problem_type: str) -> None:
    arguments, known = function.args, ARGUMENTS[problem_type]
    places = [*arguments.posonlyargs, *arguments.args]
    needed = places[: len(places) - len(arguments.defaults)]
    needed += [
        one for one, given in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if not given
    ]
    others = [f"*{arguments.vararg.arg}"] if arguments.vararg else []
    others += [f"**{arguments.kwarg.arg}"] if arguments.kwarg else []
    for name in [*(one.arg for one in needed), *others]:
        if name not in known:
            raise PipelineError(
                f"{FILE}: {function.name} asks for {json.dumps(name)}{nearest(name, known)}: with the "
                f"problem type {problem_type} there is {', '.join(known)}; columns are in rows"
            )
