"""Hyperparameters as `<framework>_hyperparameters.json` declares them, in JSON Schema's words.

`taken` has a rule for each name; one that depends on the problem type has a rule for each type that knows it.
`refused` says of other names of the framework why they are not taken, `deciding` which metric a choice brings
along, `higherIsBetter` which metrics grow with the quality. What is not given and has no default
is left to the framework. `pipelines/` reads the same files and checks the same rules before anything runs.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from job import UserError, nearest
from rules import Rule, choices, meant, said

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BY_PROBLEM = "byProblemType"


@cache
def declared(framework: str) -> dict[str, Any]:
    """What the framework's file says; nothing is declared without one."""
    file = Path(__file__).with_name(f"{framework}_hyperparameters.json")
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return {"taken": {}, "refused": {}, "deciding": {}, "higherIsBetter": []} | content


def add_arguments(parser: argparse.ArgumentParser, framework: str) -> None:
    """Declare the hyperparameters of a framework; one that is not given and has no default is None."""
    for name, rule in declared(framework)["taken"].items():
        parser.add_argument(f"--{name}", type=reader(name, rule), default=rule.get("default"))


def reader(name: str, rule: Rule) -> Callable[[str], Any]:
    """Makes the value of a hyperparameter from its text. Raises `UserError`."""
    wider = {"anyOf": list(rule[BY_PROBLEM].values())} if BY_PROBLEM in rule else rule

    def read(text: str) -> Any:
        try:
            return meant(wider, text)
        except ValueError:
            raise wrong(name, text, wider) from None

    return read


def whole(argv: Sequence[str], framework: str) -> list[str]:
    """The arguments as `--name=value`, with lists and objects as JSON again.

    The toolkits read every hyperparameter as JSON and hand an object on as `name=value,name=value`; what it
    was is in their variable SM_HPS. In one word, a value may begin with a minus.
    """
    kept = json.loads(os.environ.get("SM_HPS") or "{}")
    names = {f"--{name}": name for name in declared(framework)["taken"]}
    words, rest = [], list(argv)
    while rest:
        word = rest.pop(0)
        if word in names and rest:
            value, given = rest.pop(0), kept.get(names[word])
            word += f"={json.dumps(given, ensure_ascii=False) if isinstance(given, (dict, list)) else value}"
        words.append(word)
    return words


def wrong(name: str, value: Any, rule: Rule) -> UserError:
    """The error of a value that a rule does not take."""
    near = nearest(value, choices(rule)) if isinstance(value, str) else ""
    return UserError(f"hyperparameters: {name} is {value!r}, it must be {said(rule)}{near}")


def given(args: argparse.Namespace) -> dict[str, Any]:
    """The hyperparameters that are set, or have a default."""
    return {
        name: value for name, value in vars(args).items() if value is not None and name != argparse.SUPPRESS
    }


def suit(framework: str, values: Mapping[str, Any], problem: str) -> None:
    """Raises `UserError` for a hyperparameter that is not for this problem type."""
    taken = declared(framework)["taken"]
    for name, value in values.items():
        if BY_PROBLEM not in taken.get(name, {}):
            continue
        rules = taken[name][BY_PROBLEM]
        if problem not in rules:
            raise UserError(
                f"hyperparameters: {name} is not for a {problem} problem, but for {' and '.join(rules)}"
            )
        try:
            meant(rules[problem], value)
        except ValueError:
            raise wrong(name, value, rules[problem]) from None


def together(
    values: Mapping[str, Any], only_with: Mapping[str, tuple[str, str]], usual: Mapping[str, Any]
) -> None:
    """Raises `UserError` for a hyperparameter that is only for one value of another one.

    `only_with` has that other one and its value by name; `usual` has values of what is not given.
    """
    for name, (other, value) in only_with.items():
        if name in values and (found := values.get(other, usual.get(other))) != value:
            raise UserError(
                f"hyperparameters: {name} is only for {other} {value}, and {other} is {found}: set {other} "
                f"to {value}, or remove {name}"
            )


def deciding(framework: str, values: Mapping[str, Any]) -> str | None:
    """The metric that decides about early stopping, by what is given; None: the problem type's."""
    if metric := values.get("eval_metric"):
        return str(metric)
    for name, metrics in declared(framework)["deciding"].items():
        if metric := metrics.get(values.get(name)):
            return str(metric)
    return None


def check_targets(what: str, bound: tuple[str, float], channel: str, target: NDArray[np.float32]) -> None:
    """Raises `UserError` for a target that an objective or a loss does not take."""
    sign, limit = bound
    least = float(target.min())
    if not (least > limit if sign == ">" else least >= limit):
        raise UserError(
            f"hyperparameters: {what} takes targets {sign} {limit:g}, and the {channel} rows have {least:g}: "
            "choose another one, or correct the target column"
        )
