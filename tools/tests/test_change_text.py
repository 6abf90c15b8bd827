"""Changes in words."""

from __future__ import annotations

import change_text


def resource(action: str, **more: object) -> dict[str, object]:
    given = {"ResourceType": "AWS::SNS::Topic", "LogicalResourceId": "T", **more}
    return {"ResourceChange": {"Action": action, **given}}


def test_counts_tell_what_is_replaced_and_what_belongs_to_iam() -> None:
    changes = [
        resource("Add", ResourceType="AWS::IAM::Role"),
        resource("Modify", Replacement="Conditional"),
        resource("Modify", Replacement="False"),
        resource("Remove"),
        resource("Import"),
    ]
    assert change_text.counted(changes) == "+1 ~2 -1 <1 (1 may be replaced, 1 of IAM)"


def test_the_summary_of_a_hundred_stacks_fits_into_an_action() -> None:
    stacks = {f"churn-group-with-a-long-name-{i}-environment": "+10 ~2" for i in range(100)}
    text = change_text.summary(stacks)
    assert len(text) <= change_text.SUMMARY_LIMIT + len("; and 100 more")
    assert text.endswith(" more")


def test_values_before_and_after_are_shown() -> None:
    target = {"Attribute": "Properties", "Path": "/Properties/Policy", "BeforeValue": "a", "AfterValue": "b"}
    assert change_text.lines([resource("Modify", Replacement="True", Details=[{"Target": target}])]) == [
        "  ~ AWS::SNS::Topic T, replaced",
        '      /Properties/Policy: "a" -> "b"',
    ]
    assert change_text.lines([resource("Add", AfterContext='{"a": 1}')])[1] == '      after: "{\\"a\\": 1}"'


def test_no_text_can_look_like_another_line() -> None:
    evil = "T\n  - nothing"
    target = {"Name": evil, "AfterValue": evil}
    found = change_text.lines([resource("Modify", PhysicalResourceId=evil, Details=[{"Target": target}])])
    assert not any("\n" in line for line in found)


def test_no_line_is_a_command_to_a_machine_that_runs_workflows() -> None:
    """actions/runner, `ActionCommand.cs`: `::` at the beginning of a line, `##[` anywhere."""
    assert change_text.one_line("  ::set-output name=a::b") == "  \\u003a:set-output name=a::b"
    assert change_text.one_line("a ##[error]b") == "a ##\\u005berror]b"
    assert change_text.one_line("a\nb\x1b[0m") == "a\\nb\\u001b[0m"
    assert change_text.one_line("  + a: b") == "  + a: b"
