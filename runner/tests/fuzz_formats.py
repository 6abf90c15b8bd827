"""Texts for the formats that a contract names, which the fuzzer would otherwise make up by their patterns alone."""

from __future__ import annotations

import schemathesis
from hypothesis import strategies

_SPACES = strategies.sampled_from(["", " ", "\t", "\u00a0"])
_NUMBERS = strategies.one_of(
    strategies.integers(-(10**30), 10**30).map(str),
    strategies.floats(width=32, allow_nan=False, allow_infinity=False).map(repr),
)
_DATES = strategies.one_of(
    strategies.dates().map(lambda day: day.isoformat()),
    strategies.datetimes().map(lambda moment: moment.isoformat()),
    strategies.integers(10**8, 10**10 - 1).map(str),
)


def _spaced(texts: strategies.SearchStrategy[str]) -> strategies.SearchStrategy[str]:
    return strategies.tuples(_SPACES, texts, _SPACES).map("".join)


schemathesis.openapi.format("cell-number", _spaced(_NUMBERS))
schemathesis.openapi.format("cell-date", _spaced(_DATES))
