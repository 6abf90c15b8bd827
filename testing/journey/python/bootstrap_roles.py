"""What the roles of `cdk bootstrap` may do, which no template of the delivery says.

After the bootstrap template (aws-cdk, `bootstrap-template.yaml`): the deploy role works with every stack of its
account, reads the bucket of its bootstrap and the parameter with its version; the publishing role works with that
bucket; the lookup role reads.
"""

from __future__ import annotations

import re

from permissions import Request
from values import Denied, parse_arn

BOOTSTRAP = re.compile(r":role/cdk-([a-z0-9]+)-(deploy|file-publishing|lookup)-role-(\d{12})-([a-z0-9-]+)$")
"""Roles that were made in every account before the delivery was there."""

# It also has the policy AWSCloudFormationReadOnlyAccess.
_STACKS = {
    "CreateChangeSet", "DeleteChangeSet", "ExecuteChangeSet", "DeleteStack", "UpdateTerminationProtection",
    "DescribeChangeSet", "DescribeStacks", "DescribeStackEvents", "GetTemplate",
}  # fmt: skip
_ALLOWED = {
    ("deploy", "cloudformation"): _STACKS,
    ("deploy", "s3"): {"GetObject"},
    ("deploy", "ssm"): {"GetParameter"},
    # It has the policy ReadOnlyAccess, and may not decrypt.
    ("lookup", "cloudformation"): {"DescribeStacks", "GetTemplate"},
    ("lookup", "ssm"): {"GetParameter"},
    ("file-publishing", "s3"): {"GetObject", "PutObject", "ListObjectsV2"},
}


def ask(request: Request) -> None:
    """Raises Denied for what the bootstrap does not allow its role."""
    match = BOOTSTRAP.search(request.principal)
    assert match
    qualifier, kind, account, region = match.groups()
    action = f"{request.service}:{request.operation}"
    if request.operation not in _ALLOWED.get((kind, request.service), set()):
        raise Denied(request.principal, action, "*", "the bootstrap does not allow it")
    bucket = request.params.get("Bucket")
    if bucket is not None and bucket != f"cdk-{qualifier}-assets-{account}-{region}":
        raise Denied(request.principal, action, bucket, "it is not the bucket of this bootstrap")
    role = request.params.get("RoleARN")
    if role is not None and parse_arn(role).name != f"cdk-{qualifier}-cfn-exec-role-{account}-{region}":
        raise Denied(request.principal, "iam:PassRole", role, "it is not the execution role of this bootstrap")
