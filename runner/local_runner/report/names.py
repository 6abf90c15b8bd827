"""Words for the names that records use."""

from __future__ import annotations

import re

METRICS = {
    "auc": "ROC AUC",
    "au_prc": "PR AUC",
    "f1": "F1",
    "f2": "F2",
    "f0_5": "F0.5",
    "r2": "R²",
    "rmse": "RMSE",
    "mse": "MSE",
    "mae": "MAE",
    "mape": "MAPE",
    "log_loss": "Log loss",
    "logloss": "Log loss",
    "mlogloss": "Log loss",
    "merror": "Error rate",
    "rows": "Rows tested",
}
_APPROVAL = {
    "PendingManualApproval": "awaiting approval",
    "Approved": "approved",
    "Rejected": "rejected",
}
_ABBREVIATIONS = {
    "url": "URL",
    "uri": "URI",
    "arn": "ARN",
    "id": "ID",
    "sha256": "SHA-256",
    "s3": "S3",
    "sdk": "SDK",
}
STATES = {
    "NotStarted": "Not started",
    "Executing": "Running",
    "NotEmulated": "Not emulated",
}
ICONS = {
    "Succeeded": "ok",
    "Failed": "fail",
    "Stopped": "stop",
    "Executing": "run",
    "Skipped": "skip",
    "NotEmulated": "unreal",
}


def metric_title(name: str) -> str:
    """Return `Weighted F1` for `weighted_f1`."""
    if name in METRICS:
        return METRICS[name]
    words = [METRICS.get(word, word) if word in {"f1", "f2", "auc"} else word for word in name.split("_")]
    title = " ".join(word for word in words if word)
    return title[:1].upper() + title[1:]


def words(name: str) -> str:
    """Return `Git commit` for `GitCommit`, `git_commit` or `git-commit`; abbreviations stay as they are."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\-.]+", " ", name).split()
    if not spaced:
        return name
    lower = [word if word.isupper() and len(word) > 1 else word.lower() for word in spaced]
    sentence = " ".join(_ABBREVIATIONS.get(word, word) for word in lower)
    return sentence[:1].upper() + sentence[1:]


def status_words(status: str) -> str:
    """Return an approval status as it is said in a sentence."""
    return _APPROVAL.get(status, status or "without a status")


def state(status: str) -> str:
    """Return a step's status as it is shown."""
    return STATES.get(status, status)


def state_class(status: str) -> str:
    """Return the CSS class and icon name of a step's status."""
    return ICONS.get(status, "wait")
