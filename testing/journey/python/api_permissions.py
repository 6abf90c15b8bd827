"""What calls need that only a delivery with an API makes: Lambda, CodeDeploy, Firehose, Application Auto Scaling.

After the service authorization reference and, for CreateDeployment, the CodeDeploy user guide ("CodeDeploy permissions
reference": the configuration is read and the revision registered in the caller's name).
"""

from __future__ import annotations

from collections.abc import Callable

from cloud import Cloud
from permissions import Call, Needed, Request, Rule, pass_role, tag_context
from values import Place, parse_arn

CodeDeployGroup = Callable[[str], str]
groups: dict[str, CodeDeployGroup] = {}
"""How the group of a deployment is found; whoever plays CodeDeploy says it."""


def function_arn(request: Request) -> str:
    """The function of a call, with its qualifier."""
    given = request.params.get("FunctionName") or request["Resource"]
    arn = given if given.startswith("arn:") else request.place.arn("lambda", f"function:{given}")
    qualifier = request.params.get("Qualifier")
    return f"{arn}:{qualifier}" if qualifier else arn


def _function(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = function_arn(request)
        return Needed([Call(f"lambda:{action}", arn)], parse_arn(arn).place)

    return rule


def _create(_: Cloud, request: Request) -> Needed:
    arn = function_arn(request)
    tags = tag_context([{"Key": k, "Value": v} for k, v in request.params.get("Tags", {}).items()])
    calls = [Call("lambda:CreateFunction", arn, tags), pass_role(request["Role"], "lambda.amazonaws.com")]
    return Needed([*calls, *([Call("lambda:TagResource", arn, tags)] if tags else [])], request.place)


def _configure(_: Cloud, request: Request) -> Needed:
    calls = [Call("lambda:UpdateFunctionConfiguration", function_arn(request))]
    role = [pass_role(request["Role"], "lambda.amazonaws.com")] if "Role" in request.params else []
    return Needed([*calls, *role], request.place)


def _group_arn(request: Request, application: str, group: str) -> str:
    return request.place.arn("codedeploy", f"deploymentgroup:{application}/{group}")


def _create_deployment(cloud: Cloud, request: Request) -> Needed:
    application, group = request["applicationName"], request["deploymentGroupName"]
    arn = _group_arn(request, application, group)
    found = next((g for g in cloud.all("AWS::CodeDeploy::DeploymentGroup") if g.arn == arn), None)
    config = request.params.get("deploymentConfigName") or (found and found.properties.get("DeploymentConfigName"))
    named = config or "CodeDeployDefault.LambdaAllAtOnce"
    of = request.place.arn("codedeploy", f"application:{application}")
    calls = [
        Call("codedeploy:CreateDeployment", arn),
        Call("codedeploy:GetDeploymentConfig", request.place.arn("codedeploy", f"deploymentconfig:{named}")),
        Call("codedeploy:RegisterApplicationRevision", of),
        Call("codedeploy:GetApplicationRevision", of),
    ]
    return Needed(calls, request.place)


def _deployment(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = groups["codedeploy"](request["deploymentId"])
        return Needed([Call(f"codedeploy:{action}", arn)], request.place)

    return rule


def _list_deployments(_: Cloud, request: Request) -> Needed:
    arn = _group_arn(request, request["applicationName"], request["deploymentGroupName"])
    return Needed([Call("codedeploy:ListDeployments", arn)], request.place)


def _everywhere(action: str) -> Rule:
    """The reference names no resource for the action, so that only a statement about all of them allows it."""
    return lambda _, request: Needed([Call(action, "*")], request.place)


def _stream(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = request.place.arn("firehose", f"deliverystream/{request['DeliveryStreamName']}")
        return Needed([Call(f"firehose:{action}", arn)], request.place)

    return rule


def _log_group(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = request.place.arn("logs", f"log-group:{request['logGroupName']}:*")
        return Needed([Call(f"logs:{action}", arn)], request.place)

    return rule


def _create_log_group(_: Cloud, request: Request) -> Needed:
    """With a key it needs the right to associate one (CloudWatch Logs user guide, "Encrypt log data")."""
    arn = request.place.arn("logs", f"log-group:{request['logGroupName']}:*")
    actions = ["CreateLogGroup", *(["AssociateKmsKey"] if "kmsKeyId" in request.params else [])]
    return Needed([Call(f"logs:{a}", arn) for a in actions], request.place)


def _scaling(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        context = {
            "application-autoscaling:service-namespace": str(request.params["ServiceNamespace"]),
            "application-autoscaling:scalable-dimension": str(request.params.get("ScalableDimension", "")),
        }
        arn = request.place.arn("application-autoscaling", "scalable-target/0123456789abcdef0123456789abcdef0123")
        return Needed([Call(f"application-autoscaling:{action}", arn, dict(context))], request.place)

    return rule


def place_of(request: Request) -> Place:
    """Where the function of a call is."""
    return parse_arn(function_arn(request)).place


API_TABLE: dict[str, dict[str, Rule]] = {
    "lambda": {
        "CreateFunction": _create,
        "UpdateFunctionConfiguration": _configure,
        "Invoke": _function("InvokeFunction"),
        **{
            name: _function(name)
            for name in (
                "CreateAlias", "DeleteAlias", "DeleteFunction", "GetAlias", "GetFunction",
                "GetFunctionConfiguration", "ListAliases",
                "ListVersionsByFunction", "PublishVersion", "PutFunctionConcurrency", "UpdateAlias",
                "UpdateFunctionCode", "TagResource", "UntagResource",
            )
        },
    },
    "codedeploy": {
        "CreateDeployment": _create_deployment,
        "GetDeployment": _deployment("GetDeployment"),
        "ListDeployments": _list_deployments,
        "StopDeployment": _everywhere("codedeploy:StopDeployment"),
        **{
            name: _deployment(name)
            for name in ("PutLifecycleEventHookExecutionStatus", "ListDeploymentTargets",
                         "BatchGetDeploymentTargets", "GetDeploymentTarget")
        },
    },
    "logs": {
        "CreateLogGroup": _create_log_group,
        **{name: _log_group(name) for name in ("DeleteLogGroup", "FilterLogEvents", "PutRetentionPolicy")},
    },
    "firehose": {"PutRecordBatch": _stream("PutRecordBatch")},
    "application-autoscaling": {
        "RegisterScalableTarget": _scaling("RegisterScalableTarget"),
        "DeregisterScalableTarget": _scaling("DeregisterScalableTarget"),
        "PutScalingPolicy": _scaling("PutScalingPolicy"),
        "DeleteScalingPolicy": _scaling("DeleteScalingPolicy"),
        "DescribeScalableTargets": _everywhere("application-autoscaling:DescribeScalableTargets"),
        "DescribeScalingPolicies": _everywhere("application-autoscaling:DescribeScalingPolicies"),
    },
}  # fmt: skip
