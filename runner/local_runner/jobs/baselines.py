"""The baselines of a check: what it computes, what it compares with, and what a later step registers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..context import Job
from ..errors import DefinitionError, StepError
from ..expressions import Pending

STATISTICS, CONSTRAINTS = "Statistics", "Constraints"


@dataclass(frozen=True)
class Kind:
    """A type of check: its files by their part of the baseline, and their places in a package."""

    files: dict[str, str]
    places: dict[str, tuple[str, str]]


KINDS = {
    "DATA_QUALITY": Kind(
        {STATISTICS: "statistics.json", CONSTRAINTS: "constraints.json"},
        {STATISTICS: ("ModelDataQuality", STATISTICS), CONSTRAINTS: ("ModelDataQuality", CONSTRAINTS)},
    ),
    "MODEL_QUALITY": Kind(
        {STATISTICS: "statistics.json", CONSTRAINTS: "constraints.json"},
        {STATISTICS: ("ModelQuality", STATISTICS), CONSTRAINTS: ("ModelQuality", CONSTRAINTS)},
    ),
    "DATA_BIAS": Kind(
        {CONSTRAINTS: "analysis.json"},
        {CONSTRAINTS: ("Bias", "PreTrainingConstraints")},
    ),
}
"""Where a package keeps the baseline of each kind, as the SDK writes DriftCheckBaselines."""


def flag(arguments: dict[str, Any], key: str, default: bool, place: str) -> bool:
    """Return a true-or-false argument."""
    value = arguments.get(key, default)
    if isinstance(value, Pending):
        return default
    if isinstance(value, str) and value.lower() in ("true", "false"):
        value = value.lower() == "true"
    if not isinstance(value, bool):
        raise DefinitionError(f"{place}.{key}", f"{value!r} is not true or false")
    return value


def previous(job: Job, kind: Kind) -> tuple[dict[str, str], str]:
    """Return the uris of the earlier baseline by part, and words for the parts that nobody has.

    A supplied file comes first, then that of the newest approved version of the group, as in SageMaker.
    """
    found = {part: str(uri) for part in kind.files if (uri := job.arguments.get(f"SuppliedBaseline{part}"))}
    missing = [part for part in kind.files if part not in found]
    if not missing:
        return found, ""
    names = " and ".join(f"SuppliedBaseline{part}" for part in missing)
    group = job.arguments.get("ModelPackageGroupName")
    if not group:
        return found, f"{names} and ModelPackageGroupName are not set"
    versions = job.context.registry.versions(str(group))
    approved = [item for item in versions if item["ModelApprovalStatus"] == "Approved"]
    if not approved:
        return found, f"{names} are not set, and group {group!r} has no approved version"
    newest = approved[-1]
    for part in missing:
        section, key = kind.places[part]
        entry = ((newest.get("DriftCheckBaselines") or {}).get(section) or {}).get(key) or {}
        if uri := entry.get("S3Uri"):
            found[part] = str(uri)
    if all(part in found for part in kind.files):
        return found, ""
    where = ", ".join(".".join(kind.places[part]) for part in missing if part not in found)
    return found, (
        f"{names} are not set, and version {newest['ModelPackageVersion']} of group {group!r}, its newest"
        f" approved one, has no DriftCheckBaselines.{where}"
    )


def used(job: Job, kind: Kind, place: str) -> dict[str, str] | None:
    """Return the earlier baseline, None where none is there or needed; raises StepError where one is
    needed."""
    found, why = previous(job, kind)
    if not why:
        return found
    skip = flag(job.arguments, "SkipCheck", False, place)
    new = flag(job.arguments, "RegisterNewBaseline", False, place)
    if skip and new:
        return None
    needs = " and ".join(
        words
        for words, needed in (("the check compares with it (SkipCheck is false)", not skip),
                              ("it is kept (RegisterNewBaseline is false)", not new))
        if needed
    )  # fmt: skip
    raise StepError(
        f"there is no earlier baseline: {why}; {needs}. For a first run set SkipCheck and"
        " RegisterNewBaseline to true."
    )
