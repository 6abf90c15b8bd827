"""Simulated time: it passes where a program waits, and what was arranged for a moment happens then."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

Happening = Callable[[], None]


@dataclass
class Clock:
    """Seconds since the journey began."""

    now: float = 0.0
    _due: list[tuple[float, int, Happening]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)

    def after(self, seconds: float, happening: Happening) -> None:
        """Arranges something."""
        heapq.heappush(self._due, (self.now + seconds, next(self._order), happening))

    def advance(self, seconds: float) -> None:
        """Lets time pass; what is due happens in its order. Time also passes within what happens: a function waits."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= max(end, self.now):
            moment, _, happening = heapq.heappop(self._due)
            self.now = max(self.now, moment)
            happening()
        self.now = max(self.now, end)
