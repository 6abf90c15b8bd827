"""Golden rows during an update: which answers are wrong, what is counted, and when the asking ends."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from account import Account
from aws import Aws
from fakes import before_calls, service_error, validate
from probe import METRIC, probe
from targets import Targets

MEASURED, OLD, NONSENSE = [1, 0], [0, 1], [7, 7]
GOLDEN = {
    "contentType": "text/csv",
    "accept": "application/json",
    "rows": ["1,2", "3,4"],
    "answers": MEASURED,
}
ENDPOINT, NEW = "churn-main-prod", "NewConfig"


class Updated:
    """
    An endpoint that is updated while it is asked: two looks before, some during, and then it is over.
    botocore's models judge what it is asked.
    """

    def __init__(
        self, account: Account, targets_file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.account, self.aws, self.folder = account, Aws(), folder
        self.targets: Targets = self.aws.targets(targets_file)
        self.before, self.during = 2, 6
        self.answers: Iterator[Any] = iter([])
        self.status = "Creating"
        """Of the new variant."""
        self.execution = "earlier"
        self.values: list[float] = []
        self.ids: list[str] = []
        self.slept: list[float] = []
        self.changes = "UPDATE_IN_PROGRESS"
        self.changer = "execution-1"
        """Who changes the stack meanwhile."""
        self.metrics: list[dict[str, Any]] = []
        before_calls(monkeypatch, "sagemaker-runtime", self._answer)
        before_calls(monkeypatch, "sagemaker", self._look)
        before_calls(monkeypatch, "cloudwatch", self._metric)
        before_calls(monkeypatch, "cloudformation", self._stack)
        account.deploy("prod", account.register("Approved"))
        self._prepare()

    def _prepare(self) -> None:
        folder = self.folder / "prod"
        folder.mkdir()
        values = {"Parameters": {"PipelineExecutionId": "execution-1", "ModelPackageArn": "a"}}
        (folder / "configuration.json").write_text(json.dumps(values))
        (folder / "golden.json").write_text(json.dumps(GOLDEN))

    def _answer(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        assert operation == "InvokeEndpoint", operation
        validate(client, operation, arguments)
        assert arguments["Body"] == b"1,2\n3,4\n"
        self.ids.append(arguments["InferenceId"])
        answer = next(self.answers)
        if isinstance(answer, str):
            raise service_error(operation, answer)
        body = io.BytesIO(json.dumps({"predictions": answer}).encode())
        return {"ContentType": "application/json", "Body": body}

    def _look(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        found = real(client, operation, arguments)
        if operation == "DescribeEndpoint" and self.before <= 0 < self.during:
            found["EndpointStatus"] = "Updating"
            status = [{"Status": self.status}]
            found["PendingDeploymentSummary"] = {
                "EndpointConfigName": NEW,
                "ProductionVariants": [{"VariantName": "AllTraffic", "VariantStatus": status}],
            }
        return found

    def _metric(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        assert operation == "PutMetricData", operation
        validate(client, operation, arguments)
        # For the dashboard, and for the alarm.
        whole, metric = arguments["MetricData"]
        assert whole == {**metric, "Dimensions": metric["Dimensions"][:1]}
        self.metrics.append({**metric, "Namespace": arguments["Namespace"]})
        self.values.append(metric["Value"])
        return {}

    def _stack(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        found = real(client, operation, arguments)
        for stack in found.get("Stacks", []) if operation == "DescribeStacks" else []:
            stack["StackStatus"] = self.changes if self.during > 0 else "UPDATE_COMPLETE"
            by = self.changer if self.during > 0 else self.execution
            stack["Parameters"] = [
                {**p, "ParameterValue": by} if p["ParameterKey"] == "PipelineExecutionId" else p
                for p in stack["Parameters"]
            ]
        return found

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.before -= 1
        if self.before < 0:
            self.during -= 1
        if self.during == 0:
            self.execution = "execution-1"

    def run(self, *answers: Any, targets: Targets | None = None) -> str:
        """The old model answers first, twice; then these, one for each request."""
        self.answers = iter(answers)
        targets = targets or self.targets
        return probe(
            self.aws, targets, targets.environment("prod"), self.folder, self._sleep, lambda: sum(self.slept)
        )


@pytest.fixture
def updated(account: Account, targets_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Updated:
    return Updated(account, targets_file, tmp_path, monkeypatch)


def test_answers_of_either_model_are_right_and_counted_for_the_new_configuration(updated: Updated) -> None:
    told = updated.run(OLD, OLD, OLD, MEASURED, OLD, MEASURED, MEASURED, MEASURED)
    assert f"asked golden rows 6 times while it changed to {NEW}: 0 answers were neither" in told
    assert updated.values == [0] * 6
    assert updated.metrics[0] == {
        "Namespace": f"sagemaker-cicd/{ENDPOINT}",
        "MetricName": METRIC,
        "Dimensions": [
            {"Name": "EndpointName", "Value": ENDPOINT},
            {"Name": "EndpointConfigName", "Value": NEW},
        ],
        "Value": 0.0,
        "Unit": "Count",
    }


def test_an_answer_that_is_neither_measured_nor_the_old_models_is_counted(
    updated: Updated, capsys: pytest.CaptureFixture[str]
) -> None:
    told = updated.run(OLD, OLD, OLD, NONSENSE, OLD, NONSENSE, OLD, OLD)
    assert "2 answers were neither measured nor the old model's" in told
    assert updated.values == [0, 1, 0, 1, 0, 0]
    assert "row 1: the answer is 7, 1 was measured" in capsys.readouterr().out


def test_half_an_answer_of_each_is_wrong(updated: Updated) -> None:
    # An answer comes from one instance: it cannot be right by halves.
    updated.run(OLD, OLD, [1, 1], *[OLD] * 5)
    assert updated.values[0] == 1


def test_errors_are_not_counted_twice(updated: Updated) -> None:
    told = updated.run(OLD, OLD, OLD, "ModelError", "ThrottlingException", OLD, OLD, OLD)
    assert "asked golden rows 4 times" in told and "2 requests got no answer" in told
    assert updated.values == [0] * 4


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        (["ModelError"], "the old model does not answer them"),
        ([OLD, MEASURED], "other values each time"),
        ([{"label": 1}], "the answer of the old model has another form"),
    ],
)
def test_without_an_old_answer_nothing_can_be_judged(updated: Updated, answers: list[Any], why: str) -> None:
    assert why in updated.run(*answers, *answers)
    assert updated.values == []


@pytest.mark.parametrize("status", ["ActivatingTraffic", "Baking"])
def test_an_old_answer_that_comes_too_late_may_be_the_new_models(updated: Updated, status: str) -> None:
    updated.before, updated.status = 0, status
    assert "requests went to new instances before it could ask the old ones" in updated.run(OLD, OLD)


def test_an_update_that_has_begun_is_early_enough_while_no_requests_move(updated: Updated) -> None:
    updated.before = 0
    assert "asked golden rows 6 times" in updated.run(*[OLD] * 8)


def test_a_change_set_that_leaves_the_endpoint_alone_ends_it(updated: Updated) -> None:
    updated.during, updated.execution = 0, "execution-1"
    assert updated.run(OLD, OLD) == f"{ENDPOINT} was not updated while this looked"


def test_a_change_set_that_fails_at_once_ends_it_after_a_while(updated: Updated) -> None:
    updated.during, updated.execution = -1, "earlier"
    assert "was not updated" in updated.run(OLD, OLD)
    assert 180 <= sum(updated.slept) < 190


@pytest.mark.parametrize(
    ("changes", "changer"),
    [("UPDATE_IN_PROGRESS", "execution-2"), ("UPDATE_ROLLBACK_IN_PROGRESS", "execution-1")],
)
def test_the_version_of_another_execution_and_a_rollback_are_not_judged_by_these_rows(
    updated: Updated, changes: str, changer: str
) -> None:
    updated.changes, updated.changer, updated.during = changes, changer, 200
    assert "was not updated while this looked" in updated.run(*[OLD, OLD], *[NONSENSE] * 300)
    assert updated.values == []


def test_an_update_that_takes_very_long_is_left_to_the_smoke_test(
    updated: Updated, capsys: pytest.CaptureFixture[str]
) -> None:
    updated.during = 100_000
    environments = tuple(replace(e, update_seconds=600) for e in updated.targets.environments)
    updated.run(*[OLD] * 2000, targets=replace(updated.targets, environments=environments))
    assert 3000 <= sum(updated.slept) < 3010
    assert "takes long" in capsys.readouterr().out


def test_a_first_deployment_has_no_old_model(
    updated: Updated, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.sagemaker.delete_endpoint(EndpointName=ENDPOINT)
    assert "is new" in updated.run()


def test_without_golden_rows_or_a_namespace_nothing_is_asked(updated: Updated) -> None:
    environments = tuple(replace(e, probed=False) for e in updated.targets.environments)
    told = updated.run(targets=replace(updated.targets, environments=environments))
    assert told == "prod: there are no golden rows to ask"
    (updated.folder / "prod" / "golden.json").unlink()
    assert updated.run() == "prod: there are no golden rows to ask"


def test_a_metric_that_is_refused_ends_it_and_not_the_deployment(
    updated: Updated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Any, __: Any, operation: str, ___: dict[str, Any]) -> Any:
        raise service_error(operation, "AccessDenied")

    before_calls(monkeypatch, "cloudwatch", refused)
    assert "golden rows are no longer asked" in updated.run(*[OLD] * 8)


def test_requests_can_be_told_from_those_of_callers(updated: Updated) -> None:
    updated.run(*[OLD] * 8)
    assert all(i.startswith("sagemaker-cicd-test-") and len(i) <= 64 for i in updated.ids)
    assert len(set(updated.ids)) == len(updated.ids)
