"""What the tools ask of GitHub's workflows: who started one, a return, an approval."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import prepare
import roll_back
from account import REGION
from approvals_table import Approvals, Given
from aws import Aws
from executions import PipelineExecutions, executions_of
from fakes import before_calls, service_error, validate
from github_executions import GithubExecutions
from github_targets import github_targets
from request_table import TABLE, make_table
from targets import Refused, Targets
from workflow_requests import DEPLOY, Requests

ALICE = "arn:aws:sts::123456789012:assumed-role/churn-main-releaser/alice"


class Builds:
    """Builds that were started, as CodeBuild takes tokens: with the same variables only."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.started: dict[str, dict[str, Any]] = {}
        self.denied = False
        before_calls(monkeypatch, "codebuild", self.answer)

    def answer(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        assert operation == "StartBuild", operation
        if self.denied:
            raise service_error(operation, "AccessDeniedException", "not allowed")
        before = self.started.setdefault(arguments["idempotencyToken"], arguments)
        assert before == arguments, "a parameter does not match that of the token"
        return {"build": {"id": "b"}}

    @property
    def variables(self) -> list[dict[str, str]]:
        return [
            {one["name"]: one["value"] for one in build["environmentVariablesOverride"]}
            for build in self.started.values()
        ]


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> Builds:
    return Builds(monkeypatch)


@pytest.fixture
def targets(account: Any, targets_file: Path, tmp_path: Path) -> Targets:
    make_table()
    return github_targets(targets_file, tmp_path)


@pytest.fixture
def requests(account: Any, targets: Targets) -> Requests:
    return Requests(Aws().own("dynamodb", REGION), TABLE)


def test_the_targets_name_the_engine(targets: Targets, account: Any, targets_file: Path) -> None:
    assert targets.engine and targets.engine.table == TABLE
    assert targets.environment("prod").deploy_role == "arn:aws:iam::123456789012:role/churn-main-prod-deploy"
    assert isinstance(executions_of(Aws(), targets), GithubExecutions)
    pipeline = Aws().targets(targets_file)
    assert pipeline.engine is None and pipeline.environment("prod").execute_action
    assert isinstance(executions_of(Aws(), pipeline), PipelineExecutions)


def test_a_run_was_started_by_whoever_asked_for_what_it_took(targets: Targets, requests: Requests) -> None:
    requests.put(DEPLOY, {}, ALICE)
    requests.take(DEPLOY, "gh-7")
    executions = executions_of(Aws(), targets)
    assert [executions.starter(run) for run in ("gh-7", "gh-8")] == [ALICE, "unknown"]


def test_who_started_a_run_may_be_unknown(targets: Targets, monkeypatch: Any, capsys: Any) -> None:
    def denied(*_: Any) -> None:
        raise service_error("Query", "AccessDeniedException")

    before_calls(monkeypatch, "dynamodb", denied)
    assert executions_of(Aws(), targets).starter("gh-7") == "unknown"
    assert "AccessDenied" in capsys.readouterr().out


def test_a_return_is_a_build_that_a_token_starts_once(targets: Targets, builds: Builds) -> None:
    executions, prod = executions_of(Aws(), targets), targets.environment("prod")
    first = executions.start_return(prod, "watch-config-1")
    assert executions.start_return(prod, "watch-config-1") == first
    assert executions.start_return(prod, "watch-config-2") != first
    assert len(builds.started) == 2 and builds.started[first]["projectName"] == "churn-main-roll-back"
    assert builds.variables[0] == {
        "ROLL_BACK_IN": "prod",
        "EXECUTION_ID": first,
        "STARTED_BY": "a rollback alarm",
    }


def test_a_return_that_cannot_begin_says_what_to_do(targets: Targets, builds: Builds) -> None:
    builds.denied = True
    with pytest.raises(Refused, match=r"churn-main-prod was not returned: .* npx projen rollback -- --env"):
        executions_of(Aws(), targets).start_return(targets.environment("prod"), "t")


def test_who_started_the_build_of_a_return_is_one_of_its_variables(
    targets: Targets, monkeypatch: Any
) -> None:
    executions = executions_of(Aws(), targets)
    assert executions.starter("return-1") == "unknown"
    monkeypatch.setenv("STARTED_BY", ALICE)
    assert executions.starter("return-1") == ALICE


@pytest.mark.parametrize("bus", ["there", "full", "denied"])
def test_after_a_return_the_stacks_follow_by_a_request(
    targets: Targets, requests: Requests, monkeypatch: Any, capsys: Any, bus: str
) -> None:
    monkeypatch.setenv("STARTED_BY", ALICE)
    sent: list[dict[str, Any]] = []

    def answer(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if bus == "denied":
            raise service_error(operation, "AccessDeniedException")
        sent.extend(arguments["Entries"])
        return {"FailedEntryCount": int(bus == "full"), "Entries": []}

    before_calls(monkeypatch, "events", answer)
    executions_of(Aws(), targets).returned(("staging", "prod"), "return-1")
    [request] = requests.waiting(DEPLOY)
    assert (request.by, dict(request.variables)) == (ALICE, {"ROLL_BACK_IN": "staging,prod"})
    assert [json.loads(entry["Detail"])["id"] for entry in sent] == ([request.id] if sent else [])
    later = "The next scheduled run of deploy-main.yml takes it." in capsys.readouterr().out
    assert later == (bus != "there")


def test_what_is_prepared_is_not_taken_by_another_run(targets: Targets, requests: Requests) -> None:
    requests.put(DEPLOY, {}, ALICE)
    requests.take(DEPLOY, "gh-7")
    executions = executions_of(Aws(), targets)
    executions.prepared("gh-7")
    # A run that was started without a request has none to keep.
    executions.prepared("gh-8")
    found = requests.of_run(DEPLOY, "gh-7")
    assert found and found.prepared


def test_people_are_told_the_command_of_this_engine(targets: Targets) -> None:
    package = targets.registry.replace("model-package-group", "model-package") + "/7"
    assert executions_of(Aws(), targets).retry_command(package, "prod") == (
        "npx projen deployment:retry -- --environment prod --version 7 --group main"
    )


def test_an_approval_is_the_entry_of_a_person(targets: Targets) -> None:
    executions, prod = executions_of(Aws(), targets), targets.environment("prod")
    approvals = Approvals(Aws().own("dynamodb", REGION), TABLE)
    for decision in (None, "Rejected"):
        if decision:
            approvals.put("gh-7", "prod", Given(decision, ALICE, "now", "no"), 1)
        with pytest.raises(Refused, match="The execution gh-7 shows no approval of prod"):
            executions.approval(prod, "gh-7")
    approvals.put("gh-7", "prod", Given("Approved", ALICE, "now", "yes"), 1)
    assert executions.approval(prod, "gh-7") == "gh-7#prod"


def test_a_run_that_has_prepared_everything_keeps_its_request_and_publishes_large_templates(
    account: Any, targets: Targets, requests: Requests, assembly: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    folder = tmp_path / "tools"
    folder.mkdir()
    shutil.copyfile(tmp_path / "targets.json", folder / "targets.json")
    monkeypatch.setattr(prepare, "TOOLS", folder)
    published: list[str] = []
    monkeypatch.setattr(
        prepare, "publish_template", lambda _, environment, file: published.append(environment.name)
    )
    requests.put(DEPLOY, {}, ALICE)
    requests.take(DEPLOY, "gh-7")
    execution = prepare.Execution("gh-7", "keep-live", "2026-01-01T00:00:00.0Z")
    prepare.prepare(Aws(), assembly, tmp_path / "deployment", execution)
    found = requests.of_run(DEPLOY, "gh-7")
    assert found and found.prepared and published == ["staging", "prod"]


@pytest.mark.parametrize("fails", [False, True])
def test_the_build_has_the_stacks_follow_only_after_the_return(
    targets: Targets, requests: Requests, tmp_path: Path, monkeypatch: Any, fails: bool
) -> None:
    monkeypatch.setattr(roll_back, "__file__", str(tmp_path / "roll_back.py"))
    for name, value in {"ROLL_BACK_IN": "prod", "EXECUTION_ID": "return-1", "STARTED_BY": ALICE}.items():
        monkeypatch.setenv(name, value)

    def carry_out(*_: Any) -> list[str]:
        assert requests.waiting(DEPLOY) == []
        if fails:
            raise Refused("no way back")
        return ["done"]

    monkeypatch.setattr(roll_back, "roll_back", carry_out)
    assert roll_back.main() == int(fails)
    assert len(requests.waiting(DEPLOY)) == int(not fails)
