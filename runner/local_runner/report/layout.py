"""Layered layout of a directed graph, left to right: layers, crossings, heights. Pure numbers, no drawing."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Edge = tuple[str, str]
Slot = tuple[str, int]
"""A place in a layer: a node (its name, 0) or where an edge passes through (`from->to`, layer)."""

SWEEPS = 12
PASSING = 0.3
"""Room for an edge that passes through a layer, as a share of a node's."""


@dataclass(frozen=True)
class Layout:
    """Layer and vertical centre (in units of one node with its gap) of each node; the points of each edge."""

    layer: dict[str, int]
    centre: dict[str, float]
    routes: dict[Edge, tuple[tuple[int, float], ...]]
    height: float

    @property
    def layers(self) -> int:
        return max(self.layer.values(), default=-1) + 1


def arrange(names: Sequence[str], edges: Iterable[Edge]) -> Layout:
    """Place the nodes; edges that a longer path implies, or that would close a circle, are left out."""
    order = {name: index for index, name in enumerate(names)}
    known = {(a, b) for a, b in edges if a in order and b in order and a != b}
    layer, kept = _layers(names, sorted(known, key=lambda edge: (order[edge[0]], order[edge[1]])))
    kept = reduced(names, kept, layer)
    rows, links = _slots(names, kept, layer)
    _uncross(rows, links)
    centres = _centres(rows, links)
    routes = {
        (a, b): tuple(
            (at, centres[slot])
            for at, slot in [(layer[a], (a, 0)), *(_between(a, b, layer)), (layer[b], (b, 0))]
        )
        for a, b in kept
    }
    low = min(centres.values(), default=0.0)
    high = max(centres.values(), default=0.0)
    return Layout(
        layer,
        {name: centres[(name, 0)] - low for name in names},
        {edge: tuple((at, y - low) for at, y in route) for edge, route in routes.items()},
        high - low + 1 if names else 0,
    )


def reduced(names: Sequence[str], edges: Sequence[Edge], layer: Mapping[str, int]) -> list[Edge]:
    """Return the edges without those that a longer path between the same nodes implies."""
    following: dict[str, set[str]] = defaultdict(set)
    for a, b in edges:
        following[a].add(b)
    reached: dict[str, set[str]] = {}
    for name in sorted(names, key=lambda name: -layer[name]):
        reached[name] = following[name].union(*(reached[after] for after in following[name]))
    return [(a, b) for a, b in edges if not any(b in reached[other] for other in following[a] if other != b)]


def _layers(names: Sequence[str], edges: Sequence[Edge]) -> tuple[dict[str, int], list[Edge]]:
    before: dict[str, set[str]] = {name: set() for name in names}
    for a, b in edges:
        before[b].add(a)
    layer: dict[str, int] = {}
    waiting = list(names)
    while waiting:
        ready = [name for name in waiting if before[name] <= layer.keys()] or waiting[:1]
        for name in ready:
            layer[name] = max((layer[each] + 1 for each in before[name] if each in layer), default=0)
        waiting = [name for name in waiting if name not in layer]
    return layer, [(a, b) for a, b in edges if layer[a] < layer[b]]


def _between(a: str, b: str, layer: Mapping[str, int]) -> list[tuple[int, Slot]]:
    return [(at, (f"{a}\0{b}", at)) for at in range(layer[a] + 1, layer[b])]


def _slots(
    names: Sequence[str], edges: Sequence[Edge], layer: Mapping[str, int]
) -> tuple[list[list[Slot]], list[tuple[Slot, Slot]]]:
    rows: list[list[Slot]] = [[] for _ in range(max(layer.values(), default=-1) + 1)]
    for name in names:
        rows[layer[name]].append((name, 0))
    links: list[tuple[Slot, Slot]] = []
    for a, b in edges:
        last: Slot = (a, 0)
        for at, slot in _between(a, b, layer):
            rows[at].append(slot)
            links.append((last, slot))
            last = slot
        links.append((last, (b, 0)))
    return rows, links


def _neighbours(links: Sequence[tuple[Slot, Slot]]) -> tuple[dict[Slot, list[Slot]], dict[Slot, list[Slot]]]:
    before: dict[Slot, list[Slot]] = defaultdict(list)
    after: dict[Slot, list[Slot]] = defaultdict(list)
    for a, b in links:
        after[a].append(b)
        before[b].append(a)
    return before, after


def _uncross(rows: list[list[Slot]], links: Sequence[tuple[Slot, Slot]]) -> None:
    """Order each layer by the mean place of its neighbours, forth and back, and keep the best order seen."""
    before, after = _neighbours(links)
    best = [list(row) for row in rows]
    fewest = _crossings(rows, after)
    for sweep in range(SWEEPS):
        forth = sweep % 2 == 0
        for index in range(1, len(rows)) if forth else range(len(rows) - 2, -1, -1):
            beside = {slot: place for place, slot in enumerate(rows[index - 1 if forth else index + 1])}
            near = before if forth else after
            place = {slot: float(at) for at, slot in enumerate(rows[index])}
            for slot in rows[index]:
                places = [beside[other] for other in near[slot]]
                if places:
                    place[slot] = sum(places) / len(places)
            rows[index].sort(key=lambda slot, place=place: place[slot])  # type: ignore[misc]
        crossings = _crossings(rows, after)
        if crossings < fewest:
            fewest, best = crossings, [list(row) for row in rows]
    rows[:] = best


def _crossings(rows: Sequence[Sequence[Slot]], after: Mapping[Slot, Sequence[Slot]]) -> int:
    total = 0
    for left, right in itertools.pairwise(rows):
        place = {slot: at for at, slot in enumerate(right)}
        ends = [(at, place[other]) for at, slot in enumerate(left) for other in after.get(slot, ())]
        total += sum(a < c and b > d for a, b in ends for c, d in ends)
    return total


def _centres(rows: Sequence[Sequence[Slot]], links: Sequence[tuple[Slot, Slot]]) -> dict[Slot, float]:
    before, after = _neighbours(links)
    centres = {slot: at - (len(row) - 1) / 2 for row in rows for at, slot in enumerate(row)}
    for sweep in range(SWEEPS * 2):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = []
            for slot in row:
                near = [centres[other] for other in (before[slot] if sweep % 2 == 0 else after[slot])]
                wanted.append(sum(near) / len(near) if near else centres[slot])
            for slot, y in zip(row, _apart(wanted, row), strict=True):
                centres[slot] = y
    return centres


def _room(slot: Slot) -> float:
    return PASSING if "\0" in slot[0] else 1.0


def _apart(wanted: Sequence[float], row: Sequence[Slot]) -> list[float]:
    """Return the positions nearest to the wanted ones (least squares) that keep order and distance."""
    offsets = [0.0]
    for a, b in itertools.pairwise(row):
        offsets.append(offsets[-1] + (_room(a) + _room(b)) / 2)
    blocks: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            other, many = blocks.pop()
            mean, count = (mean * count + other * many) / (count + many), count + many
        blocks.append((mean, count))
    spread = [mean for mean, count in blocks for _ in range(count)]
    return [y + offset for y, offset in zip(spread, offsets, strict=True)]
