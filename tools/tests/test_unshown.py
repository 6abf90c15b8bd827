"""What a change set holds beside what was shown."""

from __future__ import annotations

from typing import Any

import pytest

from fake_changes import caused, change, direct
from looking import Shown
from stack_changes import resource_changes
from unshown import unshown


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


OLD = {
    "Changes": queue(DelaySeconds=1, QueueName="a"),
    "Follows": queue(P={"Fn::GetAtt": ["Changes", "Arn"]}),
    "Conditional": {**queue(), "Condition": "C"},
    "Read": queue(P="{{resolve:ssm:/a}}", Q="a"),
    "Goes": {**queue(), "DeletionPolicy": "Retain"},
    "Tagged": queue(Tags=[{"Key": "a", "Value": "b"}]),
    "Mapped": queue(P={"Fn::If": ["C", 1, 2]}),
    "Described": {**queue(), "Metadata": {"a": 1}, "UpdatePolicy": {"a": {"b": 1}}},
}
NEW = {
    **OLD,
    "Changes": queue(DelaySeconds=2, QueueName="a"),
    "Tagged": queue(Tags=[{"Key": "a", "Value": "c"}]),
    "Comes": queue(),
    "Described": {**queue(), "Metadata": {"a": 2}, "UpdatePolicy": {"a": {"b": 2}}},
}
del NEW["Goes"]


def shown(*, tags: bool = False) -> Shown:
    found = resource_changes(
        {"Resources": OLD, "Conditions": {"C": {"Fn::Equals": ["a", "b"]}}},
        {"Resources": NEW, "Conditions": {"C": {"Fn::Equals": ["a", "c"]}}}, {"Parameter"},
    )  # fmt: skip
    changes = found.own + found.following
    causes = {one["LogicalResourceId"] for one in changes} | {"Parameter"}
    empty: Any = None
    return Shown(empty, empty, None, changes, causes, tags, True, [], "", {})


def reasons(*changes: dict[str, Any], tags: bool = False) -> list[str]:
    return unshown(shown(tags=tags), list(changes))


@pytest.mark.parametrize(
    "allowed",
    [
        change("Add", "Comes"),
        change("Import", "Comes"),
        change("Remove", "Goes", PolicyAction="Retain"),
        change("Modify", "Changes", "Any", direct("Properties", "DelaySeconds")),
        change("Modify", "Changes", "Any", direct("Properties", "DelaySeconds"), *caused("P", "Follows.Arn")),
        change("Modify", "Follows", "Any", *caused("P", "Changes.Arn")),
        change("Dynamic", "Follows"),
        *(change(action, "Conditional") for action in ("Add", "Remove", "Import", "Modify")),
        change("Modify", "Read", "Any", direct("Properties", "P")),
        change("Modify", "Mapped", "Any", direct("Properties", "P")),
        change("Modify", "Described", "Any", direct("Metadata"), direct("UpdatePolicy")),
        change("Modify", "Tagged", "Any", direct("Tags")),
        change("Modify", "Else", "Any", *caused("P", "Comes", "ResourceReference")),
        change("Modify", "Else", "Any", *caused("P", "Parameter", "ParameterReference")),
    ],
)  # fmt: skip
def test_what_was_shown(allowed: dict[str, Any]) -> None:
    assert reasons(allowed) == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (change("Add", "Else"), "not shown"),
        (change("Add", "Goes"), "shown as Remove"),
        (change("Remove", "Changes"), "shown as Modify"),
        (change("Import", "Changes"), "shown as Modify"),
        (change("Remove", "Follows"), "shown as Dynamic"),
        (change("Remove", "Goes", PolicyAction="Delete"), "shown as kept"),
        (change("Modify", "Changes", "Any", direct("Properties", "Policy")), "Properties/Policy not shown"),
        (change("Modify", "Changes", "Any", direct("Metadata")), "Metadata not shown"),
        (change("Modify", "Changes", "Any", direct("Tags")), "Tags not shown"),
        (change("Modify", "Changes", "Any", direct("Properties", "Policy", "Dynamic")), "Policy not shown"),
        (change("Modify", "Changes", "Any", direct("Properties", "DelaySeconds"), Replacement="True"),
         "its replacement was not shown"),
        (change("Modify", "Follows", "Any", direct("Properties", "P")), "Properties/P not shown"),
        (change("Modify", "Follows", "Any", direct("Properties", "P"), *caused("P", "Changes.Arn")),
         "Properties/P not shown"),
        (change("Modify", "Read", "Any", direct("Properties", "Q")), "Properties/Q not shown"),
        (change("Modify", "Else", "Any", direct("Tags")), "not shown"),
        (change("Modify", "Else", "Any", *caused("P", "Nobody")), "not shown"),
        (change("Modify", "Else", "Any", *caused("P", "Comes"), Replacement="True"), "not shown"),
        (change("Modify", "Else", "Any", *caused("P", "Comes", "Automatic")), "not shown"),
        (change("Modify", "Else"), "not shown"),
    ],
)  # fmt: skip
def test_what_was_not(more: dict[str, Any], words: str) -> None:
    [reason] = reasons(change("Add", "Comes"), more)
    assert reason.endswith(words)


def test_a_property_is_known_by_its_path_too() -> None:
    detail = direct("Properties", "Policy")
    detail["Target"]["Path"] = "/Properties/DelaySeconds/Deeper"
    assert reasons(change("Modify", "Changes", "Any", detail)) == []


def test_tags_of_the_stack_are_tags_of_its_resources() -> None:
    more = change("Modify", "Else", "Any", direct("Tags"))
    assert reasons(more) != []
    assert reasons(more, change("Modify", "Changes", "Any", direct("Tags")), tags=True) == []
