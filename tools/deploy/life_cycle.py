"""
Life-cycle stages of a version: each deployment that was proven moves it on, a rollback moves it back.

Which moves there are is in `targets.json`, made from the table that the policies are made from too
(`src/plan/govern/stages.ts`): for each environment those of its type, with the role that IAM lets make
exactly these. So a tool that is wrong about a stage is refused by IAM.
"""

from __future__ import annotations

import sys
from typing import Any

from aws import Aws
from engine_words import retry
from live import origin
from registry import Package, describe, version_in
from scoring import look_in
from targets import NO_PACKAGE, Environment, Move, Refused, Targets
from tell import LEFT_OVER, tell

UPWARDS = ("Development", "QA", "PreProduction", "Production")

WITHDRAWN = "Rejected"
"""How a version in the archive is told from one that was replaced in production."""

SEAL = "A version gets its first stage when it is sealed; have it approved again, which has it sealed."


def stage_of(package: Package) -> str | None:
    """The stage that a version is in; None for one that was registered before there were stages."""
    stage = package.details.get("ModelLifeCycle", {}).get("Stage")
    return None if stage is None else str(stage)


def refuse_skipping(environment: Environment, package: Package) -> None:
    """Refuses to deploy a version that has not passed the stage before the environment's own."""
    proven = environment.moves.get("proven")
    if proven is None or proven.start is None:
        return
    stage = stage_of(package)
    if stage == "Archived" and package.details["ModelLifeCycle"].get("StageStatus") == WITHDRAWN:
        raise Refused(f"{package.arn} was withdrawn. Move it to Development, and have it approved again.")
    if stage == "Archived" or (stage in UPWARDS and _rank(stage) >= _rank(proven.start)):
        return
    raise Refused(
        f"{package.arn} is in {_words(stage)}; {environment.name} takes versions that are in "
        f"{proven.start} at least. {SEAL if stage is None else 'Deploy it to the environments before first.'}"
    )


def move_on(aws: Aws, targets: Targets, environment: Environment, arn: str, replaced: str | None) -> str:
    """
    Moves a proven version to the environment's stage, and the one that it replaced in production to the
    archive; what was done, in words. Whatever was moved already stays, so a step may be repeated.
    """
    moves = environment.moves
    if "proven" not in moves:
        return ""
    proven = moves["proven"]
    package = _look(aws, targets, arn)
    stage, done = stage_of(package), ""
    restored = moves.get("restored")
    if stage == proven.start:
        done = _move(aws, targets, environment, package, proven)
    elif restored and stage == restored.start:
        done = _move(aws, targets, environment, package, restored)
    elif stage not in (*UPWARDS[_rank(proven.to) :], "Archived"):
        refuse_skipping(environment, package)
    is_other = replaced not in (None, NO_PACKAGE, arn)
    if "replaced" in moves and is_other and version_in(str(replaced), targets.registry) is not None:
        done += _leave(aws, targets, environment, str(replaced), moves["replaced"])
    return done


def move_back(aws: Aws, targets: Targets, environment: Environment, arn: str) -> None:
    """
    Returns a version that was rolled back to the stage before. A return of the endpoint must not wait for
    that: people hear of a move that failed.
    """
    if "returned" not in environment.moves:
        return
    try:
        done = _leave(aws, targets, environment, arn, environment.moves["returned"])
    except Refused as refusal:
        print(f"{environment.name}: {refusal}", file=sys.stderr)
        about = {"endpoint": environment.service, "problem": str(refusal)}
        tell(aws, targets, LEFT_OVER, {environment.name: about})
        return
    if done:
        print(f"{environment.name}{done}")


def _leave(aws: Aws, targets: Targets, environment: Environment, arn: str, move: Move) -> str:
    """A version leaves its stage, unless another environment of the same stage serves it still."""
    package = _look(aws, targets, arn)
    if stage_of(package) != move.start or _served_elsewhere(aws, targets, environment, arn):
        return ""
    return _move(aws, targets, environment, package, move)


def _served_elsewhere(aws: Aws, targets: Targets, environment: Environment, arn: str) -> bool:
    own = environment.moves["proven"].to
    for other in targets.environments:
        if other.name == environment.name or "proven" not in other.moves or other.moves["proven"].to != own:
            continue
        serving = look_in(aws, other)
        served = serving.package if serving else None
        if served and origin(aws, other, targets.registry, served) == arn:
            return True
    return False


def _look(aws: Aws, targets: Targets, arn: str) -> Package:
    return describe(aws.registry(targets), arn, targets.registry)


def _move(aws: Aws, targets: Targets, environment: Environment, package: Package, move: Move) -> str:
    client: Any = aws.client_of(environment.stage_role, "sagemaker", targets.registry_region)
    life_cycle = {
        "Stage": move.to,
        "StageStatus": move.status,
        "StageDescription": f"{environment.name} of {targets.pipeline}",
    }
    try:
        client.update_model_package(ModelPackageArn=package.arn, ModelLifeCycle=life_cycle)
    except client.exceptions.ClientError as error:
        # Another environment of the stage may have moved it in the same moment.
        if stage_of(_look(aws, targets, package.arn)) == move.to:
            return ""
        raise Refused(
            f"{package.arn} was not moved from {_words(stage_of(package))} to {move.to}: {error}. {retry()}"
        ) from error
    return f", version {package.version} is now in {move.to}"


def _rank(stage: str) -> int:
    return UPWARDS.index(stage)


def _words(stage: str | None) -> str:
    return f"the stage {stage}" if stage else "no life-cycle stage"
