"""Which hyperparameters a tuning job tries: the ranges of the definition, at random or all combinations."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from typing import Any

from ..arguments import check, choice, items
from ..errors import DefinitionError

_SCALES = ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic")


def trials(strategy: str, ranges: Any, seed: int, place: str) -> Iterator[dict[str, str]]:
    """Yield hyperparameters as strings: without end for random search, every combination for grid search."""
    check(
        ranges, place, {"IntegerParameterRanges", "ContinuousParameterRanges", "CategoricalParameterRanges"},
        {"AutoParameters"},
    )  # fmt: skip
    if ranges.get("AutoParameters"):
        raise DefinitionError(
            f"{place}.AutoParameters", "automatic ranges are not supported by the local runner"
        )
    categories = {item["Name"]: item["Values"] for item in _ranges(ranges, "Categorical", ("Values",), place)}
    if strategy == "Grid":
        for kind in ("Integer", "Continuous"):
            if ranges.get(f"{kind}ParameterRanges"):
                raise DefinitionError(
                    f"{place}.{kind}ParameterRanges",
                    "grid search takes categorical ranges only, as on SageMaker",
                )
        for values in itertools.product(*categories.values()):
            yield {name: str(value) for name, value in zip(categories, values, strict=True)}
        return
    source = random.Random(seed)
    draws: list[tuple[str, Callable[[], str]]] = []
    for item in _ranges(ranges, "Integer", ("MinValue", "MaxValue"), place):
        draws.append((item["Name"], _integer(item, source, place)))
    for item in _ranges(ranges, "Continuous", ("MinValue", "MaxValue"), place):
        draws.append((item["Name"], _continuous(item, source, place)))
    for name, values in categories.items():
        draws.append((name, lambda values=values: str(source.choice(values))))  # type: ignore[misc]
    if not draws:
        raise DefinitionError(place, "there is no range to search")
    while True:
        yield {name: draw() for name, draw in draws}


def _ranges(ranges: dict[str, Any], kind: str, keys: tuple[str, ...], place: str) -> list[dict[str, Any]]:
    place = f"{place}.{kind}ParameterRanges"
    found = items(ranges.get(f"{kind}ParameterRanges"), place)
    for index, item in enumerate(found):
        check(item, f"{place}[{index}]", {"ScalingType"}, required=("Name", *keys))
    return found


def _integer(item: dict[str, Any], source: random.Random, place: str) -> Callable[[], str]:
    low, high = _bounds(item, place)
    scale = choice(item, "ScalingType", _SCALES, "Auto", f"{place}.{item['Name']}")
    # Half a step on either side gives the bounds the same chance as the numbers between them.
    return lambda: str(
        int(min(high, max(low, math.floor(_draw(low - 0.5, high + 0.5, scale, source) + 0.5))))
    )


def _continuous(item: dict[str, Any], source: random.Random, place: str) -> Callable[[], str]:
    low, high = _bounds(item, place)
    scale = choice(item, "ScalingType", _SCALES, "Auto", f"{place}.{item['Name']}")
    return lambda: repr(min(high, max(low, _draw(low, high, scale, source))))


def _bounds(item: dict[str, Any], place: str) -> tuple[float, float]:
    try:
        low, high = float(item["MinValue"]), float(item["MaxValue"])
    except ValueError:
        raise DefinitionError(f"{place}.{item['Name']}", "MinValue and MaxValue must be numbers") from None
    if low > high:
        raise DefinitionError(f"{place}.{item['Name']}", f"MinValue {low:g} is above MaxValue {high:g}")
    return low, high


def _draw(low: float, high: float, scale: str, source: random.Random) -> float:
    if scale == "Logarithmic" and low > 0:
        return math.exp(source.uniform(math.log(low), math.log(high)))
    if scale == "ReverseLogarithmic" and high < 1:
        return 1 - math.exp(source.uniform(math.log(1 - high), math.log(1 - low)))
    return source.uniform(low, high)
