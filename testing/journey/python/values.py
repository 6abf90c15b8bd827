"""Small values that everything here shares: places, principals, ARNs, the journey's own error."""

from __future__ import annotations

from dataclasses import dataclass


class JourneyError(Exception):
    """What the product does is not what it is there for, or the journey does not know it: either way the journey
    ends."""


class NotThere(JourneyError):
    """Something that is addressed does not exist; AWS would say so to whoever addressed it."""


class Denied(Exception):
    """The synthesized policies do not allow a call."""

    def __init__(self, principal: str, action: str, resource: str, reason: str) -> None:
        self.action = action
        super().__init__(f"AccessDenied: {principal} may not {action} on {resource}: {reason}")


@dataclass(frozen=True)
class Place:
    """An account and a region."""

    account: str
    region: str

    def arn(self, service: str, resource: str) -> str:
        """An ARN here."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"


@dataclass(frozen=True)
class Arn:
    """The parts of an ARN."""

    service: str
    region: str
    account: str
    resource: str

    @property
    def name(self) -> str:
        """What follows the first slash or colon of the resource, or all of it."""
        for index, letter in enumerate(self.resource):
            if letter in "/:":
                return self.resource[index + 1 :]
        return self.resource

    @property
    def place(self) -> Place:
        """Where it is."""
        return Place(self.account, self.region)


def parse_arn(text: str) -> Arn:
    """Takes an ARN apart; a text that is none is an error."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn":
        raise JourneyError(f"{text!r} is no ARN")
    return Arn(*parts[2:])


def role_arn(account: str, name: str) -> str:
    """ARN of a role."""
    return f"arn:aws:iam::{account}:role/{name}"


def in_bucket(url: str) -> tuple[str, str]:
    """Bucket and key of an address in S3."""
    bucket, key = url.removeprefix("s3://").split("/", 1)
    return bucket, key
