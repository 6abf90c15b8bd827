"""The GitHub App of a delivery: its private key is in KMS, and its installation hands out tokens for an hour.

After GitHub's documentation, "Generating a JSON Web Token (JWT) for a GitHub App" and "Generating an installation
access token for a GitHub App".
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from gateway import Gateway
from github_api import Bearer, Refused
from permissions import Request
from values import JourneyError, Place

ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_256"
LONGEST_SECONDS = 600
RIGHTS = {"actions": "write", "contents": "write", "metadata": "read"}
"""What the installation may do; a token may do no more."""


@dataclass
class App:
    """An App that is installed in one repository."""

    repository: str
    repository_id: int
    bear: Callable[[Bearer], str]
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def install(self, gateway: Gateway) -> None:
        """The key is imported: whoever may sign with it is the App."""
        gateway.fakes[("kms", "Sign")] = self._sign

    def token(self, proof: str, body: dict[str, Any]) -> dict[str, Any]:
        """A token of the installation for whoever has the App's key."""
        try:
            claims = jwt.decode(proof, self.key.public_key(), ["RS256"], leeway=60)
        except jwt.InvalidTokenError as error:
            raise Refused(401, f"A JSON web token could not be decoded: {error}") from error
        if claims["exp"] - time.time() > LONGEST_SECONDS or not claims.get("iss"):
            raise Refused(401, "'Expiration time' claim ('exp') is too far in the future")
        if self.repository_id not in body.get("repository_ids", [self.repository_id]):
            raise Refused(422, "There is at least one repository that does not exist or is not accessible")
        wanted: dict[str, str] = body.get("permissions", RIGHTS)
        if any(RIGHTS.get(scope) != level for scope, level in wanted.items()):
            raise Refused(422, "The permissions requested are not granted to this installation.")
        expires = datetime.fromtimestamp(time.time() + 3600, UTC)
        token = self.bear(Bearer(self.repository, wanted, "delivery[bot]"))
        return {"token": token, "expires_at": f"{expires:%Y-%m-%dT%H:%M:%SZ}", "permissions": wanted}

    def _sign(self, request: Request, _: Place) -> dict[str, Any]:
        if request["SigningAlgorithm"] != ALGORITHM or request.params.get("MessageType", "RAW") != "RAW":
            raise JourneyError(f"{request['SigningAlgorithm']} of a {request.params.get('MessageType')} is not known")
        made = self.key.sign(request["Message"], padding.PKCS1v15(), hashes.SHA256())
        return {"KeyId": request["KeyId"], "Signature": made, "SigningAlgorithm": ALGORITHM}
