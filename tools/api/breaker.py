"""
A circuit breaker: an endpoint that fails again and again is left alone for a while.

Its state is that of one environment of the function, since environments share nothing: each stops asking
after failures of its own. Callers are answered at once meanwhile, instead of all of them waiting for a
time-out.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

FAILURES = 5
"""Consecutive failures that open it."""

OPEN_SECONDS = 5.0
"""For how long; up to a half more, so that environments do not come back together."""


class Breaker:
    """Closed: all pass. Open: none. Half open: one request tries, and its outcome decides for all."""

    def __init__(
        self,
        failures: int = FAILURES,
        seconds: float = OPEN_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._limit, self._seconds, self._clock, self._jitter = failures, seconds, clock, jitter
        self._lock = threading.Lock()
        self._failed = 0
        self._until = 0.0
        self._probing = False

    def wait(self) -> float | None:
        """None when a request may pass, which must then be reported; otherwise seconds until one may."""
        with self._lock:
            if self._failed < self._limit:
                return None
            left = self._until - self._clock()
            if left > 0:
                return left
            if self._probing:
                return self._seconds
            self._probing = True
            return None

    def succeeded(self) -> None:
        """The endpoint answered, if only with a refusal."""
        with self._lock:
            self._failed, self._probing = 0, False

    def failed(self) -> None:
        """The endpoint did not answer."""
        with self._lock:
            self._probing = False
            self._failed += 1
            if self._failed >= self._limit:
                self._until = self._clock() + self._seconds * (1 + self._jitter() / 2)

    def unknown(self) -> None:
        """Nothing was learned about the endpoint, so the next request tries."""
        with self._lock:
            self._probing = False
