"""ISO 8601 durations, as step caching uses them."""

from __future__ import annotations

import re

from .errors import DefinitionError

_DURATION = re.compile(
    r"P?(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
_SECONDS = {
    "years": 365 * 86400, "months": 30 * 86400, "weeks": 7 * 86400, "days": 86400,
    "hours": 3600, "minutes": 60, "seconds": 1,
}  # fmt: skip


def parse_duration(text: object, place: str) -> float:
    """Return the seconds of a duration such as `P30D`, `p4dT12h` or `T12H`; a year has 365 days, a month
    30."""
    match = _DURATION.fullmatch(text) if isinstance(text, str) else None
    parts = {name: value for name, value in match.groupdict().items() if value} if match else {}
    if not parts:
        raise DefinitionError(place, f"{text!r} is not an ISO 8601 duration such as P30D or PT12H")
    return sum(float(value) * _SECONDS[name] for name, value in parts.items())
