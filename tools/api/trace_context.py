"""W3C Trace Context: what a caller says about the trace that its request is part of."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FORM = re.compile(r"(?P<version>[0-9a-f]{2})-(?P<trace>[0-9a-f]{32})-(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}")

_INVALID_VERSION = "ff"


@dataclass(frozen=True)
class Trace:
    """A `traceparent` that is one."""

    text: str
    """The header, as it is passed on."""
    trace_id: str
    parent_id: str


def parse(header: str | None) -> Trace | None:
    """
    What a `traceparent` header says; None for one that breaks the rules, which is ignored, never refused
    (W3C Trace Context, "A vendor MUST ignore the traceparent when it is invalid").

    Of a version after 00 only what 00 has is read and passed on, as the specification asks.
    """
    text = (header or "").strip(" \t")
    found = _FORM.match(text)
    if found is None or found["version"] == _INVALID_VERSION:
        return None
    rest = text[found.end() :]
    if rest and (found["version"] == "00" or not rest.startswith("-")):
        return None
    if not found["trace"].strip("0") or not found["parent"].strip("0"):
        return None
    return Trace(f"00{found[0][2:]}", found["trace"], found["parent"])
