"""Which permissions each call needs: actions, resources and context keys; a call that is not in the table is an error.

After the service authorization reference (actions, resource types and condition keys of each service) and, for
encrypted buckets, tables and queues, the KMS developer guide ("How ... uses AWS KMS").
"""

from __future__ import annotations

from api_permissions import API_TABLE
from cloud import Cloud
from permissions import (
    STACK_ID,
    Call,
    Context,
    Needed,
    Request,
    Rule,
    by_arn,
    here,
    key_call,
    pass_role,
    tag_context,
    topic_calls,
)
from sagemaker_permissions import ENDPOINT, SAGEMAKER
from table_permissions import TABLES
from values import Denied, JourneyError, Place, parse_arn


def _bucket_place(cloud: Cloud, request: Request) -> Place:
    bucket = cloud.bucket(request["Bucket"])
    place = bucket.place if bucket else request.place
    if request.params.get("ExpectedBucketOwner", place.account) != place.account:
        raise Denied(request.principal, f"s3:{request.operation}", request["Bucket"], "somebody else owns the bucket")
    return place


def _object(action: str, key_actions: tuple[str, ...] = ()) -> Rule:
    def rule(cloud: Cloud, request: Request) -> Needed:
        name, place = request["Bucket"], _bucket_place(cloud, request)
        which = f"{action}Version" if action == "GetObject" and "VersionId" in request.params else action
        context = {**_upload_context(cloud, request, place), **_creation_context(action, request)}
        calls = [Call(f"s3:{which}", f"arn:aws:s3:::{name}/{request['Key']}", context)]
        key = cloud.key_of(request.params.get("SSEKMSKeyId"), place)
        # The judge knows the bucket's own key.
        if key and key != cloud.bucket_key(name):
            where = Place(request.place.account, place.region)
            calls += [key_call(cloud, a, key, "s3", where) for a in key_actions]
        return Needed(calls, place)

    return rule


def _delete_objects(cloud: Cloud, request: Request) -> Needed:
    """Each object needs the right of its own (S3 API reference, DeleteObjects)."""
    place = _bucket_place(cloud, request)
    keys = [item["Key"] for item in request["Delete"]["Objects"]]
    return Needed([Call("s3:DeleteObject", f"arn:aws:s3:::{request['Bucket']}/{key}") for key in keys], place)


def _creation_context(action: str, request: Request) -> Context:
    """What S3 says of a write: whether it makes an object, and what it must not replace (S3 guide, "Enforce
    conditional writes on Amazon S3 buckets")."""
    if action != "PutObject":
        return {}
    made = request.operation in ("PutObject", "CopyObject", "CompleteMultipartUpload")
    context: Context = {"s3:ObjectCreationOperation": str(made).lower()}
    if "IfNoneMatch" in request.params:
        context["s3:if-none-match"] = request["IfNoneMatch"]
    return context


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
        return Needed(
            [Call(f"s3:{action}", f"arn:aws:s3:::{request['Bucket']}", context)], _bucket_place(cloud, request)
        )

    return rule


def _copy(cloud: Cloud, request: Request) -> Needed:
    source = request["CopySource"]
    bucket, key = (
        (source["Bucket"], source["Key"]) if isinstance(source, dict) else str(source).strip("/").split("/", 1)
    )
    key, _, version = key.partition("?versionId=")
    if isinstance(source, dict):
        version = source.get("VersionId", "")
    wanted = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    read = Request(request.principal, request.place, "s3", "GetObject", wanted)
    get = _object("GetObject", ("Decrypt",))(cloud, read)
    put = _object("PutObject", ("GenerateDataKey", "Decrypt"))(cloud, request)
    return Needed(get.calls + put.calls, put.place)


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
            calls.append(pass_role(request["RoleARN"], "cloudformation.amazonaws.com"))
        return Needed([Call(f"cloudformation:{action}", arn, context), *calls], request.place)

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


def _publish(cloud: Cloud, request: Request) -> Needed:
    arn = request["TopicArn"]
    return Needed(topic_calls(cloud, arn, {}), parse_arn(arn).place)


def _describe_key(cloud: Cloud, request: Request) -> Needed:
    key = cloud.key_of(request["KeyId"], request.place) or ""
    return Needed([key_call(cloud, "DescribeKey", key, None, request.place)], parse_arn(key).place)


def _queue(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        account, name = request["QueueUrl"].rsplit("/", 2)[1:]
        place = Place(account, request.place.region)
        return Needed([Call(f"sqs:{action}", place.arn("sqs", name))], place)

    return rule


def _sign(_: Cloud, request: Request) -> Needed:
    context: Context = {"kms:SigningAlgorithm": request["SigningAlgorithm"], "kms:CallerAccount": request.place.account}
    return Needed([Call("kms:Sign", request["KeyId"], context)], parse_arn(request["KeyId"]).place)


def _image(_: Cloud, request: Request) -> Needed:
    registry = Place(request.params.get("registryId", request.place.account), request.place.region)
    arn = registry.arn("ecr", f"repository/{request['repositoryName']}")
    return Needed([Call("ecr:BatchGetImage", arn)], registry)


def _assume_role(_: Cloud, request: Request) -> Needed:
    """A role is taken on under a name, and with a source identity where one is given."""
    role, source = request["RoleArn"], request.params.get("SourceIdentity")
    named: Context = {"sts:RoleSessionName": request["RoleSessionName"]}
    given: Context = {"sts:SourceIdentity": source} if source else {}
    calls = [Call("sts:AssumeRole", role, {**named, **given})]
    return Needed([*calls, *([Call("sts:SetSourceIdentity", role, given)] if source else [])], parse_arn(role).place)


def _alarm(action: str) -> Rule:
    def rule(_: Cloud, request: Request) -> Needed:
        names = request.params.get("AlarmNames") or [request["AlarmName"]]
        arns = [request.place.arn("cloudwatch", f"alarm:{name}") for name in names]
        tags = tag_context(request.params.get("Tags"))
        calls = [Call(f"cloudwatch:{action}", arn, tags) for arn in arns]
        # Tags at the creation need the right to tag, too (CloudWatch API reference, PutMetricAlarm).
        return Needed([*calls, *(Call("cloudwatch:TagResource", arn, tags) for arn in arns if tags)], request.place)

    return rule


def _metric(_: Cloud, request: Request) -> Needed:
    context = {"cloudwatch:namespace": request["Namespace"]}
    return Needed([Call("cloudwatch:PutMetricData", "*", context)], request.place)


def _nothing(_: Cloud, request: Request) -> Needed:
    return Needed([], request.place)


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
    "sts": {"AssumeRole": _assume_role, "GetCallerIdentity": _nothing},
    "s3": {
        "GetObject": _object("GetObject", _READ),
        "HeadObject": _object("GetObject", _READ),
        "GetObjectAttributes": _object("GetObjectAttributes", _READ),
        "PutObject": _object("PutObject", _WRITE),
        "DeleteObject": _object("DeleteObject"),
        "DeleteObjects": _delete_objects,
        "CreateMultipartUpload": _object("PutObject", _WRITE),
        "UploadPart": _object("PutObject", (*_WRITE, *_READ)),
        "CompleteMultipartUpload": _object("PutObject", _READ),
        "AbortMultipartUpload": _object("AbortMultipartUpload"),
        "CopyObject": _copy,
        "UploadPartCopy": _copy,
        "HeadBucket": _in_bucket("ListBucket"),
        "ListObjectsV2": _in_bucket("ListBucket"),
        "ListObjectVersions": _in_bucket("ListBucketVersions"),
        "GetBucketLocation": _in_bucket("GetBucketLocation"),
        "GetBucketVersioning": _in_bucket("GetBucketVersioning"),
    },
    "sagemaker": SAGEMAKER,
    "sagemaker-runtime": {"InvokeEndpoint": here("sagemaker:InvokeEndpoint", ENDPOINT)},
    "dynamodb": TABLES,
    "ssm": {"GetParameter": here("ssm:GetParameter", lambda r: f"parameter/{r['Name'].lstrip('/')}")},
    "codecommit": {
        name: here(f"codecommit:{name}", lambda r: str(r.params.get("repositoryName") or r["RepositoryName"]))
        for name in ("GetBranch", "GetCommit", "GetDifferences", "UploadArchive", "GetUploadArchiveStatus")
    },
    "codepipeline": {
        "StartPipelineExecution": here("codepipeline:StartPipelineExecution", lambda r: str(r["name"])),
        "GetPipelineExecution": here("codepipeline:GetPipelineExecution", lambda r: str(r["pipelineName"])),
        **{
            name: here(f"codepipeline:{name}", lambda r: str(r["pipelineName"]))
            for name in ("ListPipelineExecutions", "ListActionExecutions")
        },
        "PutApprovalResult": here(
            "codepipeline:PutApprovalResult", lambda r: "/".join((r["pipelineName"], r["stageName"], r["actionName"]))
        ),
    },
    "codebuild": {
        "StartBuild": here("codebuild:StartBuild", lambda r: f"project/{r['projectName']}"),
        "BatchGetBuilds": here("codebuild:BatchGetBuilds", lambda r: f"project/{r['ids'][0].split(':')[0]}"),
    },
    "cloudformation": {
        name: _stack(name)
        for name in (
            "CreateChangeSet",
            "DescribeChangeSet",
            "ExecuteChangeSet",
            "DeleteChangeSet",
            "DescribeStacks",
            "DescribeStackEvents",
            "UpdateTerminationProtection",
        )
    },
    "cloudwatch": {
        "PutMetricData": _metric,
        **{name: _alarm(name) for name in ("PutMetricAlarm", "DescribeAlarms", "DeleteAlarms", "SetAlarmState")},
    },
    "cloudtrail": {
        name: here(f"cloudtrail:{name}", lambda r: f"trail/{r['Name']}")
        for name in ("StopLogging", "DeleteTrail", "UpdateTrail")
    },
    "ecr": {"BatchGetImage": _image},
    "kms": {"DescribeKey": _describe_key, "Sign": _sign},
    "stepfunctions": {"StartExecution": by_arn("states:StartExecution", "stateMachineArn")},
    "events": {"PutEvents": _put_events},
    "sns": {"Publish": _publish},
    "sqs": {name: _queue(name) for name in ("ChangeMessageVisibility", "SendMessage")},
    **API_TABLE,
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
