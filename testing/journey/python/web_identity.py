"""STS: who has a token of an identity provider gets a session of a role that trusts it.

After the STS API reference (AssumeRoleWithWebIdentity, its errors) and the IAM user guide, "Create an OpenID Connect
(OIDC) identity provider in IAM".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from botocore.exceptions import ClientError

from gateway import Gateway, Session, client_error
from github_tokens import HOST, STS, Issuer
from identities import Identity
from permissions import Call, Context
from values import Denied, NotThere, parse_arn

OPERATION = "AssumeRoleWithWebIdentity"
LONGEST_SECONDS = 3600
"""How long sessions last where a role does not say it (IAM API reference, CreateRole, MaxSessionDuration)."""


@dataclass
class WebIdentity:
    """The exchange; each account knows providers, with the audiences that they are asked for."""

    gateway: Gateway
    claims: Callable[[], list[str]]
    """Claims that become condition keys."""
    issuers: dict[str, Issuer] = field(default_factory=dict)
    """Issuers that answer at their address, registered anywhere or not."""
    audiences: tuple[str, ...] = (STS,)
    """Of the provider in each account that has it."""
    host: str = HOST
    """Of the issuer whose provider accounts have."""
    _keys: list[str] | None = None

    def assume(self, role: str, token: str, session: str, seconds: int = LONGEST_SECONDS) -> Session:
        """A session of a role for whoever has this token; raises ClientError or Denied as STS would refuse."""
        claims = self._checked(token)
        account = parse_arn(role).account
        provider = f"arn:aws:iam::{account}:oidc-provider/{self.host}"
        if self._keys is None:
            self._keys = self.claims()
        context: Context = {f"{self.host}:{key}": str(claims[key]) for key in self._keys if key in claims}
        found = self.gateway.cloud.find("AWS::IAM::Role", role)
        if found is None:
            raise NotThere(f"there is no role {role}")
        self.gateway.judge.ask(provider, [Call(f"sts:{OPERATION}", role, {**context, "sts:RoleSessionName": session})])
        longest = int(found.properties.get("MaxSessionDuration", LONGEST_SECONDS))
        if not 900 <= seconds <= longest:
            raise client_error(OPERATION, "ValidationError", f"{seconds} s are more than the {longest} s of {role}")
        return self.gateway.session(role, Identity(role, session))

    def answer(self, params: dict[str, Any]) -> dict[str, Any]:
        """What STS answers a program that has a token."""
        taken = self.assume(params["RoleArn"], params["WebIdentityToken"], params["RoleSessionName"])
        end = datetime(2099, 1, 1, tzinfo=UTC)
        secret = {"SecretAccessKey": "secret", "SessionToken": taken.key, "Expiration": end}
        return {"Credentials": {"AccessKeyId": taken.key, **secret}}

    def refusal(self, role: str, token: str) -> str:
        """Why somebody with this token does not get a role; empty where he does."""
        try:
            self.assume(role, token, "somebody")
        except (Denied, ClientError) as error:
            return str(error)
        return ""

    def _checked(self, token: str) -> dict[str, Any]:
        refused = lambda code, why: client_error(OPERATION, code, why)
        try:
            said = jwt.decode(token, options={"verify_signature": False})
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as error:
            raise refused("InvalidIdentityToken", f"it is no token: {error}") from error
        # The address is the provider's name in the account.
        issuer = self.issuers.get(said.get("iss", ""))
        if issuer is None or said["iss"] != f"https://{self.host}":
            raise refused("InvalidIdentityToken", f"No OpenIDConnect provider found for {said.get('iss')}")
        if header.get("kid") != issuer.identity:
            raise refused("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider")
        try:
            return jwt.decode(token, issuer.key.public_key(), ["RS256"], audience=self.audiences)
        except jwt.ExpiredSignatureError as error:
            raise refused("ExpiredTokenException", "Token must be used within its lifetime") from error
        except jwt.InvalidAudienceError as error:
            raise refused("InvalidIdentityToken", "Incorrect token audience") from error
        except jwt.InvalidTokenError as error:
            raise refused("InvalidIdentityToken", f"the token's signature is not valid: {error}") from error
