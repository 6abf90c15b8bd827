"""The preflight against make-believe accounts: everything there, each thing missing, no credentials."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from preflight_accounts import OTHER, ROLES, TOOLING, bootstrap, in_account, look

FOLDER = Path(__file__).resolve().parents[1] / "preflight"

import preflight_aws  # noqa: E402
import preflight_checks  # noqa: E402

CONNECTION = "arn:aws:codeconnections:eu-west-1:123456789012:connection/0123abcd-0000-0000-0000-000000000000"


@pytest.mark.parametrize("place", [TOOLING, OTHER])
def test_a_bootstrap_that_is_there(aws: Any, place: dict[str, str]) -> None:
    bootstrap(place)
    assert look(aws, "bootstrap", place, version=8) == ("ok", "version 21")
    assert look(aws, "trust", place, account=TOOLING["account"]) == ("ok", "")
    assert look(aws, "execution", place, policies=["own"]) == ("ok", "")


@pytest.mark.parametrize("place", [TOOLING, OTHER])
def test_a_bootstrap_that_is_not(aws: Any, place: dict[str, str]) -> None:
    assert look(aws, "bootstrap", place, version=8) == ("missing", "GetParameter: ParameterNotFound")


def test_an_old_bootstrap(aws: Any) -> None:
    bootstrap(TOOLING, version="7")
    assert look(aws, "bootstrap", version=8) == ("missing", "version 7")


def test_a_bootstrap_that_trusts_somebody_else(aws: Any) -> None:
    bootstrap(OTHER, trusted="999999999999")
    assert look(aws, "trust", OTHER, account=TOOLING["account"])[0] == "missing"


def test_an_administrator_is_a_warning(aws: Any) -> None:
    bootstrap(TOOLING, policy="AdministratorAccess")
    status, what = look(aws, "execution", policies=["own"])
    assert status == "warning"
    assert "administrator" in what


def test_policies_that_are_not_attached_are_a_warning(aws: Any) -> None:
    bootstrap(TOOLING, policy="else")
    status, what = look(aws, "execution", policies=["own", "else"])
    assert (status, what.split(" lacks ")[1]) == ("warning", "own")


def test_an_account_that_cannot_be_entered(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: Any, place: Any) -> Any:
        raise preflight_aws.CannotLook("the role cannot be assumed")

    monkeypatch.setattr(preflight_aws.Aws, "_take_on", refuse)
    assert look(aws, "bootstrap", OTHER, version=8) == ("missing", "the role cannot be assumed")
    assert look(aws, "boundary", OTHER, name="limit") == ("unknown", "the role cannot be assumed")


def test_the_bucket_of_the_bootstrap(aws: Any) -> None:
    s3 = boto3.client("s3", region_name="eu-west-1")
    name = "cdk-hnb659fds-assets-123456789012-eu-west-1"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def encrypt(**how: str) -> None:
        rule = {"ApplyServerSideEncryptionByDefault": how}
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})

    s3.delete_bucket_encryption(Bucket=name)
    assert look(aws, "assets", readers=["churn-main-deploypipeline"]) == ("ok", "")
    encrypt(SSEAlgorithm="AES256")
    assert look(aws, "assets", readers=["churn-main-deploypipeline"]) == ("ok", "")
    encrypt(SSEAlgorithm="aws:kms", KMSMasterKeyID="arn:aws:kms:eu-west-1:123456789012:key/1")
    status, what = look(aws, "assets", readers=["churn-main-deploypipeline"])
    assert status == "warning"
    assert "churn-main-deploypipeline" in what


def test_a_repository_and_its_branch(aws: Any) -> None:
    wants = {"name": "churn", "branch": "main"}
    assert look(aws, "repository", **wants, created=False) == ("missing", "no repository")
    assert look(aws, "repository", **wants, created=True) == ("ok", "made by the first deployment")


class Code:
    """CodeCommit with a repository and one branch; moto knows no branches."""

    class exceptions:
        RepositoryDoesNotExistException = type("RepositoryDoesNotExistException", (Exception,), {})
        BranchDoesNotExistException = type("BranchDoesNotExistException", (Exception,), {})

    def get_repository(self, repositoryName: str) -> None:
        pass

    def get_branch(self, repositoryName: str, branchName: str) -> None:
        if branchName != "main":
            raise self.exceptions.BranchDoesNotExistException()


@pytest.mark.parametrize(
    ("branch", "created", "status"),
    [("main", False, "ok"), ("dev", False, "missing"), ("dev", True, "warning")],
)
def test_a_branch(aws: Any, monkeypatch: pytest.MonkeyPatch, branch: str, created: bool, status: str) -> None:
    monkeypatch.setattr(aws, "client", lambda service, place: Code())
    assert look(aws, "repository", name="churn", branch=branch, created=created)[0] == status


@pytest.mark.parametrize(
    ("status", "expected"), [("AVAILABLE", "ok"), ("PENDING", "missing"), ("ERROR", "missing")]
)
@pytest.mark.parametrize("prefix", ["codeconnections", "codestar-connections"])
def test_a_connection(
    aws: Any, monkeypatch: pytest.MonkeyPatch, status: str, expected: str, prefix: str
) -> None:
    asked: list[str] = []

    class Connections:
        def get_connection(self, ConnectionArn: str) -> dict[str, Any]:
            return {"Connection": {"ConnectionStatus": status}}

    monkeypatch.setattr(aws, "client", lambda service, place: asked.append(service) or Connections())
    assert look(aws, "connection", arn=CONNECTION.replace("codeconnections", prefix))[0] == expected
    assert asked == [prefix]
    assert boto3.client(prefix, region_name="eu-west-1").meta.service_model.operation_model("GetConnection")


def test_a_boundary(aws: Any) -> None:
    assert look(aws, "boundary", name="limit")[0] == "missing"
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    boto3.client("iam").create_policy(PolicyName="limit", PolicyDocument=json.dumps(nothing))
    assert look(aws, "boundary", name="limit") == ("ok", "")
    assert look(aws, "boundary", OTHER, name="limit")[0] == "missing"


@pytest.mark.parametrize("place", [TOOLING, OTHER])
def test_the_boundary_of_the_bootstrap(aws: Any, place: dict[str, str]) -> None:
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    in_account(place["account"]).client("iam").create_policy(
        PolicyName="limit", PolicyDocument=json.dumps(nothing)
    )
    # What the CDK gives it to by itself.
    bootstrap(place, limited=("cfn-exec",))
    status, what = look(aws, "bootstrapBoundary", place, name="limit")
    assert status == "warning" and what.count("cdk-hnb659fds-") == 4 and "cfn-exec" not in what
    assert look(aws, "bootstrapBoundary", place, name="other")[1].count("cdk-hnb659fds-") == 5


def test_a_bootstrap_within_the_boundary(aws: Any) -> None:
    nothing = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    boto3.client("iam").create_policy(PolicyName="limit", PolicyDocument=json.dumps(nothing))
    bootstrap(TOOLING, limited=ROLES)
    assert look(aws, "bootstrapBoundary", name="limit") == ("ok", "")


def test_a_network(aws: Any) -> None:
    ec2 = boto3.client("ec2", region_name="eu-west-1")

    def make(block: str) -> tuple[str, str, str]:
        vpc = ec2.create_vpc(CidrBlock=block)["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=block)["Subnet"]["SubnetId"]
        return (
            vpc,
            subnet,
            ec2.create_security_group(GroupName="g" + block, Description="d", VpcId=vpc)["GroupId"],
        )

    vpc, subnet, group = make("10.0.0.0/16")
    _, other, _ = make("10.1.0.0/16")
    assert look(aws, "network", vpc=vpc, subnets=[subnet], groups=[group]) == ("ok", "")
    assert look(aws, "network", vpc=vpc, subnets=[subnet, other], groups=[group]) == (
        "missing",
        f"not in {vpc}: {other}",
    )
    assert look(aws, "network", vpc=vpc, subnets=["subnet-0123456789abcdef0"], groups=[group])[0] == "missing"
    assert look(aws, "network", vpc="vpc-0123456789abcdef0", subnets=[subnet], groups=[group])[0] == "missing"


@pytest.mark.parametrize("kind", ["bucket", "logs"])
def test_a_bucket_in_its_region(aws: Any, kind: str) -> None:
    assert look(aws, kind, bucket="access-logs-123")[0] == "missing"
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="access-logs-123")
    assert look(aws, kind, bucket="access-logs-123") == ("missing", "the bucket is in us-east-1")
    s3.create_bucket(Bucket="access-logs-456", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    assert look(aws, kind, bucket="access-logs-456") == ("ok", "")


def test_a_key(aws: Any) -> None:
    kms = boto3.client("kms", region_name="eu-west-1")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    assert look(aws, "key", arn=arn) == ("ok", "Enabled")
    kms.disable_key(KeyId=arn.split("/")[1])
    assert look(aws, "key", arn=arn) == ("missing", "Disabled")
    assert look(aws, "key", arn=arn.replace("eu-west-1", "us-east-1"))[1] == "the key is in us-east-1"
    assert (
        look(aws, "key", arn=arn.rsplit("/", 1)[0] + "/01234567-89ab-cdef-0123-456789abcdef")[0] == "missing"
    )


def test_a_topic(aws: Any) -> None:
    sns = boto3.client("sns", region_name="eu-west-1")
    arn = sns.create_topic(Name="operations")["TopicArn"]
    assert look(aws, "topic", arn=arn)[0] == "warning"
    services = ["events.amazonaws.com", "cloudwatch.amazonaws.com"]
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": services},
        "Action": "sns:Publish",
        "Resource": arn,
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    assert look(aws, "topic", arn=arn) == ("ok", "")
    condition = {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    apart = [{**statement, "Principal": {"Service": service}, "Condition": condition} for service in services]
    document = json.dumps({"Version": "2012-10-17", "Statement": apart})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    found = look(aws, "topic", arn=arn)
    assert found[0] == "warning" and "condition for events.amazonaws.com" in found[1]
    assert look(aws, "topic", arn=arn + "2")[0] == "missing"


def test_an_alarm(aws: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cloudwatch = boto3.client("cloudwatch", region_name="eu-west-1")
    assert look(aws, "alarm", name="orders") == ("missing", "")
    cloudwatch.put_metric_alarm(
        AlarmName="orders", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1, MetricName="m",
        Namespace="n", Period=60, Statistic="Sum", Threshold=0,
    )  # fmt: skip
    assert look(aws, "alarm", name="orders") == ("ok", "")
    # moto has no composite alarms.
    with Stubber(cloudwatch) as stubber:
        wanted = {"AlarmNames": ["all"], "AlarmTypes": ["MetricAlarm", "CompositeAlarm"]}
        stubber.add_response("describe_alarms", {"CompositeAlarms": [{"AlarmName": "all"}]}, wanted)
        monkeypatch.setattr(aws, "client", lambda *_: cloudwatch)
        assert look(aws, "alarm", name="all") == ("missing", "it is a composite alarm")


def test_a_secret(aws: Any) -> None:
    secrets = boto3.client("secretsmanager", region_name="eu-west-1")
    arn = secrets.create_secret(Name="ecr-pullthroughcache/hub", SecretString="{}")["ARN"]
    other = secrets.create_secret(Name="hub", SecretString="{}")["ARN"]
    assert look(aws, "secret", arn=arn) == ("ok", "")
    assert look(aws, "secret", arn=other) == ("missing", "hub")
    assert look(aws, "secret", arn=arn.replace("hub", "nub"))[0] == "missing"
    secrets.delete_secret(SecretId=arn)
    assert look(aws, "secret", arn=arn) == ("missing", "the secret is being deleted")


def test_an_event_bus(aws: Any) -> None:
    assert look(aws, "bus", name="models")[0] == "missing"
    boto3.client("events", region_name="eu-west-1").create_event_bus(Name="models")
    assert look(aws, "bus", name="models") == ("ok", "")


@pytest.mark.parametrize(
    ("code", "http", "status"),
    [
        ("AccessDenied", 403, "unknown"),
        ("UnauthorizedOperation", 403, "unknown"),
        ("ThrottlingException", 400, "unknown"),
        ("InternalError", 500, "unknown"),
        ("NoSuchEntity", 404, "missing"),
    ],
)
def test_an_error_says_only_what_it_means(
    aws: Any, monkeypatch: pytest.MonkeyPatch, code: str, http: int, status: str
) -> None:
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": http}}

    def fail(*_: Any) -> Any:
        raise preflight_aws.errors.ClientError(answer, "GetPolicy")

    monkeypatch.setitem(preflight_checks.CHECKS, "boundary", fail)
    found = look(aws, "boundary", name="limit")
    assert found[0] == status
    assert code in found[1]
