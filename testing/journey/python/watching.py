"""Everything that only a delivery with monitors has: schedules, jobs that run, and alarms on what they measure."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from codebuild import Programs
from deployed_alarms import DeployedAlarms
from functions import Functions
from gateway import Gateway
from metrics import Metrics
from processing import Processing
from schedules import Scheduler
from server import Server
from story import Story


class Watching:
    """The services around monitors."""

    def __init__(
        self, gateway: Gateway, server: Server, programs: Programs, functions: Functions, metrics: Metrics,
        story: Story, folder: Path,
    ) -> None:  # fmt: skip
        self.scheduler = Scheduler(gateway, story, functions.later)
        self.jobs = Processing(gateway, server, programs, story, folder)
        self.alarms = DeployedAlarms(gateway, metrics)

    def install(self) -> None:
        """Answers the gateway's calls."""
        self.jobs.install()
        self.alarms.install()

    def due(self, begin: datetime, hours: int = 1) -> list[str]:
        """Names of the schedules that are due within hours, in their order."""
        return [schedule.name for _, schedule in self.scheduler.between(begin, begin + timedelta(hours=hours))]
