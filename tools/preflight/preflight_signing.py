"""What lets jobs of the repository's host in, and what starts them: the provider, and the App's key."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

from preflight_aws import Aws, Place, code_of, errors
from preflight_result import MISSING, OK, WARNING, Result

Wants = dict[str, Any]

GITHUB = "engine.github.oidcProviderArn"


def identity_provider(aws: Aws, place: Place, wants: Wants) -> Result:
    """The provider that the options name; or none but what the delivery has made."""
    client = aws.client("iam", place)
    arn = wants.get("arn") or f"arn:{aws.partition}:iam::{place.account}:oidc-provider/{wants['issuer']}"
    try:
        found = client.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)
    except errors.ClientError as error:
        if code_of(error) != "NoSuchEntity":
            raise
        return (
            Result(MISSING, "there is none")
            if "arn" in wants
            else Result(OK, "created by the first deployment")
        )
    if "arn" not in wants and not _is_own(aws, place, str(wants["stack"]), arn):
        return Result(MISSING, f"there is {arn}", f'Set {wants.get("option", GITHUB)} to "{arn}".')
    wanted = wants.get("audiences") or [wants["audience"]]
    # Those of one that the delivery has made come with its next deployment.
    missing = [audience for audience in wanted if audience not in found.get("ClientIDList", [])]
    if missing and ("arn" in wants or "audiences" not in wants):
        return Result(MISSING, f"it is not for {', '.join(missing)}")
    return Result(OK)


def _is_own(aws: Aws, place: Place, stack: str, arn: str) -> bool:
    pages = aws.client("cloudformation", place).get_paginator("list_stack_resources")
    try:
        resources = [r for page in pages.paginate(StackName=stack) for r in page["StackResourceSummaries"]]
    except errors.ClientError as error:
        if code_of(error) == "ValidationError":
            return False
        raise
    return any(resource.get("PhysicalResourceId") == arn for resource in resources)


def signing_key(aws: Aws, place: Place, wants: Wants) -> Result:
    """The key that signs as the GitHub App."""
    arn = str(wants["arn"])
    region, owner = arn.split(":")[3:5]
    if (owner, region) != (place.account, place.region):
        return Result(MISSING, f"it is in {owner}/{region}")
    client = aws.client("kms", place)
    found = client.describe_key(KeyId=arn)["KeyMetadata"]
    wrong = [
        f"{what} is {found.get(field)}, not {wanted}"
        for what, field, wanted in (
            ("its kind", "KeySpec", "RSA_2048"),
            ("its use", "KeyUsage", "SIGN_VERIFY"),
            ("its state", "KeyState", "Enabled"),
        )
        if found.get(field) != wanted
    ]
    if wrong:
        return Result(MISSING, "; ".join(wrong))
    if found.get("Origin") != "EXTERNAL":
        return Result(MISSING, "KMS generated it, and GitHub generates the keys of an App")
    policy = json.loads(client.get_key_policy(KeyId=arn, PolicyName="default")["Policy"])["Statement"]
    statements = policy if isinstance(policy, list) else [policy]
    if any(_lets_sign(statement, place.account, wants["roles"]) for statement in statements):
        return Result(OK)
    return Result(WARNING, f"its policy names neither the account nor {', '.join(wants['roles'])}")


def _lets_sign(statement: Wants, account: str, roles: list[str]) -> bool:
    actions = statement.get("Action", [])
    named = statement.get("Principal", {})
    named = named.get("AWS", []) if isinstance(named, dict) else named
    whole = ("*", account, *roles)
    return (
        statement.get("Effect") == "Allow"
        and any(fnmatchcase("kms:sign", str(a).lower()) for a in _list(actions))
        and any(one in whole or str(one).endswith(f":iam::{account}:root") for one in _list(named))
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
