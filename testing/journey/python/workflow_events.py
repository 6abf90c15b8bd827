"""What happens in a repository, and which workflows that starts.

After GitHub's documentation, "Events that trigger workflows" and "Workflow syntax for GitHub Actions" (filters).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from workflow_language import WorkflowError
from workflows import Workflow


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    name: str
    ref: str
    sha: str
    actor: str
    payload: dict[str, Any] = field(default_factory=dict)
    changed: tuple[str, ...] = ()
    """Paths that a push or a pull request changes."""
    head_ref: str = ""
    base_ref: str = ""
    from_fork: bool = False

    @property
    def short_ref(self) -> str:
        """Name of the branch, or `7/merge` of a pull request."""
        return re.sub(r"^refs/(heads|tags|pull)/", "", self.ref)


_FILTERS = {
    "push": {"branches", "branches-ignore", "paths", "paths-ignore"},
    "pull_request": {"branches", "branches-ignore", "paths", "paths-ignore", "types"},
    "workflow_dispatch": {"inputs"},
    "repository_dispatch": {"types"},
}
_TYPES_OF_PULL_REQUEST = ("opened", "synchronize", "reopened")
"""Those that start a workflow which names none."""


def starts(workflow: Workflow, event: Event) -> bool:
    """Whether a workflow is for an event."""
    if event.name not in workflow.events:
        return False
    if event.name == "schedule":
        return event.payload["schedule"] in [entry["cron"] for entry in workflow.events["schedule"]]
    if event.name not in _FILTERS:
        raise WorkflowError(f"{workflow.path}: the event {event.name} is not known here")
    filters: dict[str, Any] = workflow.events[event.name] or {}
    unknown = set(filters) - _FILTERS[event.name]
    if unknown:
        raise WorkflowError(f"{workflow.path}: {event.name} has {', '.join(unknown)}, which is not known here")
    if event.name == "repository_dispatch":
        return "types" not in filters or event.payload["action"] in filters["types"]
    if event.name == "workflow_dispatch":
        return True
    branch = event.base_ref or event.short_ref
    if event.name == "pull_request" and event.payload["action"] not in filters.get("types", _TYPES_OF_PULL_REQUEST):
        return False
    return _passes(filters, "branches", (branch,)) and _passes(filters, "paths", event.changed)


def inputs_of(workflow: Workflow, given: dict[str, Any]) -> dict[str, Any]:
    """The inputs of a run that somebody starts; an unknown or a missing one is refused."""
    declared: dict[str, Any] = (workflow.events.get("workflow_dispatch") or {}).get("inputs", {})
    unknown = set(given) - set(declared)
    if unknown:
        raise ValueError(f"Unexpected inputs provided: {sorted(unknown)}")
    missing = [name for name, about in declared.items() if about.get("required") and not given.get(name)]
    if missing:
        raise ValueError(f"Required input '{missing[0]}' not provided")
    found = {name: given.get(name, about.get("default", "")) for name, about in declared.items()}
    for name, about in declared.items():
        if about.get("type") == "boolean":
            found[name] = str(found[name]).lower() == "true"
        elif about.get("type") == "choice" and found[name] not in about.get("options", []):
            raise ValueError(f"Provided value '{found[name]}' for input '{name}' not in the list of allowed values")
        else:
            found[name] = str(found[name])
    return found


def _passes(filters: dict[str, Any], what: str, names: tuple[str, ...]) -> bool:
    """Whether at least one name is wanted; several patterns are read in their order."""
    if what in filters:
        return any(wanted(filters[what], name) for name in names)
    ignored = filters.get(f"{what}-ignore")
    return ignored is None or not names or any(not wanted(ignored, name) for name in names)


def wanted(patterns: list[str], name: str) -> bool:
    """Whether patterns match a name: the last one that does decides, and `!` takes back."""
    found = False
    for pattern in patterns:
        if _regex(pattern.removeprefix("!")).fullmatch(name):
            found = not pattern.startswith("!")
    return found


def _regex(pattern: str) -> re.Pattern[str]:
    """A pattern with stars: one matches no slash, two match everything."""
    if re.search(r"[?+\[\]\\]", pattern):
        raise WorkflowError(f"the filter {pattern!r} has characters that are not known here")
    parts = re.split(r"(\*\*/|\*\*|\*)", pattern)
    known = {"**/": r"(?:.*/)?", "**": ".*", "*": "[^/]*"}
    return re.compile("".join(known.get(part, re.escape(part)) for part in parts))
