"""What the infrastructure writes for a handler is what the handler reads, checks and counts."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from api_events import http_event
from api_fixtures import VARIABLES
from authorising import refusal
from events import read_event
from handler import AFTERWARDS_SECONDS, RESERVE_SECONDS
from settings import Settings, read_settings
from telemetry import DIMENSION, Observed, Telemetry
from templates import only, resolve
from test_api_handler import ROOT, handler_files
from token_gateway import Issuer, TokenGateway

ENVIRONMENTS = ("dev", "staging", "prod", "documents")


@pytest.fixture(scope="module")
def assembly() -> Path:
    return Path(os.environ["CLOUD_ASSEMBLY"]).parent / "apis"


def templates(assembly: Path, what: str) -> dict[str, Any]:
    """The template of an environment's stack or of its endpoint's."""
    [file] = assembly.rglob(f"*churnmain{what}*.template.json")
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def deployed(assembly: Path, environment: str) -> tuple[Settings, Path, dict[str, Any]]:
    """Settings, code and function of an environment's handler."""
    function = only(templates(assembly, f"{environment}endpoint"), "AWS::Lambda::Function")
    digest = Path(resolve(function["Code"]["S3Key"])).stem
    folder = assembly / f"asset.{digest}"
    if not folder.is_dir():
        folder = assembly / "assembly-Delivery-Endpoints" / f"asset.{digest}"
    given = function["Environment"]["Variables"]
    variables = {name: value for name, value in resolve(given).items() if isinstance(value, str)}
    return read_settings(folder, {**VARIABLES, **variables}), folder, function


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_handler_reads_its_settings(assembly, environment):
    settings, _, _ = deployed(assembly, environment)
    assert (settings.project, settings.group, settings.environment) == ("churn", "main", environment)
    assert settings.path == ("api" if environment == "prod" else "predict")
    assert settings.deployment_bucket.startswith(f"churn-main-{environment}-deployment-")
    assert settings.is_asynchronous == (environment == "documents")
    assert bool(settings.asynchronous_uri) == settings.is_asynchronous
    assert settings.omit_columns == (("name",) if environment == "prod" else ())
    assert bool(settings.stream) == (environment == "prod")
    assert settings.needs_key == (environment == "prod")
    assert settings.allow_origins == (("https://app.example.org",) if environment == "dev" else ())


def test_the_asset_has_the_handlers_files_and_no_others(assembly):
    for environment in ENVIRONMENTS:
        _, folder, function = deployed(assembly, environment)
        assert function["Handler"] == "handler.answer"
        interface = {f"api/{file.name}" for file in (ROOT / "runner/local_runner/api").glob("*.py")}
        ours = {file.name for file in handler_files()}
        found = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
        assert {name for name in found if "__pycache__" not in name} == ours | interface | {"settings.json"}


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_function_has_time_for_what_comes_after_a_response(assembly, environment):
    settings, _, function = deployed(assembly, environment)
    assert function["Timeout"] > settings.timeout_seconds + RESERVE_SECONDS + AFTERWARDS_SECONDS


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_alarms_of_a_version_look_at_metrics_that_the_handler_writes(assembly, environment):
    settings, _, _ = deployed(assembly, environment)
    lines: list[dict[str, Any]] = []
    telemetry = Telemetry(settings.metric_namespace, "7", {}, lambda line: lines.append(json.loads(line)))
    telemetry.answered(Observed("r", 0.0, 0.0, model_seconds=0.1), "POST", "/predict", 502, counted=True)
    [directive] = lines[0]["_aws"]["CloudWatchMetrics"]
    written = {metric["Name"] for metric in directive["Metrics"]}
    template = templates(assembly, f"{environment}endpoint")
    watched = [
        metric
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        for metric in metrics_of(resource["Properties"])
        if metric["Namespace"].startswith("sagemaker-cicd/") and metric["MetricName"] in written
    ]
    assert {metric["MetricName"] for metric in watched} >= {"Requests", "ServerErrors", "Latency"}
    for metric in watched:
        assert metric["Namespace"] == directive["Namespace"]
        assert (
            [dimension["Name"] for dimension in metric["Dimensions"]]
            == [DIMENSION]
            == directive["Dimensions"][0]
        )


def metrics_of(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    """What an alarm looks at, be it one metric or an expression of several."""
    several = [one["MetricStat"]["Metric"] for one in alarm.get("Metrics", []) if "MetricStat" in one]
    return several or [alarm]


def test_tokens_that_the_synthesized_authoriser_lets_through_are_those_that_the_handler_answers(assembly):
    template = templates(assembly, "devenvironment")
    authorizer = only(template, "AWS::ApiGatewayV2::Authorizer")
    assert authorizer["AuthorizerType"] == "JWT"
    routes = [
        r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::ApiGatewayV2::Route"
    ]
    [route] = [route for route in routes if route["RouteKey"] == "POST /predict"]
    assert route["AuthorizationType"] == "JWT"
    issuer = Issuer(authorizer["JwtConfiguration"]["Issuer"])
    gateway = TokenGateway(authorizer, route["AuthorizationScopes"], issuer)
    settings, _, _ = deployed(assembly, "dev")
    for claims, expected in (
        ({"aud": "churn", "scope": "churn/predict"}, 200),
        ({"client_id": "churn", "scope": "x churn/predict"}, 200),
        ({"aud": "other", "scope": "churn/predict"}, 401),
        ({"aud": "churn", "scope": "churn/train"}, 403),
        ({"aud": "churn"}, 403),
    ):
        status, passed = gateway.admit(issuer.token(**claims))
        given = passed or {"iss": issuer.url, "exp": "9999999999", **claims}
        call = read_event(http_event("POST", "/predict", "", claims=given))
        refused = refusal(call, settings.authorization)
        assert status == expected == (refused[0] if refused else 200), claims


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_route_is_authorised_as_the_handler_expects(assembly, environment):
    settings, _, _ = deployed(assembly, environment)
    template = templates(assembly, f"{environment}environment")
    found = {
        resource["Properties"]["AuthorizationType"]
        for resource in template["Resources"].values()
        if resource["Type"] in ("AWS::ApiGatewayV2::Route", "AWS::ApiGateway::Method")
        and resource["Properties"].get("HttpMethod") != "OPTIONS"
    }
    assert found == {{"iam": "AWS_IAM", "jwt": "JWT", "none": "NONE"}[settings.authorization.type]}


def test_an_issuer_that_is_known_at_the_deployment_comes_as_a_variable(assembly):
    _, folder, _ = deployed(assembly, "dev")
    later = {"type": "jwt", "issuer": "https://login.example.com", "audience": ["later"]}
    settings = read_settings(folder, {**VARIABLES, "AUTHORIZATION": json.dumps(later)})
    assert (settings.authorization.issuer, settings.authorization.audience) == (
        "https://login.example.com",
        ("later",),
    )
    assert read_settings(folder, VARIABLES).authorization.audience == ("churn",)
