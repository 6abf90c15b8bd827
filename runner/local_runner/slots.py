"""How many job processes run at the same moment."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import StepStopped


def available_cores() -> int:
    """Return how many cores this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


class Slots:
    """Places for job processes, given in the order they are asked for."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._free = count
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Wait for a place and keep it; raises StepStopped once the run is being stopped."""
        with self._changed:
            self._changed.wait_for(lambda: self._free > 0 or self._closed)
            if self._closed:
                raise StepStopped
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify()

    def try_one(self) -> bool:
        """Take a place if one is free, without waiting; it is given back with `give_back`."""
        with self._changed:
            if self._free <= 0 or self._closed:
                return False
            self._free -= 1
            return True

    def give_back(self) -> None:
        """Give back a place taken with `try_one`."""
        with self._changed:
            self._free += 1
            self._changed.notify()

    def close(self) -> None:
        """Give no place any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
