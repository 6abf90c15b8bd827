"""What a delivery is asked to be that pipelines of GitLab run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class GitlabHost:
    """gitlab.com, where its pipelines run the delivery."""

    repository: str
    project_id: str
    default_branch: str
    audiences: tuple[str, ...]
    """Whom the tokens of jobs are for."""
    approvals: str
    """The table of approvals of the infrastructure."""
    approver: str
    """Role of the people who approve it."""


def gitlab_host(data: dict[str, Any] | None) -> GitlabHost | None:
    """From the facts; None where nothing is run at GitLab."""
    if not data:
        return None
    return GitlabHost(
        data["repository"], data["projectId"], data["defaultBranch"], tuple(data["audiences"]), data["approvals"],
        data["approver"],
    )  # fmt: skip
