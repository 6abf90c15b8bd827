"""Loads a model that is about to be registered while other steps still run, where a core is free.

Loading takes longer than answering: the sample answer then costs next to nothing. A model that is not
registered
in the end was loaded for nothing, on a core that had nothing else to do.
"""

from __future__ import annotations

import threading
from typing import Any

from .context import Job
from .errors import NotEmulatedError, RunnerError, StepStopped
from .serving.client import ModelServer


class WarmServer(threading.Thread):
    """A model server being started in the background."""

    def __init__(self, job: Job, container: dict[str, Any]) -> None:
        super().__init__(name=f"{job.step.name}-warm", daemon=True)
        self._job = job
        self._container = container
        self._server: ModelServer | None = None

    def run(self) -> None:
        """Start the server if a core is free; what goes wrong here is met again, and told, when it is
        needed."""
        slots = self._job.context.slots
        if not slots.try_one():
            return
        try:
            self._server = ModelServer(
                self._job, self._container, f"{self._job.step.name}-warm", self._job.log
            ).open()
        except (RunnerError, NotEmulatedError, StepStopped, OSError):
            self._server = None
        finally:
            slots.give_back()

    def take(self, container: dict[str, Any]) -> ModelServer | None:
        """Return the server once it is ready, if it holds the model of this container; it is then the
        caller's."""
        self.join()
        if container != self._container:
            return None
        server, self._server = self._server, None
        return server

    def close(self) -> None:
        """End a server that nobody took."""
        self.join()
        if self._server:
            self._server.close()
