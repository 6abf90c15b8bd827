"""A change set that failed: the version is recorded where it is to blame, and where it is not nothing is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from aws import Aws
from fakes import before_calls, validate
from record_rollback import after_change_set, after_event, after_run
from rollbacks import note, rollbacks_of
from targets import NO_PACKAGE, Refused

ENDPOINT, ALARM = "AWS::SageMaker::Endpoint", "AWS::CloudWatch::Alarm"
STACK = "AWS::CloudFormation::Stack"
UNHEALTHY = 'Resource handler returned message: "The production variant did not pass the ping health check"'


class Failed:
    """Events of a stack, the newest first, in pages of two; what is made of them."""

    def __init__(self, account: Any, targets_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account = account
        self.aws = Aws()
        self.targets = self.aws.targets(targets_file)
        self.events: list[tuple[str, str, str]] = []
        self.change_set = ""
        before_calls(monkeypatch, "cloudformation", self._answer)

    def _answer(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "DescribeStacks" and self.change_set:
            found = real(client, operation, arguments)
            return {"Stacks": [{**stack, "ChangeSetId": self.change_set} for stack in found["Stacks"]]}
        if operation != "DescribeStackEvents":
            return real(client, operation, arguments)
        validate(client, operation, arguments)
        at = int(arguments.get("NextToken", 0))
        page = [
            {"ResourceType": kind, "ResourceStatus": status, "ResourceStatusReason": reason}
            for kind, status, reason in self.events[at : at + 2]
        ]
        return {"StackEvents": page, **({"NextToken": str(at + 2)} if at + 2 < len(self.events) else {})}

    def change(self, kind: str, reason: str, status: str = "UPDATE_FAILED") -> None:
        """A change of the stack in which this failed first, and what came of it."""
        self.events = [
            (STACK, "UPDATE_ROLLBACK_COMPLETE", ""),
            (kind, "UPDATE_COMPLETE", ""),
            (STACK, "UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update"),
            (ALARM, "UPDATE_FAILED", "Resource update cancelled"),
            (kind, status, reason),
            (STACK, "UPDATE_IN_PROGRESS", "User Initiated"),
            # Of the change before.
            (ENDPOINT, "UPDATE_FAILED", "long ago"),
            (STACK, "UPDATE_IN_PROGRESS", "User Initiated"),
        ]

    def prepared(self, package: str, live: str = NO_PACKAGE, **more: Any) -> None:
        decision = {"action": "deploy", "package": package, "reason": "", "live": live, **more}
        rollbacks_of(self.aws, self.targets).remember("execution-1", {"prod": decision})

    def run(self, action: str = "execute-prod") -> str:
        return after_change_set(self.aws, self.targets, action, "execution-1")

    def reason(self, version: int) -> str | None:
        found = rollbacks_of(self.aws, self.targets).active("prod", version)
        return found.reason if found else None


@pytest.fixture
def failed(account: Any, targets_file: Path, monkeypatch: pytest.MonkeyPatch) -> Failed:
    return Failed(account, targets_file, monkeypatch)


def test_a_version_whose_endpoint_could_not_be_updated_is_recorded_with_the_first_reason_and_told(
    failed, account
):
    old, new = account.register("Approved"), account.register("Approved")
    account.deploy("prod", old)
    failed.prepared(new, live=old)
    failed.change(ENDPOINT, UNHEALTHY)
    queue = account.bus()
    assert "Version 2 is recorded as rolled back in prod" in failed.run()
    assert failed.reason(2) == f"The change set failed: {UNHEALTHY}".replace('"', "'")
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["serves"]) == ("Version Rolled Back", old)


def test_a_first_deployment_that_fails_is_recorded_too(failed, account):
    failed.prepared(account.register("Approved"))
    failed.events = [
        (STACK, "ROLLBACK_COMPLETE", ""),
        (ENDPOINT, "CREATE_FAILED", UNHEALTHY),
        (STACK, "CREATE_IN_PROGRESS", "User Initiated"),
    ]
    assert "recorded" in failed.run()
    assert failed.reason(1)


@pytest.mark.parametrize(
    "reason",
    [
        "Cannot update in-progress endpoint arn:aws:sagemaker:eu-west-1:1:endpoint/e",
        "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: sagemaker:UpdateEndpoint",
        "The account-level service limit 'ml.m5.large for endpoint usage' (ResourceLimitExceeded)",
        "Rate exceeded (ThrottlingException)",
        "Unable to provision requested ML compute capacity due to InsufficientInstanceCapacity error",
    ],
)
def test_an_update_that_never_began_says_nothing_about_the_version(failed, account, reason):
    account.deploy("prod", account.register("Approved"))
    failed.prepared(account.register("Approved"))
    failed.change(ENDPOINT, reason)
    assert "its endpoint was not tried; nothing is recorded" in failed.run()
    assert failed.reason(2) is None


def test_what_failed_beside_the_endpoint_says_nothing_about_the_version(failed, account):
    account.deploy("prod", account.register("Approved"))
    failed.prepared(account.register("Approved"))
    failed.change(ALARM, "limit", status="CREATE_FAILED")
    assert "nothing is recorded" in failed.run()


def test_a_version_that_was_live_before_is_not_to_blame_unless_it_was_tried_again(failed, account):
    live = account.register("Approved")
    account.deploy("prod", live)
    failed.prepared(live, live=live)
    failed.change(ENDPOINT, UNHEALTHY)
    assert "was live before; what is around it changed" in failed.run()
    assert failed.reason(1) is None
    failed.prepared(live, live=live, retried=True)
    failed.run()
    assert failed.reason(1)


# Endpoints that serve after a change

PROD = "arn:aws:sagemaker:eu-west-1:123456789012:endpoint/churn-main-prod"


def test_an_endpoint_that_serves_what_was_deployed_is_well_and_so_is_one_without_a_stack(failed, account):
    assert "serves what was deployed" in after_event(failed.aws, failed.targets, PROD)
    account.deploy("prod", account.register("Approved"))
    assert "serves what was deployed" in after_event(failed.aws, failed.targets, PROD)


def test_a_version_that_an_endpoint_went_back_from_later_is_recorded_and_told_once(failed, account):
    old, new = account.register("Approved"), account.register("Approved")
    before = account.deploy("prod", old)
    account.deploy("prod", new)
    account.go_back("prod", before)
    queue = account.bus()
    assert "Version 2 is recorded as rolled back in prod" in after_event(failed.aws, failed.targets, PROD)
    reason = failed.reason(2)
    assert reason and reason.startswith(
        f"churn-main-prod serves {old} with the configuration {before}: SageMaker,"
    )
    assert "version 2 is recorded already" in after_event(failed.aws, failed.targets, PROD)
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["serves"]) == ("Version Rolled Back", old)


def test_another_configuration_of_the_same_version_is_told_and_not_recorded(failed, account):
    package = account.register("Approved")
    account.deploy("prod", package)
    account.serve("prod", package)
    queue = account.bus()
    assert "another configuration than was deployed" in after_event(failed.aws, failed.targets, PROD)
    [event] = account.taken(queue)
    assert event["detail-type"] == "Endpoint Not As Deployed"
    assert failed.reason(1) is None


@pytest.mark.parametrize(
    "endpoint", [PROD.replace("prod", "other"), PROD.replace("123456789012", "999999999999")]
)
def test_an_endpoint_of_others_is_refused(failed, endpoint):
    with pytest.raises(Refused, match="is not an endpoint that churn-main-deploy deploys to"):
        after_event(failed.aws, failed.targets, endpoint)


def test_an_execution_that_had_prepared_nothing_and_an_unknown_action_record_nothing(failed):
    assert failed.run() == "prod: the execution execution-1 had prepared nothing"
    with pytest.raises(Refused, match="No environment of churn-main-deploy has the action execute-elsewhere"):
        failed.run("execute-elsewhere")


def test_a_recorded_version_that_serves_again_is_told_though_it_is_what_was_deployed(failed, account):
    package = account.register("Approved")
    account.deploy("prod", package)
    queue = account.bus()
    environment = failed.targets.environment("prod")
    note(failed.aws, failed.targets, environment, package, 'a "bad"\nday', "execution-1")
    account.taken(queue)
    told = after_event(failed.aws, failed.targets, PROD)
    assert "version 1 serves, though it is recorded as rolled back" in told
    [event] = account.taken(queue)
    assert event["detail-type"] == "Version Rolled Back"
    # Within quotation marks in a message, and on one line.
    assert event["detail"]["reason"] == "a 'bad' day"


CHANGE_SET = "arn:aws:cloudformation:eu-west-1:123456789012:changeSet/deploy-{}/0f1e"


@pytest.mark.parametrize(("last", "noted"), [("execution-1", True), ("execution-12", False), ("", False)])
def test_what_a_run_tried_last_is_recorded_though_its_runner_died(failed, account, last: str, noted: bool):
    old, new = account.register("Approved"), account.register("Approved")
    account.deploy("prod", old)
    failed.prepared(new, live=old)
    failed.change(ENDPOINT, UNHEALTHY)
    failed.change_set = CHANGE_SET.format(last)
    told = after_run(failed.aws, failed.targets, "execution-1")
    reason = "The change set failed: " + UNHEALTHY.replace('"', "'")
    assert failed.reason(2) == (reason if noted else None)
    assert told.startswith("Version 2 is recorded" if noted else "Nothing that execution-1 has tried failed")


def test_a_run_whose_change_set_succeeded_has_nothing_recorded(failed, account):
    old, new = account.register("Approved"), account.register("Approved")
    account.deploy("prod", old)
    failed.prepared(new, live=old)
    failed.change_set = CHANGE_SET.format("execution-1")
    failed.events = [(STACK, "UPDATE_COMPLETE", ""), (STACK, "UPDATE_IN_PROGRESS", "User Initiated")]
    assert "Nothing" in after_run(failed.aws, failed.targets, "execution-1")
    assert failed.reason(2) is None
