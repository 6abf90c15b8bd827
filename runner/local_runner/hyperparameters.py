"""Hyperparameters that training takes and the pipeline has no parameter for: `--set` adds one.

The compile step says in `manifest.json`, under `hyperparameters`, which steps train, which names they take by
which rule (`taken`), and why they do not take others (`refused`). A build does the same with its
`PIPELINE_PARAMETERS`, so a run here and an execution there have the same parameter.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .errors import RunnerError
from .rules import alternatives, meant

_PLACES = {"Training": ("HyperParameters",), "Tuning": ("TrainingJobDefinition", "StaticHyperParameters")}


def taken(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rules of the hyperparameters, by name."""
    return _part(manifest, "taken")


def check_names(names: Iterable[str], declared: Iterable[str], manifest: Mapping[str, Any]) -> None:
    """Refuse a name of the framework that training does not take."""
    refused, known = _part(manifest, "refused"), set(declared)
    for name in names:
        if name in refused and name not in known:
            raise RunnerError(f"--set {name}: training does not take it: {refused[name]}.")


def check_values(values: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    """Refuse a value that was given and that training does not take."""
    rules = taken(manifest)
    for name, value in values.items():
        if name in rules:
            try:
                meant(rules[name], value)
            except ValueError:
                allowed = rules[name]["x-allowed"]
                raise RunnerError(f"--set {name}={value}: the value must be {allowed}.") from None


def extend(raw: Any, names: Iterable[str], manifest: Mapping[str, Any]) -> Any:
    """Return the definition with a parameter for each hyperparameter among the names that has none.

    Each is given to the steps that train; a definition that needs no more comes back as it is.
    """
    rules, steps = taken(manifest), _section(manifest).get("steps")
    if not isinstance(raw, dict) or not isinstance(steps, list):
        return raw
    there = {item.get("Name") for item in raw.get("Parameters") or [] if isinstance(item, dict)}
    added = [name for name in names if name in rules and name not in there]
    if not added:
        return raw
    extended = copy.deepcopy(raw)
    extended["Parameters"] = [
        *(raw.get("Parameters") or []),
        *({"Name": name, "Type": _type(rules[name])} for name in added),
    ]
    for step in _steps(extended.get("Steps")):
        if step.get("Name") in steps and step.get("Type") in _PLACES:
            values = step.setdefault("Arguments", {})
            for key in _PLACES[step["Type"]]:
                values = values.setdefault(key, {})
            for name in added:
                # A job's hyperparameters are texts.
                values[name] = {"Std:Join": {"On": "", "Values": [{"Get": f"Parameters.{name}"}]}}
    return extended


def _type(rule: Mapping[str, Any]) -> str:
    kinds = {one["type"] for one in alternatives(rule)}
    if kinds == {"integer"}:
        return "Integer"
    return "Float" if kinds <= {"integer", "number"} else "String"


def _steps(raw: Any) -> Iterator[dict[str, Any]]:
    for step in raw if isinstance(raw, list) else ():
        if isinstance(step, dict):
            yield step
            arguments = step.get("Arguments")
            for key in ("IfSteps", "ElseSteps", "ForEachBody"):
                yield from _steps(arguments.get(key) if isinstance(arguments, dict) else None)


def _section(manifest: Mapping[str, Any]) -> dict[str, Any]:
    found = manifest.get("hyperparameters")
    return found if isinstance(found, dict) else {}


def _part(manifest: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = _section(manifest).get(key)
    return found if isinstance(found, dict) else {}
