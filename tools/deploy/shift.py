"""
Step after a change set: the API moves to the version of its handler that was deployed.

The first version is tested and gets all requests at once. Later ones are moved to by CodeDeploy, with both
hooks and the version's own alarms; after that the alarms are looked at for as long as the bake takes. If
anything of the version fails, requests go back to the version before at once, and what failed is recorded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from aws import Aws
from check import configuration, read
from decide import Decision
from moving import Move, NotProven, Withdrawn
from retire_endpoints import remove_endpoint
from roll_back import Return
from smoke_test import arrived, record_failure, run
from stack import EXECUTION, MODEL_PACKAGE, STARTED_AT, Deployed
from targets import NO_PACKAGE, Environment, Refused, Targets
from way_back import WayBack


def shift(
    aws: Aws,
    targets: Targets,
    environment: Environment,
    deployment: Path,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> str:
    """Moves the API to what was deployed; what came of it."""
    api = environment.api
    if api is None:
        return f"{environment.name}: there is no API"
    values = configuration(deployment, environment)
    now = arrived(aws, environment, values[MODEL_PACKAGE])
    if values[MODEL_PACKAGE] == NO_PACKAGE:
        return f"{environment.name}: no model yet, nothing to move to"
    if now.started_at > values[STARTED_AT]:
        raise Refused(
            f"A newer execution ({now.execution}) has deployed {now.package} to {environment.name}. "
            "This execution is out of date."
        )
    if now.version is None:
        raise Refused(f"The stack {environment.stack} has no version of the API's handler. Deploy it again.")

    def problem() -> str | None:
        # Where one endpoint is updated, it has the model already: what replaces that is the next execution.
        if not environment.is_per_release:
            return None
        return WayBack(aws, targets, environment).problem(values[MODEL_PACKAGE])

    move = Move(aws, targets, environment, api, values[EXECUTION], now.version, sleep, clock, problem)
    try:
        return move.carry_out()
    except Withdrawn as refusal:
        left = _left(aws, targets, environment, now, values[EXECUTION], False, sleep)
        raise Refused(f"{refusal}{left}") from refusal
    except NotProven as failure:
        move.remember_failure(str(failure))
        told = str(failure) + record_failure(aws, targets, environment, deployment, str(failure))
        is_new = Decision(**read(deployment, environment, "package.json")["decision"]).is_new
        told += _left(aws, targets, environment, now, values[EXECUTION], is_new, sleep)
        raise Refused(told) from failure


def _left(
    aws: Aws,
    targets: Targets,
    environment: Environment,
    now: Deployed,
    execution: str,
    is_new: bool,
    sleep: Callable[[float], None],
) -> str:
    """
    What becomes of the endpoint of a version that failed; in words.

    An endpoint of its own is removed; its model and configuration stay for whoever looks for the cause. One
    that is updated in place serves the new model already, while the handler before checks requests by the old
    contract: it returns to the old model at once. Where the same model was live before, the two still go
    together.
    """
    try:
        if environment.is_per_release:
            return f" {remove_endpoint(aws, environment, now.endpoint)}" if now.endpoint else ""
        if is_new and environment.rollback_role:
            return f" {Return(aws, targets, environment, execution, sleep).carry_out()}"
    except Refused as refusal:
        print(f"{environment.name}: {refusal}", file=sys.stderr)
        return f" {refusal}"
    return ""


if __name__ == "__main__":
    sys.exit(run(shift, "Shift"))
