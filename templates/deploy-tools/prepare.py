"""
First step of a deployment: what is deployed where, and the templates and parameters for it.

The CDK app was synthesized before. For each environment the template and its configuration are written to the
output folder, with these tools, which the later steps run from there. `exports.sh` carries the decisions to
the pipeline.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from aws import Aws
from decide import Decision, decide
from registry import Package, describe, newest_approved
from stack import EXECUTION, MODEL_PACKAGE, STARTED_AT, live, wait_until_settled
from targets import KEEP_LIVE, Environment, Refused, Targets

TOOLS = Path(__file__).resolve().parent

SETTLE_SECONDS = 1500
"""How long to wait for another execution's change; below the hour that build and credentials have."""


def find_template(assembly: Path, stack: str) -> Path:
    """The template of a stack, wherever in the (nested) cloud assembly it is."""
    for manifest in sorted(assembly.rglob("manifest.json")):
        artifacts: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8")).get("artifacts", {})
        for key, artifact in artifacts.items():
            properties = artifact.get("properties", {})
            if (
                artifact.get("type") == "aws:cloudformation:stack"
                and properties.get("stackName", key) == stack
            ):
                return manifest.parent / str(properties["templateFile"])
    raise Refused(
        f"The CDK app has no stack {stack}: "
        "config/delivery.json is not the one that this pipeline was deployed with."
    )


def write_environment(
    folder: Path, template: Path, decision: Decision, execution: str, started_at: str
) -> None:
    """Template and template configuration, as the CloudFormation actions expect them."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, folder / "template.json")
    parameters = {MODEL_PACKAGE: decision.package, STARTED_AT: started_at, EXECUTION: execution}
    (folder / "configuration.json").write_text(
        json.dumps({"Parameters": parameters}, indent=2) + "\n", encoding="utf-8"
    )


def decide_all(aws: Aws, targets: Targets, wanted: str) -> list[tuple[Environment, Decision]]:
    """The decision for each environment, from what is true at this moment."""
    registry = aws.registry(targets)
    look_up = partial(describe, registry, group=targets.group)
    newest = partial(newest_approved, registry, targets.group)
    requested: Package | None = None if wanted == KEEP_LIVE else look_up(wanted)
    decisions = []
    for environment in targets.environments:
        client = aws.client("cloudformation", environment)
        # While a stack changes it shows the parameters that it is to have, even if they will be rolled back.
        wait_until_settled(client, environment.stack, seconds=SETTLE_SECONDS)
        now = live(client, environment.stack)
        decisions.append((environment, decide(requested, now, look_up, newest)))
    return decisions


def prepare(aws: Aws, assembly: Path, output: Path, wanted: str, execution: str, started_at: str) -> None:
    """Decides for every environment and writes the deployment."""
    targets = aws.targets(TOOLS / "targets.json")
    exports = []
    for index, (environment, decision) in enumerate(decide_all(aws, targets, wanted)):
        print(f"{environment.name}: {decision.action} {decision.package} ({decision.reason})")
        write_environment(
            output / environment.name,
            find_template(assembly, environment.stack),
            decision,
            execution,
            started_at,
        )
        exports.append(f"export ACTION_{index}={shlex.quote(decision.action)}\n")
    shutil.copytree(TOOLS, output / "tools", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    (output / "exports.sh").write_text("".join(exports), encoding="utf-8")


def main() -> int:
    """Runs in the pipeline's first build action; MODEL_PACKAGE and EXECUTION_ID come from the pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assembly", type=Path, default=Path("cdk.out"))
    parser.add_argument("--output", type=Path, default=Path("deployment"))
    args = parser.parse_args()
    started_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    try:
        prepare(
            Aws(),
            args.assembly,
            args.output,
            os.environ["MODEL_PACKAGE"],
            os.environ["EXECUTION_ID"],
            started_at,
        )
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
