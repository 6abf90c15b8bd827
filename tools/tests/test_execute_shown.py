"""Exactly what was shown is deployed, or nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

import execute_shown
import show
from bootstrap import BootstrapAws
from bootstraps import HOME, Infrastructure, exports
from fake_changes import caused, change, direct
from targets import Refused
from test_show import parameter_of_ssm, put

STACK = "churn-infrastructurepipeline"
GIVEN = {"STAGE": "self", "EXECUTION_ID": "gh-1"}


@pytest.fixture
def edited(infra: Infrastructure) -> Infrastructure:
    """Deployed, and then changed in the commit."""
    infra.deploy("self", infra.look("self"), "e0")
    infra.cloudformation.calls.clear()
    infra.template(STACK, lambda t: t["Resources"].update(
        New={"Type": "AWS::SNS::Topic"},
        Reader={"Type": "AWS::SNS::Subscription", "Properties": {
            "TopicArn": {"Fn::GetAtt": ["New", "TopicArn"]}, "Protocol": "sqs"}},
    ))  # fmt: skip
    return infra


def executed(infra: Infrastructure) -> list[str]:
    return [stack for _, stack in infra.cloudformation.operations("ExecuteChangeSet")]


def refused(infra: Infrastructure, words: str, shown: Any = None) -> None:
    """Nothing is executed, and no change set is left that somebody could execute."""
    with pytest.raises(Refused, match=words):
        infra.deploy("self", shown if shown is not None else infra.look("self"))
    assert executed(infra) == []
    assert not any(stack.change_sets for stack in infra.cloudformation.stacks.values())


def test_what_was_shown_is_deployed_wave_by_wave_with_change_sets_of_the_execution(
    infra: Infrastructure,
) -> None:
    shown = infra.look("prod")
    infra.deploy("prod", shown, "gh-7")
    made = {call["StackName"]: call for name, call in infra.cloudformation.calls if name == "CreateChangeSet"}
    assert list(made) == executed(infra) == [one.planned.name for one in shown]
    prod = made["churn-main-prod-environment"]
    assert (prod["ChangeSetName"], prod["ImportExistingResources"]) == ("deploy-gh-7", True)
    assert prod["RoleARN"] == "arn:aws:iam::666666666666:role/cdk-mlteam-cfn-exec-role-666666666666-eu-west-1"
    order = [(n, c["StackName"]) for n, c in infra.cloudformation.calls]
    first = order.index(("ExecuteChangeSet", shown[0].planned.name))
    assert all(place < first for place, (name, _) in enumerate(order) if name == "CreateChangeSet")
    done = order.index(("UpdateTerminationProtection", "churn-main-prod-environment"))
    assert done < order.index(("ExecuteChangeSet", "churn-main-delivery"))
    assert not any(one.changed for one in infra.look("prod"))


def test_only_what_changes_is_deployed(edited: Infrastructure) -> None:
    edited.deploy("self", edited.look("self"))
    assert edited.cloudformation.operations("CreateChangeSet") == [("CreateChangeSet", STACK)]
    assert executed(edited) == [STACK]


def test_the_programs_work_together(infra: Infrastructure, capsys: pytest.CaptureFixture[str]) -> None:
    folder = infra.folder / "diff"
    folder.mkdir()
    arguments = [str(infra.assembly), str(folder)]
    assert infra.run(show, arguments, **GIVEN) == 0
    said = exports(folder)
    content = (folder / "diff.json").read_bytes()
    (folder / "diff.json").write_bytes(content.replace(b'"protected": true', b'"protected": false'))
    assert infra.run(execute_shown, arguments, **GIVEN, DIGEST=said["DIGEST"]) == 1
    assert "someone replaced it" in capsys.readouterr().err
    assert executed(infra) == []
    (folder / "diff.json").write_bytes(content)
    assert infra.run(execute_shown, arguments, **GIVEN, DIGEST=said["DIGEST"]) == 0
    assert infra.run(show, arguments, **GIVEN) == 0
    assert exports(folder)["CHANGES"] == "no"


def test_an_assembly_that_was_replaced_after_the_diff_is_refused(edited: Infrastructure) -> None:
    shown = edited.look("self")
    edited.template(STACK, lambda t: t["Resources"].update(More={"Type": "AWS::SNS::Topic"}))
    refused(edited, f"{STACK} in 111111111111/eu-west-1: the commit's template is another one", shown)


def test_a_file_that_was_replaced_after_the_diff_is_refused(edited: Infrastructure) -> None:
    shown = edited.look("self")
    [tools] = {file.parent for file in edited.assembly.glob("asset.*/stages.json")}
    (tools / "show.py").write_text("print('evil')")
    refused(edited, "the commit's files are other ones", shown)


def test_a_stack_that_somebody_has_changed_after_the_diff_is_refused(edited: Infrastructure) -> None:
    shown = edited.look("self")
    stack = edited.cloudformation.stacks["eu-west-1", STACK]
    stack.template = {**stack.template, "Description": "by hand"}
    refused(edited, "somebody has changed the stack meanwhile", shown)


def test_a_stack_that_somebody_changes_while_change_sets_are_made_is_refused(edited: Infrastructure) -> None:
    shown = edited.look("self")

    def change_by_hand(stack: Any) -> None:
        stack.tags = [*stack.tags, {"Key": "by", "Value": "hand"}]

    edited.cloudformation.made.append(change_by_hand)
    refused(edited, "somebody has changed the stack meanwhile", shown)


def test_other_stacks_than_those_that_were_shown_are_refused(infra: Infrastructure) -> None:
    shown = infra.look("self")
    for entries in (shown[:-1], shown[::-1], [*shown, shown[0]]):
        refused(infra, "has other stacks than those that were shown", entries)
    content = json.loads(infra.stages.read_text())
    content["stages"]["self"].pop()
    infra.stages.write_text(json.dumps(content))
    refused(infra, "has other stacks than those that were shown", shown)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (change("Add", "Evil", "AWS::IAM::Role"), "Add AWS::IAM::Role Evil: not shown"),
        (change("Remove", "Evil", "AWS::S3::Bucket"), "Remove AWS::S3::Bucket Evil: not shown"),
        (change("Import", "Evil"), "Import Any Evil: not shown"),
        (change("Dynamic", "Evil"), "Dynamic Any Evil: not shown"),
        (change("Remove", "New"), "Remove Any New: shown as Add"),
        (change("Modify", "Evil"), "Modify Any Evil: not shown"),
        (change("Modify", "Evil", "Any", direct("Properties", "P")), "Modify Any Evil: not shown"),
        (change("Modify", "Evil", "Any", direct("Properties", "P", "Dynamic")), "Modify Any Evil: not shown"),
        (change("Modify", "Evil", "Any", *caused("P", "Other.Arn")), "Modify Any Evil: not shown"),
        (change("Modify", "Evil", "Any", *caused("P", "New.Arn"), direct("Tags")), "Any Evil: not shown"),
        (change("Modify", "Evil", "", *caused("P", "New.Arn"), Replacement="Conditional"), "Evil: not shown"),
        ({"Type": "Hook"}, "a change of Hook"),
    ],
)  # fmt: skip
def test_a_change_set_with_what_was_not_shown_is_not_executed(
    edited: Infrastructure, more: dict[str, Any], words: str
) -> None:
    edited.cloudformation.more = [more]
    refused(edited, f"change set of {STACK} in 111111111111/eu-west-1 holds what was not shown: .*{words}")


def test_what_follows_from_what_was_shown_is_executed(edited: Infrastructure) -> None:
    edited.cloudformation.more = [change("Modify", "Other", "Any", *caused("P", "New.Arn"))]
    edited.deploy("self", edited.look("self"))
    assert executed(edited) == [STACK]


def test_what_is_there_already_is_taken_back_where_it_was_shown_as_new(edited: Infrastructure) -> None:
    edited.cloudformation.more = [change("Import", "New")]
    edited.deploy("self", edited.look("self"))
    assert executed(edited) == [STACK]


def test_a_refusal_in_a_later_wave_leaves_the_earlier_ones_as_they_are(infra: Infrastructure) -> None:
    last = infra.stage("prod").waves[-1][-1].name

    def only_there(stack: Any) -> None:
        infra.cloudformation.more = [change("Add", "Evil")] if stack.name == last else []

    infra.cloudformation.made.append(only_there)
    with pytest.raises(Refused, match="holds what was not shown"):
        infra.deploy("prod", infra.look("prod"))
    assert executed(infra) == []


def test_another_try_of_the_same_execution_goes_on_where_it_stopped(infra: Infrastructure) -> None:
    shown = infra.look("self")
    infra.cloudformation.fails.add(STACK)
    with pytest.raises(Refused, match=f"{STACK} is ROLLBACK_COMPLETE"):
        infra.deploy("self", shown, "gh-1")
    infra.cloudformation.fails.clear()
    before = executed(infra)
    # What another execution has deployed is no try of this one.
    with pytest.raises(Refused, match="somebody has changed the stack meanwhile"):
        infra.deploy("self", shown, "gh-2")
    infra.deploy("self", shown, "gh-1")
    assert executed(infra) == [*before, STACK]
    assert not any(one.changed for one in infra.look("self"))


def test_another_try_is_one_of_the_same_files(infra: Infrastructure) -> None:
    shown = infra.look("self")
    infra.deploy("self", shown, "gh-1")
    [tools] = {file.parent for file in infra.assembly.glob("asset.*/stages.json")}
    (tools / "diff.py").write_text("print('evil')")
    with pytest.raises(Refused, match="the commit's files are other ones"):
        infra.deploy("self", shown, "gh-1")


def test_a_stack_that_was_changed_after_it_was_deployed_stops_another_try(infra: Infrastructure) -> None:
    shown = infra.look("self")
    infra.deploy("self", shown, "gh-1")
    infra.cloudformation.stacks["eu-west-1", STACK].template["Resources"].popitem()
    with pytest.raises(Refused, match="somebody has changed the stack meanwhile"):
        infra.deploy("self", shown, "gh-1")


def test_nothing_comes_after_what_has_failed(infra: Infrastructure) -> None:
    infra.cloudformation.fails.add("churn-infrastructure")
    with pytest.raises(Refused, match="is ROLLBACK_COMPLETE: Role: exists; Later: canceled"):
        infra.deploy("self", infra.look("self"))
    assert STACK not in executed(infra)


def test_a_stack_is_protected_again_without_a_change_set(edited: Infrastructure) -> None:
    edited.template(STACK, lambda t: [t["Resources"].pop(name) for name in ("New", "Reader")])
    stack = edited.cloudformation.stacks["eu-west-1", STACK]
    stack.protected = False
    [shown] = [one for one in edited.look("self") if one.changed]
    assert (shown.counts, "  ~ termination protection: off -> on" in shown.text) == ("protection", True)
    edited.deploy("self", edited.look("self"))
    assert stack.protected and executed(edited) == [] and not stack.change_sets


def test_another_value_of_a_parameter_of_ssm_than_the_shown_one_is_refused(infra: Infrastructure) -> None:
    infra.deploy("self", infra.look("self"), "e0")
    infra.cloudformation.calls.clear()
    infra.template(STACK, parameter_of_ssm)
    put(infra, "one")
    shown = infra.look("self")
    infra.cloudformation.read["/value"] = "two"
    refused(infra, "parameter Read: a parameter of SSM that it reads has another value", shown)
    infra.cloudformation.read["/value"] = "one"
    infra.deploy("self", shown)
    assert executed(infra) == [STACK]


def test_no_other_roles_are_taken_on_than_those_that_deploy(infra: Infrastructure) -> None:
    shown = infra.look("self")
    infra.aws = BootstrapAws()
    infra.deploy("self", shown)
    assert set(infra.aws._taken_on) == {HOME.role("deploy"), HOME.role("file-publishing")}
