"""What an API in front of an endpoint needs in its account."""

from __future__ import annotations

from typing import Any

from preflight_aws import Aws, Place, code_of, errors
from preflight_result import MISSING, OK, Result

Wants = dict[str, Any]


def certificate(aws: Aws, place: Place, wants: Wants) -> Result:
    """A certificate that is issued, for the domain or for all that are beside it."""
    found = aws.client("acm", place).describe_certificate(CertificateArn=wants["arn"])["Certificate"]
    if found["Status"] != "ISSUED":
        return Result(MISSING, f"it is {found['Status']}")
    names = {found.get("DomainName", ""), *found.get("SubjectAlternativeNames", [])}
    domain = str(wants["domain"])
    if {domain, f"*.{domain.partition('.')[2]}"} & names:
        return Result(OK, "issued")
    return Result(MISSING, f"it is for {', '.join(sorted(names))}")


def hosted_zone(aws: Aws, place: Place, wants: Wants) -> Result:
    """A public hosted zone that the domain is in."""
    zone = aws.client("route53", place).get_hosted_zone(Id=wants["id"])["HostedZone"]
    name = str(zone["Name"]).rstrip(".")
    if zone.get("Config", {}).get("PrivateZone"):
        return Result(MISSING, f"{name} is private")
    domain = str(wants["domain"])
    if domain == name or domain.endswith(f".{name}"):
        return Result(OK, name)
    return Result(MISSING, f"it is the zone of {name}")


def web_acl(aws: Aws, place: Place, wants: Wants) -> Result:
    """A web ACL."""
    name, identifier = str(wants["arn"]).split("/")[2:4]
    aws.client("wafv2", place).get_web_acl(Name=name, Scope="REGIONAL", Id=identifier)
    return Result(OK)


def vpc_endpoints(aws: Aws, place: Place, wants: Wants) -> Result:
    """Interface endpoints through which private APIs are called."""
    found = aws.client("ec2", place).describe_vpc_endpoints(VpcEndpointIds=wants["ids"])["VpcEndpoints"]
    others = [
        f"{e['VpcEndpointId']} is for {e['ServiceName']}"
        for e in found
        if not e["ServiceName"].endswith(".execute-api")
    ]
    # EC2 writes states in small letters in some answers, and its model in large ones.
    waiting = [
        f"{e['VpcEndpointId']} is {e['State']}" for e in found if str(e["State"]).lower() != "available"
    ]
    return Result(MISSING, "; ".join([*others, *waiting])) if others or waiting else Result(OK)


def api_logs(aws: Aws, place: Place, wants: Wants) -> Result:
    """The role with which REST APIs of the account write logs."""
    role = aws.client("apigateway", place).get_account().get("cloudwatchRoleArn")
    return Result(OK, role) if role else Result(MISSING, "the account has none")


def layer(aws: Aws, place: Place, wants: Wants) -> Result:
    """A version of a layer that may be used here."""
    found = aws.client("lambda", place).get_layer_version_by_arn(Arn=wants["arn"])
    architectures = found.get("CompatibleArchitectures") or ["arm64"]
    if "arm64" in architectures:
        return Result(OK)
    return Result(MISSING, f"it is for {', '.join(architectures)}, the handler runs on arm64")


def release(aws: Aws, place: Place, wants: Wants) -> Result:
    """Whether what is deployed came to the API in the same way."""
    client = aws.client("cloudformation", place)
    try:
        (stack,) = client.describe_stacks(StackName=wants["stack"])["Stacks"]
    except errors.ClientError as error:
        if code_of(error) == "ValidationError":
            return Result(OK, "not deployed yet")
        raise
    names = {output["OutputKey"] for output in stack.get("Outputs", [])}
    if "EndpointName" not in names:
        return Result(OK, "no endpoint yet")
    had = "Release" in names
    if had == bool(wants["perRelease"]):
        return Result(OK)
    return Result(
        MISSING, f"it has {'an endpoint for each release' if had else 'one endpoint for all releases'}"
    )
