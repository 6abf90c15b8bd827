"""
Beside the change set of a deployment: asks golden rows while the endpoint changes, and counts wrong answers.

No metric shows that a model answers nonsense with status 200. The count is a metric of its own, which one of
the rollback alarms looks at. A request reaches the old instances or the new ones, as SageMaker likes
(InvokeEndpoint cannot address either), so an answer is wrong only if it is neither what was measured nor what
the old model answered before.

Never fails the deployment: the smoke test judges what is live in the end.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from answers import Golden, differences, predictions

import golden
from aws import Aws
from check import configuration
from counting import count
from invoking import Ask, asker
from serving import UNDER_WAY, describe_endpoint
from stack import EXECUTION, stack_as_is
from targets import Environment, Refused, Targets

_exceptions: Any = importlib.import_module("botocore.exceptions")

INTERVAL_SECONDS = 2.0
"""Between requests: a canary of a tenth of the instances is met within the first minute, nearly always."""

START_SECONDS = 180.0
"""How long a change set may take until its stack changes; both actions start at the same time."""

SPARE_SECONDS = 2400.0
"""How much longer than its waits and bake an update is looked at; below the hour more that the build has."""

METRIC = "GoldenMismatches"

MOVING = ("ActivatingTraffic", "Baking")
"""Statuses of a variant whose requests go to new instances too (API reference, VariantStatus)."""


class Probe:
    """Golden rows during one update of one endpoint."""

    def __init__(
        self,
        aws: Aws,
        environment: Environment,
        expected: Golden,
        tolerance: float,
        execution: str,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
    ) -> None:
        self._environment, self._expected, self._tolerance = environment, expected, tolerance
        self._execution, self._sleep, self._clock = execution, sleep, clock
        self._sagemaker = aws.client("sagemaker", environment)
        self._cloudformation = aws.client("cloudformation", environment)
        self._cloudwatch = aws.client("cloudwatch", environment)
        self._ask: Ask = asker(aws, environment)
        self._asked, self._wrong, self._failed = 0, 0, 0

    def carry_out(self) -> str:
        """Asks until the update is over; what came of it."""
        name = self._environment.endpoint
        if describe_endpoint(self._sagemaker, name) is None:
            return f"{name} is new: there is no old model to return to, and the smoke test asks golden rows"
        old, problem = self._old_answers()
        if old is None:
            return f"Golden rows are not asked during the update of {name}: {problem}"
        begin, last = self._clock(), ""
        while True:
            seconds = self._clock() - begin
            status, execution = self._stack()
            pending = self._pending(status, execution)
            if pending:
                last = pending
                self._compare(pending, old)
            elif self._is_over(seconds, status, execution):
                break
            if seconds > self._environment.update_seconds + SPARE_SECONDS:
                print(f"The update of {name} takes long: golden rows are no longer asked")
                break
            self._sleep(INTERVAL_SECONDS)
        if not last:
            return f"{name} was not updated while this looked"
        failed = f", and {self._failed} requests got no answer" if self._failed else ""
        return (
            f"{name} was asked golden rows {self._asked} times while it changed to {last}: "
            f"{self._wrong} answers were neither measured nor the old model's{failed}"
        )

    def _old_answers(self) -> tuple[list[Any] | None, str]:
        """What the old model answers; or None, and why that is not known."""
        try:
            _, first = self._ask(self._expected, " golden rows")
            _, second = self._ask(self._expected, " golden rows")
        except Refused as refusal:
            return None, f"the old model does not answer them. {refusal}"
        try:
            found = predictions(first)
        except ValueError:
            found = None
        if found is None:
            return None, "the answer of the old model has another form"
        if differences(second, found, self._tolerance):
            return None, "the old model answers the same rows with other values each time"
        # Asked too late, they might be the new model's.
        if self._moves():
            return None, "requests went to new instances before it could ask the old ones"
        return found, ""

    def _moves(self) -> bool:
        found = describe_endpoint(self._sagemaker, self._environment.endpoint) or {}
        variants = found.get("PendingDeploymentSummary", {}).get("ProductionVariants", [])
        return any(s.get("Status") in MOVING for v in variants for s in v.get("VariantStatus", []))

    def _pending(self, status: str, execution: str) -> str:
        """The configuration that this execution changes the endpoint to; empty while it does not."""
        # Another one's version has other golden rows, and so has the old one, while this is rolled back.
        if (status, execution) != ("UPDATE_IN_PROGRESS", self._execution):
            return ""
        found = describe_endpoint(self._sagemaker, self._environment.endpoint) or {}
        if found.get("EndpointStatus") not in UNDER_WAY:
            return ""
        return str(found.get("PendingDeploymentSummary", {}).get("EndpointConfigName", ""))

    def _is_over(self, seconds: float, status: str, execution: str) -> bool:
        """Whether the change set was executed or rolled back, or was not begun in time."""
        is_ours = execution == self._execution and status != "UPDATE_IN_PROGRESS"
        return is_ours or (seconds >= START_SECONDS and not status.endswith("_IN_PROGRESS"))

    def _stack(self) -> tuple[str, str]:
        """Status of the stack and the execution that changes it, or has changed it last."""
        stack = stack_as_is(self._cloudformation, self._environment.stack) or {}
        values = {p["ParameterKey"]: p.get("ParameterValue", "") for p in stack.get("Parameters", [])}
        return str(stack.get("StackStatus", "")), str(values.get(EXECUTION, ""))

    def _compare(self, pending: str, old: list[Any]) -> None:
        """Asks once, and counts a wrong answer; errors are counted by SageMaker, for the other alarms."""
        try:
            _, body = self._ask(self._expected, " golden rows")
        except Refused as refusal:
            self._failed += 1
            print(refusal)
            return
        self._asked += 1
        measured = differences(body, self._expected.answers, self._tolerance)
        wrong = bool(measured) and bool(differences(body, old, self._tolerance))
        if wrong:
            self._wrong += 1
            print(f"An answer is neither measured nor the old model's: {golden.listed(measured)}")
        count(self._cloudwatch, self._environment, METRIC, 1.0 if wrong else 0.0, pending)


def probe(
    aws: Aws,
    targets: Targets,
    environment: Environment,
    deployment: Path,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> str:
    """Asks the golden rows of what was prepared, as long as the endpoint changes to it."""
    expected = golden.load(deployment / environment.name)
    # An endpoint of one release is never updated.
    if not environment.probed or environment.is_per_release or expected is None:
        return f"{environment.name}: there are no golden rows to ask"
    execution = configuration(deployment, environment)[EXECUTION]
    try:
        tolerance = targets.golden_tolerance
        return Probe(aws, environment, expected, tolerance, execution, sleep, clock).carry_out()
    except (Refused, _exceptions.ClientError, _exceptions.BotoCoreError) as error:
        return f"{environment.name}: golden rows are no longer asked: {error}"


def main() -> int:
    """Runs with the deployment as its working directory; ENVIRONMENT comes from the pipeline."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        print(probe(aws, targets, targets.environment(os.environ["ENVIRONMENT"]), Path.cwd()))
    # Whatever it is: the deployment goes on, and its smoke test judges.
    except Exception as error:
        print(f"Golden rows were not asked: {error!r}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
