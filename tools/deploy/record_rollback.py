"""
Started by an event: the change set of a deployment failed, a run of a workflow failed, an endpoint serves
after a change, or a rollback alarm fires. Records the version that failed, or that the endpoint went back
from.

After a failed action CodePipeline runs nothing else of the stage, so no step of the deployment can do this.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from aws import Aws
from decide import Decision
from deployment_records import record_stay
from fronted import live_handler
from live import Live, read_live
from registry import version_in
from retire_endpoints import SUFFIX, retire_orphans
from rollbacks import about, note, rollbacks_of
from serving import look
from stack import failures, stack_as_is, wait_until_settled
from targets import Environment, Refused, Targets
from tell import ASTRAY, ROLLED_BACK, tell
from watch import Alarm, after_alarm

SETTLE_SECONDS = 1500
"""How long to wait until the stack has gone back; below the hour that the build has."""

ENDPOINT = "AWS::SageMaker::Endpoint"

NEVER_BEGAN = (
    "in-progress",
    "accessdenied",
    "not authorized",
    "limitexceeded",
    "throttl",
    "insufficient",
    "unable to provision",
)
"""
Parts of the reasons for which SageMaker refuses an update before it begins: maintenance ("Cannot update
in-progress endpoint"), a missing right, a quota, too many calls, or a lack of instances. Nothing of the
version was tried then.
"""


def after_change_set(aws: Aws, targets: Targets, action: str, execution: str) -> str:
    """What became of a version whose change set failed; `action` is the action that executed it."""
    environment = next((e for e in targets.environments if e.execute_action == action), None)
    if environment is None:
        raise Refused(f"No environment of {targets.pipeline} has the action {action}.")
    return after_failure(aws, targets, environment, execution)


def after_failure(aws: Aws, targets: Targets, environment: Environment, execution: str) -> str:
    """The same, of an environment whose change set an execution has executed."""
    found = rollbacks_of(aws, targets).remembered(execution).get(environment.name)
    if found is None:
        return f"{environment.name}: the execution {execution} had prepared nothing"
    decision = Decision(**found)
    if environment.is_per_release:
        retire_orphans(aws, environment)
    if not decision.is_new:
        return f"{environment.name}: {decision.package} was live before; what is around it changed"
    reason = failure_of_endpoint(aws, environment)
    if reason is None:
        return (
            f"{environment.name}: the change set failed, but its endpoint was not tried; nothing is recorded"
        )
    told = note(aws, targets, environment, decision.package, f"The change set failed: {reason}", execution)
    return told + record_stay(aws, targets, environment)


def after_run(aws: Aws, targets: Targets, execution: str) -> str:
    """
    What became of the versions that a run of a workflow was deploying when it failed, or was lost. Its own
    step records a change set that failed, but not where its runner died.
    """
    told = [
        after_failure(aws, targets, environment, execution)
        for environment in targets.environments
        if _was_tried(aws, environment, execution)
    ]
    return "\n".join(told) or f"Nothing that {execution} has tried failed in CloudFormation"


def _was_tried(aws: Aws, environment: Environment, execution: str) -> bool:
    """Whether the execution's change set was the last one of the stack, and came to nothing."""
    client = aws.client("cloudformation", environment)
    stack = stack_as_is(client, environment.stack)
    # The name of a change set is a part of its ARN (CloudFormation API reference, "DescribeChangeSet").
    if stack is None or f":changeSet/deploy-{execution}/" not in stack.get("ChangeSetId", ""):
        return False
    wait_until_settled(client, environment.stack, seconds=SETTLE_SECONDS + environment.update_seconds)
    return bool(failures(client, environment.stack))


def after_event(aws: Aws, targets: Targets, endpoint: str) -> str:
    """What became of an endpoint that serves after a change: does it serve what was deployed last?"""
    environment = next((e for e in targets.environments if is_of(aws, e, endpoint)), None)
    if environment is None:
        raise Refused(f"{endpoint} is not an endpoint that {targets.pipeline} deploys to.")
    if environment.is_per_release:
        return _after_event_of_release(aws, targets, environment, endpoint)
    live = read_live(aws, environment, targets.registry, seconds=SETTLE_SECONDS + environment.update_seconds)
    if live is None or live.astray is None:
        return _as_deployed(aws, targets, environment, live)
    version = version_in(live.deployed or "", targets.registry)
    if version is None or live.deployed == live.package:
        tell(aws, targets, ASTRAY, {environment.name: live.astray})
        return f"{environment.name}: the endpoint has another configuration than was deployed: {live.astray}"
    if rollbacks_of(aws, targets).active(environment.name, version):
        return f"{environment.name}: version {version} is recorded already"
    reason = (
        f"{environment.endpoint} serves {live.package} with the configuration {live.astray['config']}: "
        "SageMaker, or somebody, returned it after the deployment"
    )
    told = note(
        aws,
        targets,
        environment,
        str(live.deployed),
        reason,
        live.execution,
        by="unknown",
        serves=live.package,
    )
    return told + record_stay(aws, targets, environment)


def _after_event_of_release(aws: Aws, targets: Targets, environment: Environment, endpoint: str) -> str:
    """
    An endpoint of one release is never updated; it serves when it was made, which says nothing of the API
    yet. If it is live and serves another package than its handler is for, somebody updated it.
    """
    handler = live_handler(aws, environment)
    name = endpoint.rsplit("/", 1)[-1]
    if handler is None or handler.endpoint != name:
        return f"{environment.name}: {name} serves, and the API does not lead to it"
    serving = look(aws.client("sagemaker", environment), name)
    if serving is None or serving.package in (None, handler.served):
        return f"{environment.name}: {name} serves what was deployed"
    astray = {
        "endpoint": name,
        "served": str(serving.package),
        "config": serving.config,
        "deployed": str(handler.package),
    }
    tell(aws, targets, ASTRAY, {environment.name: astray})
    return f"{environment.name}: the endpoint serves another package than its handler is for: {astray}"


def is_of(aws: Aws, environment: Environment, endpoint: str) -> bool:
    """Whether an endpoint is the environment's, or one of its releases'."""
    own = endpoint_arn(aws, environment)
    if not environment.is_per_release:
        return endpoint == own
    return endpoint.startswith(own) and SUFFIX.fullmatch(endpoint.removeprefix(own)) is not None


def _as_deployed(aws: Aws, targets: Targets, environment: Environment, live: Live | None) -> str:
    """
    It serves what was deployed: people hear of it where that was recorded as rolled back.

    After an instant return the next deployment may fail; CloudFormation then gives the endpoint the
    configuration that it had in the stack, which is the one that was left.
    """
    version = version_in((live.package if live else None) or "", targets.registry)
    found = rollbacks_of(aws, targets).active(environment.name, version) if version else None
    if live is None or found is None:
        return f"{environment.name}: the endpoint serves what was deployed"
    tell(aws, targets, ROLLED_BACK, {environment.name: about(found, live.package)})
    return f"{environment.name}: version {version} serves, though it is recorded as rolled back"


def endpoint_arn(aws: Aws, environment: Environment) -> str:
    """The ARN of an environment's endpoint."""
    name = f"endpoint/{environment.endpoint}"
    return f"arn:{aws.partition}:sagemaker:{environment.region}:{environment.account}:{name}"


def failure_of_endpoint(aws: Aws, environment: Environment) -> str | None:
    """Why the endpoint failed in the last change of its stack; None where that failed for another reason."""
    client = aws.client("cloudformation", environment)
    wait_until_settled(client, environment.stack, seconds=SETTLE_SECONDS + environment.update_seconds)
    failed = failures(client, environment.stack)
    if not failed or failed[0].get("ResourceType") != ENDPOINT:
        return None
    reason = str(failed[0].get("ResourceStatusReason", "no reason"))
    return None if any(word in reason.lower() for word in NEVER_BEGAN) else reason


def main() -> int:
    """Runs beside the other tools; what happened comes from the rule that started it."""
    try:
        aws = Aws()
        targets = aws.targets(Path(__file__).resolve().parent / "targets.json")
        endpoint, alarm = os.environ.get("ENDPOINT_ARN"), os.environ.get("ALARM")
        if endpoint:
            print(after_event(aws, targets, endpoint))
        elif alarm:
            event = [os.environ[name] for name in ("ACCOUNT", "REGION", "AT")]
            print(after_alarm(aws, targets, Alarm.of_event(alarm, *event)))
        elif targets.engine:
            print(after_run(aws, targets, os.environ["EXECUTION_ID"]))
        else:
            print(after_change_set(aws, targets, os.environ["ACTION"], os.environ["EXECUTION_ID"]))
    except Refused as refusal:
        print(f"Nothing was recorded: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
