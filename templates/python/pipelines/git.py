"""The commit and branch that are built: from the build's variables, else from git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def commit(root: Path) -> str:
    """`GIT_COMMIT`, CodeBuild's version, or the commit of git (`-dirty` with changes), else `unknown`."""
    for name in ("GIT_COMMIT", "CODEBUILD_RESOLVED_SOURCE_VERSION"):
        if value := os.environ.get(name):
            return value
    head = _git(root, "rev-parse", "HEAD")
    return head + ("-dirty" if head and _git(root, "status", "--porcelain") else "") or "unknown"


def branch(root: Path) -> str:
    """`GIT_BRANCH`, the branch of CodeBuild's webhook, or the checked out branch, else `unknown`."""
    for name in ("GIT_BRANCH", "CODEBUILD_WEBHOOK_HEAD_REF"):
        if value := os.environ.get(name):
            return value.removeprefix("refs/heads/")
    return _git(root, "symbolic-ref", "--short", "-q", "HEAD") or "unknown"


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
