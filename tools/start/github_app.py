"""A token for one repository and one kind of call, got with the key of a GitHub App that KMS keeps."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from github_api import GithubApi, GithubError
from start_settings import Settings

BACK_SECONDS, VALID_SECONDS = 60, 540
"""
A token of an App begins 60 seconds ago, for clocks that differ, and ends within 10 minutes (GitHub docs,
"Generating a JSON Web Token (JWT) for a GitHub App").
"""

SKEW_SECONDS = 30
"""From this difference of the clocks on GitHub's counts."""


class GithubApp:
    """The App, as installed where the repository is."""

    def __init__(
        self, api: GithubApi, kms: Any, settings: Settings, clock: Callable[[], float] = time.time
    ) -> None:
        self._api, self._kms, self._settings, self._clock = api, kms, settings, clock

    def token(self, permissions: Mapping[str, str]) -> str:
        """A token of the installation that may do only this, only in this repository."""
        try:
            answer = self._exchange(self._clock(), permissions)
        except GithubError as error:
            # What GitHub says when its clock and this one differ.
            if error.status != 401 or error.date is None or abs(error.date - self._clock()) < SKEW_SECONDS:
                raise
            print(f"{error}; the clocks differ by {error.date - self._clock():.0f} s")
            answer = self._exchange(error.date, permissions)
        self._refuse_others(answer)
        return str(answer["token"])

    def _exchange(self, now: float, permissions: Mapping[str, str]) -> Any:
        settings = self._settings
        body = {"repository_ids": [settings.repository_id], "permissions": dict(permissions)}
        path = f"/app/installations/{settings.installation_id}/access_tokens"
        return self._api.post(path, self._jwt(now), body)

    def _refuse_others(self, answer: Any) -> None:
        """The name in the settings may belong to somebody else by now; the id does not."""
        settings = self._settings
        found = {int(one["id"]): str(one["full_name"]) for one in answer.get("repositories", [])}
        name = found.get(settings.repository_id, settings.repository)
        if name.lower() != settings.repository.lower() or set(found) - {settings.repository_id}:
            raise GithubError(
                301, f"the repository {settings.repository_id} is {', '.join(found.values())} now"
            )

    def _jwt(self, now: float) -> str:
        claims = {
            "iat": int(now) - BACK_SECONDS,
            "exp": int(now) + VALID_SECONDS,
            "iss": self._settings.app_id,
        }
        signed = f"{_encoded({'alg': 'RS256', 'typ': 'JWT'})}.{_encoded(claims)}"
        signature = self._kms.sign(
            KeyId=self._settings.key,
            Message=signed.encode(),
            MessageType="RAW",
            SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256",
        )["Signature"]
        return f"{signed}.{_base64(signature)}"


def _encoded(part: Mapping[str, Any]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
