"""Taking on the role of an approver under the own name: nobody decides under a name that they chose."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

DENIED = ("AccessDenied", "AccessDeniedException")

_CENTER = "AWSReservedSSO_"
_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)


class NotSignedIn(Exception):
    """The role cannot be taken on; the message says why and what to do."""


@dataclass(frozen=True)
class Caller:
    """Whose credentials these are."""

    arn: str
    name: str
    """Of the IAM user or, for a session, its own: Identity Center names sessions after its users."""
    kind: str
    """user, identityCenter, role or other."""

    def is_session_of(self, role: str) -> bool:
        """Whether these are already credentials of a role."""
        account, name = role.split(":")[4], role.rsplit("/", 1)[-1]
        found = self.arn.split(":")
        return (
            found[2:3] == ["sts"]
            and found[4] == account
            and found[5].split("/")[:2] == ["assumed-role", name]
        )


def caller_of(identity: dict[str, str]) -> Caller:
    """Whose credentials these are, by the answer of GetCallerIdentity."""
    arn = identity["Arn"]
    kind, _, rest = arn.split(":", 5)[5].partition("/")
    if kind == "user":
        return Caller(arn, rest.rsplit("/", 1)[-1], "user")
    if kind == "assumed-role":
        # The ID of the principal ends with the session's name, as the policies see it.
        name = identity["UserId"].partition(":")[2]
        return Caller(arn, name, "identityCenter" if rest.startswith(_CENTER) else "role")
    return Caller(arn, "", "other")


def approver_session(
    session: Any,
    role: str,
    bound: bool,
    chosen: str | None,
    ask: Callable[[str], str] | None,
    make: Callable[..., Any],
) -> tuple[Any, str]:
    """A session of the role, and under which name.

    `bound` says whether the role asks for bound names; `chosen` is a name given for this; `ask` asks the
    person for the code of a second factor, or is None where nobody can answer; `make` makes a session.
    """
    caller = caller_of(session.client("sts").get_caller_identity())
    if caller.is_session_of(role):
        return session, caller.name
    name = chosen or caller.name
    if not _NAME.fullmatch(name):
        raise NotSignedIn(
            f"These are credentials of {caller.arn}, which says nobody's name. Sign in as an IAM user, "
            "through Identity Center or your identity provider."
        )
    wanted: dict[str, str] = {"RoleArn": role, "RoleSessionName": name}
    # Where the identity provider has set a source identity, the session hands it on.
    if bound and caller.kind in ("user", "identityCenter"):
        wanted["SourceIdentity"] = name
    sts = session.client("sts")
    try:
        answer = sts.assume_role(**wanted)
    except sts.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        if caller.kind != "user" or ask is None:
            raise NotSignedIn(_denied(role, caller, error)) from error
        answer = _with_second_factor(session, sts, wanted, caller, ask)
    keys = answer["Credentials"]
    made = make(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name=session.region_name,
    )
    return made, name


def _with_second_factor(
    session: Any, sts: Any, wanted: dict[str, str], caller: Caller, ask: Callable[[str], str]
) -> Any:
    device = _device(session, caller)
    code = ask(f"Code of your MFA device {device}: ").strip()
    try:
        return sts.assume_role(**wanted, SerialNumber=device, TokenCode=code)
    except sts.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        raise NotSignedIn(_denied(wanted["RoleArn"], caller, error)) from error


def _device(session: Any, caller: Caller) -> str:
    iam = session.client("iam")
    try:
        devices = iam.list_mfa_devices(UserName=caller.name)["MFADevices"]
    except iam.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        # The usual name of a virtual device; a user who may not list devices knows the code all the same.
        account, partition = caller.arn.split(":")[4], caller.arn.split(":")[1]
        return f"arn:{partition}:iam::{account}:mfa/{caller.name}"
    if not devices:
        raise NotSignedIn(
            f"{caller.arn} has no MFA device, and the role asks for one. Register a device in IAM."
        )
    return str(devices[0]["SerialNumber"])


def _denied(role: str, caller: Caller, error: Exception) -> str:
    more = (
        " If your session has another name than the source identity that your identity provider sets, "
        "give that with --as."
        if caller.kind == "role"
        else ""
    )
    return f"{caller.arn} cannot take on {role}: {error}. The option approvers says who may.{more}"
