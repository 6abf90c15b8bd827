"""Everything that only a delivery with an API has: its gateway, versions of its handler, shifts, and predictions."""

from __future__ import annotations

from typing import Any

import api_permissions
import api_providers
from api_gateway import ApiGateway
from clock import Clock
from cloud import Resource
from codedeploy import CodeDeploy
from firehose import Firehose
from functions import Functions
from gateway import Gateway
from lambdas import Lambda
from logs import Logs
from metrics import Metrics, Tell
from scaling import Scaling
from story import Story
from values import Place

LOOK_SECONDS = 30
"""How often CloudWatch looks at alarms here."""
LIVE = "live"
"""The alias that APIs call."""


class Fronts:
    """The services around APIs, in one simulated time."""

    def __init__(self, gateway: Gateway, functions: Functions, story: Story, happen: Tell) -> None:
        self.clock = Clock()
        self.lambdas = Lambda(gateway, functions, story)
        self.metrics = Metrics(self.clock, story, happen)
        self.logs = Logs(gateway, self.clock)
        functions.heard = self._heard
        self.codedeploy = CodeDeploy(gateway, self.lambdas, self.metrics, self.clock, story)
        self.apis = ApiGateway(gateway, self.lambdas, self.metrics)
        self.firehose = Firehose(gateway, self.clock, story)
        self.scaling = Scaling(gateway)
        api_providers.install()

    def install(self) -> None:
        """Answers the gateway's calls."""
        api_permissions.groups["codedeploy"] = lambda identity: self.codedeploy.group_of(identity).arn
        for part in (self.lambdas, self.codedeploy, self.firehose, self.scaling, self.logs):
            part.install()

        self.clock.after(LOOK_SECONDS, self._look)

    def _look(self) -> None:
        self.metrics.evaluate()
        self.clock.after(LOOK_SECONDS, self._look)

    def _heard(self, function: Resource, version: str, log: str) -> None:
        self.metrics.heard(function, version, log)
        self.logs.heard(function, log)

    def live_version(self, place: Place, function: str) -> str | None:
        """The version that an API calls; None before the first one."""
        alias = self.lambdas.alias(place, function, LIVE)
        return alias.version if alias else None

    def live_variables(self, place: Place, function: str) -> dict[str, Any] | None:
        """What that version is bound to."""
        version = self.live_version(place, function)
        return self.lambdas.variables(place, function, version) if version else None
