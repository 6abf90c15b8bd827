"""The targets of deliveries that workflows of GitHub Actions deploy, as the synth writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from read_targets import read_targets
from start_settings import Workflow, read_settings
from targets import GithubActions, Targets

TOOLING = "111111111111"


def targets_of(folder: Path, group: str) -> Targets:
    found = [
        read_targets(file, partition="aws", account=TOOLING, region="eu-west-1")
        for file in folder.glob("asset.*/targets.json")
    ]
    (wanted,) = (targets for targets in found if targets.group == group)
    return wanted


@pytest.mark.parametrize("delivery", ["workflows", "workflowsOfAccounts"])
def test_the_engine_is_what_the_options_say(assemblies: Path, delivery: str) -> None:
    targets = targets_of(assemblies / delivery, "main")
    assert targets.engine == GithubActions(
        workflow="deploy-main.yml",
        table="churn-main-requests",
        roll_back_project="churn-main-rollback",
    )
    assert (targets.pipeline, targets.evidence) == ("deploy-main", None)


def test_who_makes_change_sets_is_of_each_environments_account(assemblies: Path) -> None:
    environments = targets_of(assemblies / "workflowsOfAccounts", "main").environments
    assert [e.account for e in environments] == ["555555555555", "777777777777", *2 * ["666666666666"]]
    for environment in environments:
        role = f":iam::{environment.account}:role/churn-main-{environment.name}-"
        assert environment.deploy_role.endswith(f"{role}deploy")
        assert environment.cloud_formation_role.endswith(f"{role}cloudformation")
        assert environment.execute_action == ""


def test_an_approval_is_awaited_where_a_person_gives_it_in_aws(assemblies: Path) -> None:
    approvals = {
        (delivery, e.name): e.approval
        for delivery in ("workflows", "workflowsOfAccounts")
        for e in targets_of(assemblies / delivery, "main").environments
    }
    assert {key: text for key, text in approvals.items() if text} == {("workflows", "prod"): "main-prod"}


def test_what_starts_workflows_reads_its_settings(assemblies: Path) -> None:
    function = f"arn:aws-cn:lambda:cn-north-1:{TOOLING}:function:churn-main-starter"
    files = (assemblies / "workflowsOfAccounts").glob("asset.*/start_settings.py")
    found = {s.group: s for s in (read_settings(function, file.parent / "settings.json") for file in files)}
    assert set(found) == {"dev", "main"}
    main = found["main"]
    assert main.bus == f"arn:aws-cn:events:eu-west-1:{TOOLING}:event-bus/churn-events"
    assert (main.repository_id, main.app_id, main.installation_id) == (123456789, "4711", "815")
    assert main.workflows == {
        "deploy": Workflow("deploy-main.yml", "main"),
        "build": Workflow("build-main.yml", "main"),
    }
