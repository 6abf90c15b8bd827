"""CloudWatch Logs: what functions have written, for whoever may look for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from clock import Clock
from cloud import Resource
from gateway import Gateway
from permissions import Request
from values import JourneyError, Place

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Logs:
    """The lines of each log group."""

    gateway: Gateway
    clock: Clock
    lines: dict[tuple[Place, str], list[tuple[int, str]]] = field(default_factory=dict)

    def install(self) -> None:
        """Answers the gateway's calls."""
        self.gateway.fakes[("logs", "FilterLogEvents")] = self._filter

    def heard(self, function: Resource, log: str) -> None:
        """A function has written something."""
        group = function.properties.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{function.name}")
        moment = int((EPOCH + timedelta(seconds=self.clock.now)).timestamp() * 1000)
        self.lines.setdefault((function.place, group), []).extend((moment, line) for line in log.splitlines())

    def _filter(self, request: Request, place: Place) -> dict[str, Any]:
        """Lines with a term in quotation marks (CloudWatch Logs user guide, "Filter pattern syntax")."""
        pattern = request.params.get("filterPattern", "")
        term = pattern.strip('"')
        if pattern != f'"{term}"' or '"' in term:
            raise JourneyError(f"the filter pattern {pattern} is not known here")
        since = request.params.get("startTime", 0)
        found = self.lines.get((place, request["logGroupName"]), [])
        return {"events": [{"timestamp": t, "message": line} for t, line in found if t >= since and term in line]}
