"""The accounts after `cdk deploy --all`: what moto can hold is made there, the rest is kept here for the
interpreters."""

from __future__ import annotations

import functools
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from moto.stepfunctions.parser.models import StepFunctionsParserBackend

from assembly import FileAsset, Resolver, Stack, read_assets, read_stacks
from moto_client import raw_client
from naming import name_resources
from values import JourneyError, NotThere, Place, parse_arn

Properties = dict[str, Any]

# A definition is looked at once for all journeys that have it; before each execution moto reads it again.
StepFunctionsParserBackend._validate_definition = staticmethod(
    functools.cache(StepFunctionsParserBackend._validate_definition)
)

NOT_EMULATED = {
    "AWS::Athena::NamedQuery",
    "AWS::Athena::WorkGroup",
    "AWS::CDK::Metadata",
    "AWS::CloudWatch::Alarm",
    "AWS::ECR::PullThroughCacheRule",
    "AWS::ECR::Repository",
    "AWS::Events::Archive",
    "AWS::Glue::Database",
    "AWS::Glue::Table",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::Policy",
    "AWS::Logs::LogGroup",
    "AWS::Logs::LogStream",
    "AWS::Logs::MetricFilter",
    "AWS::Logs::ResourcePolicy",
    "AWS::Route53::RecordSet",
    "AWS::SecretsManager::RotationSchedule",
    "AWS::WAFv2::WebACLAssociation",
}
"""Deployed, but no step of the journey depends on them; the judge reads policies from the templates itself."""


@dataclass(frozen=True)
class Resource:
    """A deployed resource with its properties resolved."""

    kind: str
    place: Place
    name: str
    arn: str
    properties: Properties
    stack: str


@dataclass
class Cloud:
    """Everything that is deployed, by type and ARN."""

    folder: Path
    default: Place
    resources: dict[str, dict[str, Resource]] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    """ARN of an alias to the ARN of its key."""
    stacks: list[Stack] = field(default_factory=list)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    """Tags of what was made with tags, by ARN."""
    life_cycles: dict[str, dict[str, str]] = field(default_factory=dict)
    """Stage and status of each version that has any, by ARN."""

    @classmethod
    def deploy(cls, folder: Path, default: Place) -> Cloud:
        """Deploys every stack of the assembly but those of nested stages, as `cdk deploy --all` does."""
        cloud = cls(folder, default)
        cloud.stacks = read_stacks(folder, default)
        for asset in read_assets(folder, cloud.stacks):
            cloud._publish(asset)
        for stack in cloud.stacks:
            cloud._deploy(stack, name_resources(stack))
        return cloud

    def all(self, kind: str) -> Iterator[Resource]:
        """The resources of a type."""
        yield from self.resources.get(kind, {}).values()

    def get(self, kind: str, arn: str) -> Resource:
        """A resource by its ARN; an ARN that names nothing is an error."""
        try:
            return self.resources[kind][arn]
        except KeyError:
            raise NotThere(f"there is no {kind} {arn}") from None

    def find(self, kind: str, arn: str) -> Resource | None:
        """A resource by its ARN, if there is one."""
        return self.resources.get(kind, {}).get(arn)

    def named(self, kind: str, name: str) -> Resource:
        """The only resource of a type with this name."""
        found = [r for r in self.all(kind) if r.name == name]
        if len(found) != 1:
            raise NotThere(f"there are {len(found)} of {kind} {name}")
        return found[0]

    def bucket(self, name: str) -> Resource | None:
        """A bucket of the delivery, or None for one of the bootstrap stacks."""
        return self.find("AWS::S3::Bucket", f"arn:aws:s3:::{name}")

    def key_of(self, text: str | None, place: Place) -> str | None:
        """ARN of a key that is given as ARN, id, alias or ARN of an alias."""
        if not text:
            return None
        if text.startswith("alias/"):
            text = place.arn("kms", text)
        if not text.startswith("arn:"):
            text = place.arn("kms", f"key/{text}")
        if parse_arn(text).resource.startswith("alias/"):
            if text not in self.aliases:
                raise JourneyError(f"there is no key with the alias {text}")
            return self.aliases[text]
        return text

    def bucket_key(self, name: str) -> str | None:
        """Key that a bucket encrypts with unless told otherwise."""
        bucket = self.bucket(name)
        if bucket is None:
            return None
        for rule in bucket.properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", []):
            default = rule["ServerSideEncryptionByDefault"]
            if default["SSEAlgorithm"] == "aws:kms":
                return self.key_of(default["KMSMasterKeyID"], bucket.place)
        return None

    def key_aliases(self, key: str) -> list[str]:
        """Aliases of a key, as `kms:ResourceAliases` has them."""
        return [parse_arn(alias).resource for alias, target in self.aliases.items() if target == key]

    def _publish(self, asset: FileAsset) -> None:
        s3 = raw_client("s3", asset.place)
        if asset.bucket not in {b["Name"] for b in s3.list_buckets()["Buckets"]}:
            _make_bucket(asset.bucket, asset.place)
        body = zip_folder(asset.source) if asset.zipped else asset.source.read_bytes()
        s3.put_object(Bucket=asset.bucket, Key=asset.key, Body=body)

    def _deploy(self, stack: Stack, resolver: Resolver) -> None:
        for identity, resource in stack.template["Resources"].items():
            condition = resource.get("Condition")
            if condition and not resolver.condition(condition):
                continue
            self._add(identity, resource, stack.place, resolver)

    def _add(self, identity: str, resource: Properties, place: Place, resolver: Resolver) -> None:
        kind = resource["Type"]
        names = resolver.references
        properties = resolver.resolve(resource.get("Properties", {}))
        name = names.get(f"{identity}.Name") or names.get(f"{identity}.QueueName") or names[identity]
        arn = names.get(f"{identity}.Arn") or names.get(f"{identity}.TopicArn") or names[identity]
        made = Resource(kind, place, name, arn, properties, resolver.stack_name)
        self.resources.setdefault(kind, {})[arn] = made
        if kind == "AWS::KMS::Alias":
            self.aliases[place.arn("kms", name)] = self.key_of(properties["TargetKeyId"], place) or ""
        maker = _MAKERS.get(kind)
        if maker:
            maker(made)
        elif kind not in NOT_EMULATED and kind not in _KEPT:
            raise JourneyError(f"{identity} is of the type {kind}, which the journey does not know")


def zip_folder(folder: Path) -> bytes:
    """The zip of a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for file in sorted(p for p in folder.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(folder))
    return buffer.getvalue()


def _make_bucket(name: str, place: Place, versions: dict[str, str] | None = None, locked: bool = False) -> None:
    extra: dict[str, Any] = {"ObjectLockEnabledForBucket": True} if locked else {}
    if place.region != "us-east-1":
        extra["CreateBucketConfiguration"] = {"LocationConstraint": place.region}
    raw_client("s3", place).create_bucket(Bucket=name, **extra)
    if versions:
        raw_client("s3", place).put_bucket_versioning(Bucket=name, VersioningConfiguration=versions)


def _make_own_bucket(bucket: Resource) -> None:
    given = bucket.properties
    lock = given.get("ObjectLockConfiguration")
    versions = {"Status": "Enabled"} if given.get("ObjectLockEnabled") else given.get("VersioningConfiguration")
    _make_bucket(bucket.name, bucket.place, versions, locked=bool(given.get("ObjectLockEnabled")))
    if lock:
        raw_client("s3", bucket.place).put_object_lock_configuration(Bucket=bucket.name, ObjectLockConfiguration=lock)


def _make_table(table: Resource) -> None:
    given = {k: table.properties[k] for k in ("KeySchema", "AttributeDefinitions", "BillingMode")}
    raw_client("dynamodb", table.place).create_table(TableName=table.name, **given)


def _make_group(group: Resource) -> None:
    description = group.properties.get("ModelPackageGroupDescription", "")
    raw_client("sagemaker", group.place).create_model_package_group(
        ModelPackageGroupName=group.properties["ModelPackageGroupName"], ModelPackageGroupDescription=description
    )


def _make_machine(machine: Resource) -> None:
    definition = machine.properties.get("DefinitionString") or machine.properties["Definition"]
    text = definition if isinstance(definition, str) else json.dumps(definition)
    # Waits between tries are cut; nothing here gets better by waiting.
    quick = json.loads(text, object_hook=lambda o: {**o, "IntervalSeconds": 1, "BackoffRate": 1, "MaxAttempts": 1}
                       if "IntervalSeconds" in o else o)  # fmt: skip
    raw_client("stepfunctions", machine.place).create_state_machine(
        name=machine.name, definition=json.dumps(quick), roleArn=machine.properties["RoleArn"]
    )


def _make_queue(queue: Resource) -> None:
    """With the properties that decide about its messages; those of its key the judge knows. Nothing is delayed."""
    names = ("VisibilityTimeout", "MessageRetentionPeriod", "FifoQueue", "ContentBasedDeduplication",
             "DeduplicationScope", "FifoThroughputLimit", "ReceiveMessageWaitTimeSeconds")  # fmt: skip
    given = {n: queue.properties[n] for n in names if n in queue.properties}
    attributes = {n: str(v).lower() if isinstance(v, bool) else str(v) for n, v in given.items()}
    if "RedrivePolicy" in queue.properties:
        attributes["RedrivePolicy"] = json.dumps(queue.properties["RedrivePolicy"])
    raw_client("sqs", queue.place).create_queue(QueueName=queue.name, Attributes=attributes)


def _make_parameter(parameter: Resource) -> None:
    given = {k: parameter.properties[k] for k in ("Name", "Type", "Value")}
    raw_client("ssm", parameter.place).put_parameter(**given)


_MAKERS = {
    "AWS::S3::Bucket": lambda b: _make_own_bucket(b),
    "AWS::DynamoDB::Table": _make_table,
    "AWS::SageMaker::ModelPackageGroup": _make_group,
    "AWS::SQS::Queue": _make_queue,
    "AWS::SNS::Topic": lambda t: raw_client("sns", t.place).create_topic(Name=t.name) and None,
    "AWS::SSM::Parameter": _make_parameter,
    "AWS::StepFunctions::StateMachine": _make_machine,
}

_KEPT = {
    *(
        f"AWS::ApiGateway::{kind}"
        for kind in (
            "ApiKey",
            "BasePathMapping",
            "Deployment",
            "DomainName",
            "GatewayResponse",
            "Method",
            "Model",
            "RequestValidator",
            "Resource",
            "RestApi",
            "Stage",
            "UsagePlan",
            "UsagePlanKey",
        )
    ),
    *(
        f"AWS::ApiGatewayV2::{kind}"
        for kind in (
            "Api",
            "ApiMapping",
            "Authorizer",
            "DomainName",
            "Integration",
            "Route",
            "Stage",
        )
    ),
    *(f"AWS::CodeDeploy::{kind}" for kind in ("Application", "DeploymentConfig", "DeploymentGroup")),
    "AWS::KinesisFirehose::DeliveryStream",
    "AWS::CloudTrail::Trail",
    "AWS::CloudWatch::Dashboard",
    "AWS::CodeBuild::Project",
    "AWS::CodeCommit::Repository",
    "AWS::CodePipeline::Pipeline",
    "AWS::ECR::RepositoryCreationTemplate",
    "AWS::Events::EventBus",
    "AWS::Events::EventBusPolicy",
    "AWS::Events::Rule",
    "AWS::IAM::OIDCProvider",
    "AWS::IAM::Role",
    "AWS::KMS::Alias",
    "AWS::KMS::Key",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Url",
    "AWS::S3::BucketPolicy",
    "AWS::Scheduler::Schedule",
    "AWS::SNS::Subscription",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}
"""Interpreted here, or read by the judge."""
