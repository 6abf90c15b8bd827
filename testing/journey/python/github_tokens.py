"""Identity tokens of jobs: GitHub's issuer with its key, and what a token says.

After GitHub's documentation, "OpenID Connect reference" (claims) and "OpenID Connect" (immutable subject claims).
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

HOST = "token.actions.githubusercontent.com"
ISSUER = f"https://{HOST}"
STS = "sts.amazonaws.com"
LIFETIME_SECONDS = 300


@dataclass
class Issuer:
    """Signs tokens, and lets everybody know by which key."""

    url: str = ISSUER
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    identity: str = field(default_factory=lambda: uuid.uuid4().hex)

    def sign(self, claims: dict[str, Any], issued: float | None = None, key: rsa.RSAPrivateKey | None = None) -> str:
        """A token; of another time or with another key where somebody cheats."""
        begin = int(time.time() if issued is None else issued)
        times = {"iat": begin, "nbf": begin - 10, "exp": begin + LIFETIME_SECONDS}
        said = {"jti": str(uuid.uuid4()), "iss": self.url, **times, **claims}
        return jwt.encode(said, key or self.key, "RS256", {"kid": self.identity})


@dataclass(frozen=True)
class Origin:
    """What a token says of the job that it is for."""

    owner: str
    owner_id: int
    name: str
    repository_id: int
    file: str
    """The workflow's, in its folder."""
    ref: str
    workflow: str = ""
    environment: str = ""
    event: str = "push"
    sha: str = "0" * 40
    actor: str = "developer"
    actor_id: int = 1001
    run: int = 1
    number: int = 1
    attempt: int = 1
    head_ref: str = ""
    base_ref: str = ""
    immutable: bool = True
    """Whether the subject has ids."""
    file_ref: str = ""
    """Ref of the workflow's file where another workflow calls it."""
    file_owner: str = ""
    """Repository of the workflow's file where another one calls it."""

    @property
    def repository(self) -> str:
        """Owner and name."""
        return f"{self.owner}/{self.name}"

    @property
    def file_at(self) -> str:
        """`job_workflow_ref`."""
        return f"{self.file_owner or self.repository}/.github/workflows/{self.file}@{self.file_ref or self.ref}"

    @property
    def subject(self) -> str:
        """`sub`: the environment before the event before the ref."""
        mine = f"{self.owner}@{self.owner_id}/{self.name}@{self.repository_id}" if self.immutable else self.repository
        if self.environment:
            return f"repo:{mine}:environment:{self.environment.replace(':', '%3A')}"
        return f"repo:{mine}:pull_request" if self.event == "pull_request" else f"repo:{mine}:ref:{self.ref}"

    def claims(self, audience: str = "") -> dict[str, Any]:
        """All claims but those about the token itself; without an audience it is the owner's address."""
        branch = self.ref.startswith("refs/heads/")
        own = f"{self.repository}/.github/workflows/{self.file}@{self.ref}"
        return {
            "aud": audience or f"https://github.com/{self.owner}", "sub": self.subject,
            "repository": self.repository, "repository_id": str(self.repository_id),
            "repository_owner": self.owner, "repository_owner_id": str(self.owner_id),
            "repository_visibility": "private", "ref": self.ref, "ref_type": "branch" if branch else "tag",
            "ref_protected": "true" if branch else "false", "sha": self.sha, "actor": self.actor,
            "actor_id": str(self.actor_id), "event_name": self.event, "head_ref": self.head_ref,
            "base_ref": self.base_ref, "workflow": self.workflow or self.file, "workflow_ref": own,
            "workflow_sha": self.sha, "job_workflow_ref": self.file_at, "job_workflow_sha": self.sha,
            "run_id": str(self.run), "run_number": str(self.number), "run_attempt": str(self.attempt),
            "runner_environment": "github-hosted",
            **({"environment": self.environment} if self.environment else {}),
        }  # fmt: skip

    def but(self, **changes: Any) -> Origin:
        """The same with something else."""
        return replace(self, **changes)
