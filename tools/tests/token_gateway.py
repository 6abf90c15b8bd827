"""
A stand-in for API Gateway's JWT authoriser. It is ours, not AWS's: PyJWT verifies signatures, and the rules
are those that API Gateway publishes (API Gateway developer guide, "Control access to HTTP APIs with JWT
authorizers"). It is made from the properties of a synthesized authoriser and route.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

ALGORITHMS = ["RS256", "RS384", "RS512"]
"""Only RSA-based ones are supported."""


class Issuer:
    """An OpenID Connect provider with a key."""

    def __init__(self, url: str, key_id: str = "k1") -> None:
        self.url, self.key_id = url, key_id
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def token(self, **claims: Any) -> str:
        """A token that it signs."""
        now = int(time.time())
        content = {"iss": self.url, "iat": now, "exp": now + 300, "sub": "caller", **claims}
        content = {name: value for name, value in content.items() if value is not None}
        return jwt.encode(content, self.key, algorithm="RS256", headers={"kid": self.key_id})


class TokenGateway:
    """What API Gateway does with a token before it calls the handler."""

    def __init__(self, authorizer: Mapping[str, Any], scopes: list[str] | None, issuer: Issuer) -> None:
        configuration = authorizer["JwtConfiguration"]
        self._issuer, self._audience = configuration["Issuer"], set(configuration["Audience"])
        self._scopes, self._keys = set(scopes or []), {issuer.key_id: issuer.key.public_key()}

    def admit(self, token: str | None) -> tuple[int, dict[str, str]]:
        """The status of its refusal, or 200 and the claims that the event has."""
        if not token:
            return 401, {}
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                options={"require": ["exp", "iss"], "verify_aud": False},
            )
        except (jwt.PyJWTError, KeyError):
            return 401, {}
        named = claims.get("aud", claims.get("client_id"))
        if not self._audience & set(named if isinstance(named, list) else [named]):
            return 401, {}
        given = claims.get("scope") or claims.get("scp") or ""
        if self._scopes and not self._scopes & set(given if isinstance(given, list) else given.split()):
            return 403, {}
        return 200, {name: _text(value) for name, value in claims.items()}


def _text(value: Any) -> str:
    """Claims are texts in an event; a list has square brackets and no commas."""
    if isinstance(value, list):
        return f"[{' '.join(map(str, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
