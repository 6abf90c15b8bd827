"""The rules about failures: real events against their patterns (with moto's matcher), and their messages."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from moto.events.models import EventPattern

from failure_samples import ACCOUNT, ALARM, EVENTS, GATE, PIPELINE, REGION
from templates import PSEUDO, load, resolve


def rules_of(assembly: Any) -> dict[str, dict[str, Any]]:
    """The rules about failures of the group by the ending of their name."""
    template = load(assembly, "churn-main-delivery")
    found = [r["Properties"] for r in template["Resources"].values() if r["Type"] == "AWS::Events::Rule"]
    prefix = "churn-main-failures-"
    return {r["Name"].removeprefix(prefix): r for r in found if r.get("Name", "").startswith(prefix)}


def matches(rule: dict[str, Any], sample: dict[str, Any]) -> bool:
    return bool(EventPattern.load(json.dumps(resolve(rule["EventPattern"]))).matches_event(sample))


def changed(sample: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The event with another value at a path such as detail.state.value."""
    other = copy.deepcopy(sample)
    *parents, last = path.split(".")
    part = other
    for parent in parents:
        part = part[parent]
    part[last] = value
    return other


def test_there_is_a_sample_for_each_rule(assembly: Any) -> None:
    assert set(rules_of(assembly)) == set(EVENTS)


@pytest.mark.parametrize("kind", EVENTS)
def test_a_failure_matches_its_own_rule_and_no_other(assembly: Any, kind: str) -> None:
    assert [name for name, rule in rules_of(assembly).items() if matches(rule, EVENTS[kind])] == [kind]


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("pipelines", "detail.state", "SUCCEEDED"),
        ("pipelines", "detail.state", "SUPERSEDED"),
        ("pipelines", "detail.pipeline", "churn-main-build-2"),
        ("pipelines", "detail.state", "STOPPING"),
        ("canceled", "detail.state", "SUPERSEDED"),
        ("canceled", "detail.pipeline", "churn-main-build-2"),
        ("gates", "detail.status", "SUCCEEDED"),
        ("gates", "detail.stateMachineArn", GATE + "2"),
        ("upgrade", "detail.build-status", "SUCCEEDED"),
        ("upgrade", "detail.project-name", "other"),
        ("training", "detail.currentPipelineExecutionStatus", "Succeeded"),
        ("training", "detail.currentPipelineExecutionStatus", "Stopping"),
        ("training", "detail.pipelineArn", PIPELINE + "-2"),
        ("training", "account", "999999999999"),
        ("training", "region", "us-east-1"),
        ("alarms", "detail.state.value", "OK"),
        ("alarms", "resources", [ALARM + "2"]),
        ("alarms", "account", "999999999999"),
        ("live", "detail.group", "dev"),
        ("live", "detail.project", "other"),
        ("live", "source", "other"),
        ("live", "account", "999999999999"),
        ("broken", "detail.group", "dev"),
        ("broken", "detail.project", "other"),
        ("broken", "source", "other"),
        ("broken", "account", "999999999999"),
        ("astray", "detail.group", "dev"),
        ("astray", "detail.project", "other"),
        ("astray", "source", "other"),
        ("astray", "account", "999999999999"),
        ("rolledback", "detail.group", "dev"),
        ("rolledback", "detail.project", "other"),
        ("rolledback", "source", "other"),
        ("rolledback", "account", "999999999999"),
        ("record", "detail.build-status", "SUCCEEDED"),
        ("record", "detail.project-name", "other"),
        ("leftover", "detail.group", "dev"),
        ("leftover", "detail.project", "other"),
        ("leftover", "source", "other"),
        ("leftover", "account", "999999999999"),
    ],
)
def test_everything_else_matches_none(assembly: Any, kind: str, path: str, value: Any) -> None:
    sample = changed(EVENTS[kind], path, value)
    assert [name for name, rule in rules_of(assembly).items() if matches(rule, sample)] == []


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("pipelines", "detail.pipeline", "churn-main-deploy"),
        ("pipelines", "detail.state", "STOPPED"),
        ("pipelines", "detail.state", "CANCELED"),
        ("training", "detail.currentPipelineExecutionStatus", "CompletedWithFailures"),
        ("training", "detail.currentPipelineExecutionStatus", "Stopped"),
        ("gates", "detail.status", "TIMED_OUT"),
        ("gates", "detail.status", "ABORTED"),
        ("gates", "detail.stateMachineArn", GATE.replace("-gate", "-commits")),
        ("upgrade", "detail.build-status", "TIMED_OUT"),
        ("upgrade", "detail.build-status", "FAULT"),
        ("upgrade", "detail.build-status", "STOPPED"),
    ],
)
def test_other_failures_match_too(assembly: Any, kind: str, path: str, value: Any) -> None:
    assert matches(rules_of(assembly)[kind], changed(EVENTS[kind], path, value))


def conditions(assembly: Any, partition: str) -> dict[str, bool]:
    found = load(assembly, "churn-main-delivery")["Conditions"]
    return {name: test["Fn::Equals"][1] == partition for name, test in found.items() if "Fn::Equals" in test}


def choose(value: Any, truth: dict[str, bool]) -> Any:
    """Decides each Fn::If."""
    if isinstance(value, list):
        return [choose(v, truth) for v in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Fn::If"}:
        name, yes, no = value["Fn::If"]
        return choose(yes if truth[name] else no, truth)
    return {k: choose(v, truth) for k, v in value.items()}


def message(assembly: Any, rule: dict[str, Any], sample: dict[str, Any], partition: str = "aws") -> str:
    """What the input transformer makes of an event."""
    truth = conditions(assembly, partition)
    transformer = rule["Targets"][0]["InputTransformer"]
    template = str(
        resolve(choose(transformer["InputTemplate"], truth), {**PSEUDO, "AWS::Partition": partition})
    )

    def part(match: re.Match[str]) -> str:
        value: Any = sample
        for key in transformer["InputPathsMap"][match.group(1)].removeprefix("$.").split("."):
            value = value[key]
        return str(value)

    return re.sub(r"<([^>]+)>", part, template)


@pytest.mark.parametrize("kind", EVENTS)
def test_the_message_says_what_of_which_project_when_and_where_to_look(assembly: Any, kind: str) -> None:
    text = message(assembly, rules_of(assembly)[kind], EVENTS[kind])
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(isinstance(line, str) for line in lines)
    assert "Project: churn, group: main" in text
    assert f"Account {ACCOUNT}, region {REGION}, at 2026-02-24T17:00:14Z" in text
    assert "https://" in lines[-1]
    assert "<" not in text


def test_a_canceled_deployment_is_told_of_with_the_commands_that_start_its_package_again(
    assembly: Any,
) -> None:
    text = message(assembly, rules_of(assembly)["canceled"], EVENTS["canceled"])
    commands = [json.loads(line) for line in text.splitlines() if line.startswith('"aws ')]
    assert commands == [
        "aws codepipeline get-pipeline-execution --pipeline-name churn-main-deploy"
        " --pipeline-execution-id 12345678-1234-5678-abcd-12345678abcd --region eu-west-1"
        " --query pipelineExecution.variables",
        "aws codepipeline start-pipeline-execution --name churn-main-deploy"
        " --variables name=ModelPackageArn,value=PACKAGE_ARN --region eu-west-1",
    ]


def test_a_broken_stack_is_named_with_its_environment_and_what_to_do(assembly: Any) -> None:
    text = message(assembly, rules_of(assembly)["broken"], EVENTS["broken"])
    assert "BROKEN: endpoint stack churn-main-prod-endpoint is UPDATE_ROLLBACK_FAILED" in text
    assert "environment: prod" in text
    assert "Then start the pipeline again with the rejected package." in text


@pytest.mark.parametrize(
    ("partition", "domain"),
    [
        ("aws", "console.aws.amazon.com"),
        ("aws-cn", "console.amazonaws.cn"),
        ("aws-us-gov", "console.amazonaws-us-gov.com"),
    ],
)
def test_the_address_is_one_of_the_partition(assembly: Any, partition: str, domain: str) -> None:
    text = message(assembly, rules_of(assembly)["pipelines"], EVENTS["pipelines"], partition)
    path = "churn-main-build/executions/12345678-1234-5678-abcd-12345678abcd/timeline?region=eu-west-1"
    assert f"https://{domain}/codesuite/codepipeline/pipelines/{path}" in text
