"""What an execution of the deploy pipeline decides for each environment, against a real registry API."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import prepare
from aws import Aws
from conftest import GROUP, Account
from targets import KEEP_LIVE, Refused


@pytest.fixture
def decide(account: Account, targets_file: Path):
    aws = Aws()
    targets = aws.targets(targets_file)

    def run(wanted: str) -> dict[str, tuple[str, str]]:
        return {e.name: (d.action, d.package) for e, d in prepare.decide_all(aws, targets, wanted)}

    return run


def test_a_new_pipeline_without_any_model_deploys_the_empty_stack_and_does_not_fail(decide):
    assert decide(KEEP_LIVE) == {"staging": ("deploy", "none"), "prod": ("deploy", "none")}


def test_an_approved_package_goes_to_every_environment(account, decide):
    package = account.register("Approved")
    assert decide(package) == {"staging": ("deploy", package), "prod": ("deploy", package)}


def test_a_change_of_the_infrastructure_keeps_what_is_live_in_each_environment(account, decide):
    first, second = account.register("Approved"), account.register("Approved")
    account.deploy("staging", second)
    account.deploy("prod", first)
    assert decide(KEEP_LIVE) == {"staging": ("deploy", second), "prod": ("deploy", first)}


def test_an_environment_that_was_added_later_starts_without_a_model(account, decide):
    account.deploy("staging", account.register("Approved"))
    assert decide(KEEP_LIVE)["prod"] == ("deploy", "none")


def test_rejecting_the_live_package_brings_back_the_newest_approved_one(account, decide):
    account.register("Approved")
    good, bad = account.register("Approved"), account.register("Approved")
    account.register("PendingManualApproval")
    account.deploy("staging", bad)
    account.deploy("prod", good)
    account.set_approval(bad, "Rejected")
    assert decide(bad) == {"staging": ("deploy", good), "prod": ("skip", good)}


def test_rejecting_a_package_that_is_live_nowhere_touches_nothing(account, decide):
    live, other = account.register("Approved"), account.register("Rejected")
    account.deploy("staging", live)
    assert decide(other) == {"staging": ("skip", live), "prod": ("skip", "none")}


@pytest.mark.parametrize("wanted", ["itself", KEEP_LIVE])
def test_a_live_endpoint_stays_when_no_package_is_approved_any_more(account, decide, wanted):
    package = account.register("Approved")
    account.deploy("staging", package)
    account.set_approval(package, "Rejected")
    with pytest.raises(Refused, match="no other version is approved"):
        decide(package if wanted == "itself" else wanted)


def test_an_infrastructure_change_replaces_a_live_package_that_was_rejected(account, decide):
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.set_approval(bad, "Rejected")
    assert decide(KEEP_LIVE)["staging"] == ("deploy", good)


def test_a_package_that_nobody_approved_is_refused(account, decide):
    with pytest.raises(Refused, match="PendingManualApproval"):
        decide(account.register())


def test_an_approved_package_of_another_group_is_refused(account, decide):
    account.group("other")
    with pytest.raises(Refused, match="this pipeline deploys churn-main alone"):
        decide(account.register("Approved", group="other"))


def test_a_package_that_does_not_exist_is_refused_with_a_clear_message(decide):
    with pytest.raises(Refused, match="cannot be read"):
        decide(f"arn:aws:sagemaker:eu-west-1:123456789012:model-package/{GROUP}/99")


def test_what_is_live_is_read_when_no_other_execution_changes_the_stack(account, decide, monkeypatch):
    first, second = account.register("Approved"), account.register("Approved")
    account.deploy("staging", second)
    account.set_stack_status("staging", "UPDATE_IN_PROGRESS")

    def rolled_back(client, name, **_):
        if name == "churn-main-staging-endpoint":
            account.deploy("staging", first)
            account.set_stack_status("staging", "UPDATE_ROLLBACK_COMPLETE")

    monkeypatch.setattr(prepare, "wait_until_settled", rolled_back)
    assert decide(KEEP_LIVE)["staging"] == ("deploy", first)


def test_a_stack_whose_creation_failed_is_named_with_what_to_do(account, decide):
    account.deploy("staging", "none")
    account.set_stack_status("staging", "ROLLBACK_COMPLETE")
    with pytest.raises(Refused, match="Delete it and retry"):
        decide(KEEP_LIVE)


def test_the_deployment_holds_templates_parameters_and_tools(
    account, assembly, targets_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    package = account.register("Approved")
    prepare.prepare(Aws(), assembly, tmp_path, package, "execution-1", "2026-01-02T00:00:00.0Z")
    for name in ("staging", "prod"):
        template = json.loads((tmp_path / name / "template.json").read_text())
        assert f"churn-main-{name}" in json.dumps(template["Resources"])
        configuration = json.loads((tmp_path / name / "configuration.json").read_text())
        expected = {
            "ModelPackageArn": package,
            "StartedAt": "2026-01-02T00:00:00.0Z",
            "PipelineExecutionId": "execution-1",
        }
        assert configuration == {"Parameters": expected}
        assert set(template["Parameters"]) == set(expected)
    assert (tmp_path / "exports.sh").read_text() == "export ACTION_0=deploy\nexport ACTION_1=deploy\n"
    assert {"check.py", "smoke_test.py", "targets.json"} <= {p.name for p in (tmp_path / "tools").iterdir()}


def test_an_app_without_the_environments_stack_is_refused(account, tmp_path):
    with pytest.raises(Refused, match="has no stack churn-main-staging-endpoint"):
        prepare.find_template(tmp_path, "churn-main-staging-endpoint")
