"""What an earlier stack left behind, which a new one takes over with the key that it is under."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from preflight_aws import Aws, Place, code_of, errors
from preflight_result import MISSING, OK, WARNING, Result

Wants = dict[str, Any]

# Names with these are made by functions, which CloudFormation does not compare (user guide, "Import AWS
# resources into a CloudFormation stack automatically").
_PLACEHOLDERS = ("{account}", "{region}")

_ENDPOINTS = "/aws/sagemaker/Endpoints/"
_RETENTION = (
    "An import does not change it; run: "
    "aws logs put-retention-policy --retention-in-days 365 --log-group-name "
)


def leftover(aws: Aws, place: Place, wants: Wants) -> Result:
    """Whether what is there under the names of a stack is the stack's, or can become so and still be read."""
    owned = _owned(aws, place, wants["stack"])
    found: list[Result] = []
    for kind, key_of in KEPT.items():
        for pattern in wants[kind]:
            name = pattern.replace("{account}", place.account).replace("{region}", place.region)
            if name not in owned:
                found.append(_left(aws, place, wants, name, any(p in pattern for p in _PLACEHOLDERS), key_of))
    problems = [result for status in (MISSING, WARNING) for result in found if result.status == status]
    if not problems:
        return Result(OK)
    return Result(problems[0].status, "; ".join(r.what for r in problems), problems[0].fix)


def _left(
    aws: Aws,
    place: Place,
    wants: Wants,
    name: str,
    made: bool,
    key_of: Callable[[Aws, Place, str], str | None],
) -> Result:
    try:
        key = key_of(aws, place, name)
    except LookupError:
        return Result(OK)
    owner = _owner(aws, place, name)
    if owner is not None:
        return Result(
            MISSING,
            f"{name} belongs to the stack {owner}",
            f"Delete {owner}, or choose another name for the project.",
        )
    if made:
        what = f"{name} already exists and cannot be imported"
        return Result(
            MISSING,
            what,
            "Set the environment's account and region in the options, or delete what is left.",
        )
    if key and key != wants.get("key"):
        return Result(WARNING, f"{name} is encrypted with {key}")
    if key is None and name.startswith(_ENDPOINTS):
        return Result(WARNING, f"{name} was created by SageMaker and never expires", _RETENTION + name)
    return Result(OK)


def _owned(aws: Aws, place: Place, stack: str) -> set[str]:
    """What the stack has, if it is there."""
    paginator = aws.client("cloudformation", place).get_paginator("list_stack_resources")
    try:
        pages = list(paginator.paginate(StackName=stack))
    except errors.ClientError as error:
        if code_of(error) == "ValidationError":
            return set()
        raise
    resources = [r for page in pages for r in page["StackResourceSummaries"]]
    return {r["PhysicalResourceId"] for r in resources if _is_there(r)}


def _owner(aws: Aws, place: Place, name: str) -> str | None:
    """The stack that something belongs to; deleted ones are known for 90 days, with what they left."""
    client = aws.client("cloudformation", place)
    try:
        resources = client.describe_stack_resources(PhysicalResourceId=name)["StackResources"]
    except errors.ClientError as error:
        if code_of(error) == "ValidationError":
            return None
        raise
    owners = [r["StackName"] for r in resources if r.get("PhysicalResourceId") == name and _is_there(r)]
    return str(owners[0]) if owners else None


def _is_there(resource: Wants) -> bool:
    return bool(resource.get("PhysicalResourceId")) and not resource["ResourceStatus"].startswith("DELETE_")


def _bucket_key(aws: Aws, place: Place, name: str) -> str | None:
    client = aws.client("s3", place)
    try:
        rules = client.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    except errors.ClientError as error:
        if code_of(error) == "NoSuchBucket":
            raise LookupError from error
        if code_of(error) == "ServerSideEncryptionConfigurationNotFoundError":
            return None
        raise
    keys = [rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID") for rule in rules]
    return next((key for key in keys if key), None)


def _log_key(aws: Aws, place: Place, name: str) -> str | None:
    groups = aws.client("logs", place).describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    own = [group for group in groups if group["logGroupName"] == name]
    if not own:
        raise LookupError
    return _text(own[0].get("kmsKeyId"))


def _repository_key(aws: Aws, place: Place, name: str) -> str | None:
    client = aws.client("ecr", place)
    try:
        found = client.describe_repositories(repositoryNames=[name])["repositories"]
    except client.exceptions.RepositoryNotFoundException as error:
        raise LookupError from error
    return _text(found[0].get("encryptionConfiguration", {}).get("kmsKey"))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


KEPT: dict[str, Callable[[Aws, Place, str], str | None]] = {
    "buckets": _bucket_key,
    "logs": _log_key,
    "repositories": _repository_key,
}
"""How the key of each type is found; LookupError if there is none."""
