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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import approved_baselines
import contracts
import golden
from assets import find_stack, publish, read_assets
from aws import Aws
from decide import Decision
from decide_all import decide_all
from decision_records import recorded_in
from endpoint_template import publish_template
from executions import executions_of
from pipeline_variables import RETRY_VARIABLE, ROLL_BACK_VARIABLE
from registry import Package, describe, version_in
from release_name import release_name
from replicate import replicate
from resolve import Resolved, read_metrics, resolve
from rollbacks import Rollbacks, named, rollbacks_of, starter
from seal import verify, wait_for_seal
from stack import ATTEMPT, CONTRACT, EXECUTION, MODEL_PACKAGE, RELEASE, SERVED_PACKAGE, STARTED_AT
from targets import KEEP_LIVE, NO_PACKAGE, Environment, Refused, Targets

TOOLS = Path(__file__).resolve().parent

SEAL_SECONDS = 1200
"""How long to wait for a package that was approved before it was sealed; both begin with the same event."""


@dataclass(frozen=True)
class Execution:
    """This execution of the pipeline."""

    id: str
    wanted: str
    """The package that it was started with, or "keep-live"."""
    started_at: str
    retry_in: tuple[str, ...] = ()
    """Environments in which the package may be deployed though it was rolled back there."""
    roll_back_in: tuple[str, ...] = ()
    """Environments that were returned at once to what was live before; nothing happens in the others."""


def find_template(assembly: Path, stack: str) -> Path:
    """The template of a stack, wherever in the (nested) cloud assembly it is."""
    folder, artifact = find_stack(assembly, stack)
    return folder / str(artifact["properties"]["templateFile"])


def read_execution(targets: Targets, started_at: str) -> Execution:
    """From the variables that the pipeline hands on; refuses those that do not go together."""
    retry_in = named(targets, os.environ["RETRY_IN"], RETRY_VARIABLE)
    roll_back_in = named(targets, os.environ["ROLL_BACK_IN"], ROLL_BACK_VARIABLE)
    wanted = os.environ["MODEL_PACKAGE"]
    if retry_in and wanted == KEEP_LIVE:
        raise Refused(
            f"{RETRY_VARIABLE} needs the package that is tried again, in the variable ModelPackageArn."
        )
    if roll_back_in and (wanted != KEEP_LIVE or retry_in):
        raise Refused(
            f"{ROLL_BACK_VARIABLE} goes with no other variable: it returns to what was live before."
        )
    return Execution(os.environ["EXECUTION_ID"], wanted, started_at, retry_in, roll_back_in)


@dataclass(frozen=True)
class Prepared:
    """A package that is deployed, what is in it, its golden rows, and what requests to it must be."""

    package: Package
    resolved: Resolved
    golden: dict[str, Any] | None
    schema: dict[str, Any] | None = None
    """Looked up only where there is an API, or a monitor."""
    baseline: approved_baselines.Baseline | None = None
    """What monitors compare with; looked up only where there is one."""


def resolve_package(aws: Aws, targets: Targets, arn: str) -> Prepared:
    """What is in the package, looked up again: it may have lost its approval since the decision."""
    registry, s3 = aws.registry(targets), aws.own("s3", targets.registry_region)
    wait_for_seal(lambda: describe(registry, arn, targets.registry).details, SEAL_SECONDS)
    package = describe(registry, arn, targets.registry, recorded_in(aws, targets))
    resolved = resolve(package, read_metrics(s3, package))
    print(f"sealed: {verify(s3, package.details, targets.sealed)}")
    print(json.dumps(resolved.to_json(), indent=2))
    monitored = any(e.monitoring for e in targets.environments)
    schema = contracts.fetch(s3, package) if monitored or any(e.api for e in targets.environments) else None
    baseline = approved_baselines.fetch(s3, package, schema) if monitored else None
    return Prepared(package, resolved, golden.fetch(s3, package), schema, baseline)


def write_environment(
    folder: Path,
    template: Path,
    environment: Environment,
    execution: Execution,
    decision: Decision,
    served: str,
    prepared: Prepared | None,
    contract: str = NO_PACKAGE,
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
    if environment.api:
        parameters[CONTRACT] = contract
    if environment.is_per_release:
        parameters[RELEASE] = release_name(
            template, parameters, decision.release, execution.id, environment.name
        )
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


def contract_for(aws: Aws, targets: Targets, environment: Environment, prepared: Prepared | None) -> str:
    """Puts what requests to an environment's API must be there; its hash, "none" without API or model."""
    if not environment.api or not prepared:
        return NO_PACKAGE
    contracts.check_omitted(environment, prepared.package.arn, prepared.schema)
    made = contracts.document(targets, prepared.schema, prepared.golden)
    s3 = aws.client_of(environment.publish_role, "s3", environment.region)
    return contracts.publish(s3, environment, made)


def bring_baseline(aws: Aws, environment: Environment, prepared: Prepared | None) -> None:
    """Puts what monitors of an environment compare the package with there; nothing where there are none."""
    if environment.monitoring and prepared and prepared.baseline:
        s3 = aws.client_of(environment.publish_role, "s3", environment.region)
        approved_baselines.publish(s3, environment, prepared.baseline)


def _write_json(file: Path, content: dict[str, Any]) -> None:
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def prepare(aws: Aws, assembly: Path, output: Path, execution: Execution) -> None:
    """Decides for every environment, brings there what is missing, and writes the deployment."""
    targets = aws.targets(TOOLS / "targets.json")
    actions: dict[int, str] = {}
    resolved: dict[str, Prepared] = {}
    decisions = decide_all(aws, targets, execution.wanted, execution.retry_in, execution.roll_back_in)
    for environment, decision in decisions:
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
            if targets.engine:
                publish_template(
                    aws.client_of(environment.publish_role, "s3", environment.region), environment, template
                )
        served = replicate(aws, environment, prepared.package) if prepared else decision.package
        contract = contract_for(aws, targets, environment, prepared)
        bring_baseline(aws, environment, prepared)
        folder = output / environment.name
        write_environment(folder, template, environment, execution, decision, served, prepared, contract)
    shutil.copytree(TOOLS, output / "tools", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    exports = "".join(
        f"export ACTION_{wave}={shlex.quote(action)}\n" for wave, action in sorted(actions.items())
    )
    (output / "exports.sh").write_text(exports, encoding="utf-8")
    records = rollbacks_of(aws, targets)
    records.remember(execution.id, {e.name: asdict(decision) for e, decision in decisions})
    # Last of all: a version that could not even be prepared was not tried.
    for environment, decision in decisions:
        if decision.retried:
            _clear(aws, targets, records, environment, decision, execution)
    executions_of(aws, targets).prepared(execution.id)


def _clear(
    aws: Aws,
    targets: Targets,
    records: Rollbacks,
    environment: Environment,
    decision: Decision,
    execution: Execution,
) -> None:
    version = version_in(decision.package, targets.registry) or 0
    by = starter(aws, targets, execution.id)
    if found := records.clear(environment.name, version, execution.id, by):
        print(f"{environment.name}: {by} has version {version} tried again, rolled back at {found.at}")


def main() -> int:
    """Runs in the pipeline's first build action, which brings the variables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--assembly", type=Path, default=Path("cdk.out"))
    parser.add_argument("--output", type=Path, default=Path("deployment"))
    args = parser.parse_args()
    started_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    try:
        aws = Aws()
        execution = read_execution(aws.targets(TOOLS / "targets.json"), started_at)
        prepare(aws, args.assembly, args.output, execution)
    except Refused as refusal:
        print(f"Deployment refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
