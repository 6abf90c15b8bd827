"""What a stage would change is shown, and exactly that is executed."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from bootstraps import HOME, Infrastructure
from targets import Refused


def test_each_stack_gets_a_change_set_with_the_rights_of_its_own_bootstrap(infra: Infrastructure) -> None:
    found = infra.diff("prod")
    assert [looked.planned.name for looked in found] == [s.name for s in infra.stage("prod").stacks]
    made = {call["StackName"]: call for name, call in infra.cloudformation.calls if name == "CreateChangeSet"}
    prod = made["churn-main-prod-environment"]
    assert prod["RoleARN"] == "arn:aws:iam::666666666666:role/cdk-mlteam-cfn-exec-role-666666666666-eu-west-1"
    assert (prod["ChangeSetType"], prod["ChangeSetName"]) == ("CREATE", "diff-e1")
    assert prod["Capabilities"] == ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    assert prod["TemplateURL"].startswith(
        "https://cdk-mlteam-assets-666666666666-eu-west-1.s3.eu-west-1.amazonaws.com/"
    )
    assert all(call["Tags"] for call in made.values()) == bool(prod["Tags"])


def test_exactly_the_change_sets_of_the_diff_are_executed_wave_by_wave(infra: Infrastructure) -> None:
    found = infra.diff("prod")
    infra.execute("prod", found)
    executed = [c["ChangeSetName"] for n, c in infra.cloudformation.calls if n == "ExecuteChangeSet"]
    assert executed == [looked.entry["changeSet"] for looked in found]
    # The last group's pipelines wait for the environment that they deploy to.
    order = [(n, c["StackName"]) for n, c in infra.cloudformation.calls]
    done = order.index(("UpdateTerminationProtection", "churn-main-prod-environment"))
    assert done < order.index(("ExecuteChangeSet", "churn-main-delivery"))
    assert {s.protected for s in infra.cloudformation.stacks.values()} == {True}


def test_what_does_not_change_is_left_alone(infra: Infrastructure) -> None:
    infra.execute("dev", infra.diff("dev"))
    infra.cloudformation.calls.clear()
    assert infra.diff("dev") == []
    assert not any(stack.change_sets for stack in infra.cloudformation.stacks.values())
    infra.execute("dev", [])
    assert infra.cloudformation.operations("ExecuteChangeSet") == []


def test_looking_leaves_no_change_set(infra: Infrastructure) -> None:
    assert infra.diff("dev", keep=False)
    assert not any(stack.change_sets for stack in infra.cloudformation.stacks.values())


def test_all_pages_of_changes_are_read(infra: Infrastructure) -> None:
    [looked] = [x for x in infra.diff("prod") if x.planned.name == "churn-main-prod-environment"]
    template = json.loads((infra.assembly / _template(infra, "churn-main-prod-environment")).read_text())
    assert len([line for line in looked.text if line.startswith("  + ")]) == len(template["Resources"]) > 10
    assert looked.counts.startswith(f"+{len(template['Resources'])} ")


def _template(infra: Infrastructure, stack: str) -> str:
    return str(next(infra.artifact(stack))["properties"]["templateFile"])


def test_a_change_set_that_is_gone_since_the_approval_is_not_made_anew(infra: Infrastructure) -> None:
    found = infra.diff("self")
    # Somebody deploys the stack meanwhile.
    infra.execute("self", infra.diff("self"))
    with pytest.raises(Refused, match=r"can no longer be executed .* the stack has changed since"):
        infra.execute("self", found)


def test_another_change_set_than_the_approved_one_is_not_executed(infra: Infrastructure) -> None:
    found = infra.diff("self")
    for stack in infra.cloudformation.stacks.values():
        stack.change_sets = {f"{arn}-other": change for arn, change in stack.change_sets.items()}
    with pytest.raises(Refused, match="can no longer be executed"):
        infra.execute("self", found)
    assert infra.cloudformation.operations("ExecuteChangeSet") == []


def test_executing_again_goes_on_where_it_stopped(infra: Infrastructure) -> None:
    found = infra.diff("self")
    infra.execute("self", found[:1])
    infra.cloudformation.calls.clear()
    infra.execute("self", found)
    names = [stack for _, stack in infra.cloudformation.operations("ExecuteChangeSet")]
    assert names == [looked.planned.name for looked in found[1:]]


def test_nothing_comes_after_what_has_failed(infra: Infrastructure) -> None:
    found = infra.diff("self")
    infra.cloudformation.fails.add("churn-infrastructure")
    # The first failure is the cause and comes first.
    with pytest.raises(Refused, match="is ROLLBACK_COMPLETE: Role: exists; Later: canceled"):
        infra.execute("self", found)
    executed = infra.cloudformation.operations("ExecuteChangeSet")
    assert "churn-infrastructurepipeline" not in [stack for _, stack in executed]


def test_the_rest_of_a_creation_that_came_to_nothing_is_removed_first(infra: Infrastructure) -> None:
    infra.cloudformation.add("churn-infrastructure", "ROLLBACK_COMPLETE")
    infra.diff("self")
    assert infra.cloudformation.operations("DeleteStack") != []
    assert infra.cloudformation.stacks["eu-west-1", "churn-infrastructure"].status == "REVIEW_IN_PROGRESS"


@pytest.mark.parametrize("status", ["ROLLBACK_FAILED", "UPDATE_ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_stack_between_two_states_is_left_to_a_person(infra: Infrastructure, status: str) -> None:
    infra.cloudformation.add("churn-infrastructure", status)
    with pytest.raises(Refused, match=f"churn-infrastructure is {status}. Fix or delete it"):
        infra.diff("self")


def test_a_stack_that_somebody_else_changes_is_waited_for(infra: Infrastructure) -> None:
    infra.cloudformation.add("churn-infrastructure", "UPDATE_IN_PROGRESS")
    with pytest.raises(Refused, match="still UPDATE_IN_PROGRESS"):
        infra.diff("self")


def test_an_old_or_missing_bootstrap_is_named(infra: Infrastructure) -> None:
    infra.bootstrap(HOME, version="3")
    with pytest.raises(Refused, match=r"bootstrap of 111111111111/eu-west-1 has version 3; .* needs"):
        infra.diff("self")
    ssm = infra.aws.client_of(HOME.role("deploy"), "ssm", HOME.region)
    ssm.delete_parameter(Name=HOME.version_parameter)
    with pytest.raises(Refused, match="has no bootstrap with the qualifier mlteam"):
        infra.diff("self")


def test_files_are_published_under_their_key_and_shown_by_their_content(infra: Infrastructure) -> None:
    [looked] = [x for x in infra.diff("self") if x.planned.name == "churn-infrastructurepipeline"]
    [line] = [line for line in looked.text if line.startswith("  file ")]
    key = json.loads(line.split("file ")[1].split(": ")[0])
    s3 = infra.aws.files(HOME)
    body = s3.get_object(Bucket=HOME.bucket, Key=key)["Body"].read()
    assert "stages.json" in zipfile.ZipFile(io.BytesIO(body)).namelist()
    # Somebody else's zip of the same files is the same.
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, zipfile.ZipFile(io.BytesIO(body)) as files:
        for name in reversed(files.namelist()):
            archive.writestr(name, files.read(name))
    s3.put_object(Bucket=HOME.bucket, Key=key, Body=buffer.getvalue())
    assert line in next(x for x in infra.diff("self") if x.planned.name == looked.planned.name).text


@pytest.mark.parametrize("there", [b"no archive", b"other"])
def test_a_file_that_somebody_has_put_under_the_key_is_refused(infra: Infrastructure, there: bytes) -> None:
    infra.diff("self")
    s3 = infra.aws.files(HOME)
    there_now = s3.list_objects_v2(Bucket=HOME.bucket)["Contents"]
    [key] = [entry["Key"] for entry in there_now if entry["Key"].endswith(".zip")]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("diff.py", "import evil")
    s3.put_object(Bucket=HOME.bucket, Key=key, Body=there if there == b"no archive" else buffer.getvalue())
    with pytest.raises(Refused, match="does not hold what the commit has under this name"):
        infra.diff("self")
