"""
What a request leaves behind. Judges: the published schema of the embedded metric format, the output of
Powertools for AWS Lambda, and the propagator of OpenTelemetry.
"""

from __future__ import annotations

import json
import random
import time
from datetime import datetime
from typing import Any

import jsonschema
import pytest
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit
from opentelemetry.trace import get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from telemetry import Observed, Telemetry
from trace_context import parse

NAMESPACE = "sagemaker-cicd/churn-dev"

NAME = {"type": "string", "minLength": 1}
EMF_SCHEMA = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["Namespace", "Dimensions", "Metrics"],
                        "properties": {
                            "Namespace": {**NAME, "maxLength": 1024},
                            "Dimensions": {
                                "type": "array",
                                "minItems": 1,
                                "items": {
                                    "type": "array",
                                    "minItems": 1,
                                    "maxItems": 30,
                                    "items": {**NAME, "maxLength": 250},
                                },
                            },
                            "Metrics": {
                                "type": "array",
                                "maxItems": 100,
                                "items": {
                                    "type": "object",
                                    "required": ["Name"],
                                    "properties": {
                                        "Name": {**NAME, "maxLength": 1024},
                                        "Unit": {"enum": [unit.value for unit in MetricUnit]},
                                    },
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}
"""CloudWatch user guide, "Specification: Embedded metric format"; units by Powertools."""


class Lines(list[dict[str, Any]]):
    """What was written."""

    def write(self, line: str) -> None:
        assert line.endswith("\n") and line.count("\n") == 1
        self.append(json.loads(line))


def telemetry(lines: Lines) -> Telemetry:
    about = {"project": "churn", "environment": "dev", "package": "arn:p"}
    return Telemetry(NAMESPACE, "7", about, lines.write)


def observed(**more: Any) -> Observed:
    now = time.monotonic()
    found = Observed("r-1", now - 0.1, now + 1)
    for name, value in more.items():
        setattr(found, name, value)
    return found


def metrics_of(line: dict[str, Any], *more: list[str]) -> dict[str, float]:
    """As CloudWatch takes them out of a line, for each version and perhaps by more dimensions."""
    jsonschema.validate(line, EMF_SCHEMA)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == NAMESPACE
    assert directive["Dimensions"] == [["FunctionVersion"], *more] and line["FunctionVersion"] == "7"
    found = {metric["Name"]: line[metric["Name"]] for metric in directive["Metrics"]}
    assert all(isinstance(value, int | float) for value in found.values())
    return found


def test_one_line_says_all_about_a_request():
    lines = Lines()
    request = observed(inference_id="i-1", attempts=2, model_seconds=0.05, why="ThrottlingException")
    request.trace = parse("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    telemetry(lines).answered(request, "POST", "/predict", 200, counted=True)
    [line] = lines
    wanted = {
        "level": "INFO", "message": "answered", "requestId": "r-1", "inferenceId": "i-1", "method": "POST",
        "route": "/predict", "status": 200, "attempts": 2, "retries": 1, "package": "arn:p",
        "project": "churn",
        "modelLatencyMs": 50.0, "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "traceId": "0af7651916cd43dd8448eb211c80319c", "FunctionVersion": "7", "why": "ThrottlingException",
    }  # fmt: skip
    assert {name: line[name] for name in wanted} == wanted
    assert 95 < line["latencyMs"] < 500
    assert line["timestamp"].endswith("Z")
    assert abs(datetime.fromisoformat(line["timestamp"]).timestamp() - time.time()) < 5


@pytest.mark.parametrize(
    ("status", "level", "server", "client"),
    [
        (200, "INFO", 0, 0),
        (202, "INFO", 0, 0),
        (400, "INFO", 0, 1),
        (429, "INFO", 0, 1),
        (500, "ERROR", 1, 0),
    ],
)
def test_metrics_are_those_that_the_alarms_look_at(status, level, server, client):
    lines = Lines()
    telemetry(lines).answered(observed(model_seconds=0.02), "POST", "/predict", status, counted=True)
    found = metrics_of(lines[0])
    assert lines[0]["level"] == level
    assert {name: found[name] for name in ("Requests", "ServerErrors", "ClientErrors", "ModelLatency")} == {
        "Requests": 1, "ServerErrors": server, "ClientErrors": client, "ModelLatency": 20.0,
    }  # fmt: skip
    assert found["Latency"] == lines[0]["latencyMs"]


def test_metrics_have_the_form_that_powertools_gives_them(monkeypatch):
    lines = Lines()
    telemetry(lines).answered(observed(model_seconds=0.02), "POST", "/predict", 200, counted=True)
    judge = Metrics(namespace=NAMESPACE)
    judge.add_dimension("FunctionVersion", "7")
    for name, unit in [
        ("Requests", MetricUnit.Count), ("ServerErrors", MetricUnit.Count),
        ("ClientErrors", MetricUnit.Count),
        ("Latency", MetricUnit.Milliseconds), ("ModelLatency", MetricUnit.Milliseconds),
    ]:  # fmt: skip
        judge.add_metric(name, unit, lines[0][name])
    theirs = judge.serialize_metric_set()
    judge.clear_metrics()
    assert lines[0]["_aws"]["CloudWatchMetrics"] == theirs["_aws"]["CloudWatchMetrics"]
    assert abs(lines[0]["_aws"]["Timestamp"] - theirs["_aws"]["Timestamp"]) < 5000
    for name in metrics_of(lines[0]):
        assert theirs[name] in (lines[0][name], [lines[0][name]])
    assert theirs["FunctionVersion"] == lines[0]["FunctionVersion"]


def test_what_is_beside_predictions_is_logged_and_not_counted():
    lines = Lines()
    telemetry(lines).answered(observed(), "GET", "/health", 200, counted=False)
    assert "_aws" not in lines[0] and lines[0]["route"] == "/health"


def test_predictions_that_are_not_kept_are_counted_for_the_version_and_over_all_of_them():
    lines = Lines()
    telemetry(lines).not_kept(3, "ServiceUnavailableException")
    assert metrics_of(lines[0], ["environment"]) == {"PredictionsNotKept": 3}
    assert lines[0]["environment"] == "dev"
    assert (lines[0]["level"], lines[0]["why"]) == ("WARN", "ServiceUnavailableException")


def test_an_error_that_nobody_expected_is_told_with_its_place_and_without_its_words():
    lines = Lines()
    try:
        raise ValueError("the age of Jane Doe is 31")
    except ValueError as error:
        telemetry(lines).failed("error in a request", error, requestId="r-1")
    assert "Jane" not in json.dumps(lines)
    assert (lines[0]["error"], lines[0]["requestId"]) == ("ValueError", "r-1")
    assert lines[0]["place"][-1].startswith("test_api_telemetry.py:")


def judged(header: str) -> tuple[int, int]:
    """Trace and parent as OpenTelemetry reads them; zeros where it reads nothing."""
    context = TraceContextTextMapPropagator().extract({"traceparent": header})
    span = get_current_span(context).get_span_context()
    return span.trace_id, span.span_id


def ours(header: str) -> tuple[int, int]:
    found = parse(header)
    return (int(found.trace_id, 16), int(found.parent_id, 16)) if found else (0, 0)


TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.mark.parametrize(
    "header",
    [
        f"00-{TRACE}-{PARENT}-01",
        f"00-{TRACE}-{PARENT}-00",
        f"00-{TRACE}-{PARENT}-ff",
        f" 00-{TRACE}-{PARENT}-01 ",
        f"00-{TRACE}-{PARENT}-01-extra",
        f"01-{TRACE}-{PARENT}-01-extra",
        f"01-{TRACE}-{PARENT}-01",
        f"ff-{TRACE}-{PARENT}-01",
        f"00-{'0' * 32}-{PARENT}-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-{PARENT}",
        f"00-{TRACE.upper()}-{PARENT}-01",
        f"00-{TRACE[:-1]}-{PARENT}-01",
        f"00-{TRACE[:-1]}g-{PARENT}-01",
        f"0-{TRACE}-{PARENT}-01",
        "",
        "-",
        "00",
    ],
)
def test_a_traceparent_is_read_as_opentelemetry_reads_it(header):
    assert ours(header) == judged(header)


def test_a_thousand_damaged_headers_are_read_as_opentelemetry_reads_them():
    chance = random.Random(19)
    whole = f"00-{TRACE}-{PARENT}-01"
    for _ in range(1000):
        characters = list(whole)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(characters))
            what = chance.choice(["change", "drop", "add"])
            if what == "drop":
                del characters[place]
            elif what == "add":
                characters.insert(place, chance.choice("0af-gF"))
            else:
                characters[place] = chance.choice("0af-gF")
        header = "".join(characters)
        assert ours(header) == judged(header), header


def test_what_is_passed_on_of_a_later_version_is_what_this_one_knows():
    assert parse(f"01-{TRACE}-{PARENT}-01-more").text == f"00-{TRACE}-{PARENT}-01"
