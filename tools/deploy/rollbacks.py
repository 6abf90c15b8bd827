"""
Versions that were rolled back in an environment: a small object for each, in a bucket of the delivery's own.

Not in the registry: what was approved stays as it was approved, and a version that failed in one environment
may be well in another. A bucket that keeps old versions of its objects shows who cleared what, and when.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from aws import Aws
from executions import executions_of
from life_cycle import move_back
from objects import MISSING
from pipeline_variables import NOWHERE
from registry import version_in
from scoring import look_in
from targets import Environment, Refused, Targets
from tell import ROLLED_BACK, tell

PREFIX = "rollbacks/"
"""Where the records are."""

REASON_LIMIT = 1500
"""Characters of a reason that are kept; events and messages have room for no more than a few thousand."""


@dataclass(frozen=True)
class Rollback:
    """A version that failed in an environment."""

    environment: str
    package: str
    version: int
    reason: str
    execution: str
    """The execution of the deploy pipeline that failed, or that brought the version before back."""
    by: str
    """Who started that."""
    at: str
    cleared: dict[str, str] | None = None
    """Who said that the version may be tried again, when, and by which execution."""


class RolledBack(Refused):
    """A version that was rolled back is not deployed there until somebody says so."""

    def __init__(self, found: Rollback, command: str) -> None:
        super().__init__(
            f"Version {found.version} was rolled back in {found.environment} at {found.at}: "
            f"{found.reason.rstrip('.')}. It is not deployed there again until somebody says so. "
            f"Register a fixed version, or try this one again: {command}"
        )
        self.found = found


class Rollbacks:
    """The records of one delivery's group."""

    def __init__(self, s3: Any, bucket: str, account: str) -> None:
        self._s3 = s3
        # Names of buckets are global: never ask somebody else's bucket of this name.
        self._where = {"Bucket": bucket, "ExpectedBucketOwner": account}

    def active(self, environment: str, version: int) -> Rollback | None:
        """The record of a version that must not be deployed there; None also where it was cleared."""
        found = self._found(environment, version)
        return None if found is None or found.cleared else found

    def add(self, rollback: Rollback) -> None:
        """Records it."""
        self._write(_key(rollback.environment, rollback.version), asdict(rollback))

    def clear(self, environment: str, version: int, execution: str, by: str) -> Rollback | None:
        """Lets the version be deployed again; what was recorded, or None where nothing was."""
        found = self.active(environment, version)
        if found:
            cleared = replace(found, cleared={"execution": execution, "by": by, "at": now()})
            self._write(_key(environment, version), asdict(cleared))
        return found

    def remember(self, execution: str, decisions: dict[str, Any]) -> None:
        """What an execution is about to deploy, for whoever finds out that it failed."""
        self._write(_execution_key(execution), decisions)

    def remembered(self, execution: str) -> dict[str, Any]:
        """The same; nothing where the execution failed before it had decided."""
        return self._read(_execution_key(execution)) or {}

    def _found(self, environment: str, version: int) -> Rollback | None:
        content = self._read(_key(environment, version))
        return content and Rollback(**content)

    def _read(self, key: str) -> Any:
        try:
            return json.loads(self._s3.get_object(**self._where, Key=key)["Body"].read())
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise

    def _write(self, key: str, content: Any) -> None:
        body = json.dumps(content, indent=2).encode()
        self._s3.put_object(**self._where, Key=key, Body=body, ContentType="application/json")


def rollbacks_of(aws: Aws, targets: Targets) -> Rollbacks:
    """The records, with the rights of the pipeline's own role."""
    return Rollbacks(aws.own("s3", aws.region), targets.records, aws.account)


def failed_on_the_way(
    records: Rollbacks, targets: Targets, environment: Environment, version: int
) -> Rollback | None:
    """The record of a version in an environment or before it; the version would not get there by itself."""
    way = (e for e in targets.environments if e == environment or e.wave < environment.wave)
    return next((found for e in way if (found := records.active(e.name, version))), None)


def note(
    aws: Aws,
    targets: Targets,
    environment: Environment,
    package: str,
    reason: str,
    execution: str,
    by: str | None = None,
    serves: str | None = None,
) -> str:
    """Records that a package of the group failed in an environment and tells people; what can be done now."""
    version = version_in(package, targets.registry) or 0
    records = rollbacks_of(aws, targets)
    # The first reason counts, and is told once.
    if not records.active(environment.name, version):
        starts = by or starter(aws, targets, execution)
        # In messages it is within quotation marks, on one line.
        plain = " ".join(reason.replace('"', "'").split())[:REASON_LIMIT]
        found = Rollback(environment.name, package, version, plain, execution, starts, now())
        records.add(found)
        if not serves:
            serving = look_in(aws, environment)
            serves = serving.package if serving else None
        tell(aws, targets, ROLLED_BACK, {environment.name: about(found, serves)})
    move_back(aws, targets, environment, package)
    return (
        f"Version {version} is recorded as rolled back in {environment.name}: no execution deploys it there "
        f"by itself. Register a fixed version, or try this one again: "
        f"{retry_command(aws, targets, package, environment.name)}"
    )


def now() -> str:
    """This moment, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def starter(aws: Aws, targets: Targets, execution: str) -> str:
    """Who started an execution: the ARN of a person, or of a role of the delivery."""
    return executions_of(aws, targets).starter(execution)


def retry_command(aws: Aws, targets: Targets, package: str, environment: str) -> str:
    """What a person types to have a version deployed though it was rolled back."""
    return executions_of(aws, targets).retry_command(package, environment)


def about(found: Rollback, serves: str | None) -> dict[str, Any]:
    """What people are told of it: what failed and why, and what the environment serves meanwhile."""
    told = {"package": found.package, "version": found.version, "reason": found.reason}
    return {**told, "serves": serves or "nothing"}


def named(targets: Targets, text: str, variable: str) -> tuple[str, ...]:
    """The environments that a variable of the pipeline names; raises Refused for others."""
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if names == (NOWHERE,):
        return ()
    known = [environment.name for environment in targets.environments]
    wrong = [name for name in names if name not in known]
    if wrong or not names:
        raise Refused(
            f"The variable {variable} is {text!r}. It must name environments of the group {targets.group} "
            f"({', '.join(known)}), separated by commas, or be {NOWHERE!r}."
        )
    return names


def _key(environment: str, version: int) -> str:
    return f"{PREFIX}{environment}/{version}.json"


def _execution_key(execution: str) -> str:
    return f"executions/{execution}.json"
