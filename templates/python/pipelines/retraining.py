"""Why a model is trained again without a commit: it stands in the execution and in the version."""

from __future__ import annotations

import re
from collections.abc import Mapping

VARIABLE = "RETRAINING_REASON"
"""Variable of a build: the reason, as the build pipeline was started with it."""
PARAMETER = "RetrainingReason"
NONE = "none"
"""What stands there when a commit is the reason, because neither variables nor parameters may be empty."""
LIMIT = 256
"""Characters of a value of a package's customer metadata."""


def reason(variables: Mapping[str, str]) -> str | None:
    """The reason in the letters that customer metadata takes; None when a commit is the reason."""
    given = re.sub(r"[^\w .:/=+\-@]", "-", variables.get(VARIABLE, "")).strip()[:LIMIT]
    return None if given in ("", NONE) else given
