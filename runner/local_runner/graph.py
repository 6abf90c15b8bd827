"""Which step waits for which: declared dependencies, used results, and the condition a step stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import DefinitionError, nearest
from .expressions import references
from .pipeline import Definition, Step


@dataclass(frozen=True)
class Needs:
    """What a step waits for: steps whose results it uses, and steps that only come before it."""

    data: frozenset[str]
    order: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Return every step that has to end first."""
        return self.data | self.order


def build(definition: Definition) -> dict[str, Needs]:
    """Return the needs of every step; raises DefinitionError for unknown steps and for cycles.

    A step that depends on a condition waits for its outcome, not for the steps in its branches.
    """
    graph = {step.name: _needs(step, definition.steps) for step in definition.steps.values()}
    _check_cycles(graph, definition.steps)
    return graph


def own_arguments(step: Step) -> dict[str, Any]:
    """Return the arguments of a step without the steps nested in it."""
    return {
        key: value
        for key, value in step.arguments.items()
        if key not in ("IfSteps", "ElseSteps", "ForEachBody")
    }


def _needs(step: Step, steps: Mapping[str, Step]) -> Needs:
    data = set()
    for name, place in references(own_arguments(step), f"{step.place}.Arguments"):
        _check_known(name, place, steps)
        data.add(name)
    order = {step.parent} if step.parent else set()
    for name in step.depends_on:
        _check_known(name, f"{step.place}.DependsOn", steps)
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
    raise DefinitionError(steps[following].place, f"the steps wait for each other: {' → '.join(cycle)}")
