"""The commands that talk to AWS, against moto: upload, upsert, start, and a role of another account."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from build_account import BUCKET, BUILD, Build
from conftest import Repository


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The URL of AWS on this machine."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository that was compiled for the build account."""
    repository = Repository(tmp_path_factory.mktemp("build") / "repository", "xgboost", "binary")
    repository.compile(**BUILD)
    return repository


@pytest.fixture
def build(compiled: Repository, endpoint: str) -> Iterator[Build]:
    """A build in an account with nothing but the bucket."""
    build = Build(compiled, endpoint)
    build.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    yield build
    import urllib.request

    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset", method="POST")).close()


def objects(build: Build) -> dict[str, Any]:
    listed = build.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {entry["Key"]: entry for entry in listed}


def test_upload_puts_code_and_data_where_the_definition_looks(build: Build) -> None:
    build.run("upload")
    keys = objects(build)
    text = json.dumps(build.repository.definition())
    code = next(key for key in keys if key.endswith("sourcedir.tar.gz"))
    data = next(key for key in keys if key.endswith("breast_cancer.csv"))
    assert f"s3://{BUCKET}/{code}" in text and f"s3://{BUCKET}/{data}" in text
    assert code.rpartition("/")[0] + "/preprocess.py" in keys
    body = build.client("s3").get_object(Bucket=BUCKET, Key=data)["Body"].read()
    assert body == (build.repository.root / "data/sample/breast_cancer.csv").read_bytes()


def test_upload_leaves_what_is_there_and_adds_what_is_missing(build: Build) -> None:
    assert "already existed" in build.run("upload")
    before = objects(build)
    lost = next(key for key in before if key.endswith("train.py"))
    build.client("s3").delete_object(Bucket=BUCKET, Key=lost)
    kept = next(key for key in before if key.endswith("evaluate.py"))
    build.client("s3").put_object(Bucket=BUCKET, Key=kept, Body=b"not touched again")
    assert build.run("upload").startswith("uploaded 1 object(s)")
    assert set(objects(build)) == set(before)
    assert objects(build)[kept]["Size"] == len(b"not touched again")


def test_upload_encrypts_with_the_buckets_key(build: Build) -> None:
    key = build.client("kms").create_key()["KeyMetadata"]["Arn"]
    build.run("upload", ARTIFACT_BUCKET_KMS_KEY=key)
    for name in objects(build):
        head = build.client("s3").head_object(Bucket=BUCKET, Key=name)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def test_upsert_creates_the_pipeline_with_role_description_and_tags(build: Build) -> None:
    assert build.run("upsert").startswith("created arn:aws:sagemaker:eu-west-1:")
    found = build.client("sagemaker").describe_pipeline(PipelineName="churn-dev")
    assert json.loads(found["PipelineDefinition"]) == build.repository.definition()
    assert found["RoleArn"] == BUILD["SAGEMAKER_PIPELINE_ROLE_ARN"]
    assert found["PipelineDescription"] == "The dev group's pipeline."
    assert tags(build) == {
        "sagemaker:project-name": "churn-project",
        "environment-type": "dev",
        "git-branch": "feature/new",
        "git-commit": BUILD["GIT_COMMIT"],
    }


def test_upsert_names_the_key_of_volumes_by_its_arn(build: Build) -> None:
    kms = build.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.create_alias(AliasName="alias/churn-build", TargetKeyId=key)
    alias = "arn:aws:kms:eu-west-1:123456789012:alias/churn-build"
    build.run("upsert", ARTIFACT_BUCKET_KMS_KEY=alias)
    text = build.client("sagemaker").describe_pipeline(PipelineName="churn-dev")["PipelineDefinition"]
    defaults = {p["Name"]: p.get("DefaultValue") for p in json.loads(text)["Parameters"]}
    assert defaults["VolumeKmsKey"] == key
    assert alias in text  # S3 takes it
    said = build.fail("upsert", ARTIFACT_BUCKET_KMS_KEY=f"{alias}-other")
    assert said.startswith(f"error: upsert: {alias}-other:") and "deploy the infrastructure" in said


def tags(build: Build) -> dict[str, str]:
    client = build.client("sagemaker")
    arn = client.describe_pipeline(PipelineName="churn-dev")["PipelineArn"]
    return {tag["Key"]: tag["Value"] for tag in client.list_tags(ResourceArn=arn)["Tags"]}


def test_upsert_updates_the_pipeline_and_its_tags(build: Build) -> None:
    client = build.client("sagemaker")
    client.create_pipeline(
        PipelineName="churn-dev",
        PipelineDefinition='{"Version": "2020-12-01", "Parameters": [], "Steps": []}',
        ClientRequestToken="x" * 32,
        RoleArn="arn:aws:iam::123456789012:role/old",
    )
    assert build.run("upsert").startswith("updated arn:")
    found = client.describe_pipeline(PipelineName="churn-dev")
    assert json.loads(found["PipelineDefinition"]) == build.repository.definition()
    assert found["RoleArn"] == BUILD["SAGEMAKER_PIPELINE_ROLE_ARN"]
    assert tags(build)["git-commit"] == BUILD["GIT_COMMIT"]


def test_start_gives_commit_branch_overrides_and_a_name(build: Build) -> None:
    build.run("upsert")
    build.client("s3").put_object(Bucket=BUCKET, Key="lake/churn/a.csv", Body=b"1")
    parameters = json.dumps({"max_depth": 6, "InputDataUrl": f"s3://{BUCKET}/lake/churn/"})
    arn = build.run("start", PIPELINE_PARAMETERS=parameters).strip()
    client = build.client("sagemaker")
    found = client.describe_pipeline_execution(PipelineExecutionArn=arn)
    assert found["PipelineExecutionDisplayName"] == "feature-new-01234567"
    listed = client.list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)["PipelineParameters"]
    given = {p["Name"]: p["Value"] for p in listed}
    assert given["GitCommit"] == BUILD["GIT_COMMIT"] and given["GitBranch"] == "feature/new"
    assert (given["max_depth"], given["InputDataUrl"]) == ("6", f"s3://{BUCKET}/lake/churn/")


def parameters_of(build: Build, arn: str) -> dict[str, str]:
    listed = build.client("sagemaker").list_pipeline_parameters_for_execution(PipelineExecutionArn=arn)
    return {p["Name"]: p["Value"] for p in listed["PipelineParameters"]}


def started(build: Build, **parameters: str) -> dict[str, str]:
    """The parameters of a new execution."""
    return parameters_of(build, build.run("start", PIPELINE_PARAMETERS=json.dumps(parameters)).strip())


NAMES = ("ApprovedModelUrl", "ApprovedModelPackage", "ApprovedModelImage")


def register(build: Build, status: str, **container: Any) -> str:
    """A new version in the registry; its ARN."""
    client = build.client("sagemaker")
    with contextlib.suppress(client.exceptions.ClientError):
        client.create_model_package_group(ModelPackageGroupName="churn")
    answer = client.create_model_package(
        ModelPackageGroupName="churn",
        ModelApprovalStatus=status,
        InferenceSpecification={
            "Containers": [{"Image": "image:1", **container}],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        },
    )
    return str(answer["ModelPackageArn"])


def test_start_names_the_newest_approved_version(build: Build) -> None:
    build.run("upsert")
    assert not set(NAMES) & set(started(build)), "there is no group yet"
    register(build, "PendingManualApproval", ModelDataUrl="s3://b/0/model.tar.gz")
    assert not set(NAMES) & set(started(build)), "nothing is approved yet"
    register(build, "Approved", ModelDataUrl="s3://b/1/model.tar.gz")
    second = register(build, "Approved", ModelDataUrl="s3://b/2/model.tar.gz", Image="image:2")
    register(build, "Rejected", ModelDataUrl="s3://b/3/model.tar.gz")
    given = started(build)
    assert [given[name] for name in NAMES] == ["s3://b/2/model.tar.gz", second, "image:2"]
    build.client("sagemaker").update_model_package(ModelPackageArn=second, ModelApprovalStatus="Rejected")
    assert started(build)["ApprovedModelUrl"] == "s3://b/1/model.tar.gz"


def test_what_a_build_sets_is_not_looked_up(build: Build) -> None:
    build.run("upsert")
    register(build, "Approved", ModelDataUrl="s3://b/1/model.tar.gz")
    given = started(build, ApprovedModelUrl="s3://mine/model.tar.gz", InputDataListing="mine")
    assert given["ApprovedModelUrl"] == "s3://mine/model.tar.gz" and given["InputDataListing"] == "mine"
    assert "ApprovedModelPackage" not in given and "ApprovedModelImage" not in given


def test_the_repositorys_data_is_named_by_its_hash(build: Build) -> None:
    build.run("upsert")
    [default] = [
        p["DefaultValue"] for p in build.repository.definition()["Parameters"] if p["Name"] == "InputDataUrl"
    ]
    found = started(build)["InputDataListing"]
    assert re.fullmatch("[0-9a-f]{16}", found) and f"/data/{found}/" in default


def test_new_data_under_the_same_address_is_another_listing(build: Build) -> None:
    build.run("upsert")
    s3 = build.client("s3")

    def put(key: str, body: bytes) -> str:
        s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return started(build, InputDataUrl=f"s3://{BUCKET}/lake/churn")["InputDataListing"]

    first = put("lake/churn/a.csv", b"1")
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert put("lake/other/a.csv", b"1") == first
    changed = put("lake/churn/a.csv", b"2")
    more = put("lake/churn_more.csv", b"1")
    assert len({first, changed, more}) == 3
    s3.delete_object(Bucket=BUCKET, Key="lake/churn_more.csv")
    assert put("lake/churn/a.csv", b"1") == first


def test_an_address_without_data_is_told_before_anything_starts(build: Build) -> None:
    build.run("upsert")
    url = f"s3://{BUCKET}/lake/nothing"
    error = build.fail("start", PIPELINE_PARAMETERS=json.dumps({"InputDataUrl": url}))
    assert error == f"error: start: InputDataUrl is {url}, and there is no object below it"


def test_start_waits_for_an_execution_that_succeeds(build: Build) -> None:
    build.run("upsert")
    assert "pipeline/churn-dev/execution/" in build.run("start", "--wait")


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"PIPELINE_PARAMETERS": '{"max_dept": 6}'}, "'max_dept' is not a pipeline parameter"),
        ({"PIPELINE_PARAMETERS": '{"max_binn": 6}'}, "'max_binn' is not a .* .did you mean 'max_bin'"),
        ({"PIPELINE_PARAMETERS": '{"booster": "dart"}'}, "'booster' is not taken: rounds are cut to the"),
        ({"PIPELINE_PARAMETERS": '{"gamma": -1}'}, "gamma is -1, it must be: a number, at least 0"),
        ({"SAGEMAKER_PIPELINE_NAME": "churn-dev"}, "error: start: "),
    ],
)
def test_a_start_that_cannot_be_is_one_line_and_exit_code_1(
    build: Build, variables: dict[str, str], message: str
) -> None:
    assert re.search(message, build.fail("start", **variables))


def test_a_bucket_that_is_not_there_is_one_line_and_exit_code_1(build: Build) -> None:
    s3 = build.client("s3")
    s3.delete_bucket(Bucket=BUCKET)
    assert build.fail("upload").startswith("error: upload: ")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})


def test_outside_a_build_the_commands_say_what_they_need(compiled: Repository) -> None:
    done = compiled.run("pipelines", "start")
    assert done.returncode == 1
    assert "ARTIFACT_BUCKET is not set" in done.stderr and "Traceback" not in done.stderr
    compiled.compile(**BUILD)


def test_the_commands_act_as_the_role_of_the_build_account(build: Build) -> None:
    build.run("upsert", ASSUME_ROLE_ARN="arn:aws:iam::222233334444:role/build")
    with pytest.raises(Exception, match="Could not find pipeline"):
        build.client("sagemaker").describe_pipeline(PipelineName="churn-dev")
    sts = build.client("sts")
    credentials = sts.assume_role(RoleArn="arn:aws:iam::222233334444:role/x", RoleSessionName="look")[
        "Credentials"
    ]
    there = boto3.client(
        "sagemaker",
        region_name="eu-west-1",
        endpoint_url=build.variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )
    assert ":222233334444:" in there.describe_pipeline(PipelineName="churn-dev")["PipelineArn"]
