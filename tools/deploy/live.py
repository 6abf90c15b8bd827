"""
What is live in an environment: what its endpoint serves, beside what its stack says was deployed.

SageMaker can return an endpoint to its old configuration without an error, while the stack's parameters name
the new package (hashicorp/terraform-provider-aws, issues 46663 and 48997). So decisions go by the endpoint.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from aliases import Handler
from aws import Aws
from fronted import live_handler, wait_in_api
from package_groups import SOURCE_PACKAGE
from registry import describe, version_in
from scoring import look_in, wait_in
from serving import DEAD, Serving, Unsettled, look
from stack import Deployed, Unusable, deployed, wait_until_settled
from targets import PER_RELEASE, Environment, Refused


@dataclass(frozen=True)
class Live:
    """What is live in an environment, and the last successful deployment to it."""

    package: str | None
    """The approved package that the endpoint serves; where it serves something else, the ARN of that."""
    started_at: str
    execution: str
    deployed: str | None = None
    """The approved package that the stack says is live."""
    attempt: int = 1
    astray: dict[str, str] | None = None
    """How endpoint and stack disagree; None when they agree."""
    release: str | None = None
    """The release that the stack deployed, where each package has an endpoint of its own."""


def read_live(aws: Aws, environment: Environment, group: str, *, seconds: float) -> Live | None:
    """Waits until nothing changes there, for at most `seconds`, and looks; None where nothing ever was."""
    until = time.monotonic() + seconds
    stacks = aws.client("cloudformation", environment)
    # While a stack changes it shows the parameters that it is to have, even if they will be rolled back.
    wait_until_settled(stacks, environment.stack, seconds=seconds)
    stack = deployed(stacks, environment.stack)
    try:
        wait_in_api(aws, environment, seconds=max(0.0, until - time.monotonic()))
        wait_in(aws, environment, seconds=max(0.0, until - time.monotonic()))
    except Unsettled as refusal:
        problem = f"not usable: {str(refusal).rstrip('.')}"
        raise Unusable(environment.stack, refusal.status, problem, "Wait until it has finished") from refusal
    _refuse_other_service(environment, stack)
    _refuse_other_release(environment, stack)
    if environment.is_per_release:
        return _released(aws, environment, group, stack)
    serving = look_in(aws, environment)
    _refuse_halves(environment, stack, serving)
    _refuse_conversions(environment, stack, serving)
    if stack is None:
        return None
    if serving is None:
        return Live(None, stack.started_at, stack.execution, attempt=stack.attempt)
    if agrees(stack, serving):
        return Live(stack.package, stack.started_at, stack.execution, stack.package, stack.attempt)
    package = _approved(aws, environment, group, stack, serving)
    return Live(
        package,
        stack.started_at,
        stack.execution,
        stack.package,
        stack.attempt,
        {
            "endpoint": environment.service,
            "served": package,
            "config": serving.config,
            "deployed": str(stack.package),
        },
    )


def agrees(stack: Deployed, serving: Serving) -> bool:
    """Whether the endpoint serves what the stack made, as far as both of them show."""
    if stack.config and stack.config != serving.config:
        return False
    return serving.package in (None, stack.served)


def _refuse_other_service(environment: Environment, stack: Deployed | None) -> None:
    """An endpoint cannot become a score pipeline: CloudFormation would keep it, running, and forget it."""
    kind = environment.kind_of_service
    if stack is None or stack.package is None or stack.service in (None, kind):
        return
    problem = f"not of this kind: it has {stack.service_words} and cannot become one of {environment.kind}"
    remedy = (
        f"Set the kind of {environment.name} back, and add an environment with another name for "
        f'"{environment.kind}"'
    )
    raise Unusable(environment.stack, "of another kind", problem, remedy)


def _refuse_other_release(environment: Environment, stack: Deployed | None) -> None:
    """One endpoint that is updated cannot become one of many, nor the reverse: callers of either are lost."""
    if stack is None or stack.package is None or environment.pipeline:
        return
    had = stack.release is not None
    if had == environment.is_per_release:
        return
    before, after = (PER_RELEASE, "in-place") if had else ("in-place", PER_RELEASE)
    problem = f'not of this kind of release: it was deployed "{before}" and cannot become "{after}"'
    remedy = (
        f'Set api.release of {environment.name} back to "{before}", and add an environment with another name '
        f'for "{after}"'
    )
    raise Unusable(environment.stack, "of another kind of release", problem, remedy)


def _released(aws: Aws, environment: Environment, group: str, stack: Deployed | None) -> Live | None:
    """
    What the API's alias leads to: a version of the handler, and its endpoint. The stack says what was
    deployed last, which may never have been shifted to, or may have lost its requests again.
    """
    handler = live_handler(aws, environment)
    if stack is None:
        if handler is None:
            return None
        problem = f"gone, but {handler.endpoint} is live behind {environment.stack}'s API"
        remedy = f"Delete the alias of {environment.name}'s API and the endpoint, if nothing calls it"
        raise Unusable(environment.stack, "gone", problem, remedy)
    if handler is None and stack.package is None:
        return Live(None, stack.started_at, stack.execution, attempt=stack.attempt)
    serving = look(aws.client("sagemaker", environment), handler.endpoint) if handler else None
    package = _package_behind(aws, environment, group, handler, serving)
    agree = (
        handler is not None
        and serving is not None
        and serving.status not in DEAD
        and (handler.release, package) == (stack.release, stack.package)
        and agrees(stack, serving)
    )
    if agree:
        return Live(
            package, stack.started_at, stack.execution, stack.package, stack.attempt, release=stack.release
        )
    return Live(
        package,
        stack.started_at,
        stack.execution,
        stack.package,
        stack.attempt,
        {
            "endpoint": handler.endpoint if handler else f"none of {environment.endpoint}",
            "served": str(package),
            "config": serving.config if serving else "none",
            "deployed": str(stack.package),
        },
        stack.release,
    )


def _package_behind(
    aws: Aws, environment: Environment, group: str, handler: Handler | None, serving: Serving | None
) -> str | None:
    """The approved package that answers; what its endpoint serves where somebody changed that."""
    if handler is None:
        return None
    if serving is None or serving.package in (None, handler.served):
        return handler.package
    return origin(aws, environment, group, str(serving.package)) or serving.package


def _refuse_halves(environment: Environment, stack: Deployed | None, serving: Serving | None) -> None:
    """CloudFormation can neither make an endpoint that is there nor update one that is gone."""
    name, kind, service = environment.stack, environment.kind_of_service, environment.service
    has_package = stack is not None and stack.package is not None
    if serving is not None and serving.status in DEAD:
        reason = serving.reason.rstrip(".") or "no reason"
        problem = f"unusable: its {kind} {service} is {serving.status} ({reason})"
        raise Unusable(name, serving.status, problem, f"Delete the {kind} and the stack")
    if serving is not None and not has_package:
        problem = f"not that of the {kind} {service}, which exists and serves {serving.config}"
        remedy = f"Import the {kind} into the stack, or delete it if nothing calls it"
        raise Unusable(name, f"without its {kind}", problem, remedy)
    if serving is None and has_package:
        problem = f"without its {kind}: {service} was deleted"
        raise Unusable(name, f"without its {kind}", problem, "Delete the stack, which keeps all data")


def _refuse_conversions(environment: Environment, stack: Deployed | None, serving: Serving | None) -> None:
    """
    An endpoint does not change its kind: SageMaker refuses serverless for one on instances, and a serverless
    one that became another cannot be rolled back (developer guide, "Serverless Inference", "Feature
    exclusions"). While it is scaled it does not change its instance type either (developer guide, "Update
    endpoints that use automatic scaling").
    """
    if stack is None or serving is None:
        return
    endpoint, kind = environment.endpoint, environment.kind
    if serving.kind not in (None, kind):
        problem = f"not of this kind: its endpoint {endpoint} is {serving.kind} and cannot become {kind}"
        remedy = (
            f'Set the kind of {environment.name} back to "{serving.kind}", and add an environment with '
            f'another name for "{kind}"'
        )
        raise Unusable(environment.stack, "of another kind", problem, remedy)
    before, after = serving.instance_type, environment.instance_type
    if stack.scaling and before and after and before != after:
        problem = f"scaled: SageMaker does not change {endpoint} from {before} to {after} meanwhile"
        remedy = f"Remove autoscaling and deploy with {before}, then set {after} and autoscaling again"
        raise Unusable(environment.stack, "scaled", problem, remedy)


def _approved(aws: Aws, environment: Environment, group: str, stack: Deployed, serving: Serving) -> str:
    """The approved package behind what is served; what is served where that is of another origin."""
    served = serving.package or f"{serving.arn} with the configuration {serving.config}"
    if served == stack.served:
        return str(stack.package)
    return origin(aws, environment, group, served) or served


def origin(aws: Aws, environment: Environment, group: str, served: str) -> str | None:
    """The group's package that is served, itself or as a copy of it; None where it is of another origin."""
    if version_in(served, group) is not None:
        return served
    copies = environment.replica_group
    if copies and environment.replicate_role and version_in(served, copies) is not None:
        client = aws.client_of(environment.replicate_role, "sagemaker", environment.region)
        try:
            source = describe(client, served, copies).metadata.get(SOURCE_PACKAGE, "")
        except Refused as refusal:
            print(f"{environment.name}: the original of {served} is unknown: {refusal}", file=sys.stderr)
            return None
        if version_in(source, group) is not None:
            return source
    return None
