"""Alarms of the deployed templates on what monitors measure, and the metrics that they look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from cloud import Resource
from gateway import Gateway
from metrics import Metrics
from moto_client import raw_client
from permissions import Request
from values import Place

ALARM = "AWS::CloudWatch::Alarm"
DIMENSION = "monitor"
"""What tells metrics of a monitor from others."""


@dataclass
class DeployedAlarms:
    """Looks at alarms whenever it is asked to; simulated time passes elsewhere."""

    gateway: Gateway
    metrics: Metrics
    states: dict[str, str] = field(default_factory=dict)
    """State of each alarm that was looked at, by its name."""

    def install(self) -> None:
        """Remembers what is measured."""
        self.gateway.fakes[("cloudwatch", "PutMetricData")] = self._measured

    def _measured(self, request: Request, place: Place) -> dict[str, Any]:
        raw_client("cloudwatch", place).put_metric_data(**request.params)
        for datum in request.params.get("MetricData", []):
            dimensions = frozenset((d["Name"], d["Value"]) for d in datum.get("Dimensions", []))
            key = (place, request["Namespace"], datum["MetricName"], dimensions)
            values = datum.get("Values") or [datum["Value"]]
            points = [(self.metrics.clock.now, float(value)) for value in values]
            self.metrics.points.setdefault(key, []).extend(points)
        return {}

    def measured(self, place: Place, namespace: str, monitor: str, name: str) -> list[float]:
        """Each value of a monitor's metric, in the order in which they came."""
        key = (place, namespace, name, frozenset({(DIMENSION, monitor)}))
        return [value for _, value in self.metrics.points.get(key, [])]

    def look(self, place: Place) -> list[str]:
        """Looks at every alarm of a place on a metric of a monitor that has been measured; names of those that fire."""
        firing = []
        for alarm in self.gateway.cloud.all(ALARM):
            if alarm.place == place and any(self._known(place, metric) for metric in _metrics(alarm)):
                before = self.states.get(alarm.name, "INSUFFICIENT_DATA")
                given = {**alarm.properties, "AlarmName": alarm.name, "StateValue": before}
                self.states[alarm.name] = self.metrics.state(place, given)
                firing += [alarm.name] if self.states[alarm.name] == "ALARM" else []
        return firing

    def _known(self, place: Place, metric: dict[str, Any]) -> bool:
        dimensions = frozenset((d["Name"], d["Value"]) for d in metric.get("Dimensions", []))
        named = any(name == DIMENSION for name, _ in dimensions)
        return named and (place, metric["Namespace"], metric["MetricName"], dimensions) in self.metrics.points


def _metrics(alarm: Resource) -> list[dict[str, Any]]:
    """The metrics that an alarm is about."""
    given = alarm.properties
    if "MetricName" in given:
        return [given]
    return [query["MetricStat"]["Metric"] for query in given.get("Metrics", []) if "MetricStat" in query]
