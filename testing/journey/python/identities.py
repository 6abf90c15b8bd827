"""Whose a call is: sessions of people, functions and builds, as IAM's condition keys and CloudTrail's records say it.

After the IAM user guide ("AWS global condition context keys", "Monitor and control actions taken with assumed roles")
and the CloudTrail user guide ("CloudTrail userIdentity element").
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from permissions import Context
from values import parse_arn


def unique_id(arn: str) -> str:
    """The id that IAM gives a user (AIDA...) or a role (AROA...); the same name has the same one here."""
    prefix = "AIDA" if ":user/" in arn else "AROA"
    return prefix + hashlib.sha256(arn.encode()).hexdigest()[:17].upper()


@dataclass(frozen=True)
class Identity:
    """An IAM user, or a session of a role."""

    issuer: str
    """ARN of the user, or of the role that the session is of."""
    session: str = ""
    """Name of the session; empty for a user."""
    source: str = ""
    """Source identity, which nobody can change once it is set."""
    second_factor: bool = False
    """Whether AWS knows that somebody signed in with MFA."""
    invoked_by: str = ""
    """Service that calls in the session's name."""

    @property
    def is_user(self) -> bool:
        """Whether it is an IAM user."""
        return not self.session

    @property
    def account(self) -> str:
        """Account that it belongs to."""
        return parse_arn(self.issuer).account

    @property
    def principal(self) -> str:
        """ARN that STS gives to whoever asks who he is."""
        if self.is_user:
            return self.issuer
        # A session's ARN has the role's name without its path.
        name = self.issuer.rpartition("/")[2]
        return f"arn:aws:sts::{self.account}:assumed-role/{name}/{self.session}"

    @property
    def user_id(self) -> str:
        """`aws:userid`."""
        return unique_id(self.issuer) + (f":{self.session}" if self.session else "")

    def context(self) -> Context:
        """The condition keys that depend on who calls."""
        who: Context = {"aws:userid": self.user_id, "aws:PrincipalArn": self.issuer}
        if self.is_user:
            who |= {"aws:username": self.issuer.rpartition("/")[2], "aws:PrincipalType": "User"}
        if self.source:
            who["aws:SourceIdentity"] = self.source
        # Access keys without a session have no such key at all.
        return {**who, "aws:MultiFactorAuthPresent": "true"} if self.second_factor else who

    def recorded(self, key: str, since: str) -> dict[str, Any]:
        """The element `userIdentity` of a CloudTrail record."""
        known = {"principalId": self.user_id, "arn": self.principal, "accountId": self.account, "accessKeyId": key}
        invoked = {"invokedBy": self.invoked_by} if self.invoked_by else {}
        attributes = {"creationDate": since, "mfaAuthenticated": str(self.second_factor).lower()}
        if self.is_user:
            session = {"sessionContext": {"attributes": attributes}} if self.second_factor else {}
            return {"type": "IAMUser", **known, "userName": self.issuer.rpartition("/")[2], **session, **invoked}
        issuer = {
            "type": "Role",
            "principalId": unique_id(self.issuer),
            "arn": self.issuer,
            "accountId": self.account,
            "userName": self.issuer.rpartition("/")[2],
        }
        session_context = {
            "sessionIssuer": issuer,
            "attributes": attributes,
            **({"sourceIdentity": self.source} if self.source else {}),
        }
        return {"type": "AssumedRole", **known, "sessionContext": session_context, **invoked}
