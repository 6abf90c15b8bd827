"""What git says about the working tree; nothing when there is no git or no repository."""

from __future__ import annotations

import getpass
import subprocess


def commit_and_branch() -> dict[str, str]:
    """Return GitCommit (with `-dirty` when there are changes) and GitBranch, as far as they are known."""
    lines = _git("status", "--porcelain=v2", "--branch").splitlines()
    facts = dict(line[2:].split(" ", 1) for line in lines if line.startswith("# ") and " " in line[2:])
    dirty = any(not line.startswith("# ") for line in lines)
    found = {}
    if (commit := facts.get("branch.oid", "")) and not commit.startswith("("):
        found["GitCommit"] = f"{commit}-dirty" if dirty else commit
    if (branch := facts.get("branch.head", "")) and not branch.startswith("("):
        found["GitBranch"] = branch
    return found


def commit_of(reference: str) -> str:
    """Return the commit that a branch, tag or commit names; nothing where there is none."""
    return _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}").strip()


def common_commit(commit: str) -> str:
    """Return the last commit that this branch and another commit have in common; nothing without one."""
    return next(iter(_git("merge-base", "HEAD", commit).split()), "")


def user() -> str:
    """Return who is at work here: git's user, else the user of the system."""
    lines = _git("config", "--get-regexp", r"^user\.(name|email)$").splitlines()
    known = dict(line.split(" ", 1) for line in lines if " " in line)
    name, email = known.get("user.name"), known.get("user.email")
    if name and email:
        return f"{name} <{email}>"
    if name or email:
        return name or email or ""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
