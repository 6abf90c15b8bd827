"""What calls of SageMaker need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cloud import Cloud
from moto_client import described
from permissions import Call, Context, Needed, Request, Rule, here, key_call, pass_role, tag_context
from values import Place, parse_arn


def _package(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = request.params.get("ModelPackageName") or request["ModelPackageArn"]
        return Needed([Call(action, arn)], parse_arn(arn).place)

    return rule


def _changed_package(action: str) -> Rule:
    """A change of a version: what it is to become, and what it is now."""

    def rule(cloud: Cloud, request: Request) -> Needed:
        arn = request.params.get("ModelPackageName") or request["ModelPackageArn"]
        now = described(arn)
        stage = cloud.life_cycles.get(arn, {})
        current: Context = {
            f"sagemaker:CurrentCustomerMetadataProperties/{key}": value
            for key, value in (now.get("CustomerMetadataProperties") or {}).items()
        }
        for key, name in (("Stage", ""), ("StageStatus", "Status")):
            if key in stage:
                current[f"sagemaker:CurrentModelLifeCycleStage{name}"] = stage[key]
        return Needed([Call(action, arn, {**current, **_wanted(request)})], parse_arn(arn).place)

    return rule


def _wanted(request: Request) -> Context:
    """What a call wants a version to be."""
    context: Context = {
        f"sagemaker:CustomerMetadataProperties/{key}": value
        for key, value in request.params.get("CustomerMetadataProperties", {}).items()
    }
    if removed := request.params.get("CustomerMetadataPropertiesToRemove"):
        context["sagemaker:CustomerMetadataPropertiesToRemove"] = list(removed)
    if status := request.params.get("ModelApprovalStatus"):
        context["sagemaker:ModelApprovalStatus"] = status
    for key in ("Stage", "StageStatus"):
        if key in request.params.get("ModelLifeCycle", {}):
            context[f"sagemaker:ModelLifeCycle:{key}"] = request["ModelLifeCycle"][key]
    return context


def group_place(request: Request) -> tuple[str, Place]:
    """Name and place of the model package group of a call: it may be given as a name or an ARN."""
    given = request["ModelPackageGroupName"]
    return (parse_arn(given).name, parse_arn(given).place) if given.startswith("arn:") else (given, request.place)


def _list_packages(_: Cloud, request: Request) -> Needed:
    name, place = group_place(request)
    return Needed([Call("sagemaker:ListModelPackages", place.arn("sagemaker", f"model-package/{name}/*"))], place)


def _describe_group(_: Cloud, request: Request) -> Needed:
    name, place = group_place(request)
    return Needed(
        [Call("sagemaker:DescribeModelPackageGroup", place.arn("sagemaker", f"model-package-group/{name}"))], place
    )


def _register(_: Cloud, request: Request) -> Needed:
    name, place = group_place(request)
    group = place.arn("sagemaker", f"model-package-group/{name}")
    # Without a status a package waits for its manual approval.
    status: Context = {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}
    tags = tag_context(request.params.get("Tags"))
    calls = [Call("sagemaker:CreateModelPackage", group, {**status, **_wanted(request), **tags})]
    if tags:
        calls.append(Call("sagemaker:AddTags", place.arn("sagemaker", f"model-package/{name}/1"), tags))
    return Needed(calls, place)


def _tagged(kind: str, word: str, parameter: str, extra: Callable[[Cloud, Request], list[Call]] | None = None) -> Rule:
    def rule(cloud: Cloud, request: Request) -> Needed:
        arn = request.place.arn("sagemaker", f"{kind}/{request[parameter]}")
        tags = tag_context(request.params.get("Tags"))
        calls = [Call(f"sagemaker:Create{word}", arn, tags)]
        if tags:
            calls.append(Call("sagemaker:AddTags", arn, tags))
        return Needed(calls + (extra(cloud, request) if extra else []), request.place)

    return rule


def _for_model(_: Cloud, request: Request) -> list[Call]:
    calls = [pass_role(request["ExecutionRoleArn"], "sagemaker.amazonaws.com")]
    containers = [request.params["PrimaryContainer"]] if "PrimaryContainer" in request.params else request["Containers"]
    # A model from a package of another account needs this in the group's policy too (SageMaker guide, "Deploy a model
    # version from a different account").
    return calls + [Call("sagemaker:CreateModel", c["ModelPackageName"]) for c in containers if "ModelPackageName" in c]


def _for_config(cloud: Cloud, request: Request) -> list[Call]:
    key = cloud.key_of(request.params.get("KmsKeyId"), request.place)
    return [key_call(cloud, "DescribeKey", key, "sagemaker", request.place)] if key else []


def _resource_tags(cloud: Cloud, arn: str) -> Context:
    return {f"aws:ResourceTag/{key}": value for key, value in cloud.tags.get(arn, {}).items()}


def _on_tagged(kind: str, action: str, parameter: str) -> Rule:
    """A call on something whose tags say whose it is."""

    def rule(cloud: Cloud, request: Request) -> Needed:
        arn = request.place.arn("sagemaker", f"{kind}/{request[parameter]}")
        return Needed([Call(f"sagemaker:{action}", arn, _resource_tags(cloud, arn))], request.place)

    return rule


def _serve(action: str) -> Rule:
    def rule(cloud: Cloud, request: Request) -> Needed:
        endpoint = request.place.arn("sagemaker", f"endpoint/{request['EndpointName']}")
        config = request.place.arn("sagemaker", f"endpoint-config/{request['EndpointConfigName']}")
        tags = tag_context(request.params.get("Tags"))
        calls = [
            Call(f"sagemaker:{action}", endpoint, tags),
            Call(f"sagemaker:{action}", config, _resource_tags(cloud, config)),
        ]
        if tags:
            calls.append(Call("sagemaker:AddTags", endpoint, tags))
        return Needed(calls, request.place)

    return rule


def _sagemaker_pipeline(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = request.place.arn("sagemaker", f"pipeline/{request['PipelineName']}")
        tags = tag_context(request.params.get("Tags"))
        calls = [Call(f"sagemaker:{action}", arn, tags)]
        if tags:
            calls.append(Call("sagemaker:AddTags", arn, tags))
        if "RoleArn" in request.params:
            calls.append(pass_role(request["RoleArn"], "sagemaker.amazonaws.com"))
        return Needed(calls, request.place)

    return rule


def _create_job(cloud: Cloud, request: Request) -> Needed:
    """A processing job, with its role, and the key of its volumes (SageMaker guide, "CreateProcessingJob API")."""
    arn = request.place.arn("sagemaker", f"processing-job/{request['ProcessingJobName']}")
    tags = tag_context(request.params.get("Tags"))
    cluster = request["ProcessingResources"]["ClusterConfig"]
    context: Context = {**tags, "sagemaker:InstanceTypes": [cluster["InstanceType"]]}
    network = request.params.get("NetworkConfig", {})
    for name in ("EnableNetworkIsolation", "EnableInterContainerTrafficEncryption"):
        word = {"EnableNetworkIsolation": "NetworkIsolation"}.get(name, name.removeprefix("Enable"))
        context[f"sagemaker:{word}"] = str(bool(network.get(name, False))).lower()
    for name, word in (("SecurityGroupIds", "VpcSecurityGroupIds"), ("Subnets", "VpcSubnets")):
        if name in network.get("VpcConfig", {}):
            context[f"sagemaker:{word}"] = list(network["VpcConfig"][name])
    calls = [
        Call("sagemaker:CreateProcessingJob", arn, context),
        pass_role(request["RoleArn"], "sagemaker.amazonaws.com"),
    ]
    if tags:
        calls.append(Call("sagemaker:AddTags", arn, tags))
    key = cloud.key_of(cluster.get("VolumeKmsKeyId"), request.place)
    if key:
        grant = key_call(cloud, "CreateGrant", key, "sagemaker", request.place)
        calls.append(replace(grant, context={**grant.context, "kms:GrantIsForAWSResource": "true"}))
    return Needed(calls, request.place)


ENDPOINT = lambda request: f"endpoint/{request['EndpointName']}"


SAGEMAKER: dict[str, Rule] = {
    "DescribeModelPackage": _package("sagemaker:DescribeModelPackage"),
    "UpdateModelPackage": _changed_package("sagemaker:UpdateModelPackage"),
    "DeleteModelPackage": _changed_package("sagemaker:DeleteModelPackage"),
    "ListModelPackages": _list_packages,
    "DescribeModelPackageGroup": _describe_group,
    "CreateModelPackage": _register,
    "CreateModel": _tagged("model", "Model", "ModelName", _for_model),
    "CreateEndpointConfig": _tagged("endpoint-config", "EndpointConfig", "EndpointConfigName", _for_config),
    "CreateEndpoint": _serve("CreateEndpoint"),
    "UpdateEndpoint": _serve("UpdateEndpoint"),
    "DeleteModel": _on_tagged("model", "DeleteModel", "ModelName"),
    "DeleteEndpointConfig": _on_tagged("endpoint-config", "DeleteEndpointConfig", "EndpointConfigName"),
    "DeleteEndpoint": _on_tagged("endpoint", "DeleteEndpoint", "EndpointName"),
    "DescribeModel": _on_tagged("model", "DescribeModel", "ModelName"),
    "DescribeEndpointConfig": _on_tagged("endpoint-config", "DescribeEndpointConfig", "EndpointConfigName"),
    "DescribeEndpoint": here("sagemaker:DescribeEndpoint", ENDPOINT),
    "CreatePipeline": _sagemaker_pipeline("CreatePipeline"),
    "UpdatePipeline": _sagemaker_pipeline("UpdatePipeline"),
    "ListModels": lambda _, request: Needed([Call("sagemaker:ListModels", "*")], request.place),
    "ListEndpoints": lambda _, request: Needed([Call("sagemaker:ListEndpoints", "*")], request.place),
    "ListEndpointConfigs": lambda _, request: Needed([Call("sagemaker:ListEndpointConfigs", "*")], request.place),
    "ListTags": lambda cloud, request: Needed(
        [Call("sagemaker:ListTags", request["ResourceArn"], _resource_tags(cloud, request["ResourceArn"]))],
        parse_arn(request["ResourceArn"]).place,
    ),
    "AddTags": lambda cloud, request: Needed(
        [
            Call(
                "sagemaker:AddTags",
                request["ResourceArn"],
                {**tag_context(request["Tags"]), **_resource_tags(cloud, request["ResourceArn"])},
            )
        ],
        parse_arn(request["ResourceArn"]).place,
    ),
    "DeleteTags": lambda cloud, request: Needed(
        [
            Call(
                "sagemaker:DeleteTags",
                request["ResourceArn"],
                {"aws:TagKeys": request["TagKeys"], **_resource_tags(cloud, request["ResourceArn"])},
            )
        ],
        parse_arn(request["ResourceArn"]).place,
    ),
    "CreateProcessingJob": _create_job,
    **{
        name: here(f"sagemaker:{name}", lambda r: f"processing-job/{r['ProcessingJobName']}")
        for name in ("DescribeProcessingJob", "StopProcessingJob")
    },
    "DescribePipeline": _sagemaker_pipeline("DescribePipeline"),
    "StartPipelineExecution": _sagemaker_pipeline("StartPipelineExecution"),
}
