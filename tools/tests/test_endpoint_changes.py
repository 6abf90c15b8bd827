"""Change sets of an endpoint stack where the engine has no actions for them, and jobs that end anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

import change_set
import endpoint_template
import execute_change_set
from account import ACCOUNT, REGION, Account
from aws import Aws
from endpoint_changes import Wait
from endpoint_stack import ChangeSet, EndpointStack, Killed
from endpoint_template import publish_template
from github_targets import github_targets_file
from request_table import make_table
from rollbacks import rollbacks_of
from targets import Environment

STACK = "churn-main-prod-endpoint"
PARAMETERS = {"ModelPackageArn": "arn", "StartedAt": "now", "PipelineExecutionId": "gh-7"}
TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}


class Job:
    """The job that deploys to prod, as often as somebody runs it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
        self.folder, self.stack = folder, EndpointStack(STACK)
        for module in (change_set, execute_change_set):
            monkeypatch.setattr(module, "__file__", str(file))
        monkeypatch.setenv("ENVIRONMENT", "prod")
        monkeypatch.setenv("EXECUTION_ID", "gh-7")
        monkeypatch.chdir(folder)
        self.aws = Aws()
        self.targets = self.aws.targets(file)
        self.prod: Environment = self.targets.environment("prod")
        (folder / "prod").mkdir()
        self.write()
        self.stack.install(monkeypatch)
        self.wait = Wait(interval=1, seconds=200, sleep=self.stack.wait)

    def write(self, template: Any = None, **configuration: Any) -> None:
        """What the preparation writes."""
        for file, content in {
            "template": template or TEMPLATE,
            "configuration": {"Parameters": PARAMETERS, **configuration},
            "package": {"execution": {"id": "gh-7"}},
        }.items():
            (self.folder / "prod" / f"{file}.json").write_text(json.dumps(content, indent=1))

    def make(self) -> int:
        return change_set.main(self.wait)

    def execute(self) -> int:
        return execute_change_set.main(self.wait)

    def run(self) -> int:
        """Both steps; the artifact comes anew each time."""
        (self.folder / "prod" / change_set.FILE).unlink(missing_ok=True)
        return self.make() or self.execute()

    @property
    def there(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.stack.content[1] or "{}")
        return found


@pytest.fixture
def job(account: Account, targets_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    make_table()
    folder = tmp_path / "deployment"
    folder.mkdir()
    return Job(folder, monkeypatch, github_targets_file(targets_file, tmp_path))


def test_a_new_stack_is_created_from_what_was_prepared(job: Job, capsys: Any) -> None:
    job.write(Tags={"team": "ml"})
    assert job.run() == 0
    assert job.stack.status == "CREATE_COMPLETE" and job.there == PARAMETERS
    [request] = job.stack.requests
    assert request | {"Parameters": [], "TemplateBody": ""} == {
        "StackName": STACK,
        "ChangeSetName": "deploy-gh-7",
        "ChangeSetType": "CREATE",
        "Capabilities": ["CAPABILITY_NAMED_IAM"],
        "RoleARN": f"arn:aws:iam::{ACCOUNT}:role/churn-main-prod-cfn",
        "Tags": [{"Key": "team", "Value": "ml"}],
        "Parameters": [],
        "TemplateBody": "",
    }
    assert f"prod: {STACK} is CREATE_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize("late", [False, True])
def test_a_stack_that_is_there_is_updated(job: Job, late: bool) -> None:
    job.stack.shown_late = late
    job.stack.status, job.stack.content = "UPDATE_ROLLBACK_COMPLETE", ("{}", "{}")
    assert job.run() == 0 and job.there == PARAMETERS
    assert job.stack.requests[0]["ChangeSetType"] == "UPDATE" and "Tags" not in job.stack.requests[0]


def test_a_stack_that_nobody_has_executed_a_change_set_of_is_created(job: Job) -> None:
    job.stack.status = "REVIEW_IN_PROGRESS"
    assert job.run() == 0 and job.stack.status == "CREATE_COMPLETE"


def test_where_nothing_changes_there_is_nothing_to_execute(job: Job, capsys: Any) -> None:
    assert job.run() == 0 and job.run() == 0
    assert len(job.stack.updates) == 1 and "prod: nothing changes" in capsys.readouterr().out
    # Executed ones stay; the empty one does not.
    assert [one.execution for one in job.stack.change_sets] == []


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("ROLLBACK_COMPLETE", "is ROLLBACK_COMPLETE, its creation failed. Delete it, then re-run the failed"),
        ("DELETE_FAILED", "is DELETE_FAILED, its creation failed. Delete it, then re-run the failed jobs."),
        ("UPDATE_ROLLBACK_FAILED", "Continue its rollback in CloudFormation, then re-run the failed jobs."),
    ],
)
def test_a_stack_half_way_is_left_to_a_person(job: Job, capsys: Any, status: str, message: str) -> None:
    job.stack.status = status
    assert job.make() == 1 and message in capsys.readouterr().err
    assert job.stack.requests == []


def test_a_stack_that_another_execution_changes_is_waited_for_and_not_for_ever(job: Job, capsys: Any) -> None:
    job.stack.status, job.stack.content = "UPDATE_IN_PROGRESS", ("{}", "{}")
    job.stack.states = ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE"]
    assert job.run() == 0 and job.there == PARAMETERS
    job.stack.status, job.stack.states = "UPDATE_IN_PROGRESS", []
    assert job.make() == 1 and "is still UPDATE_IN_PROGRESS after 200 s" in capsys.readouterr().err


def test_a_change_set_that_cannot_be_made_is_no_deployment(job: Job, monkeypatch: Any, capsys: Any) -> None:
    real = EndpointStack._DescribeChangeSet

    def broken(stack: EndpointStack, arguments: dict[str, Any]) -> dict[str, Any]:
        found = real(stack, arguments)
        return {**found, "Status": "FAILED", "StatusReason": "Transform failed"}

    monkeypatch.setattr(EndpointStack, "_DescribeChangeSet", broken)
    assert job.make() == 1
    assert "could not be made, it is FAILED: Transform failed" in capsys.readouterr().err


@pytest.mark.parametrize("is_new", [True, False])
def test_a_failure_names_its_cause_first_and_is_recorded(
    job: Job, account: Account, monkeypatch: Any, capsys: Any, is_new: bool
) -> None:
    package = account.register("Approved")
    decision = {"action": "deploy", "package": package, "reason": "", "live": "none"}
    rollbacks_of(job.aws, job.targets).remember("gh-7", {"prod": decision})
    if not is_new:
        job.stack.status = "UPDATE_COMPLETE"
        job.stack.events.append(("Old", "AWS::SNS::Topic", "UPDATE_FAILED", "long ago"))
    job.stack.failing = True
    assert job.run() == 1
    printed = capsys.readouterr()
    assert (
        "COMPLETE: Endpoint: the alarm fired; Alarm: cancelled" in printed.err and "long" not in printed.err
    )
    found = rollbacks_of(job.aws, job.targets).active("prod", 1)
    assert found and found.reason == "The change set failed: the alarm fired"
    assert "npx projen deployment:retry -- --environment prod --version 1 --group main" in printed.out


def test_a_failure_that_cannot_be_recorded_is_told_all_the_same(
    job: Job, monkeypatch: Any, capsys: Any
) -> None:
    def broken(*_: Any) -> str:
        raise RuntimeError("no bucket")

    monkeypatch.setattr(execute_change_set, "after_failure", broken)
    job.stack.failing = True
    assert job.run() == 1
    printed = capsys.readouterr().err
    assert "prod: nothing was recorded: no bucket" in printed and "the alarm fired" in printed


def other(stack: EndpointStack) -> ChangeSet:
    return ChangeSet("arn:other", "deploy-gh-8", ("{}", "{}"), left=0)


def test_what_another_execution_has_overtaken_is_not_executed(job: Job, capsys: Any) -> None:
    job.stack.status = "UPDATE_COMPLETE"
    assert job.make() == 0
    job.stack.begin(other(job.stack))
    assert job.execute() == 1
    assert "cannot be executed, it is gone: the stack has changed since" in capsys.readouterr().err
    assert len(job.stack.updates) == 1


def test_the_end_of_another_execution_is_not_taken_for_the_own(job: Job, capsys: Any) -> None:
    job.stack.status = "UPDATE_COMPLETE"
    assert job.make() == 0
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            # The own one has just ended, and nobody has looked yet.
            job.stack.begin(other(job.stack))
            job.stack.states = ["UPDATE_COMPLETE"]
        job.stack.wait(seconds)

    job.wait = Wait(interval=1, seconds=200, sleep=sleep)
    job.stack.failing = True
    assert job.execute() == 1
    assert "by the change set arn:other: another execution has been here since" in capsys.readouterr().err


def test_a_deployment_that_was_prepared_for_another_run_is_refused(
    job: Job, monkeypatch: Any, capsys: Any
) -> None:
    monkeypatch.setenv("EXECUTION_ID", "gh-8")
    assert job.make() == 1
    assert "was prepared for gh-7, and this is gh-8" in capsys.readouterr().err


# Jobs that end anywhere


def calls_of(job: Job, work: Callable[[], int]) -> int:
    before = job.stack.calls
    assert work() == 0
    return job.stack.calls - before


@pytest.mark.parametrize("begin", [None, "UPDATE_COMPLETE"])
@pytest.mark.parametrize("answered", [False, True])
@pytest.mark.parametrize("call", range(1, 18))
def test_a_job_that_was_killed_and_runs_again_ends_the_same(
    job: Job, begin: str | None, answered: bool, call: int
) -> None:
    job.stack.status = begin
    job.stack.content = ("{}", "{}") if begin else ("", "")
    job.stack.kill = (call, answered)
    try:
        assert job.run() == 0
        assert call > 14, "no call was the last one"
    except Killed:
        assert job.run() == 0
    assert job.there == PARAMETERS and str(job.stack.status).endswith("E_COMPLETE")
    assert len(job.stack.updates) == 1, "the stack was changed twice"


@pytest.mark.parametrize("call", range(1, 9))
def test_a_step_that_was_killed_goes_on_where_it_stopped(job: Job, call: int) -> None:
    assert job.make() == 0
    job.stack.kill = (job.stack.calls + call, True)
    try:
        assert job.execute() == 0
    except Killed:
        assert job.execute() == 0
    assert job.there == PARAMETERS and len(job.stack.updates) == 1


# Templates


LARGE = {"Resources": {f"Topic{i}": {"Type": "AWS::SNS::Topic", "Note": "é" * 40} for i in range(600)}}


def bucket(job: Job) -> Any:
    s3 = boto3.client("s3", region_name=REGION)
    place = {"LocationConstraint": REGION}
    s3.create_bucket(Bucket=job.prod.deployment_bucket, CreateBucketConfiguration=place)
    return s3


def test_a_large_template_comes_from_the_deployment_bucket(job: Job) -> None:
    s3 = bucket(job)
    job.write(template=LARGE)
    for _ in range(2):
        publish_template(s3, job.prod, job.folder / "prod" / "template.json")
    [key] = [each["Key"] for each in s3.list_objects_v2(Bucket=job.prod.deployment_bucket)["Contents"]]
    assert key.startswith("assets/templates/")
    assert job.run() == 0 and json.loads(job.stack.content[0]) == LARGE
    host = f"https://{job.prod.deployment_bucket}.s3.{REGION}.amazonaws.com/"
    assert job.stack.requests[0]["TemplateURL"] == host + key


def test_a_template_that_fits_when_it_is_compact_goes_with_the_request(job: Job) -> None:
    s3 = bucket(job)
    job.write(template={"Resources": {f"T{i}": {"Type": "AWS::SNS::Topic"} for i in range(1400)}})
    file = job.folder / "prod" / "template.json"
    assert file.stat().st_size > endpoint_template.BODY_LIMIT
    publish_template(s3, job.prod, file)
    assert "Contents" not in s3.list_objects_v2(Bucket=job.prod.deployment_bucket)
    assert job.run() == 0


def test_a_large_template_that_is_not_there_or_not_the_prepared_one_is_refused(job: Job, capsys: Any) -> None:
    s3 = bucket(job)
    job.write(template=LARGE)
    assert job.make() == 1 and "Run this deployment again from its first job" in capsys.readouterr().err
    publish_template(s3, job.prod, job.folder / "prod" / "template.json")
    [found] = s3.list_objects_v2(Bucket=job.prod.deployment_bucket)["Contents"]
    s3.put_object(Bucket=job.prod.deployment_bucket, Key=found["Key"], Body=b"{}")
    assert job.make() == 1 and "someone replaced it" in capsys.readouterr().err
    assert job.stack.requests == []
