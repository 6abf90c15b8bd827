"""
First step of a deployment: what is deployed where, and all that it needs there.

The CDK app was synthesized before. For each environment the template, its configuration and a record of the
decision are written to the output folder, with these tools, which the later steps run from there. Assets go
to the environment's deployment bucket, and so does the model where SageMaker would not take it from another
region. `exports.sh` carries the decisions to the pipeline.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import sys
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import golden
from assets import find_stack, publish, read_assets
from aws import Aws
from decide import Decision, NothingApproved, decide
from live import Live, read_live
from registry import Package, describe, newest_approved
from replicate import replicate
from resolve import Resolved, read_metrics, resolve
from seal import verify, wait_for_seal
from stack import ATTEMPT, EXECUTION, MODEL_PACKAGE, SERVED_PACKAGE, STARTED_AT, Unusable
from targets import KEEP_LIVE, NO_PACKAGE, Environment, Refused, Targets
from tell import ASTRAY, BROKEN, STILL_LIVE, tell

TOOLS = Path(__file__).resolve().parent

SETTLE_SECONDS = 1500
"""How long to wait for other executions' changes; below the hour that the build has."""

SEAL_SECONDS = 1200
"""How long to wait for a package that was approved before it was sealed; both begin with the same event."""


@dataclass(frozen=True)
class Execution:
    """This execution of the pipeline."""

    id: str
    wanted: str
    """The package that it was started with, or "keep-live"."""
    started_at: str


def find_template(assembly: Path, stack: str) -> Path:
    """The template of a stack, wherever in the (nested) cloud assembly it is."""
    folder, artifact = find_stack(assembly, stack)
    return folder / str(artifact["properties"]["templateFile"])


def decide_all(aws: Aws, targets: Targets, wanted: str) -> list[tuple[Environment, Decision]]:
    """The decision for each environment, from what is true at this moment."""
    registry = aws.registry(targets)
    look_up = partial(describe, registry, group=targets.registry)
    newest = partial(newest_approved, registry, targets.registry)
    requested: Package | None = None if wanted == KEEP_LIVE else look_up(wanted)
    now, broken = _all_live(aws, targets, requested)
    astray = {name: found.astray for name, found in now.items() if found and found.astray}
    if astray:
        print(f"Endpoints that do not serve what was deployed: {json.dumps(astray)}", file=sys.stderr)
        tell(aws, targets, ASTRAY, astray)
    stuck: dict[str, NothingApproved] = {}

    def of(environment: Environment, package: Package | None) -> Decision:
        if environment.name in broken:
            return Decision("skip", NO_PACKAGE, broken[environment.name].problem)
        try:
            decision = decide(package, now[environment.name], look_up, newest)
            return replace(decision, attempt=_attempt(now[environment.name]))
        except NothingApproved as refusal:
            stuck[environment.name] = refusal
            return Decision("skip", NO_PACKAGE, str(refusal))

    decisions = [(environment, of(environment, requested)) for environment in targets.environments]
    # A stage runs as a whole: one with a broken stack would fail and block those after it.
    held = {e.wave: e.name for e in targets.environments if e.name in broken}
    left = [environment for environment, d in decisions if d.action == "deploy" and environment.wave in held]
    decisions = [(e, _leave(d, held[e.wave]) if e in left else d) for e, d in decisions]
    deployed = {environment.wave for environment, decision in decisions if decision.action == "deploy"}
    # If nothing is new in a stage that runs, what is live there is deployed again.
    decisions = [
        (
            environment,
            of(environment, None) if decision.action == "skip" and environment.wave in deployed else decision,
        )
        for environment, decision in decisions
    ]
    if broken:
        about = {name: {"stack": e.stack, "status": e.status} for name, e in broken.items()}
        about |= {e.name: {"stack": e.stack, "status": f"held up by {held[e.wave]}"} for e in left}
        tell(aws, targets, BROKEN, about)
    if stuck:
        tell(aws, targets, STILL_LIVE, {name: _of_package(e.live) for name, e in stuck.items()})
    # An execution that restores a good model somewhere goes on; what is broken was reported.
    if stuck or not deployed:
        refusals: dict[str, Refused] = {**broken, **stuck}
        if refusals:
            raise Refused(" ".join(f"{environment}: {refusal}" for environment, refusal in refusals.items()))
    return decisions


def _leave(decision: Decision, broken: str) -> Decision:
    reason = f"it shares a stage with {broken}, whose endpoint stack is broken"
    return replace(decision, action="skip", reason=reason)


def settle_seconds(targets: Targets) -> float:
    """How long to wait for what changes: an update that is under way may have waits and a bake of its own."""
    return SETTLE_SECONDS + max(e.watch_seconds for e in targets.environments)


def _all_live(
    aws: Aws, targets: Targets, requested: Package | None
) -> tuple[dict[str, Live | None], dict[str, Unusable]]:
    """
    What is live in each environment, and the environments that cannot be deployed to.

    A new model, or a change of the infrastructure, goes everywhere or nowhere. A rejected model must give
    way wherever it can: that a stack is broken somewhere may well be its doing.
    """
    rejected = requested is not None and requested.approval == "Rejected"
    until = time.monotonic() + settle_seconds(targets)
    now: dict[str, Live | None] = {}
    broken: dict[str, Unusable] = {}
    for environment in targets.environments:
        try:
            left = max(0.0, until - time.monotonic())
            now[environment.name] = read_live(aws, environment, targets.registry, seconds=left)
        except Unusable as refusal:
            if not rejected:
                raise
            broken[environment.name] = refusal
    return now, broken


def _attempt(now: Live | None) -> int:
    """Another number if the endpoint was rolled back: without a change CloudFormation updates nothing."""
    return now.attempt + (1 if now.astray else 0) if now else 1


def _of_package(package: Package) -> dict[str, Any]:
    return {"package": package.arn, "version": package.version, "approval": package.approval}


@dataclass(frozen=True)
class Prepared:
    """A package that is deployed, what is in it, and its golden rows."""

    package: Package
    resolved: Resolved
    golden: dict[str, Any] | None


def resolve_package(aws: Aws, targets: Targets, arn: str) -> Prepared:
    """What is in the package, looked up again: it may have lost its approval since the decision."""
    registry, s3 = aws.registry(targets), aws.own("s3", targets.registry_region)
    wait_for_seal(lambda: describe(registry, arn, targets.registry).details, SEAL_SECONDS)
    package = describe(registry, arn, targets.registry)
    resolved = resolve(package, read_metrics(s3, package))
    print(f"sealed: {verify(s3, package.details, targets.sealed)}")
    print(json.dumps(resolved.to_json(), indent=2))
    return Prepared(package, resolved, golden.fetch(s3, package))


def write_environment(
    folder: Path,
    template: Path,
    execution: Execution,
    decision: Decision,
    served: str,
    prepared: Prepared | None,
) -> None:
    """Template and template configuration, as CloudFormation actions expect them, and why they are so."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, folder / "template.json")
    parameters = {
        MODEL_PACKAGE: decision.package,
        SERVED_PACKAGE: served,
        STARTED_AT: execution.started_at,
        EXECUTION: execution.id,
        ATTEMPT: str(decision.attempt),
    }
    record = {
        "execution": asdict(execution),
        "decision": asdict(decision),
        "served": served,
        "package": prepared.resolved.to_json() if prepared else None,
    }
    _write_json(folder / "configuration.json", {"Parameters": parameters})
    _write_json(folder / "package.json", record)
    if prepared and prepared.golden:
        _write_json(folder / golden.FILE, prepared.golden)


def _write_json(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def prepare(aws: Aws, assembly: Path, output: Path, execution: Execution) -> None:
    """Decides for every environment, brings there what is missing, and writes the deployment."""
    targets = aws.targets(TOOLS / "targets.json")
    actions: dict[int, str] = {}
    resolved: dict[str, Prepared] = {}
    for environment, decision in decide_all(aws, targets, execution.wanted):
        print(f"{environment.name}: {decision.action} {decision.package} ({decision.reason})")
        template = find_template(assembly, environment.stack)
        deploys = decision.action == "deploy"
        # Where no environment of a stage has a model there is nothing to deploy: nobody is asked to approve.
        matters = deploys and decision.package != NO_PACKAGE
        actions[environment.wave] = "deploy" if matters else actions.get(environment.wave, "skip")
        prepared: Prepared | None = None
        if deploys:
            if decision.package != NO_PACKAGE:
                if decision.package not in resolved:
                    resolved[decision.package] = resolve_package(aws, targets, decision.package)
                prepared = resolved[decision.package]
            assets = read_assets(assembly, environment, aws.partition)
            if assets:
                publish(
                    aws.client_of(environment.publish_role, "s3", environment.region), environment, assets
                )
        served = replicate(aws, environment, prepared.package) if prepared else decision.package
        write_environment(output / environment.name, template, execution, decision, served, prepared)
    shutil.copytree(TOOLS, output / "tools", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    exports = "".join(
        f"export ACTION_{wave}={shlex.quote(action)}\n" for wave, action in sorted(actions.items())
    )
    (output / "exports.sh").write_text(exports, encoding="utf-8")


def main() -> int:
    """Runs in the pipeline's first build action; MODEL_PACKAGE and EXECUTION_ID come from the pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assembly", type=Path, default=Path("cdk.out"))
    parser.add_argument("--output", type=Path, default=Path("deployment"))
    args = parser.parse_args()
    started_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    try:
        execution = Execution(os.environ["EXECUTION_ID"], os.environ["MODEL_PACKAGE"], started_at)
        prepare(Aws(), args.assembly, args.output, execution)
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
