"""Metrics that a training script prints, found by the regular expressions of the definition."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..arguments import check, items
from ..errors import DefinitionError


def final_metrics(definitions: Any, log: Path, place: str) -> list[dict[str, Any]]:
    """Return the last value of every metric found in a log, as SageMaker reports the final metric."""
    place = f"{place}.AlgorithmSpecification.MetricDefinitions"
    patterns = []
    for index, item in enumerate(items(definitions, place)):
        check(item, f"{place}[{index}]", (), required=("Name", "Regex"))
        try:
            patterns.append((item["Name"], re.compile(item["Regex"])))
        except re.error as error:
            raise DefinitionError(
                f"{place}[{index}].Regex", f"{item['Regex']!r} is not a regular expression: {error}"
            ) from None
    found: dict[str, float] = {}
    if patterns:
        with log.open(errors="replace") as file:
            for line in file:
                for name, pattern in patterns:
                    for match in pattern.finditer(line):
                        _keep(found, name, match)
    return [{"name": name, "value": value} for name, value in found.items()]


def _keep(found: dict[str, float], name: str, match: re.Match[str]) -> None:
    try:
        found[name] = float(match[1] if match.re.groups else match[0])
    except (TypeError, ValueError):
        return
