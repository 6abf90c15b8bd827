"""Which step waits for which: declared dependencies, used results, and the condition a step stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import DefinitionError, nearest
from .expressions import parse_path, paths, references
from .pipeline import Definition, Step


@dataclass(frozen=True)
class Needs:
    """What a step waits for: steps whose results it uses, and steps that only come before it."""

    data: frozenset[str]
    order: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Return every step that must end first."""
        return self.data | self.order


def build(definition: Definition) -> dict[str, Needs]:
    """Return the needs of every step; raises DefinitionError for unknown steps and for cycles.

    A step that depends on a condition waits for its outcome, not for the steps in its branches.
    """
    graph = {step.name: _needs(step, definition.steps) for step in definition.steps.values()}
    _check_cycles(graph, definition.steps)
    return graph


def readers(definition: Definition) -> dict[tuple[str, str], str]:
    """Return which step reads an output, by (step, output name); a training job's artifact is `model`."""
    found: dict[tuple[str, str], str] = {}
    steps = {step.name: step for step in definition.all_steps()}
    for step in steps.values():
        for name, path, place in paths(own_arguments(step), step.place):
            tokens = parse_path(path, place)
            if tokens[:2] == ["ProcessingOutputConfig", "Outputs"] and len(tokens) > 2 and name in steps:
                found.setdefault((name, _output_name(steps[name], tokens[2])), step.name)
            elif tokens[:1] == ["ModelArtifacts"]:
                found.setdefault((name, "model"), step.name)
    return found


def _output_name(step: Step, token: str | int) -> str:
    """Return the name of an output that is referred to by name or by position."""
    outputs = (step.arguments.get("ProcessingOutputConfig") or {}).get("Outputs")
    if isinstance(token, int) and isinstance(outputs, list) and token < len(outputs):
        return str(outputs[token].get("OutputName"))
    return str(token)


def own_arguments(step: Step) -> dict[str, Any]:
    """Return the arguments of a step without the steps nested in it."""
    return {
        key: value
        for key, value in step.arguments.items()
        if key not in ("IfSteps", "ElseSteps", "ForEachBody")
    }


def _needs(step: Step, steps: Mapping[str, Step]) -> Needs:
    data = set()
    body = {inner.name for inner in step.body}
    for one in (step, *step.body):
        for name, place in references(own_arguments(one), f"{one.place}.Arguments"):
            if name not in body:
                _check_known(name, place, steps)
                data.add(name)
    order = {step.parent} if step.parent else set()
    for one in (step, *step.body):
        for name in one.depends_on:
            if name not in body:
                _check_known(name, f"{one.place}.DependsOn", steps)
                order.add(name)
    if step.name in data | order:
        raise DefinitionError(step.place, "the step depends on itself")
    return Needs(frozenset(data), frozenset(order) - data)


def _check_known(name: str, place: str, steps: Mapping[str, Step]) -> None:
    if name not in steps:
        raise DefinitionError(place, f"there is no step {name!r}.{nearest(name, steps)}")


def _check_cycles(graph: Mapping[str, Needs], steps: Mapping[str, Step]) -> None:
    done: set[str] = set()
    while ready := {name for name, needs in graph.items() if name not in done and needs.all <= done}:
        done |= ready
    stuck = [name for name in graph if name not in done]
    if not stuck:
        return
    cycle = [stuck[0]]
    while (following := min(graph[cycle[-1]].all - done)) not in cycle:
        cycle.append(following)
    cycle = [*cycle[cycle.index(following) :], following]
    raise DefinitionError(steps[following].place, f"the steps depend on each other: {' → '.join(cycle)}")
