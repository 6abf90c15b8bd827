"""Which permissions each call needs: actions, resources and context keys; a call that is not in the table is an error.

After the service authorization reference (actions, resource types and condition keys of each service) and, for encrypted
buckets, tables and queues, the KMS developer guide ("How ... uses AWS KMS").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cloud import Cloud
from values import JourneyError, Place, parse_arn

Context = dict[str, str | list[str]]


@dataclass(frozen=True)
class Call:
    """One question to the judge."""

    action: str
    resource: str
    context: Context = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """A call of the API by somebody."""

    principal: str
    place: Place
    """Account of whoever calls, region of the endpoint that is called."""
    service: str
    operation: str
    params: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.params[name]


@dataclass(frozen=True)
class Needed:
    """What a call needs, and where the thing is that it works on."""

    calls: list[Call]
    place: Place


Rule = Callable[[Cloud, Request], Needed]


def key_call(cloud: Cloud, action: str, key: str, via: str, place: Place) -> Call:
    """Use of a key by a service in somebody's name."""
    aliases = cloud.key_aliases(key)
    context: Context = {
        "kms:ViaService": f"{via}.{place.region}.amazonaws.com",
        "kms:CallerAccount": place.account,
        **({"kms:ResourceAliases": aliases} if aliases else {}),
    }
    return Call(f"kms:{action}", key, context)


def tag_context(tags: list[dict[str, str]] | None) -> Context:
    """`aws:RequestTag` and `aws:TagKeys` of a call that brings tags."""
    if not tags:
        return {}
    return {**{f"aws:RequestTag/{t['Key']}": t["Value"] for t in tags}, "aws:TagKeys": [t["Key"] for t in tags]}


def _bucket_place(cloud: Cloud, request: Request) -> Place:
    bucket = cloud.bucket(request["Bucket"])
    return bucket.place if bucket else request.place


def _object(action: str, key_actions: tuple[str, ...] = ()) -> Rule:
    def rule(cloud: Cloud, request: Request) -> Needed:
        name, place = request["Bucket"], _bucket_place(cloud, request)
        calls = [Call(f"s3:{action}", f"arn:aws:s3:::{name}/{request['Key']}", _upload_context(cloud, request, place))]
        key = cloud.key_of(request.params.get("SSEKMSKeyId"), place)
        # The judge knows the bucket's own key.
        if key and key != cloud.bucket_key(name):
            where = Place(request.place.account, place.region)
            calls += [key_call(cloud, a, key, "s3", where) for a in key_actions]
        return Needed(calls, place)

    return rule


def _upload_context(cloud: Cloud, request: Request, place: Place) -> Context:
    kind = request.params.get("ServerSideEncryption")
    key = cloud.key_of(request.params.get("SSEKMSKeyId"), place)
    context: Context = {}
    if kind:
        context["s3:x-amz-server-side-encryption"] = kind
    if key:
        context["s3:x-amz-server-side-encryption-aws-kms-key-id"] = key
    return context


def _in_bucket(action: str) -> Rule:
    def rule(cloud: Cloud, request: Request) -> Needed:
        context: Context = {"s3:prefix": request.params["Prefix"]} if "Prefix" in request.params else {}
        return Needed([Call(f"s3:{action}", f"arn:aws:s3:::{request['Bucket']}", context)], _bucket_place(cloud, request))

    return rule


def _copy(cloud: Cloud, request: Request) -> Needed:
    source = request["CopySource"]
    bucket, key = (source["Bucket"], source["Key"]) if isinstance(source, dict) else str(source).strip("/").split("/", 1)
    read = Request(request.principal, request.place, "s3", "GetObject", {"Bucket": bucket, "Key": key})
    get = _object("GetObject", ("Decrypt",))(cloud, read)
    put = _object("PutObject", ("GenerateDataKey", "Decrypt"))(cloud, request)
    return Needed(get.calls + put.calls, put.place)


def _here(action: str, resource: Callable[[Request], str]) -> Rule:
    """A call on something in the caller's own account, in the region that is called."""
    service = action.split(":")[0]
    return lambda _, request: Needed([Call(action, request.place.arn(service, resource(request)))], request.place)


def _by_arn(action: str, parameter: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = request[parameter]
        return Needed([Call(action, arn)], parse_arn(arn).place)

    return rule


def _package(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        arn = request.params.get("ModelPackageName") or request["ModelPackageArn"]
        status = request.params.get("ModelApprovalStatus")
        context: Context = {"sagemaker:ModelApprovalStatus": status} if status else {}
        return Needed([Call(action, arn, context)], parse_arn(arn).place)

    return rule


def group_place(request: Request) -> tuple[str, Place]:
    """Name and place of the model package group of a call: it may be given as a name or an ARN."""
    given = request["ModelPackageGroupName"]
    return (parse_arn(given).name, parse_arn(given).place) if given.startswith("arn:") else (given, request.place)


def _list_packages(_: Cloud, request: Request) -> Needed:
    name, place = group_place(request)
    return Needed([Call("sagemaker:ListModelPackages", place.arn("sagemaker", f"model-package/{name}/*"))], place)


def _describe_group(_: Cloud, request: Request) -> Needed:
    name, place = group_place(request)
    return Needed([Call("sagemaker:DescribeModelPackageGroup", place.arn("sagemaker", f"model-package-group/{name}"))], place)


def _register(_: Cloud, request: Request) -> Needed:
    name, place = group_place(request)
    group = place.arn("sagemaker", f"model-package-group/{name}")
    # Without a status a package waits for its approval by hand.
    status = request.params.get("ModelApprovalStatus", "PendingManualApproval")
    tags = tag_context(request.params.get("Tags"))
    calls = [Call("sagemaker:CreateModelPackage", group, {"sagemaker:ModelApprovalStatus": status, **tags})]
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


def _pass_role(role: str, service: str) -> Call:
    return Call("iam:PassRole", role, {"iam:PassedToService": service})


def _for_model(_: Cloud, request: Request) -> list[Call]:
    calls = [_pass_role(request["ExecutionRoleArn"], "sagemaker.amazonaws.com")]
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
        calls = [Call(f"sagemaker:{action}", endpoint, tags), Call(f"sagemaker:{action}", config, _resource_tags(cloud, config))]
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
            calls.append(_pass_role(request["RoleArn"], "sagemaker.amazonaws.com"))
        return Needed(calls, request.place)

    return rule


def _stack(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        name = request["StackName"]
        arn = name if name.startswith("arn:") else request.place.arn("cloudformation", f"stack/{name}/{STACK_ID}")
        context: Context = {}
        calls = []
        if "ChangeSetName" in request.params:
            context["cloudformation:ChangeSetName"] = request["ChangeSetName"]
        if "RoleARN" in request.params:
            context["cloudformation:RoleArn"] = request["RoleARN"]
            calls.append(_pass_role(request["RoleARN"], "cloudformation.amazonaws.com"))
        return Needed([Call(f"cloudformation:{action}", arn, context), *calls], request.place)

    return rule


STACK_ID = "0f1e2d3c-0000-4000-8000-000000000000"
"""What CloudFormation appends to a stack's name."""


def _table(action: str) -> Rule:
    def rule(cloud: Cloud, request: Request) -> Needed:
        table = cloud.get("AWS::DynamoDB::Table", request.place.arn("dynamodb", f"table/{request['TableName']}"))
        return Needed([Call(f"dynamodb:{action}", table.arn)], table.place)

    return rule


def _put_events(_: Cloud, request: Request) -> Needed:
    calls, place = [], request.place
    for entry in request["Entries"]:
        bus = entry.get("EventBusName", "default")
        arn = bus if bus.startswith("arn:") else request.place.arn("events", f"event-bus/{bus}")
        place = parse_arn(arn).place
        context: Context = {"events:source": entry["Source"], "events:detail-type": entry["DetailType"]}
        calls.append(Call("events:PutEvents", arn, context))
    return Needed(calls, place)


def queue_calls(cloud: Cloud, arn: str, context: Context) -> list[Call]:
    """What writing into a queue needs; the judge adds its key."""
    return [Call("sqs:SendMessage", cloud.get("AWS::SQS::Queue", arn).arn, context)]


def topic_calls(cloud: Cloud, arn: str, context: Context) -> list[Call]:
    """What publishing to a topic needs; the judge adds its key."""
    return [Call("sns:Publish", cloud.get("AWS::SNS::Topic", arn).arn, context)]


def _publish(cloud: Cloud, request: Request) -> Needed:
    arn = request["TopicArn"]
    return Needed(topic_calls(cloud, arn, {}), parse_arn(arn).place)


def _nothing(_: Cloud, request: Request) -> Needed:
    return Needed([], request.place)


_ENDPOINT = lambda request: f"endpoint/{request['EndpointName']}"
_READ, _WRITE = ("Decrypt",), ("GenerateDataKey",)

STACK_CALLS = (
    "CreateChangeSet",
    "DescribeChangeSet",
    "ExecuteChangeSet",
    "DeleteChangeSet",
    "DescribeStacks",
    "UpdateTerminationProtection",
)

TABLE: dict[str, dict[str, Rule]] = {
    "sts": {"AssumeRole": _by_arn("sts:AssumeRole", "RoleArn"), "GetCallerIdentity": _nothing},
    "s3": {
        "GetObject": _object("GetObject", _READ),
        "HeadObject": _object("GetObject", _READ),
        "GetObjectAttributes": _object("GetObjectAttributes", _READ),
        "PutObject": _object("PutObject", _WRITE),
        "DeleteObject": _object("DeleteObject"),
        "CreateMultipartUpload": _object("PutObject", _WRITE),
        "UploadPart": _object("PutObject", (*_WRITE, *_READ)),
        "CompleteMultipartUpload": _object("PutObject", _READ),
        "AbortMultipartUpload": _object("AbortMultipartUpload"),
        "CopyObject": _copy,
        "UploadPartCopy": _copy,
        "HeadBucket": _in_bucket("ListBucket"),
        "ListObjectsV2": _in_bucket("ListBucket"),
        "GetBucketLocation": _in_bucket("GetBucketLocation"),
        "GetBucketVersioning": _in_bucket("GetBucketVersioning"),
    },
    "sagemaker": {
        "DescribeModelPackage": _package("sagemaker:DescribeModelPackage"),
        "UpdateModelPackage": _package("sagemaker:UpdateModelPackage"),
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
        "DescribeEndpoint": _here("sagemaker:DescribeEndpoint", _ENDPOINT),
        "CreatePipeline": _sagemaker_pipeline("CreatePipeline"),
        "UpdatePipeline": _sagemaker_pipeline("UpdatePipeline"),
        "AddTags": lambda _, request: Needed(
            [Call("sagemaker:AddTags", request["ResourceArn"], tag_context(request["Tags"]))], parse_arn(request["ResourceArn"]).place
        ),
        "DescribePipeline": _sagemaker_pipeline("DescribePipeline"),
        "StartPipelineExecution": _sagemaker_pipeline("StartPipelineExecution"),
    },
    "sagemaker-runtime": {"InvokeEndpoint": _here("sagemaker:InvokeEndpoint", _ENDPOINT)},
    "dynamodb": {"PutItem": _table("PutItem"), "DeleteItem": _table("DeleteItem"), "GetItem": _table("GetItem")},
    "codecommit": {
        name: _here(f"codecommit:{name}", lambda r: str(r.params.get("repositoryName") or r["RepositoryName"]))
        for name in ("GetBranch", "GetCommit", "GetDifferences", "UploadArchive", "GetUploadArchiveStatus")
    },
    "codepipeline": {"StartPipelineExecution": _here("codepipeline:StartPipelineExecution", lambda r: str(r["name"]))},
    "codebuild": {
        "StartBuild": _here("codebuild:StartBuild", lambda r: f"project/{r['projectName']}"),
        "BatchGetBuilds": _here("codebuild:BatchGetBuilds", lambda r: f"project/{r['ids'][0].split(':')[0]}"),
    },
    "cloudformation": {
        name: _stack(name)
        for name in (
            "CreateChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "DeleteChangeSet",
            "DescribeStacks",
            "UpdateTerminationProtection",
        )
    },
    "stepfunctions": {"StartExecution": _by_arn("states:StartExecution", "stateMachineArn")},
    "events": {"PutEvents": _put_events},
    "sns": {"Publish": _publish},
}


def needed(cloud: Cloud, request: Request) -> Needed:
    """What a call needs."""
    try:
        rule = TABLE[request.service][request.operation]
    except KeyError:
        raise JourneyError(
            f"{request.principal} calls {request.service}:{request.operation}, which is not in the table of permissions"
        ) from None
    return rule(cloud, request)
