"""Learning curves: each metric by round, with a limited number of points however long a training is."""

from __future__ import annotations

from collections.abc import Mapping

MOST_POINTS = 200

Curves = dict[str, list[list[float]]]
"""Pairs of round and value by metric."""


def add(curves: Curves, round_: int, values: Mapping[str, float], *, last: bool = False) -> None:
    """Take in what was measured after a round, the last one in any case.

    When there are too many points every second one goes, and only such rounds are taken in from then on. What
    is kept depends on the points alone, so training that goes on at a checkpoint keeps the same.
    """
    for name, value in values.items():
        points = curves.setdefault(name, [])
        step = int(points[1][0] - points[0][0]) if len(points) > 1 else 1
        if points and not last and (round_ - points[0][0]) % step:
            continue
        points.append([round_, float(f"{value:.6g}")])
        if len(points) >= MOST_POINTS and not last:
            del points[1::2]
