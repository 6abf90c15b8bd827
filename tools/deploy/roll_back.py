"""
Returns an endpoint to the version before, at once: its configuration and model are still there.

The stacks are left to the steps after this one, which deploy what is live then. Until that is done, endpoint
and stack disagree, and what the endpoint serves counts.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from aws import Aws
from deployment_records import record_return, this_moment
from engine_words import retry
from executions import executions_of
from owned import PROVEN_TAG, Made, own
from pipeline_variables import ROLL_BACK_VARIABLE
from return_api import ReturnApi, return_handler
from rollbacks import named, note, rollbacks_of, starter
from serving import (
    UNDER_WAY,
    Serving,
    describe_endpoint,
    look,
    package_of_config,
    wait_until_steady,
)
from targets import Environment, Refused, Targets
from way_back import WayBack

SETTLE_SECONDS = 1500
"""How long to wait for new instances, beside the waits of an update that is under way."""

TRIP_SECONDS = 10.0
"""An alarm returns to its own state within seconds (CloudWatch API reference, SetAlarmState): set again."""

ALARM = "server-errors"
"""The rollback alarm that each watched deployment has (`src/infra/endpoint/rollback-alarms.ts`)."""

NO_ALARM = ("ResourceNotFound", "ResourceNotFoundException")


class Return:
    """The return of one environment's endpoint."""

    def __init__(
        self,
        aws: Aws,
        targets: Targets,
        environment: Environment,
        execution: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._aws, self._targets, self._environment, self._execution = aws, targets, environment, execution
        self._sleep = sleep
        self._seconds = SETTLE_SECONDS + environment.update_seconds
        self._look = aws.client("sagemaker", environment)
        self._change = aws.client_of(environment.rollback_role, "sagemaker", environment.region)
        self._list = aws.client_of(environment.retire_role, "sagemaker", environment.region)
        self._way = WayBack(aws, targets, environment)
        self._began = this_moment()

    def carry_out(self) -> str:
        """Returns the endpoint; what it serves now, and how long that took."""
        begin = time.monotonic()
        now = self._serving()
        left = self._left()
        if left and now.pending != left:
            # A retry of the stage: this execution has begun to leave that configuration.
            self._steady()
            now = self._serving()
            package = self._way.origin(now.package)
            if now.config != left and package:
                return self._done(package, begin)
        if now.pending:
            package = self._end_update(now, now.pending)
            if package:
                return self._done(package, begin)
        elif now.status in UNDER_WAY:
            # Also while it is scaled, which has no pending configuration (API reference, DescribeEndpoint).
            self._steady()
        now = self._serving()
        target, package = self._way.newest(now)
        self._leave(now.config)
        self._record(now.package, package)
        self._update(now, target)
        return self._done(package, begin)

    def _serving(self) -> Serving:
        found = look(self._look, self._environment.endpoint)
        if found is None:
            raise Refused(
                f"The endpoint {self._environment.endpoint} is not there: nothing can be returned to."
            )
        return found

    def _steady(self) -> None:
        wait_until_steady(self._look, self._environment.endpoint, seconds=self._seconds, sleep=self._sleep)

    def _left(self) -> str | None:
        """The configuration that an earlier attempt of this execution has begun to leave."""
        found = rollbacks_of(self._aws, self._targets).remembered(self._attempt())
        return str(found["left"]) if "left" in found else None

    def _leave(self, config: str) -> None:
        rollbacks_of(self._aws, self._targets).remember(self._attempt(), {"left": config})

    def _attempt(self) -> str:
        return f"{self._execution}-{self._environment.name}"

    def _done(self, package: str, begin: float) -> str:
        version = package.rsplit("/", 1)[-1]
        handler = return_handler(self._aws, self._environment, package, self._sleep)
        recorded = record_return(self._aws, self._targets, self._environment, package, self._began)
        return (
            f"{self._environment.name}: {self._environment.endpoint} serves version {version} again, after "
            f"{time.monotonic() - begin:.0f} s{handler}{recorded}; the stack follows"
        )

    def _end_update(self, now: Serving, pending: str) -> str | None:
        """Has SageMaker give up an update; the package that stays, or None when it came to its end."""
        package = self._way.origin(now.package)
        coming = package_of_config(self._look, pending)
        # The same version again, after a change around it: ending that is no return yet.
        is_same = package is not None and self._way.origin(coming) == package
        problem = self._way.problem(package) if package else "what it serves is not of this group"
        if not is_same:
            if package is None or problem:
                raise Refused(f"{self._environment.endpoint} changes, and cannot return: {problem}.")
            self._leave(pending)
            self._record(coming, package)
        waited = 0.0
        while waited < self._seconds:
            found = self._serving()
            if found.pending != pending or found.status != "Updating":
                break
            waited += TRIP_SECONDS
            if not self._trip(pending):
                print(
                    f"The update of {self._environment.endpoint} has no rollback alarms; waiting for its end"
                )
                break
            self._sleep(TRIP_SECONDS)
        self._steady()
        return package if not is_same and self._serving().config == now.config else None

    def _trip(self, config: str) -> bool:
        """Sets a rollback alarm of the update off; False where the update has none."""
        environment = self._environment
        client = self._aws.client_of(environment.rollback_role, "cloudwatch", environment.region)
        try:
            client.set_alarm_state(
                AlarmName=f"{environment.endpoint}/{ALARM}/{config}",
                StateValue="ALARM",
                StateReason=f"Rolled back by execution {self._execution} of {self._targets.pipeline}",
            )
        except client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in NO_ALARM:
                return False
            raise
        return True

    def _record(self, left: str | None, package: str) -> None:
        """What is left behind is recorded first, so that no other execution brings it meanwhile."""
        behind = self._way.origin(left)
        if behind is None:
            print(
                f"What {self._environment.endpoint} leaves is of another group; nothing is recorded: {left}"
            )
            return
        by = starter(self._aws, self._targets, self._execution)
        reason = f"{by} returned {self._environment.endpoint} to version {package.rsplit('/', 1)[-1]}"
        told = note(
            self._aws,
            self._targets,
            self._environment,
            behind,
            reason,
            self._execution,
            by=by,
            serves=package,
        )
        print(told)

    def _update(self, now: Serving, target: Made) -> None:
        """All at once and without a bake: what is returned to was proven, and every minute counts."""
        endpoint = self._environment.endpoint
        variants = (describe_endpoint(self._look, endpoint) or {}).get("ProductionVariants", [])
        try:
            self._change.update_endpoint(
                EndpointName=endpoint,
                EndpointConfigName=target.name,
                # A fleet that was scaled out keeps its size.
                RetainAllVariantProperties=bool(variants)
                and all("DesiredInstanceCount" in v for v in variants),
            )
        except self._change.exceptions.ClientError as error:
            raise Refused(f"{endpoint} was not updated to {target.name}: {error}. {retry()}") from error
        self._steady()
        after = self._serving()
        if after.config != target.name:
            why = f": {after.reason}" if after.reason else "."
            raise Refused(f"{endpoint} did not return to {target.name}; it is {after.status}{why}")
        self._unprove(now.config)

    def _unprove(self, config: str) -> None:
        """What was left is not what a later return goes to, nor what is kept for one."""
        for found in own(self._list, self._environment, "EndpointConfig", config):
            if found.name == config and PROVEN_TAG in found.tags:
                self._change.delete_tags(ResourceArn=found.arn, TagKeys=[PROVEN_TAG])


def roll_back(aws: Aws, targets: Targets, environments: tuple[str, ...], execution: str) -> list[str]:
    """Returns the endpoints of these environments; raises Refused for those that cannot."""
    done, problems = [], []
    for name in environments:
        environment = targets.environment(name)
        if not environment.rollback_role:
            problems.append(
                f"{name}: it has no endpoint to return. Reject the version that is live, which deploys the "
                "newest approved one."
            )
            continue
        try:
            api = environment.api
            if api and api.is_per_release:
                done.append(ReturnApi(aws, targets, environment, api, execution).carry_out())
            else:
                done.append(Return(aws, targets, environment, execution).carry_out())
            print(done[-1])
        except Refused as refusal:
            problems.append(f"{name}: {refusal}")
    if problems:
        raise Refused(" ".join(problems))
    return done


def main() -> int:
    """Runs beside the other tools, in executions that were started with the variable."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        names = named(targets, os.environ["ROLL_BACK_IN"], ROLL_BACK_VARIABLE)
        execution = os.environ["EXECUTION_ID"]
        roll_back(aws, targets, names, execution)
        executions_of(aws, targets).returned(names, execution)
    except Refused as refusal:
        print(f"Roll back refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
