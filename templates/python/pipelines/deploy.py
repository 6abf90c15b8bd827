"""The commands that talk to AWS: upload code and data, create or update the pipeline, start it.

They need the variables of a build (`ARTIFACT_BUCKET` and the others). With `ASSUME_ROLE_ARN` the calls are
made as that role, in the build account.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError

from pipelines import execution, resolve
from pipelines.compiler import CODE, OUTPUT, State
from pipelines.errors import PipelineError
from pipelines.package import data_files

POLL_SECONDS = 15.0
FINAL = {"Succeeded", "Failed", "Stopped", "CompletedWithFailures"}
Session = Any  # boto3.Session: its clients are made at run time and have no types


def session(state: State) -> Session:
    """A session of the build account, in the build's region."""
    if state.environment.local:
        raise PipelineError(
            "ARTIFACT_BUCKET is not set: this command runs in a build, with ARTIFACT_BUCKET, AWS_REGION and "
            "SAGEMAKER_PIPELINE_ROLE_ARN; use the pipeline:local task to run the pipeline on this machine"
        )
    region = state.environment.region
    role = os.environ.get("ASSUME_ROLE_ARN")
    return boto3.Session(region_name=region, botocore_session=_assumed(role, region) if role else None)


def _assumed(role: str, region: str) -> Any:
    """A session as a role; its credentials are renewed when they expire (`start --wait` may take hours)."""
    own = botocore.session.get_session()
    own.set_config_variable("region", region)
    fetcher = AssumeRoleCredentialFetcher(
        own.create_client, own.get_credentials(), role, extra_args={"RoleSessionName": "model-build"}
    )
    assumed = botocore.session.get_session()
    assumed._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    return assumed


def upload(state: State, aws: Session) -> None:
    """Put code and data of the repository under their hashes; objects that are there already stay."""
    package, s3 = state.package, aws.client("s3", config=Config(retries={"mode": "standard"}))
    code = state.root / OUTPUT / CODE
    wanted = {
        package.code_prefix + f.relative_to(code).as_posix(): f
        for f in sorted(code.rglob("*"))
        if f.is_file()
    }
    if package.data_prefix and (path := package.data_path):
        base = path if path.is_dir() else path.parent
        wanted |= {package.data_prefix + f.relative_to(base).as_posix(): f for f in data_files(path)}
    key = state.environment.kms_key
    encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}
    there: set[str] = set()
    for prefix in filter(None, (package.code_prefix, package.data_prefix)):
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=state.environment.bucket, Prefix=_key(prefix)
        )
        there |= {entry["Key"] for page in pages for entry in page.get("Contents", [])}
    new = {url: file for url, file in wanted.items() if _key(url) not in there}
    for url, file in new.items():
        s3.upload_file(str(file), state.environment.bucket, _key(url), ExtraArgs=encryption or None)
    print(f"uploaded {len(new)} object(s), {len(wanted) - len(new)} already existed: {package.code_prefix}")


def _key(url: str) -> str:
    """The object key of an s3:// URL."""
    return url.removeprefix("s3://").partition("/")[2]


def upsert(state: State, aws: Session) -> None:
    """Create the pipeline, or update it when it exists."""
    client, environment = aws.client("sagemaker"), state.environment
    arguments = {
        "PipelineName": environment.pipeline_name,
        "PipelineDisplayName": environment.pipeline_name,
        "PipelineDefinition": resolve.definition(state, aws),
        "RoleArn": environment.role_arn,
        **({"PipelineDescription": environment.description} if environment.description else {}),
    }
    try:
        arn = client.describe_pipeline(PipelineName=environment.pipeline_name)["PipelineArn"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("ResourceNotFound", "ValidationException"):
            raise
        arn = client.create_pipeline(**arguments, Tags=execution.tags(state))["PipelineArn"]
        print(f"created {arn}")
        return
    client.update_pipeline(**arguments)
    client.add_tags(ResourceArn=arn, Tags=execution.tags(state))
    print(f"updated {arn}")


def start(state: State, aws: Session, *, wait: bool) -> None:
    """Start the pipeline for this commit; with `wait`, raise `PipelineError` unless it succeeds."""
    client = aws.client("sagemaker")
    values = execution.parameters(state)
    values = {**resolve.parameters(state, aws, values), **values}
    why = execution.description(values)
    arn = client.start_pipeline_execution(
        PipelineName=state.environment.pipeline_name,
        PipelineExecutionDisplayName=execution.display_name(values),
        **({"PipelineExecutionDescription": why} if why else {}),
        PipelineParameters=[{"Name": name, "Value": value} for name, value in values.items()],
    )["PipelineExecutionArn"]
    print(arn, flush=True)
    shown = ""
    while wait:
        found = client.describe_pipeline_execution(PipelineExecutionArn=arn)
        status = found["PipelineExecutionStatus"]
        if status != shown:
            print(status, file=sys.stderr, flush=True)
            shown = status
        if status in FINAL:
            if status != "Succeeded":
                raise PipelineError(f"{arn}: {status}: {found.get('FailureReason', 'no reason given')}")
            return
        time.sleep(POLL_SECONDS)


def run(command: str, state: State, *, wait: bool = False) -> None:
    """Run `upload`, `upsert` or `start`; an error of AWS becomes a `PipelineError`."""
    try:
        aws = session(state)
        if command == "upload":
            upload(state, aws)
        elif command == "upsert":
            upsert(state, aws)
        else:
            start(state, aws, wait=wait)
    except (BotoCoreError, ClientError, boto3.exceptions.Boto3Error) as error:
        raise PipelineError(f"{command}: {error}") from None
