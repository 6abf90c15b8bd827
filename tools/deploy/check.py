"""
Step before a change set, before and after a manual approval: is this still what should be deployed here?

Executions run side by side, so that one which waits for a person holds nobody up. What was right when an
execution was prepared can be wrong when its turn comes: the package may have been rejected, or another
execution may have been here.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

from aws import Aws
from decision_records import recorded_in
from engine_words import to_begin_again, to_deploy
from life_cycle import refuse_skipping
from live import Live, read_live
from registry import Package, describe, version_in
from rollbacks import RolledBack, failed_on_the_way, retry_command, rollbacks_of
from seal import RECORD, verify
from stack import MODEL_PACKAGE, STARTED_AT
from targets import KEEP_LIVE, NO_PACKAGE, Environment, Refused, Targets

SETTLE_SECONDS = 3000
"""How long to wait for other changes of stack and endpoint; below the hour that the build has."""

SUMMARY_LIMIT = 900
"""Characters that fit the message of an approval action (1,000) with some air."""

MORE = "; ..."

NOT_TOLD = ("GitCommit", "GitBranch", "ContainerImage", "DataUrl", *RECORD)
"""Metadata that appears elsewhere in the message, or that a person in a hurry does not need."""


def configuration(deployment: Path, environment: Environment) -> dict[str, str]:
    """The parameters that were prepared for the environment."""
    parameters: dict[str, str] = read(deployment, environment, "configuration.json")["Parameters"]
    return parameters


def read(deployment: Path, environment: Environment, file: str) -> dict[str, Any]:
    """A file that was prepared for the environment."""
    content: dict[str, Any] = json.loads((deployment / environment.name / file).read_text(encoding="utf-8"))
    return content


def check(aws: Aws, targets: Targets, environment: Environment, deployment: Path) -> str:
    """Refuses what must not be deployed any more; gives the summary for the person who approves."""
    prepared = configuration(deployment, environment)
    record = read(deployment, environment, "package.json")
    decision = record["decision"]
    if decision["action"] == "skip":
        raise Refused(
            f"Nothing was prepared for {environment.name}: {decision['reason']} "
            "It shares this stage with environments that are deployed, and a stage runs as a whole. "
            f"Then {to_begin_again(targets, record['execution']['wanted'])}."
        )
    now = read_live(aws, environment, targets.registry, seconds=SETTLE_SECONDS + environment.moving_seconds)
    if now and now.astray:
        print(f"{environment.name}: the endpoint does not serve what was deployed: {json.dumps(now.astray)}")
    wanted = prepared[MODEL_PACKAGE]
    _refuse_when_overtaken(targets, environment, now, wanted, prepared[STARTED_AT])
    current = (now.package if now else None) or NO_PACKAGE
    if wanted == NO_PACKAGE:
        if current != NO_PACKAGE:
            raise Refused(
                f"{current} went live in {environment.name} in the meantime; "
                "an execution without a package never replaces it."
            )
        return f"{environment.name}: no model yet"
    if decision["follows_live"] and current not in (decision["live"], wanted):
        raise Refused(
            f"{current} went live in {environment.name} in the meantime; "
            f"this execution was prepared for {decision['live']}. "
            f"It redeploys what is live now if you {to_begin_again(targets, KEEP_LIVE)}."
        )
    package = describe(aws.registry(targets), wanted, targets.registry, recorded_in(aws, targets))
    if not package.approved:
        raise Refused(f"{package.arn} is now {package.approval}. Only an approved package is deployed.")
    refuse_skipping(environment, package)
    # An execution may have failed with it since this was prepared: another one, or this one before a retry.
    records = rollbacks_of(aws, targets)
    found = records.active(environment.name, package.version)
    if found is None and current != wanted:
        found = failed_on_the_way(records, targets, environment, package.version)
    if found:
        raise RolledBack(found, retry_command(aws, targets, package.arn, found.environment))
    verify(aws.own("s3", targets.registry_region), package.details, targets.sealed)
    before = version_in(current, targets.registry)
    return summary(environment, package, before, record["package"]["metrics"])


def _refuse_when_overtaken(
    targets: Targets, environment: Environment, now: Live | None, wanted: str, started_at: str
) -> None:
    if now and now.started_at > started_at:
        again = (
            ""
            if wanted in (NO_PACKAGE, now.deployed)
            else f" If its version is still wanted, {to_deploy(targets, wanted, environment.name)}."
        )
        raise Refused(
            f"A newer execution ({now.execution}) has deployed {now.deployed or 'no model'} "
            f"to {environment.name}. This execution is out of date.{again}"
        )


def summary(
    environment: Environment, package: Package, current: int | None, metrics: dict[str, float]
) -> str:
    """
    What is about to be deployed, for the person who approves: what matters most comes first.

    A fact is given whole or not at all, and never an address: the message is an e-mail, and anyone who can
    commit could put one there.
    """
    known = package.metadata
    commit = f"commit {known.get('GitCommit', 'unknown')}"
    branch = f" of branch {known['GitBranch']}" if known.get("GitBranch") else ""
    facts = [
        f"{environment.name}: version {package.version}, {_instead_of(package.version, current)}",
        commit + branch if _is_plain(branch) else commit,
        *(f"{name}={value:.4g}" for name, value in sorted(metrics.items())),
        *([] if metrics else ["metrics unknown"]),
        f"group {package.arn.split('/')[-2]}",
        *(f"{name}={value}" for name, value in sorted(known.items()) if name not in NOT_TOLD),
    ]
    text = ""
    for fact in filter(_is_plain, facts):
        longer = f"{text}; {fact}" if text else fact
        if len(longer) > SUMMARY_LIMIT - len(MORE):
            return text + MORE
        text = longer
    return text


def _instead_of(version: int, current: int | None) -> str:
    if current is None:
        return "the first one in this environment"
    return "already live, deployed again" if current == version else f"version {current} is live now"


def _is_plain(text: str) -> bool:
    """Whether a text is one line and has nothing in it that a mail program would make a link of."""
    return text.isprintable() and "://" not in text and "www." not in text.lower()


def main() -> int:
    """Runs with the deployment as its working directory; ENVIRONMENT comes from the pipeline."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        text = check(aws, targets, targets.environment(os.environ["ENVIRONMENT"]), Path.cwd())
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    print(text)
    Path("exports.sh").write_text(f"export SUMMARY={shlex.quote(text)}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
