"""CloudTrail's records of decisions, in every way in which somebody can be somebody."""

from __future__ import annotations

import pytest

from governed import approval, session, trail_event
from trail_event import Caller, NotADecision, caller_of, decision_of, signature

# From the CloudTrail user guide, "CloudTrail userIdentity element", with its names.
USER = {
    "type": "IAMUser",
    "principalId": "AIDAJ45Q7YFFAREXAMPLE",
    "arn": "arn:aws:iam::123456789012:user/Alice",
    "accountId": "123456789012",
    "accessKeyId": "",
    "userName": "Alice",
}
ROLE = {
    "type": "AssumedRole",
    "principalId": "AROAIDPPEZS35WEXAMPLE:AssumedRoleSessionName",
    "arn": "arn:aws:sts::123456789012:assumed-role/RoleToBeAssumed/MySessionName",
    "accountId": "123456789012",
    "accessKeyId": "",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAIDPPEZS35WEXAMPLE",
            "arn": "arn:aws:iam::123456789012:role/RoleToBeAssumed",
            "accountId": "123456789012",
            "userName": "RoleToBeAssumed",
        },
        "attributes": {"mfaAuthenticated": "false", "creationDate": "20131102T010628Z"},
    },
}
SET = "AWSReservedSSO_ModelOwner_0123456789abcdef"


@pytest.mark.parametrize(
    ("who", "name", "identity", "chosen"),
    [
        (USER, "Alice", "user name", False),
        (ROLE, "AssumedRoleSessionName", "session name", True),
        (session("x", source="ana"), "ana", "source identity", False),
        (
            session("ana@example.org", SET, None, "aws-reserved/sso.amazonaws.com/eu-west-1/"),
            "ana@example.org",
            "permission set",
            False,
        ),
        # A role with such a name that Identity Center did not make: the path is reserved for it.
        (session("ana", SET, None), "ana", "session name", True),
        (
            {"type": "Root", "principalId": "123456789012", "arn": "arn:aws:iam::123456789012:root"},
            "arn:aws:iam::123456789012:root",
            "user name",
            False,
        ),
        (
            {"type": "AWSService", "invokedBy": "codepipeline.amazonaws.com"},
            "codepipeline.amazonaws.com",
            "user name",
            False,
        ),
        (
            {
                "type": "SAMLUser",
                "principalId": "SampleUkh1i4+ExamplexL/jEvs=:SamlExample",
                "userName": "SamlExample",
                "identityProvider": "SampleUkh1i4+ExamplexL/jEvs=",
            },
            "SamlExample",
            "user name",
            False,
        ),
    ],
    ids=[
        "user",
        "role",
        "source identity",
        "permission set",
        "a role called like one",
        "root",
        "service",
        "SAML",
    ],
)
def test_a_caller_is_named_by_what_they_did_not_choose(who, name: str, identity: str, chosen: bool) -> None:
    caller = caller_of(who)
    assert (caller.name, caller.identity, caller.chosen) == (name, identity, chosen)


def test_a_session_without_a_source_identity_names_its_role() -> None:
    assert caller_of(ROLE) == Caller(
        "AssumedRoleSessionName",
        str(ROLE["arn"]),
        "session name",
        "arn:aws:iam::123456789012:role/RoleToBeAssumed",
    )


@pytest.mark.parametrize(
    ("text", "status", "expected"),
    [
        ("[review] better", "Approved", ("review", "better")),
        ("[responsibility]better", "Approved", ("responsibility", "better")),
        ("better", "Approved", ("approval", "better")),
        ("worse", "Rejected", ("rejection", "worse")),
        ("[urgent] better", "Approved", ("approval", "[urgent] better")),
        ("[approval] two\nlines", "Approved", ("approval", "two lines")),
        ("", "Approved", ("approval", "")),
    ],
)
def test_a_description_is_meaning_and_reason(text: str, status: str, expected: tuple[str, str]) -> None:
    assert signature(text, status) == expected


def test_a_manual_approval_names_what_it_is_about() -> None:
    decision = decision_of(
        trail_event(
            "codepipeline",
            "PutApprovalResult",
            "p",
            {
                "pipelineName": "churn-main-deploy",
                "stageName": "Deploy-prod",
                "actionName": "Approve-prod",
                "result": {"summary": "[approval] tested", "status": "Approved"},
                "token": "1a2b3c4d-573f-4ea7-a67E-XAMPLETOKEN",
            },
        )
    )
    shown = (
        decision.pipeline,
        decision.stage,
        decision.action,
        decision.status,
        decision.reason,
        decision.package,
    )
    assert shown == ("churn-main-deploy", "Deploy-prod", "Approve-prod", "Approved", "tested", "")


def test_another_call_is_no_decision() -> None:
    with pytest.raises(NotADecision, match="DeleteModelPackage decides nothing"):
        decision_of(trail_event("sagemaker", "DeleteModelPackage", "x", {}))


def test_an_event_that_is_not_cloudtrails_is_kept_for_a_person() -> None:
    event = approval("arn:aws:sagemaker:eu-west-1:1:model-package/churn-main/1")
    del event["detail"]["eventID"]
    with pytest.raises(KeyError, match="eventID"):
        decision_of(event)
