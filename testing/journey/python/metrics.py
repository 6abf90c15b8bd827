"""CloudWatch: metrics that functions write into their logs, and the alarms that look at them.

After the CloudWatch user guide: "Specification: Embedded metric format", "Using math expressions with CloudWatch
metrics", "Evaluating an alarm".
"""

from __future__ import annotations

import ast
import json
import math
import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from clock import Clock
from cloud import Resource
from moto_client import raw_client
from story import Story
from values import JourneyError, Place

PREFIX = "sagemaker-cicd/"
"""What the namespaces of the delivery's own metrics begin with."""

Key = tuple[Place, str, str, frozenset[tuple[str, str]]]
Tell = Callable[[Place, str, str, list[str], dict[str, Any]], None]


@dataclass
class Metrics:
    """Points in time with values, and what alarms make of them."""

    clock: Clock
    story: Story
    happen: Tell
    """Says that something happened."""
    points: dict[Key, list[tuple[float, float]]] = field(default_factory=dict)
    fired: list[str] = field(default_factory=list)
    """Names of alarms that were not in alarm before."""

    def heard(self, function: Resource, _: str, log: str) -> None:
        """CloudWatch makes metrics of lines in a function's log."""
        for line in log.splitlines():
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict) and "_aws" in record:
                self._keep(function.place, record)

    def _keep(self, place: Place, record: dict[str, Any]) -> None:
        for directive in record["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                missing = [n for n in names if not isinstance(record.get(n), str)]
                if missing:
                    raise JourneyError(f"a metric of {directive['Namespace']} has no dimension {missing[0]}")
                dimensions = frozenset((n, record[n]) for n in names)
                for metric in directive["Metrics"]:
                    if metric["Name"] not in record:
                        raise JourneyError(f"the metric {metric['Name']} of {directive['Namespace']} has no value")
                    key = (place, directive["Namespace"], metric["Name"], dimensions)
                    values = record[metric["Name"]]
                    found = [(self.clock.now, float(v)) for v in (values if isinstance(values, list) else [values])]
                    self.points.setdefault(key, []).extend(found)

    def failed(self, place: Place, function: str, alias: str, version: str) -> None:
        """A call of an alias ended without an answer (Lambda developer guide, "View metrics for Lambda functions")."""
        resource = {"FunctionName": function, "Resource": f"{function}:{alias}"}
        for dimensions in (resource, {**resource, "ExecutedVersion": version}):
            key = (place, "AWS/Lambda", "Errors", frozenset(dimensions.items()))
            self.points.setdefault(key, []).append((self.clock.now, 1.0))

    def sum(self, place: Place, namespace: str, name: str, **dimensions: str) -> float:
        """All that a metric has counted."""
        return sum(v for _, v in self.points.get((place, namespace, name, frozenset(dimensions.items())), []))

    def evaluate(self) -> None:
        """Looks at every alarm of every place that has metrics of the delivery."""
        for place in {key[0] for key in self.points}:
            client = raw_client("cloudwatch", place)
            for alarm in client.describe_alarms().get("MetricAlarms", []):
                watched = json.dumps([alarm.get("Namespace"), alarm.get("Metrics")], default=str)
                if PREFIX in watched or "AWS/Lambda" in watched:
                    self._look(client, place, alarm)

    def _look(self, client: Any, place: Place, alarm: dict[str, Any]) -> None:
        state = self.state(place, alarm)
        if state != alarm["StateValue"]:
            client.set_alarm_state(AlarmName=alarm["AlarmName"], StateValue=state, StateReason=_reason(alarm))

    def state(self, place: Place, alarm: dict[str, Any]) -> str:
        """What an alarm comes to now; that it begins or ceases to fire is told."""
        state, name = "ALARM" if self._breaches(place, alarm) else "OK", alarm["AlarmName"]
        if state == alarm["StateValue"] or (alarm["StateValue"] != "ALARM" and state == "OK"):
            return state
        self.story.tell(f"alarm {name}", f"is {state}")
        if state == "ALARM":
            self.fired.append(name)
        detail = {
            "alarmName": name,
            "state": {"value": state, "reason": _reason(alarm)},
            "previousState": {"value": alarm["StateValue"]},
        }
        self.happen(
            place, "aws.cloudwatch", "CloudWatch Alarm State Change", [place.arn("cloudwatch", f"alarm:{name}")], detail
        )
        return state

    def _breaches(self, place: Place, alarm: dict[str, Any]) -> bool:
        periods = int(alarm["EvaluationPeriods"])
        wanted = int(alarm.get("DatapointsToAlarm") or periods)
        values = [self._value(place, alarm, back) for back in range(periods)]
        missing = alarm.get("TreatMissingData", "missing") == "breaching"
        if alarm.get("TreatMissingData") == "ignore" and all(v is None for v in values):
            return bool(alarm["StateValue"] == "ALARM")
        compare = COMPARISONS[alarm["ComparisonOperator"]]
        found = [missing if v is None else compare(v, float(alarm["Threshold"])) for v in values]
        return sum(map(bool, found)) >= wanted

    def _value(self, place: Place, alarm: dict[str, Any], back: int) -> float | None:
        """The value of the alarm's metric in a period; the first is the one that ends now."""
        if not alarm.get("Metrics"):
            statistic = alarm.get("Statistic") or alarm["ExtendedStatistic"]
            return self._statistic(place, alarm, int(alarm["Period"]), statistic, back)
        values: dict[str, float | None] = {}
        shown = None
        for query in sorted(alarm["Metrics"], key=lambda q: "Expression" in q):
            if "MetricStat" in query:
                stat = query["MetricStat"]
                found = self._statistic(place, stat["Metric"], int(stat["Period"]), stat["Stat"], back)
            else:
                found = Expression(values).of(query["Expression"])
            values[query["Id"]] = found
            if query.get("ReturnData", True):
                shown = found
        return shown

    def _statistic(
        self, place: Place, metric: dict[str, Any], period: int, statistic: str, back: int
    ) -> float | None:  # fmt: skip
        dimensions = frozenset((d["Name"], d["Value"]) for d in metric.get("Dimensions", []))
        points = self.points.get((place, metric["Namespace"], metric["MetricName"], dimensions), [])
        end = self.clock.now - back * period
        found = sorted(v for t, v in points if end - period <= t <= end)
        if not found:
            return None
        known: dict[str, Callable[[], float]] = {
            "Sum": lambda: sum(found), "Average": lambda: sum(found) / len(found), "Minimum": lambda: found[0],
            "Maximum": lambda: found[-1], "SampleCount": lambda: float(len(found)),
        }  # fmt: skip
        if statistic.startswith("p"):
            return found[max(0, math.ceil(float(statistic[1:]) / 100 * len(found)) - 1)]
        return known[statistic]()


def _reason(alarm: dict[str, Any]) -> str:
    return f"Threshold Crossed: {alarm['ComparisonOperator']} {alarm['Threshold']}"


COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_BINARY: dict[type[ast.AST], Callable[[float, float], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Eq: operator.eq,
}  # fmt: skip


@dataclass
class Expression:
    """Metric math, as far as alarms of the delivery use it; a missing value makes what it is part of missing."""

    values: dict[str, float | None]

    def of(self, text: str) -> float | None:
        """The value of an expression."""
        return self._of(ast.parse(text.replace("&&", " and ").replace("||", " or "), mode="eval").body)

    def _of(self, node: ast.AST) -> float | None:
        if isinstance(node, ast.Constant):
            return float(str(node.value))
        if isinstance(node, ast.Name):
            return self.values[node.id]
        if isinstance(node, ast.BinOp):
            return self._two(type(node.op), self._of(node.left), self._of(node.right))
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._two(type(node.ops[0]), self._of(node.left), self._of(node.comparators[0]))
        if isinstance(node, ast.BoolOp):
            found = [self._of(v) for v in node.values]
            return None if None in found else float((all if isinstance(node.op, ast.And) else any)(found))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return self._call(node.func.id, node.args)
        raise JourneyError(f"the expression {ast.unparse(node)} of an alarm is not known here")

    def _two(self, kind: type[ast.AST], left: float | None, right: float | None) -> float | None:
        if left is None or right is None or (kind is ast.Div and right == 0):
            return None
        return float(_BINARY[kind](left, right))

    def _call(self, name: str, arguments: list[ast.expr]) -> float | None:
        if name == "IF":
            test, yes = self._of(arguments[0]), arguments[1]
            if test is None:
                return None
            return self._of(yes) if test else self._of(arguments[2]) if len(arguments) > 2 else None
        if name == "FILL":
            found = self._of(arguments[0])
            return self._of(arguments[1]) if found is None else found
        if name in ("MAX", "SUM") and isinstance(arguments[0], ast.List):
            values = [v for v in map(self._of, arguments[0].elts) if v is not None]
            return float((max if name == "MAX" else sum)(values)) if values else None
        raise JourneyError(f"the function {name} of metric math is not known here")
