"""What CloudFormation does with functions, their versions, log groups and scalable targets.

After the CloudFormation template reference and the schemas of the types (which properties are changed in place), and
aws/aws-cdk #28252 for a version of a function that has not changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from providers import PROVIDERS, Made, Properties, Provider, ProviderFailed, Work
from values import Place


def _code(work: Work, properties: Properties) -> None:
    """Lambda reads the code with the caller's rights (developer guide, "Execution role", CreateFunction)."""
    code = properties["Code"]
    work.ask("s3", "GetObject", {"Bucket": code["S3Bucket"], "Key": code["S3Key"]})


_KEPT = (
    "Role", "Runtime", "Handler", "Environment", "Timeout", "MemorySize", "LoggingConfig", "Layers", "Description",
    "TracingConfig", "DeadLetterConfig",
)  # fmt: skip


def _configuration(properties: Properties) -> Properties:
    """The properties as the API has them."""
    given: Properties = {k: properties[k] for k in _KEPT if k in properties}
    if "Environment" in given:
        variables = {k: str(v) for k, v in given["Environment"].get("Variables", {}).items()}
        given["Environment"] = {"Variables": variables}
    if "KmsKeyArn" in properties:
        given["KMSKeyArn"] = properties["KmsKeyArn"]
    return given


class _Function(Provider):
    kind, name_property = "AWS::Lambda::Function", "FunctionName"

    def updates_in_place(self, old: Properties, new: Properties) -> bool:
        return old.get("FunctionName") == new.get("FunctionName") and old.get("PackageType") == new.get("PackageType")

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        _code(work, properties)
        tags = {t["Key"]: t["Value"] for t in properties.get("Tags", [])}
        more: Properties = {k: properties[k] for k in ("Architectures", "EphemeralStorage") if k in properties}
        code = {k: properties["Code"][k] for k in ("S3Bucket", "S3Key")}
        params: Properties = {"FunctionName": name, "Code": code, **_configuration(properties), **more}
        if tags:
            params["Tags"] = tags
        work.ask("lambda", "CreateFunction", params)
        work.ask("lambda", "GetFunction", {"FunctionName": name})
        self._reserve(work, name, properties)
        return Made(self.kind, name, properties)

    def update(self, work: Work, old: Made, properties: Properties) -> Made:
        name = old.physical
        if old.properties["Code"] != properties["Code"]:
            _code(work, properties)
            code = {k: properties["Code"][k] for k in ("S3Bucket", "S3Key")}
            work.ask("lambda", "UpdateFunctionCode", {"FunctionName": name, **code})
        if _configuration(old.properties) != _configuration(properties):
            params = {"FunctionName": name, **_configuration(properties)}
            work.ask("lambda", "UpdateFunctionConfiguration", params)
        if old.properties.get("ReservedConcurrentExecutions") != properties.get("ReservedConcurrentExecutions"):
            self._reserve(work, name, properties)
        work.ask("lambda", "GetFunction", {"FunctionName": name})
        return replace(old, properties=properties)

    def _reserve(self, work: Work, name: str, properties: Properties) -> None:
        if "ReservedConcurrentExecutions" in properties:
            reserved = int(properties["ReservedConcurrentExecutions"])
            params = {"FunctionName": name, "ReservedConcurrentExecutions": reserved}
            work.ask("lambda", "PutFunctionConcurrency", params)

    def delete(self, work: Work, made: Made) -> None:
        work.ask("lambda", "DeleteFunction", {"FunctionName": made.physical})

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        return {"": made.physical, "Arn": place.arn("lambda", f"function:{made.physical}")}


class _Version(Provider):
    kind, name_property = "AWS::Lambda::Version", ""

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        function = properties["FunctionName"]
        known = work.ask("lambda", "ListVersionsByFunction", {"FunctionName": function})["Versions"]
        given: Properties = {k: properties[k] for k in ("Description", "CodeSha256") if k in properties}
        made = work.ask("lambda", "PublishVersion", {"FunctionName": function, **given})
        if made["Version"] in {v["Version"] for v in known}:
            text = (
                f"A version for this Lambda function exists ( {made['Version']} ). Modify the function to create a new"
            )
            raise ProviderFailed(f"{text} version.")
        return Made(self.kind, made["FunctionArn"], properties)

    def delete(self, work: Work, made: Made) -> None:
        work.ask("lambda", "DeleteFunction", {"FunctionName": made.physical})

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        return {"": made.physical, "FunctionArn": made.physical, "Version": made.physical.rpartition(":")[2]}


class _LogGroup(Provider):
    kind, name_property = "AWS::Logs::LogGroup", "LogGroupName"

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        key = {"kmsKeyId": properties["KmsKeyId"]} if "KmsKeyId" in properties else {}
        work.ask("logs", "CreateLogGroup", {"logGroupName": name, **key})
        if "RetentionInDays" in properties:
            kept = {"logGroupName": name, "retentionInDays": int(properties["RetentionInDays"])}
            work.ask("logs", "PutRetentionPolicy", kept)
        return Made(self.kind, name, properties)

    def delete(self, work: Work, made: Made) -> None:
        work.ask("logs", "DeleteLogGroup", {"logGroupName": made.physical})

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        return {"": made.physical, "Arn": place.arn("logs", f"log-group:{made.physical}:*")}


class _ScalableTarget(Provider):
    """With the rights of whoever deploys it; where it names no role the service uses its own."""

    kind, name_property = "AWS::ApplicationAutoScaling::ScalableTarget", ""

    def updates_in_place(self, old: Properties, new: Properties) -> bool:
        return all(old.get(k) == new.get(k) for k in ("ResourceId", "ScalableDimension", "ServiceNamespace"))

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        return self._register(work, properties)

    def update(self, work: Work, old: Made, properties: Properties) -> Made:
        made = self._register(work, properties)
        return replace(made, deletion_policy=old.deletion_policy, replace_policy=old.replace_policy)

    def _register(self, work: Work, properties: Properties) -> Made:
        work.ask("sagemaker", "DescribeEndpoint", {"EndpointName": properties["ResourceId"].split("/")[1]})
        names = ("ServiceNamespace", "ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity")
        given = {k: int(properties[k]) if k.endswith("Capacity") else properties[k] for k in names}
        work.ask("application-autoscaling", "RegisterScalableTarget", given)
        physical = "|".join(properties[k] for k in ("ResourceId", "ScalableDimension", "ServiceNamespace"))
        return Made(self.kind, physical, properties)

    def delete(self, work: Work, made: Made) -> None:
        given = {k: made.properties[k] for k in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        work.ask("application-autoscaling", "DeregisterScalableTarget", given)

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        return {"": made.physical, "Id": made.physical}


class _ScalingPolicy(Provider):
    kind, name_property = "AWS::ApplicationAutoScaling::ScalingPolicy", ""

    def create(self, work: Work, name: str, properties: Properties) -> Made:
        target = _target(properties)
        given = {"PolicyName": properties["PolicyName"], "PolicyType": properties["PolicyType"], **target}
        known = "TargetTrackingScalingPolicyConfiguration"
        if known in properties:
            given[known] = _numbers(properties[known])
        work.ask("application-autoscaling", "PutScalingPolicy", given)
        return Made(self.kind, f"{target['ResourceId']}:policyName/{properties['PolicyName']}", properties)

    def delete(self, work: Work, made: Made) -> None:
        given = {"PolicyName": made.properties["PolicyName"], **_target(made.properties)}
        work.ask("application-autoscaling", "DeleteScalingPolicy", given)

    def attributes(self, made: Made, place: Place) -> dict[str, str]:
        return {"": made.physical, "Arn": made.physical}


def _target(properties: Properties) -> dict[str, str]:
    """What a policy scales: named by its parts, or by the target's Ref."""
    if "ScalingTargetId" in properties:
        resource, dimension, service = properties["ScalingTargetId"].split("|")
        return {"ServiceNamespace": service, "ResourceId": resource, "ScalableDimension": dimension}
    return {k: properties[k] for k in ("ServiceNamespace", "ResourceId", "ScalableDimension")}


def _numbers(value: Any) -> Any:
    """Numbers that a template has as text."""
    if isinstance(value, dict):
        return {k: _numbers(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_numbers(v) for v in value]
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        return float(value) if "." in value else int(value)
    return value


def install() -> None:
    """Lets CloudFormation know the types."""
    PROVIDERS.update({p.kind: p for p in (_Function(), _Version(), _LogGroup(), _ScalableTarget(), _ScalingPolicy())})
