"""What another template would change in a stack, in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

import change_text
from stack_changes import Resources, resource_changes
from values import differences

ROLE = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": []}}}
READ, ADMIN = ({"Effect": "Allow", "Action": action, "Resource": "*"} for action in ("s3:Get*", "*"))


def changes(old: Any, new: Any, *values: str, **sections: Any) -> Resources:
    """Of resources, with sections that only the new template has otherwise."""
    return resource_changes({"Resources": old}, {"Resources": new, **sections}, set(values))


def text(found: Resources) -> list[str]:
    return change_text.lines([{"ResourceChange": change} for change in found.own + found.following])


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def test_values_are_shown_with_their_path_and_nothing_else() -> None:
    old = {"Q": queue(DelaySeconds=1, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}])}
    new = {"Q": queue(DelaySeconds=2, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "e"}])}
    assert text(changes(old, new)) == [
        "  ~ AWS::SQS::Queue Q",
        "      /Properties/DelaySeconds: 1 -> 2",
        '      /Properties/Tags/1/Value: "d" -> "e"',
    ]


def test_elements_that_come_or_go_do_not_make_the_others_look_changed() -> None:
    old, new = (queue(Tags=[{"Key": key, "Value": key} for key in keys]) for keys in ("abd", "abcd"))
    there = '{"Key": "c", "Value": "c"}'
    assert text(changes({"Q": old}, {"Q": new}))[1:] == [f"      /Properties/Tags/2: - -> {there}"]
    assert text(changes({"Q": new}, {"Q": old}))[1:] == [f"      /Properties/Tags/2: {there} -> -"]


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("AWS::SQS::Queue", "QueueName", ", replaced, the old one is deleted"),
        ("AWS::SQS::Queue", "DelaySeconds", ""),
        ("AWS::DynamoDB::Table", "KeySchema", ", may be replaced, the old one is deleted"),
        ("AWS::Route53::RecordSet", "Name", ", may be replaced, the old one is deleted"),
        ("Custom::Nobody", "Anything", ", may be replaced, the old one is deleted"),
    ],
)
def test_whether_a_resource_is_replaced(kind: str, name: str, words: str) -> None:
    old, new = ({"R": {"Type": kind, "Properties": {name: value}}} for value in "ab")
    assert text(changes(old, new))[0] == f"  ~ {kind} R{words}"


def test_a_property_in_another_one_replaces_too() -> None:
    kind, inner = "AWS::SageMaker::Domain", {"DefaultResourceSpec": {"InstanceType": "a"}}
    other = {"DefaultResourceSpec": {"InstanceType": "b"}}
    wanted = ((None, ", may be replaced"), (other, ", replaced"))
    for before, words in wanted:
        settings = {"RStudioServerProDomainSettings": before} if before else {}
        old = {"R": {"Type": kind, "Properties": {"DomainSettings": {"Other": 1, **settings}}}}
        after = {"Other": 1, "RStudioServerProDomainSettings": inner}
        new = {"R": {"Type": kind, "Properties": {"DomainSettings": after}}}
        assert text(changes(old, new))[0].startswith(f"  ~ {kind} R{words}")


def test_what_is_removed_is_kept_or_deleted() -> None:
    for policy, words in {"Retain": "kept", "RetainExceptOnCreate": "kept", "Snapshot": "a snapshot is kept",
                          "Delete": "deleted"}.items():  # fmt: skip
        assert text(changes({"Q": {**queue(), "DeletionPolicy": policy}}, {}))[0].endswith(f"Q, {words}")
    assert text(changes({"Q": queue()}, {}))[0] == "  - AWS::SQS::Queue Q, deleted"


def test_that_the_old_one_is_kept_is_promised_only_if_both_templates_say_it() -> None:
    kept = {"UpdateReplacePolicy": "Retain"}
    old, new = ({"Q": {**queue(QueueName=name), **kept}} for name in "ab")
    assert text(changes(old, new))[0].endswith("Q, replaced, the old one is kept")
    del new["Q"]["UpdateReplacePolicy"]
    assert text(changes(old, new))[0].endswith("Q, replaced, the old one is deleted")


def test_statements_are_shown_one_by_one_wherever_they_stand() -> None:
    def role(*statements: Any, trust: str = "lambda") -> dict[str, Any]:
        trusts = {"Statement": {"Principal": {"Service": f"{trust}.amazonaws.com"}}}
        policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": list(statements)}}]
        properties = {"AssumeRolePolicyDocument": trusts, "Policies": policies}
        return {"R": {"Type": "AWS::IAM::Role", "Properties": properties}}

    place = "      /Properties/Policies/0/PolicyDocument/Statement (rights in IAM)"
    assert text(changes(role(READ), role(ADMIN, READ)))[1:] == [f"{place}: - -> {json.dumps(ADMIN)}"]
    assert text(changes(role(READ, ADMIN), role(READ)))[1:] == [f"{place}: {json.dumps(ADMIN)} -> -"]
    [line] = text(changes(role(READ, ADMIN), role(ADMIN, READ)))[1:]
    assert line.startswith(f"{place}: [")
    trust = "      /Properties/AssumeRolePolicyDocument/Statement (trust in IAM)"
    found = text(changes(role(READ), role(READ, trust="ec2")))
    assert [line.split(": ")[0] for line in found[1:]] == [trust, trust]


def test_statements_of_what_is_new_or_goes_are_called_out_too() -> None:
    policy = {"Type": "AWS::S3::BucketPolicy", "Properties": {"PolicyDocument": {"Statement": [READ]}}}
    place = "      /Properties/PolicyDocument/Statement (resource policy)"
    assert text(changes({}, {"P": policy}))[1] == f"{place}: - -> {json.dumps(READ)}"
    assert text(changes({"P": policy}, {}))[1] == f"{place}: {json.dumps(READ)} -> -"
    group = {"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": ["a"]}}
    other = {"Type": "AWS::IAM::Group", "Properties": {"ManagedPolicyArns": ["b"]}}
    line = '      /Properties/ManagedPolicyArns/0 (rights in IAM): "a" -> "b"'
    assert text(changes({"G": group}, {"G": other}))[1] == line
    one, two = ({"L": {"Type": "AWS::Lambda::Permission", "Properties": {"Principal": p}}} for p in "ab")
    assert text(changes(one, two))[1] == '      /Properties/Principal (resource policy): "a" -> "b"'


def test_documents_in_texts_are_looked_into() -> None:
    old, new = (json.dumps({"States": {"A": {"Type": kind}, "Long": "x" * 500}}) for kind in ("Pass", "Fail"))
    [found] = differences(old, new, ("Definition",))
    assert (found.path, found.before, found.after) == (("Definition", "States", "A", "Type"), "Pass", "Fail")
    assert [f.after for f in differences("{}", "{ }")] == ["{ }"]
    assert [f.after for f in differences("plain", "{}")] == ["{}"]


def test_of_long_texts_only_what_is_the_same_at_both_ends_is_left_out() -> None:
    [found] = differences("a" * 300 + "old" + "b" * 300, "a" * 300 + "new" * 100 + "b" * 300)
    assert found.before == "..." + "a" * 40 + "old" + "b" * 40 + "..."
    assert found.after == "..." + "a" * 40 + "new" * 100 + "b" * 40 + "..."
    [found] = differences("a" * 400, "a" * 401)
    assert found.after == "..." + "a" * 41


@pytest.mark.parametrize(
    ("old", "new"), [("Grün", "Gr?n"), (1, "1"), (True, "true"), ({"a": 1, "b": 2}, {"b": 2, "a": 1})]
)
def test_what_cloudformation_does_not_tell_apart_is_no_change(old: Any, new: Any) -> None:
    """Deployed is what CloudFormation shows of it: "?" for each character beyond ASCII."""
    assert text(changes({"Q": queue(P=new)}, {"Q": queue(P=old)})) == []


@pytest.mark.parametrize(
    ("deployed", "new"), [("Gr?n", "Grüün"), ("Grün", "Gr?n"), ("1", "2"), (True, "false")]
)
def test_what_it_tells_apart_is_one(deployed: Any, new: Any) -> None:
    assert text(changes({"Q": queue(P=deployed)}, {"Q": queue(P=new)})) != []


def test_what_refers_to_what_changes_may_change_with_it() -> None:
    def stack(delay: int, name: str = "n") -> dict[str, Any]:
        return {
            "Q": queue(DelaySeconds=delay, QueueName=name),
            "Attribute": queue(P={"Fn::GetAtt": ["Q", "Arn"]}),
            "Text": queue(P={"Fn::Sub": "x${Q.Arn}${!Q}"}),
            "Name": queue(P={"Ref": "Q"}),
            "Next": queue(QueueName={"Fn::GetAtt": "Attribute.Arn"}),
            "Own": queue(P={"Fn::Sub": ["${Q}", {"Q": "mine"}]}),
            "Order": {**queue(), "DependsOn": "Q"},
        }

    assert text(changes(stack(1), stack(2)))[2:] == [
        "  ? AWS::SQS::Queue Attribute",
        "      /Properties/P: follows Q.Arn",
        "  ? AWS::SQS::Queue Next, may be replaced",
        "      /Properties/QueueName: follows Attribute.Arn",
        "  ? AWS::SQS::Queue Text",
        "      /Properties/P: follows Q.Arn",
    ]
    # The name is another one only if there is another queue.
    assert "  ? AWS::SQS::Queue Name" in text(changes(stack(1), stack(1, "other")))


def test_a_change_that_follows_may_replace_what_has_changed_itself() -> None:
    old, new = (
        {"Q": queue(QueueName=name), "R": queue(QueueName={"Ref": "Q"}, DelaySeconds=name)} for name in "ab"
    )
    assert "  ~ AWS::SQS::Queue R, may be replaced, the old one is deleted" in text(changes(old, new))


def test_parameters_mappings_and_conditions_are_followed() -> None:
    old = {
        "P": queue(P={"Ref": "Value"}),
        "M": queue(P={"Fn::FindInMap": ["Map", "a", "b"]}),
        "C": {**queue(), "Condition": "Second"},
        "I": queue(P={"Fn::If": ["First", 1, 2]}),
        "N": queue(),
    }
    sections = {
        "Mappings": {"Map": {"a": {"b": 1}}},
        "Conditions": {
            "First": {"Fn::Equals": [{"Ref": "Value"}, "a"]},
            "Second": {"Fn::Not": [{"Condition": "First"}]},
        },
    }
    found = text(resource_changes({"Resources": old, **sections}, {"Resources": old, **sections}, {"Value"}))
    assert [line for line in found if line.startswith("  ?")] == [f"  ? AWS::SQS::Queue {n}" for n in "CIP"]
    found = text(changes(old, old, **sections))
    assert [line for line in found if line.startswith("  ?")] == [f"  ? AWS::SQS::Queue {n}" for n in "CIM"]


def test_values_that_are_read_when_the_stack_is_deployed_are_named() -> None:
    found = changes({"Q": queue(P="{{resolve:ssm:/a}}")}, {"Q": queue(P="{{resolve:ssm:/a}}")})
    assert (found.own, found.follows) == ([], False)
    assert text(found) == ["  ? AWS::SQS::Queue Q", "      /Properties/P: follows {{resolve:ssm:/a}}"]


def test_the_order_of_resources_is_no_change() -> None:
    found = changes({"Q": {**queue(), "DependsOn": "R"}}, {"Q": queue()})
    assert (found.own, found.reordered) == ([], ["Q"])


def test_another_type_is_another_resource() -> None:
    found = text(changes({"Q": queue()}, {"Q": {"Type": "AWS::SNS::Topic", "Properties": {}}}))
    assert found == [
        "  ~ AWS::SNS::Topic Q, replaced, the old one is deleted",
        '      /Type: "AWS::SQS::Queue" -> "AWS::SNS::Topic"',
    ]
