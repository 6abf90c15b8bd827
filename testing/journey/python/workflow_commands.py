"""The files by which a step tells the runner something, and the commands that it prints.

After GitHub's documentation, "Workflow commands for GitHub Actions".
"""

from __future__ import annotations

import re
from pathlib import Path

from values import JourneyError
from workflow_runs import StepFailed

FILES = ("output", "env", "path", "step_summary", "state")
MASKED = "***"
_COMMAND = re.compile(r"^::([a-z-]+)(?: [^:]*(?:=[^:]*)?)?::(.*)$")
_SAID = {"debug", "notice", "warning", "error", "group", "endgroup", "echo"}
_FORBIDDEN = re.compile(r"^(GITHUB_.*|RUNNER_.*|NODE_OPTIONS)$")


def read_pairs(file: Path) -> dict[str, str]:
    """Names and values, each on its line or between two lines with a delimiter."""
    found: dict[str, str] = {}
    lines = iter(file.read_text().split("\n"))
    for line in lines:
        if not line:
            continue
        name, equal, value = line.partition("=")
        head, shift, delimiter = line.partition("<<")
        if equal and not (shift and len(head) < len(name)):
            found[name] = value
            continue
        if not shift or not head or not delimiter:
            raise StepFailed(f"Unable to process file command: Invalid format '{line}'")
        text: list[str] = []
        for inner in lines:
            if inner == delimiter:
                break
            text.append(inner)
        else:
            raise StepFailed(f"Invalid value. Matching delimiter not found '{delimiter}'")
        found[head] = "\n".join(text)
    return found


def exported(file: Path) -> dict[str, str]:
    """Variables for later steps; those of GitHub nobody sets."""
    found = read_pairs(file)
    for name in found:
        if _FORBIDDEN.match(name):
            raise StepFailed(f"Can't store {name} output parameter using '$GITHUB_ENV' command.")
    return found


def masks_in(log: str) -> list[str]:
    """Values that a step wants to be hidden; a command that is not known here is an error."""
    found = []
    for line in log.splitlines():
        match = _COMMAND.match(line.strip())
        if match is None or match[1] in _SAID:
            continue
        if match[1] != "add-mask":
            raise JourneyError(f"a step printed the command ::{match[1]}::, which the journey does not know")
        if match[2]:
            found.append(match[2].replace("%0A", "\n").replace("%0D", "\r").replace("%25", "%"))
    return found


def hide(text: str, masks: list[str]) -> str:
    """A log without what is to be hidden."""
    for mask in sorted(masks, key=len, reverse=True):
        text = text.replace(mask, MASKED)
    return text
