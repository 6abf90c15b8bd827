"""Errors that a user can cause or fix. Each carries one complete message; none is shown with a traceback."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable
from typing import Any

ALGORITHM_ERROR = "AlgorithmError"
INTERNAL_ERROR = "SageMaker.JOB_INTERNAL_ERROR"
RESOURCE_LIMIT = "SageMaker.RESOURCE_LIMIT"
TIME_LIMIT = "MaxRuntimeExceeded"

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class RunnerError(Exception):
    """Something for the user to fix: a wrong option, parameter, file or definition."""


class DefinitionError(RunnerError):
    """The pipeline definition holds something wrong or unknown; `place` is its path inside the definition."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


class StepError(RunnerError):
    """A step failed; `kind` is what retry policies match, in SageMaker's words."""

    def __init__(self, reason: str, kind: str = ALGORITHM_ERROR) -> None:
        super().__init__(reason)
        self.kind = kind


class NotEmulatedError(Exception):
    """A step needs something that only SageMaker has, an image above all: it neither failed nor ran."""


class NotRegistered(Exception):
    """The run is an experiment: everything of a registration was done but the entry in the registry.

    `properties` are those that the step has without the entry.
    """

    def __init__(self, properties: dict[str, Any]) -> None:
        super().__init__("not registered: --no-register")
        self.properties = properties


class StepStopped(Exception):
    """A step was ended because the run is being stopped; it neither failed nor succeeded."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ` Did you mean X?` for the known name nearest to `name`, or an empty string."""
    names = {known_name.lower(): known_name for known_name in known}
    close = difflib.get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return f" Did you mean {names[close[0]]!r}?" if close else ""


def describe_os_error(error: OSError) -> str:
    """Say in one sentence what an operating-system error means and what to do about it."""
    name = error.filename2 or error.filename  # of a copy, the second is the one being written
    where = f" while writing {name}" if name else ""
    if error.errno in _DISK_FULL:
        return f"no space left on the disk{where}: free some space, or choose another disk with --work"
    what = error.strerror or str(error)
    return f"{what}: {error.filename}" if error.filename else what


def os_error_kind(error: OSError) -> str:
    """Return the retry kind of an operating-system error."""
    return RESOURCE_LIMIT if error.errno in _DISK_FULL else INTERNAL_ERROR
