"""What is looked at, one function for each kind of check; they only read."""

from __future__ import annotations

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

from preflight_apis import (
    api_logs,
    certificate,
    hosted_zone,
    layer,
    release,
    vpc_endpoints,
    web_acl,
)
from preflight_aws import Aws, CannotLook, Place, code_of, errors
from preflight_leftovers import leftover
from preflight_quotas import quota
from preflight_result import MISSING, OK, UNKNOWN, WARNING, Result
from preflight_signing import identity_provider, signing_key
from preflight_trails import trail

Wants = dict[str, Any]


def bootstrap(aws: Aws, place: Place, wants: Wants) -> Result:
    """The version of the bootstrap."""
    name = f"/cdk-bootstrap/{aws.qualifier}/version"
    version = int(aws.client("ssm", place).get_parameter(Name=name)["Parameter"]["Value"])
    if version >= int(wants["version"]):
        return Result(OK, f"version {version}")
    return Result(MISSING, f"version {version}", partly=True)


def trust(aws: Aws, place: Place, wants: Wants) -> Result:
    """Whether the tooling account may deploy here."""
    role = aws.client("iam", place).get_role(RoleName=aws.role("deploy", place))["Role"]
    # moto and IAM both give the document as an object or as its text.
    document = role["AssumeRolePolicyDocument"]
    text = document if isinstance(document, str) else json.dumps(document)
    return (
        Result(OK) if wants["account"] in text else Result(MISSING, f"{aws.role('deploy', place)} does not")
    )


def execution(aws: Aws, place: Place, wants: Wants) -> Result:
    """What CloudFormation may do."""
    role = aws.role("cfn-exec", place)
    pages = aws.client("iam", place).get_paginator("list_attached_role_policies").paginate(RoleName=role)
    names = [policy["PolicyName"] for page in pages for policy in page["AttachedPolicies"]]
    if "AdministratorAccess" in names:
        return Result(WARNING, f"{role} is an administrator")
    lacking = [name for name in wants["policies"] if name not in names]
    return Result(WARNING, f"{role} lacks {', '.join(lacking)}") if lacking else Result(OK)


def bootstrap_boundary(aws: Aws, place: Place, wants: Wants) -> Result:
    """Whether the roles of the bootstrap have the permissions boundary."""
    client = aws.client("iam", place)
    arn = f"arn:{aws.partition}:iam::{place.account}:policy/{wants['name']}"
    lacking = []
    for kind in ("deploy", "file-publishing", "image-publishing", "lookup", "cfn-exec"):
        role = client.get_role(RoleName=aws.role(kind, place))["Role"]
        if role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn") != arn:
            lacking.append(role["RoleName"])
    return Result(WARNING, f"not {', '.join(lacking)}") if lacking else Result(OK)


def assets(aws: Aws, place: Place, wants: Wants) -> Result:
    """Whether the bucket of the bootstrap has a key of its own."""
    bucket = f"cdk-{aws.qualifier}-assets-{place.account}-{place.region}"
    try:
        found = aws.client("s3", place).get_bucket_encryption(Bucket=bucket)
    except errors.ClientError as error:
        if code_of(error) == "ServerSideEncryptionConfigurationNotFoundError":
            return Result(OK)
        if code_of(error) == "NoSuchBucket":
            return Result(
                MISSING, f"{bucket} is gone", "Create it again: bootstrap this account and region again."
            )
        raise
    for rule in found["ServerSideEncryptionConfiguration"]["Rules"]:
        key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        if key and not key.endswith("alias/aws/s3"):
            return Result(
                WARNING,
                f"{bucket} is encrypted with {key}, which {', '.join(wants['readers'])} must be able to use",
            )
    return Result(OK)


def connection(aws: Aws, place: Place, wants: Wants) -> Result:
    """Whether somebody has finished the connection."""
    arn = str(wants["arn"])
    found = aws.client(arn.split(":")[2], place).get_connection(ConnectionArn=arn)["Connection"]
    status = found["ConnectionStatus"]
    return Result(OK if status == "AVAILABLE" else MISSING, str(status))


def repository(aws: Aws, place: Place, wants: Wants) -> Result:
    """The CodeCommit repository and its branch."""
    client = aws.client("codecommit", place)
    try:
        client.get_repository(repositoryName=wants["name"])
    except client.exceptions.RepositoryDoesNotExistException:
        return (
            Result(OK, "made by the first deployment")
            if wants["created"]
            else Result(MISSING, "no repository", cause=f"there is no repository {wants['name']}")
        )
    try:
        client.get_branch(repositoryName=wants["name"], branchName=wants["branch"])
    except client.exceptions.BranchDoesNotExistException:
        return Result(WARNING if wants["created"] else MISSING, "no branch")
    return Result(OK)


def boundary(aws: Aws, place: Place, wants: Wants) -> Result:
    """The permissions boundary."""
    arn = f"arn:{aws.partition}:iam::{place.account}:policy/{wants['name']}"
    aws.client("iam", place).get_policy(PolicyArn=arn)
    return Result(OK)


def network(aws: Aws, place: Place, wants: Wants) -> Result:
    """VPC, subnets and security groups, and that they belong together."""
    client = aws.client("ec2", place)
    client.describe_vpcs(VpcIds=[wants["vpc"]])
    subnets = client.describe_subnets(SubnetIds=wants["subnets"])["Subnets"]
    groups = client.describe_security_groups(GroupIds=wants["groups"])["SecurityGroups"]
    others = [s["SubnetId"] for s in subnets if s["VpcId"] != wants["vpc"]]
    others += [g["GroupId"] for g in groups if g["VpcId"] != wants["vpc"]]
    return Result(MISSING, f"not in {wants['vpc']}: {', '.join(others)}") if others else Result(OK)


def bucket(aws: Aws, place: Place, wants: Wants) -> Result:
    """A bucket, in the same region."""
    found = aws.client("s3", place).get_bucket_location(Bucket=wants["bucket"])["LocationConstraint"]
    region = {None: "us-east-1", "": "us-east-1", "EU": "eu-west-1"}.get(found, found)
    return Result(OK) if region == place.region else Result(MISSING, f"the bucket is in {region}")


def key(aws: Aws, place: Place, wants: Wants) -> Result:
    """A KMS key that can be used in the place."""
    region = str(wants["arn"]).split(":")[3]
    if region != place.region:
        return Result(MISSING, f"the key is in {region}")
    state = aws.client("kms", place).describe_key(KeyId=wants["arn"])["KeyMetadata"]["KeyState"]
    return Result(OK if state == "Enabled" else MISSING, str(state))


def data_key(aws: Aws, place: Place, wants: Wants) -> Result:
    """A key of training data, maybe of another account, that jobs in the place decrypt with."""
    arn = str(wants["arn"])
    region, owner = arn.split(":")[3:5]
    if region != place.region:
        return Result(MISSING, f"the key is in {region}")
    try:
        client = aws.client("kms", Place(owner, region))
    except CannotLook:
        # The delivery's own accounts are said to be closed already; that is no fault of the key.
        if Place(owner, region) in aws.places:
            raise
        client = None
    found = (client or aws.client("kms", place)).describe_key(KeyId=arn)["KeyMetadata"]
    if found["KeyState"] != "Enabled":
        return Result(MISSING, str(found["KeyState"]))
    spec = found.get("KeySpec", "SYMMETRIC_DEFAULT")
    if spec != "SYMMETRIC_DEFAULT":
        return Result(MISSING, f"S3 does not encrypt with keys of the kind {spec}")
    if client is None:
        return Result(UNKNOWN, f"enabled; its policy can be read only in its account {owner}")
    statements = json.loads(client.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])["Statement"]
    return decrypts(statements if isinstance(statements, list) else [statements], place, wants["roles"])


# What the statement that the guide prints has; other conditions only AWS can judge.
_KNOWN_CONDITIONS = {"kms:viaservice", "aws:principalarn", "kms:calleraccount"}


def decrypts(statements: list[Wants], place: Place, roles: list[str]) -> Result:
    """Whether a key's policy lets roles of a place decrypt, or leaves it to the IAM of their account."""
    about = [s for s in statements if _about_decrypt(s) and _names(s, place.account, roles)]
    if any(s["Effect"] == "Deny" for s in about):
        return Result(WARNING, "its policy has a denial that only AWS can evaluate")
    if not about:
        return Result(MISSING, f"its policy does not let {place.account} decrypt")
    if all(_conditions(s) - _KNOWN_CONDITIONS for s in about):
        return Result(WARNING, "its policy has conditions that only AWS can evaluate")
    return Result(OK, "Enabled")


def _about_decrypt(statement: Wants) -> bool:
    patterns = statement.get("Action", [])
    patterns = patterns if isinstance(patterns, list) else [patterns]
    return any(fnmatchcase("kms:decrypt", str(pattern).lower()) for pattern in patterns)


def _names(statement: Wants, account: str, roles: list[str]) -> bool:
    principal = statement.get("Principal", {})
    named = principal.get("AWS", []) if isinstance(principal, dict) else principal
    named = named if isinstance(named, list) else [named]
    return any(n in ("*", account, *roles) or str(n).endswith(f":iam::{account}:root") for n in named)


def _conditions(statement: Wants) -> set[str]:
    return {key.lower() for tests in statement.get("Condition", {}).values() for key in tests}


def topic(aws: Aws, place: Place, wants: Wants) -> Result:
    """The topic, and who may publish to it."""
    found = aws.client("sns", place).get_topic_attributes(TopicArn=wants["arn"])["Attributes"]
    statements = json.loads(found.get("Policy") or "{}").get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    allowed = [json.dumps(s.get("Principal")) for s in statements if s.get("Effect") == "Allow"]
    silent = [s for s in ("events.amazonaws.com", "cloudwatch.amazonaws.com") if not _in(s, allowed)]
    if silent:
        return Result(WARNING, f"its policy does not name {', '.join(silent)}")
    plain = [
        json.dumps(s.get("Principal"))
        for s in statements
        if s.get("Effect") == "Allow" and not s.get("Condition")
    ]
    # EventBridge guide, "Using resource-based policies for Amazon EventBridge", Amazon SNS permissions.
    if not _in("events.amazonaws.com", plain):
        return Result(WARNING, "its policy has a condition for events.amazonaws.com: no event would arrive")
    return Result(OK)


def _in(word: str, texts: list[str]) -> bool:
    return any(word in text for text in texts)


def secret(aws: Aws, place: Place, wants: Wants) -> Result:
    """The secret with the credentials of another registry."""
    found = aws.client("secretsmanager", place).describe_secret(SecretId=wants["arn"])
    if found.get("DeletedDate"):
        return Result(MISSING, "the secret is being deleted")
    return (
        Result(OK)
        if found["Name"].startswith("ecr-pullthroughcache/")
        else Result(MISSING, str(found["Name"]))
    )


def bus(aws: Aws, place: Place, wants: Wants) -> Result:
    """An event bus."""
    aws.client("events", place).describe_event_bus(Name=wants["name"])
    return Result(OK)


def alarm(aws: Aws, place: Place, wants: Wants) -> Result:
    """A metric alarm of the user's own."""
    types = ["MetricAlarm", "CompositeAlarm"]
    found = aws.client("cloudwatch", place).describe_alarms(AlarmNames=[wants["name"]], AlarmTypes=types)
    if found.get("CompositeAlarms"):
        return Result(MISSING, "it is a composite alarm")
    return Result(OK) if found.get("MetricAlarms") else Result(MISSING)


CHECKS: dict[str, Callable[[Aws, Place, Wants], Result]] = {
    "alarm": alarm,
    "apiLogs": api_logs,
    "assets": assets,
    "bootstrap": bootstrap,
    "bootstrapBoundary": bootstrap_boundary,
    "boundary": boundary,
    "bucket": bucket,
    "bus": bus,
    "certificate": certificate,
    "connection": connection,
    "dataKey": data_key,
    "execution": execution,
    "hostedZone": hosted_zone,
    "identityProvider": identity_provider,
    "key": key,
    "layer": layer,
    "leftover": leftover,
    "logs": bucket,
    "network": network,
    "quota": quota,
    "release": release,
    "repository": repository,
    "secret": secret,
    "signingKey": signing_key,
    "topic": topic,
    "trail": trail,
    "trust": trust,
    "vpcEndpoints": vpc_endpoints,
    "webAcl": web_acl,
}
