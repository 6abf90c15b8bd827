"""States that wait: moto's interpreter lets hours pass; the journey goes on and ends the wait itself."""

from __future__ import annotations

import threading
from typing import Any

from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction


class Waits:
    """The one wait that has begun and that nobody has noticed yet: executions run one after another."""

    def __init__(self) -> None:
        self._begun: threading.Event | None = None
        waits = self

        def wait_interval(_: Any, env: Any, wait_seconds: int) -> None:
            over = threading.Event()
            waits._begun = over
            over.wait()

        WaitFunction._wait_interval = wait_interval

    def take(self) -> threading.Event | None:
        """The wait that has begun; setting it ends it."""
        begun, self._begun = self._begun, None
        return begun
