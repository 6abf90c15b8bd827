"""Under which name somebody becomes an approver; botocore's model checks each call."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from sign_in import NotSignedIn, approver_session, caller_of

from fakes import before_calls, service_error, validate

ROLE = "arn:aws:iam::222222222222:role/churn-main-approver"
CENTER = "AWSReservedSSO_ModelOwner_0123456789abcdef"
KEYS = {
    "AccessKeyId": "ASIA0123456789ABCDEF",
    "SecretAccessKey": "s",
    "SessionToken": "t",
    "Expiration": "2026-01-01T00:00:00Z",
}


class Sts:
    """Answers who is calling, and who may assume the role."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.identity = {
            "Arn": "arn:aws:iam::222222222222:user/team/ana",
            "UserId": "AIDA1",
            "Account": "222222222222",
        }
        self.calls: list[dict[str, Any]] = []
        self.code: str | None = None
        self.denied = False
        self.devices = [{"SerialNumber": "arn:aws:iam::222222222222:mfa/phone"}]
        before_calls(monkeypatch, "sts", self.answer)
        before_calls(monkeypatch, "iam", self.iam)

    def answer(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if operation == "GetCallerIdentity":
            return self.identity
        assert operation == "AssumeRole", operation
        self.calls.append(arguments)
        if self.denied or (self.code and arguments.get("TokenCode") != self.code):
            raise service_error(operation, "AccessDenied", "not authorized")
        return {"Credentials": KEYS}

    def iam(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        assert operation == "ListMFADevices" and arguments == {"UserName": "ana"}
        return {"MFADevices": self.devices}

    def session_of(self, role: str, name: str, account: str = "222222222222") -> None:
        self.identity = {
            "Arn": f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
            "UserId": f"AROA0123456789ABCDEF0:{name}",
            "Account": account,
        }


@pytest.fixture
def sts(monkeypatch: pytest.MonkeyPatch) -> Sts:
    return Sts(monkeypatch)


def sign_in(bound: bool = True, chosen: str | None = None, ask: Any = None) -> tuple[Any, str]:
    session = boto3.Session(region_name="eu-west-1")
    return approver_session(session, ROLE, bound, chosen, ask, boto3.Session)


def test_a_user_signs_under_the_name_of_the_user(sts: Sts) -> None:
    session, name = sign_in()
    assert name == "ana" and session.get_credentials().token == "t"
    assert sts.calls == [{"RoleArn": ROLE, "RoleSessionName": "ana", "SourceIdentity": "ana"}]


def test_a_user_is_asked_for_the_second_factor_when_the_role_needs_it(sts: Sts) -> None:
    sts.code = "123456"
    asked: list[str] = []
    sign_in(ask=lambda text: asked.append(text) or " 123456 ")  # type: ignore[func-returns-value]
    assert asked == ["Code of your MFA device arn:aws:iam::222222222222:mfa/phone: "]
    assert sts.calls[1] == sts.calls[0] | {
        "SerialNumber": "arn:aws:iam::222222222222:mfa/phone",
        "TokenCode": "123456",
    }


def test_a_user_without_a_device_is_told(sts: Sts) -> None:
    sts.code, sts.devices = "123456", []
    with pytest.raises(NotSignedIn, match="has no MFA device"):
        sign_in(ask=lambda _: "1")


def test_a_wrong_code_is_told(sts: Sts) -> None:
    sts.code = "123456"
    with pytest.raises(
        NotSignedIn, match=r"cannot take on .*approver: .*The option approvers says who may\.$"
    ):
        sign_in(ask=lambda _: "000000")


def test_identity_center_names_its_sessions_after_its_users(sts: Sts) -> None:
    sts.session_of(CENTER, "ana@example.org")
    assert sign_in()[1] == "ana@example.org"
    assert sts.calls[0]["SourceIdentity"] == sts.calls[0]["RoleSessionName"] == "ana@example.org"


def test_a_federated_session_hands_its_source_identity_on(sts: Sts) -> None:
    sts.session_of("people", "ana")
    assert sign_in()[1] == "ana"
    assert sts.calls == [{"RoleArn": ROLE, "RoleSessionName": "ana"}]
    sign_in(chosen="ana@example.org")
    assert sts.calls[1]["RoleSessionName"] == "ana@example.org"
    sts.denied = True
    with pytest.raises(NotSignedIn, match="give that with --as"):
        sign_in(ask=lambda _: "1")


def test_nobody_sets_a_source_identity_where_the_role_does_not_ask_for_it(sts: Sts) -> None:
    sign_in(bound=False)
    assert sts.calls == [{"RoleArn": ROLE, "RoleSessionName": "ana"}]


def test_a_session_of_the_role_is_taken_as_it_is(sts: Sts) -> None:
    sts.session_of("churn-main-approver", "ana")
    assert (sign_in()[1], sts.calls) == ("ana", [])
    sts.session_of("churn-main-approver", "ana", account="333333333333")
    sign_in()
    assert len(sts.calls) == 1, "a role of the same name in another account is another one"


def test_the_root_user_has_no_name(sts: Sts) -> None:
    sts.identity = {
        "Arn": "arn:aws:iam::222222222222:root",
        "UserId": "222222222222",
        "Account": "222222222222",
    }
    with pytest.raises(NotSignedIn, match="says nobody's name"):
        sign_in()
    assert caller_of(sts.identity).kind == "other"
