"""Whether the version that was trained again before still waits for its approval."""

from __future__ import annotations

from typing import Any

from package_groups import LOGGED
from registry import describe
from retrain_limits import Held

REASON = "RetrainingReason"
"""Customer metadata of a package: why it was trained again."""
NO_REASON = "none"
PENDING = "PendingManualApproval"


def waiting(client: Any, group: str) -> Held | None:
    """What holds a finding back: nobody has decided about the version that was trained for one before."""
    pages = client.get_paginator("list_model_packages").paginate(
        ModelPackageGroupName=group, SortBy="CreationTime", SortOrder="Descending"
    )
    newest = next(
        (
            summary["ModelPackageArn"]
            for page in pages
            for summary in page["ModelPackageSummaryList"]
            if summary.get("ModelPackageRegistrationType") != LOGGED
            and summary.get("ModelPackageStatus") == "Completed"
        ),
        None,
    )
    if newest is None:
        return None
    package = describe(client, newest, group)
    reason = package.metadata.get(REASON, NO_REASON)
    if package.approval != PENDING or reason == NO_REASON:
        return None
    return Held(
        "waiting", f"version {package.version} was trained again ({reason}) and waits for its approval"
    )
