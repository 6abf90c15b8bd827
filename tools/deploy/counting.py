"""What is counted for an endpoint: metrics in a namespace of its own, for alarms and for its dashboard."""

from __future__ import annotations

from typing import Any

from targets import Environment


def count(client: Any, environment: Environment, metric: str, value: float, config: str = "") -> None:
    """Puts a value for the endpoint, and one for its configuration where it is named: alarms look at that."""
    endpoint = {"Name": "EndpointName", "Value": environment.endpoint}
    of_config = [[endpoint, {"Name": "EndpointConfigName", "Value": config}]] if config else []
    client.put_metric_data(
        Namespace=environment.metric_namespace,
        MetricData=[
            {"MetricName": metric, "Dimensions": dimensions, "Value": value, "Unit": "Count"}
            for dimensions in ([endpoint], *of_config)
        ],
    )
