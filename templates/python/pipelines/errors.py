"""One kind of error for everything that the user of a command can put right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class PipelineError(Exception):
    """Ends a command with its message, exit code 1 and no traceback."""


def nearest(name: str, known: Iterable[str], cutoff: float = 0.5) -> str:
    """` (did you mean 'x'?)` for the most similar known name, an empty string when none is similar."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=cutoff)
    return f" (did you mean {matches[0]!r}?)" if matches else ""
