"""Stands in for the model's build: does with the build role what `python -m pipelines upload, upsert, start` does."""

import json
import os

import boto3

env = os.environ
region = env["AWS_REGION"]
answer = boto3.client("sts").assume_role(RoleArn=env["ASSUME_ROLE_ARN"], RoleSessionName="build")["Credentials"]
keys = {
    "aws_access_key_id": answer["AccessKeyId"],
    "aws_secret_access_key": answer["SecretAccessKey"],
    "aws_session_token": answer["SessionToken"],
    "region_name": region,
}
s3 = boto3.client("s3", **keys)
sagemaker = boto3.client("sagemaker", **keys)
root = env["SAGEMAKER_PIPELINE_NAME"]
encrypted = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": env["ARTIFACT_BUCKET_KMS_KEY"]}
if not s3.list_objects_v2(Bucket=env["ARTIFACT_BUCKET"], Prefix=f"{root}/code/").get("KeyCount"):
    s3.put_object(Bucket=env["ARTIFACT_BUCKET"], Key=f"{root}/code/train.py", Body=b"code", **encrypted)
name, role = env["SAGEMAKER_PIPELINE_NAME"], env["SAGEMAKER_PIPELINE_ROLE_ARN"]
definition = json.dumps({"Version": "2020-12-01", "Parameters": [], "Steps": []})
try:
    sagemaker.update_pipeline(PipelineName=name, PipelineDefinition=definition, RoleArn=role)
except sagemaker.exceptions.ClientError:
    tags = [{"Key": "project", "Value": env["PROJECT_NAME"]}]
    token = "0" * 32
    sagemaker.create_pipeline(
        PipelineName=name, PipelineDefinition=definition, RoleArn=role, ClientRequestToken=token, Tags=tags
    )
group = env["MODEL_PACKAGE_GROUP_NAME"]
found = sagemaker.list_model_packages(ModelPackageGroupName=group, ModelApprovalStatus="Approved")
for summary in found["ModelPackageSummaryList"][:1]:
    sagemaker.describe_model_package(ModelPackageName=summary["ModelPackageArn"])
reason = env.get("RETRAINING_REASON", "none")
why = (
    {}
    if reason == "none"
    else {
        "PipelineExecutionDescription": f"Retraining: {reason}",
        "PipelineParameters": [{"Name": "RetrainingReason", "Value": reason}],
    }
)
sagemaker.start_pipeline_execution(PipelineName=name, ClientRequestToken="0" * 32, **why)
print(f"built {env['GIT_COMMIT']} of {env['GIT_BRANCH']} for {group}; retraining: {reason}")
