"""What an execution of the deploy pipeline does in each environment, and what people are told of it."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from functools import partial
from typing import Any

from aws import Aws
from decide import Decision, NothingApproved, decide
from decision_records import recorded_in
from engine_words import to_deploy
from live import Live, read_live
from registry import Package, describe, newest_approved
from rollbacks import (
    Rollbacks,
    RolledBack,
    about,
    failed_on_the_way,
    retry_command,
    rollbacks_of,
)
from stack import Unusable
from targets import KEEP_LIVE, NO_PACKAGE, Environment, Refused, Targets
from tell import ASTRAY, BROKEN, ROLLED_BACK, STILL_LIVE, tell

SETTLE_SECONDS = 1500
"""How long to wait for other executions' changes; below the hour that the build has."""


def decide_all(
    aws: Aws,
    targets: Targets,
    wanted: str,
    retry_in: tuple[str, ...] = (),
    roll_back_in: tuple[str, ...] = (),
) -> list[tuple[Environment, Decision]]:
    """The decision for each environment, from what is true at this moment."""
    registry = aws.registry(targets)
    recorded = recorded_in(aws, targets)
    look_up = partial(describe, registry, group=targets.registry, recorded=recorded)
    records = rollbacks_of(aws, targets)
    requested: Package | None = None if wanted == KEEP_LIVE else look_up(wanted)
    now, broken = _all_live(aws, targets, requested)
    # What has just been returned is told of otherwise.
    known = {name: found for name, found in now.items() if found and name not in roll_back_in}
    astray = {name: found.astray for name, found in known.items() if found.astray}
    if astray:
        print(f"Endpoints that do not serve what was deployed: {json.dumps(astray)}", file=sys.stderr)
        tell(aws, targets, ASTRAY, astray)
    stuck: dict[str, NothingApproved] = {}
    rolled_back: dict[str, RolledBack] = {}

    def reaches(environment: Environment, other: Package) -> bool:
        return failed_on_the_way(records, targets, environment, other.version) is None

    def of(environment: Environment, package: Package | None) -> Decision:
        if environment.name in broken:
            return Decision("skip", NO_PACKAGE, broken[environment.name].problem)
        retried = package is not None and environment.name in retry_in
        known = partial(_failed, aws, targets, records, environment)
        failed = (lambda _: None) if retried else known
        start = partial(_to_start, targets, environment)
        newest = partial(newest_approved, registry, targets.registry, partial(reaches, environment), recorded)
        try:
            decision = decide(package, now[environment.name], look_up, newest, failed, start)
            live = now[environment.name]
            release = live.release if live else None
            return replace(decision, attempt=_attempt(live), retried=retried, release=release)
        except NothingApproved as refusal:
            stuck[environment.name] = refusal
            return Decision("skip", NO_PACKAGE, str(refusal))
        except RolledBack as refusal:
            rolled_back[environment.name] = refusal
            return Decision("skip", NO_PACKAGE, str(refusal))

    decisions = [(environment, of(environment, requested)) for environment in targets.environments]
    if rolled_back:
        serving = {name: found.package for name, found in now.items() if found}
        told = {name: about(e.found, serving.get(name)) for name, e in rolled_back.items()}
        tell(aws, targets, ROLLED_BACK, told)
        raise Refused(" ".join(str(refusal) for refusal in rolled_back.values()))
    if roll_back_in:
        decisions = [(e, d if e.name in roll_back_in else _apart(d, roll_back_in)) for e, d in decisions]
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
        stacks = {name: {"stack": e.stack, "status": e.status} for name, e in broken.items()}
        stacks |= {e.name: {"stack": e.stack, "status": f"held up by {held[e.wave]}"} for e in left}
        tell(aws, targets, BROKEN, stacks)
    if stuck:
        tell(aws, targets, STILL_LIVE, {n: _of_package(e.live, e.state) for n, e in stuck.items()})
    # An execution that restores a good model somewhere goes on; what is broken was reported.
    if stuck or not deployed:
        refusals: dict[str, Refused] = {**broken, **stuck}
        if refusals:
            raise Refused(" ".join(f"{environment}: {refusal}" for environment, refusal in refusals.items()))
    return decisions


def _to_start(targets: Targets, environment: Environment, package: Package) -> str:
    return to_deploy(targets, package.arn, environment.name)


def _leave(decision: Decision, broken: str) -> Decision:
    reason = f"it shares a stage with {broken}, whose endpoint stack is broken"
    return replace(decision, action="skip", reason=reason)


def _apart(decision: Decision, names: tuple[str, ...]) -> Decision:
    return replace(decision, action="skip", reason=f"only {', '.join(names)} returned to an earlier version")


def _failed(
    aws: Aws, targets: Targets, records: Rollbacks, environment: Environment, package: Package
) -> RolledBack | None:
    """Whether the package was rolled back in the environment."""
    found = records.active(environment.name, package.version)
    if found is None:
        return None
    return RolledBack(found, retry_command(aws, targets, found.package, environment.name))


def settle_seconds(targets: Targets) -> float:
    """How long to wait for what changes: an update that is under way may have waits and a bake of its own."""
    return SETTLE_SECONDS + max(e.moving_seconds for e in targets.environments)


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


def _of_package(package: Package, state: str) -> dict[str, Any]:
    return {"package": package.arn, "version": package.version, "approval": state}
