"""What a check finds."""

from __future__ import annotations

from dataclasses import dataclass

OK, MISSING, WARNING, UNKNOWN, SKIPPED = "ok", "missing", "warning", "unknown", "skipped"


@dataclass(frozen=True)
class Result:
    """What was found, in a person's words."""

    status: str
    what: str = ""
    fix: str = ""
    """What to do, where it is not what the check says."""
    cause: str = ""
    """What is behind it, in the same words wherever that is met; it is told once."""
    partly: bool = False
    """It exists, but not as it must be: what depends on it can be checked."""
