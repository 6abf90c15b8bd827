"""What an execution of the deploy pipeline decides for each environment, against a real registry API."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import prepare
from account import GROUP
from aws import Aws
from decide_all import decide_all
from fakes import before_calls
from targets import KEEP_LIVE, Refused


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


def test_a_newer_approved_version_that_stays_out_is_named(account, targets_file):
    first, second = account.register("Approved"), account.register("Approved")
    account.deploy("staging", first)
    aws = Aws()
    targets = aws.targets(targets_file)
    staging, prod = (decision for _, decision in decide_all(aws, targets, KEEP_LIVE))
    hint = f"; version 2 is approved and not deployed here: start the pipeline with {second}"
    assert (staging.package, staging.reason) == (first, f"version 1 stays live{hint}")
    assert (prod.package, prod.reason) == ("none", f"no model has been deployed here yet{hint}")
    account.deploy("staging", second)
    assert decide_all(aws, targets, KEEP_LIVE)[0][1].reason == "version 2 stays live"


def test_a_newer_version_that_cannot_be_read_does_not_keep_the_live_one_from_staying(
    account, decide, monkeypatch
):
    live = account.register("Approved")
    account.deploy("staging", live)

    def broken(*_: object) -> None:
        raise Refused("only completed packages can be deployed")

    monkeypatch.setattr("decide_all.newest_approved", broken)
    assert decide(KEEP_LIVE)["staging"] == ("deploy", live)


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
def test_a_live_endpoint_stays_when_no_package_is_approved_any_more_and_that_is_told(account, decide, wanted):
    package = account.register("Approved")
    account.deploy("staging", package)
    account.set_approval(package, "Rejected")
    queue = account.bus()
    with pytest.raises(Refused, match="no other version is approved"):
        decide(package if wanted == "itself" else wanted)
    [event] = account.taken(queue)
    assert event["source"] == "sagemaker-cicd-projen"
    assert event["detail-type"] == "Rejected Model Package Still Live"
    assert event["detail"] == {
        "project": "churn",
        "group": "main",
        "environment": "staging",
        "package": package,
        "version": 1,
        "approval": "Rejected",
    }


def test_each_environment_that_is_stuck_is_told_of(account, decide):
    package = account.register("Approved")
    for environment in ("staging", "prod"):
        account.deploy(environment, package)
    account.set_approval(package, "Rejected")
    queue = account.bus()
    with pytest.raises(Refused, match=r"staging: Version 1 .* prod: Version 1"):
        decide(package)
    assert sorted(e["detail"]["environment"] for e in account.taken(queue)) == ["prod", "staging"]


def test_a_bus_that_takes_no_event_does_not_hide_the_refusal(account, decide, monkeypatch, capsys):
    package = account.register("Approved")
    account.deploy("staging", package)
    account.set_approval(package, "Rejected")
    with pytest.raises(Refused, match="no other version is approved"):
        decide(package)
    assert "ResourceNotFoundException" in capsys.readouterr().err
    failed = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "busy"}]}
    before_calls(monkeypatch, "events", lambda *_: failed)
    with pytest.raises(Refused, match="no other version is approved"):
        decide(package)
    assert "InternalFailure" in capsys.readouterr().err


def test_an_environment_of_a_wave_that_is_left_alone_goes_along_with_what_is_live_there(
    account, targets_file
):
    aws = Aws()
    both = aws.targets(targets_file)
    both = replace(both, environments=tuple(replace(e, wave=0) for e in both.environments))
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.deploy("prod", good)
    account.set_approval(bad, "Rejected")
    decided = {e.name: d for e, d in decide_all(aws, both, bad)}
    assert {n: (d.action, d.package) for n, d in decided.items()} == {
        "staging": ("deploy", good),
        "prod": ("deploy", good),
    }
    assert decided["prod"].reason == "version 1 stays live"


def test_an_empty_environment_goes_along_empty(account, targets_file):
    aws = Aws()
    both = aws.targets(targets_file)
    both = replace(both, environments=tuple(replace(e, wave=0) for e in both.environments))
    good, bad = account.register("Approved"), account.register("Approved")
    account.deploy("staging", bad)
    account.set_approval(bad, "Rejected")
    decided = {e.name: (d.action, d.package) for e, d in decide_all(aws, both, bad)}
    assert decided == {"staging": ("deploy", good), "prod": ("deploy", "none")}


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
    with pytest.raises(Refused, match="this pipeline deploys only churn-main"):
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

    monkeypatch.setattr("live.wait_until_settled", rolled_back)
    assert decide(KEEP_LIVE)["staging"] == ("deploy", first)


def test_the_deployment_holds_templates_parameters_and_tools(
    account, assembly, targets_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    package = account.register("Approved", GitCommit="0123abc")
    execution = prepare.Execution("execution-1", package, "2026-01-02T00:00:00.0Z")
    prepare.prepare(Aws(), assembly, tmp_path, execution)
    for name in ("staging", "prod"):
        template = json.loads((tmp_path / name / "template.json").read_text())
        assert f"churn-main-{name}" in json.dumps(template["Resources"])
        configuration = json.loads((tmp_path / name / "configuration.json").read_text())
        expected = {
            "ModelPackageArn": package,
            "ServedModelPackageArn": package,
            "StartedAt": "2026-01-02T00:00:00.0Z",
            "PipelineExecutionId": "execution-1",
            "Attempt": "1",
        }
        assert configuration == {"Parameters": expected}
        assert set(template["Parameters"]) == set(expected)
        record = json.loads((tmp_path / name / "package.json").read_text())
        assert record["decision"]["package"] == record["served"] == record["package"]["arn"] == package
        assert record["execution"] == {
            "id": "execution-1",
            "wanted": package,
            "started_at": "2026-01-02T00:00:00.0Z",
            "retry_in": [],
            "roll_back_in": [],
        }
        metadata = record["package"]["metadata"]
        assert metadata["GitCommit"] == "0123abc"
        assert record["package"]["containers"][0]["artifacts"] == [metadata["SealedArtifact"]]
    assert (tmp_path / "exports.sh").read_text() == "export ACTION_0=deploy\nexport ACTION_1=deploy\n"
    assert {"check.py", "smoke_test.py", "images.json", "targets.json"} <= {
        p.name for p in (tmp_path / "tools").iterdir()
    }


def test_a_skipped_environment_has_no_package_in_its_record(
    account, assembly, targets_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    execution = prepare.Execution("e", account.register("Rejected"), "2026-01-02T00:00:00.0Z")
    prepare.prepare(Aws(), assembly, tmp_path, execution)
    record = json.loads((tmp_path / "prod" / "package.json").read_text())
    assert (record["decision"]["action"], record["package"]) == ("skip", None)
    assert (tmp_path / "exports.sh").read_text() == "export ACTION_0=skip\nexport ACTION_1=skip\n"


def test_where_there_is_no_model_yet_no_stage_runs_and_nobody_is_asked(
    account, assembly, targets_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    execution = prepare.Execution("e", "keep-live", "2026-01-02T00:00:00.0Z")
    prepare.prepare(Aws(), assembly, tmp_path, execution)
    assert (tmp_path / "exports.sh").read_text() == "export ACTION_0=skip\nexport ACTION_1=skip\n"


def test_a_package_that_loses_its_approval_while_everything_is_prepared_is_refused(
    account, assembly, targets_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    package = account.register("Approved")
    decided = prepare.decide_all

    def then_rejected(*arguments):
        answer = decided(*arguments)
        account.set_approval(package, "Rejected")
        return answer

    monkeypatch.setattr(prepare, "decide_all", then_rejected)
    with pytest.raises(Refused, match=r"is Rejected\. Only an approved package is deployed"):
        prepare.prepare(Aws(), assembly, tmp_path, prepare.Execution("e", package, "2026-01-02T00:00:00.0Z"))


def test_a_package_of_a_group_with_the_same_name_elsewhere_is_refused_before_anything_is_asked(decide):
    for account, region in (("999999999999", "eu-west-1"), ("123456789012", "us-east-1")):
        with pytest.raises(Refused, match="deploys only churn-main"):
            decide(f"arn:aws:sagemaker:{region}:{account}:model-package/{GROUP}/1")


def test_an_app_without_the_environments_stack_is_refused(account, tmp_path):
    with pytest.raises(Refused, match="has no stack churn-main-staging-endpoint"):
        prepare.find_template(tmp_path, "churn-main-staging-endpoint")
