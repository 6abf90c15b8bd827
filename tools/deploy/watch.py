"""
A rollback alarm fires soon after a deployment was proven: the endpoint returns to the version before.

SageMaker looks at alarms until its bake is over, and no longer. The alarm's event starts this; the deploy
pipeline carries the return out, as it does for a person.
"""

from __future__ import annotations

from datetime import UTC, datetime

from aws import Aws
from decide import Decision
from live import origin
from owned import PROVEN_TAG, own
from registry import version_in
from rollbacks import ROLL_BACK_VARIABLE, note, rollbacks_of
from serving import IN_SERVICE, Serving, describe_endpoint, look
from stack import deployed
from targets import Environment, Refused, Targets
from tell import FIRING, tell

TOKEN_LIMIT = 128
"""Characters of a request's token (CodePipeline API reference, StartPipelineExecution)."""


def after_alarm(aws: Aws, targets: Targets, alarm: str, account: str, region: str, at: str) -> str:
    """Has the endpoint that an alarm is about returned, if its deployment is not long ago; what was done."""
    found = [
        e
        for e in targets.environments
        if (e.account, e.region) == (account, region)
        and e.watch_seconds
        and (alarm.startswith(f"{e.endpoint}/") or alarm in e.own_alarms)
    ]
    if not found:
        raise Refused(f"{targets.pipeline} does not watch the alarm {alarm} of {account} in {region}.")
    return "\n".join(_after(aws, targets, environment, alarm, at) for environment in found)


def _after(aws: Aws, targets: Targets, environment: Environment, alarm: str, at: str) -> str:
    name, endpoint = environment.name, environment.endpoint
    serving = look(aws.client("sagemaker", environment), endpoint)
    if serving is None or serving.status != IN_SERVICE:
        return f"{name}: {alarm} fires while {endpoint} changes; SageMaker looks at it then"
    if alarm not in environment.own_alarms and not alarm.endswith(f"/{serving.config}"):
        return f"{name}: {alarm} is not an alarm of {serving.config}, which serves"
    package = origin(aws, environment, targets.registry, serving.package) if serving.package else None
    version = version_in(package or "", targets.registry)
    if package is None or version is None:
        return f"{name}: {endpoint} serves what is not of this group; nothing is returned"
    if rollbacks_of(aws, targets).active(name, version):
        return f"{name}: version {version} is recorded as rolled back already"
    proven = _proven(aws, environment, serving)
    minutes = (_instant(at) - proven).total_seconds() / 60
    if minutes * 60 > environment.watch_seconds:
        return f"{name}: version {version} was deployed {minutes:.0f} minutes ago and is no longer watched"
    if not _is_new(aws, targets, environment):
        tell(aws, targets, FIRING, {name: {"alarm": alarm, "version": version}})
        return (
            f"{name}: version {version} was live before; what is around it changed, and nothing is returned"
        )
    reason = f"the alarm {alarm} fired {max(0.0, minutes):.0f} minutes after the deployment"
    execution = _start(aws, targets, environment, serving)
    told = note(aws, targets, environment, package, reason, execution, by=f"the alarm {alarm}")
    return f"{told} The execution {execution} of {targets.pipeline} returns {endpoint}."


def _is_new(aws: Aws, targets: Targets, environment: Environment) -> bool:
    """Whether the last deployment brought the version; one that was live before is not to blame."""
    stack = deployed(aws.client("cloudformation", environment), environment.stack)
    found = rollbacks_of(aws, targets).remembered(stack.execution if stack else "").get(environment.name)
    return found is not None and Decision(**found).is_new


def _proven(aws: Aws, environment: Environment, serving: Serving) -> datetime:
    """When the deployment was proven; where that is still under way, when the endpoint changed last."""
    client = aws.client_of(environment.retire_role, "sagemaker", environment.region)
    for config in own(client, environment, "EndpointConfig", serving.config):
        if config.name == serving.config and PROVEN_TAG in config.tags:
            return _instant(config.tags[PROVEN_TAG])
    endpoint = describe_endpoint(aws.client("sagemaker", environment), environment.endpoint) or {}
    changed: datetime = endpoint["LastModifiedTime"]
    return changed


def _start(aws: Aws, targets: Targets, environment: Environment, serving: Serving) -> str:
    """
    Starts the return; the execution's id. Several alarms of one deployment fire in the same minute, and a
    second execution would return one version too far: the same token gives the same execution.
    """
    client = aws.own("codepipeline", aws.region)
    try:
        started = client.start_pipeline_execution(
            name=targets.pipeline,
            variables=[{"name": ROLL_BACK_VARIABLE, "value": environment.name}],
            clientRequestToken=f"watch-{serving.config}"[:TOKEN_LIMIT],
        )
    except client.exceptions.ClientError as error:
        raise Refused(
            f"{environment.endpoint} was not returned: {error}. "
            f"Roll back manually: npx projen rollback -- --environment {environment.name}"
        ) from error
    return str(started["pipelineExecutionId"])


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
