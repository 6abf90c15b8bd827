"""The secret of `governance.jira`: whose token opens issues, and what webhooks are signed with."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

SHORTEST = 16
"""Characters of a webhook's secret; with a guessable one anybody could sign."""
LASTS = 300.0
"""Seconds for which a secret is not read again."""


@dataclass(frozen=True)
class Secret:
    """What is in it; of the version before, only the webhook's secret is still accepted."""

    user: str
    token: str
    webhook: tuple[str, ...]
    read_at: float


def read_secret(client: Any, arn: str) -> Secret:
    """The current version, and the one before. Raises `ValueError` when something is missing."""
    current = _version(client, arn, "AWSCURRENT")
    try:
        before = _version(client, arn, "AWSPREVIOUS")
    except client.exceptions.ResourceNotFoundException:
        before = {}
    missing = [name for name in ("user", "token", "webhookSecret") if not current.get(name)]
    if missing:
        raise ValueError(f"the secret {arn} has no {missing[0]}: it must have user, token and webhookSecret")
    webhook = [str(v["webhookSecret"]) for v in (current, before) if v.get("webhookSecret")]
    if any(len(text) < SHORTEST for text in webhook):
        raise ValueError(f"the webhookSecret of {arn} must have at least {SHORTEST} characters")
    return Secret(str(current["user"]), str(current["token"]), tuple(webhook), time.monotonic())


def _version(client: Any, arn: str, stage: str) -> dict[str, Any]:
    found = json.loads(client.get_secret_value(SecretId=arn, VersionStage=stage)["SecretString"])
    if not isinstance(found, dict):
        raise ValueError(f"the secret {arn} is not a JSON object")
    return found


class Cache:
    """Secrets are read again after some minutes, or sooner when what is known does not fit."""

    def __init__(self) -> None:
        self._known: dict[str, Secret] = {}

    def get(self, client: Any, arn: str, lasts: float = LASTS) -> Secret:
        """The secret, not older than `lasts` seconds."""
        known = self._known.get(arn)
        if known is None or time.monotonic() - known.read_at > lasts:
            known = self._known[arn] = read_secret(client, arn)
        return known
