"""
Step before a change set, before and after an approval by hand: is this still what should be deployed here?

Executions run side by side, so that one which waits for a person holds nobody up. What was right when an
execution was prepared can be wrong when its turn comes: the package may have been rejected, or a newer
execution may have been here.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

from aws import Aws
from registry import Package, describe
from stack import MODEL_PACKAGE, STARTED_AT, live, wait_until_settled
from targets import NO_PACKAGE, Environment, Refused, Targets

SUMMARY_LIMIT = 900
"""Characters that fit the message of an approval action (1,000) with some air."""


def configuration(deployment: Path, environment: Environment) -> dict[str, str]:
    """The parameters that were prepared for the environment."""
    text = (deployment / environment.name / "configuration.json").read_text(encoding="utf-8")
    parameters: dict[str, str] = json.loads(text)["Parameters"]
    return parameters


def check(aws: Aws, targets: Targets, environment: Environment, deployment: Path) -> str:
    """Refuses what must not be deployed any more; gives the summary for the person who approves."""
    prepared = configuration(deployment, environment)
    client = aws.client("cloudformation", environment)
    wait_until_settled(client, environment.stack)
    now = live(client, environment.stack)
    if now and now.started_at > prepared[STARTED_AT]:
        raise Refused(
            f"A newer execution ({now.execution}) deployed {now.package or 'no model'} "
            f"to {environment.name} meanwhile. "
            "Nothing to do: this execution is out of date."
        )
    if prepared[MODEL_PACKAGE] == NO_PACKAGE:
        if now and now.package:
            raise Refused(
                f"{now.package} went live in {environment.name} meanwhile; "
                "an execution without a package never removes it."
            )
        return f"{environment.name}: no model yet"
    package = describe(aws.registry(targets), prepared[MODEL_PACKAGE], targets.group)
    if not package.approved:
        raise Refused(f"{package.arn} is {package.approval} now. Only an approved package is deployed.")
    return summary(environment, package, now.package if now else None)


def summary(environment: Environment, package: Package, current: str | None) -> str:
    """What is about to be deployed, in few words: version, where it comes from, metrics."""
    facts = ", ".join(f"{name}={value}" for name, value in sorted(package.metadata.items()))
    before = f" (now: {current.rsplit('/', 1)[-1]})" if current else ""
    group = package.arn.split("/")[-2]
    text = f"{environment.name}: version {package.version}{before} of {group}. {facts}".rstrip()
    return text if len(text) <= SUMMARY_LIMIT else text[: SUMMARY_LIMIT - 3] + "..."


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
