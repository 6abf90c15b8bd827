"""What a version brings since the last one that was approved, and who is behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from records import newest_first

from bound import CHANGED, bound_of, is_report_changed
from builds import builds_of_group, token_of
from govern_settings import Group, Source
from hosts import host_of
from people import CodeCommit, Involved, Unknown, builds_of, heads_of, since_build_of
from standing import approves

if TYPE_CHECKING:
    from recorder import Recorder

MISSING = ("NoSuchKey", "NoSuchBucket", "404")
"""How S3 says that a report is not there any more."""

COMMIT = "GitCommit"
"""Customer metadata of a package: the commit that it was built from, which the commit's own code wrote."""


HEADS = 100
"""Commits that were built since the last approved version, whose people are looked for."""


@dataclass(frozen=True)
class Change:
    """What a record is bound to, and the people, who are looked for only where they matter."""

    bound: Mapping[str, Any]
    people: Callable[[], list[Involved]]
    problems: Sequence[str] = ()


def change_of(recorder: Recorder, group: Group, package: Mapping[str, Any]) -> Change:
    """The change that a package is."""
    s3 = recorder.client("s3", group.registry.split(":")[3])

    def read(address: str) -> bytes | None:
        bucket, _, key = address.removeprefix("s3://").partition("/")
        try:
            return bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise

    bound = bound_of(package, recorder.settings.policy, read)
    problems = [CHANGED] if is_report_changed(package, read) else []
    return Change(bound, lambda: _people(recorder, group, package), problems)


def _people(recorder: Recorder, group: Group, package: Mapping[str, Any]) -> list[Involved]:
    """
    Whoever may be behind a package.

    The commit's own code says which commit it is, and could name another one that was built too. So the
    people of every build since the last approved one count, which CodePipeline or GitHub names.
    """
    commit = str(package.get("CustomerMetadataProperties", {}).get(COMMIT, ""))
    found = builds_of_group(recorder, group, package["CreationTime"])
    begun = found.begun()
    if not builds_of(commit, begun):
        raise Unknown(
            f"The package says that it was built from {commit or 'no commit'}, but {group.build_pipeline} "
            "did not build that before the package was registered. Start the build again, and "
            "approve its version."
        )
    base = _last_approved(recorder, group, str(package["ModelPackageArn"]), commit)
    builds = since_build_of(base, begun)
    # Without an approved version there is no end but this one: a delivery may have had builds for years.
    heads = dict.fromkeys([*heads_of(builds), *found.left(base)])
    others = [head for head in heads if head not in (commit, base)][: None if base else HEADS - 1]
    counted = [commit, *others]
    if len(counted) > HEADS:
        raise Unknown(
            f"{group.build_pipeline} built {len(counted)} commits since the last approved version; the "
            f"people of {HEADS} can be looked for. Approve a version in between, built from an older commit."
        )
    return [*committers(recorder, group.source, counted, base), *found.starters(builds)]


def committers(recorder: Recorder, source: Source, heads: Sequence[str], base: str | None) -> list[Involved]:
    """Whoever wrote, pushed or merged commits, by the host; the first of `heads` has a witness."""
    if source.type == "codecommit":
        evidence = recorder.evidence
        repository = CodeCommit(
            recorder.client("codecommit", source.region), evidence.s3, evidence.where, source.repository
        )
        return repository.people(heads, base)
    return host_of(source.type, source.repository, token_of(recorder, source)).people(heads, base)


def _last_approved(recorder: Recorder, group: Group, package: str, head: str) -> str | None:
    """The commit of the last version of another commit that a person let in; None without one."""
    registry = recorder.client("sagemaker", group.registry.split(":")[3])
    for record in newest_first(recorder.evidence.store, group.name):
        other = (record.get("bound") or {}).get("package")
        # Nobody was compared with anybody where a rule approved.
        by_rule = record.get("method") == "rule"
        if record.get("subject") != "model" or by_rule or not approves(record) or other in (None, package):
            continue
        try:
            found = registry.describe_model_package(ModelPackageName=other)
        except registry.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("ValidationException", "ResourceNotFound"):
                # It was deleted; the one before it brings more commits, never fewer.
                continue
            raise
        commit = found.get("CustomerMetadataProperties", {}).get(COMMIT)
        if commit and commit != head:
            return str(commit)
    return None
