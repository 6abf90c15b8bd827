"""Samples of the events that tell of failures, as the services send them."""

from __future__ import annotations

from typing import Any

ACCOUNT = "123456789012"
REGION = "eu-west-1"
PIPELINE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:pipeline/churn-main"
GATE = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:churn-main-gate"
EXECUTION = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:churn-main-gate:b3d6b5dc-0e6b-4b0f-a0a6"
ALARM = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:churn-main-undelivered"
PACKAGE = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package/churn-main/7"


def event(source: str, kind: str, detail: dict[str, Any], resources: list[str]) -> dict[str, Any]:
    """An event in its envelope."""
    return {
        "version": "0",
        "id": "01234567-0123-0123-0123-012345678901",
        "detail-type": kind,
        "source": source,
        "account": ACCOUNT,
        "time": "2026-02-24T17:00:14Z",
        "region": REGION,
        "resources": resources,
        "detail": detail,
    }


EVENTS: dict[str, dict[str, Any]] = {
    # CodePipeline user guide, "Monitoring CodePipeline events".
    "pipelines": event(
        "aws.codepipeline",
        "CodePipeline Pipeline Execution State Change",
        {
            "pipeline": "churn-main-build",
            "execution-id": "12345678-1234-5678-abcd-12345678abcd",
            "execution-trigger": {
                "trigger-type": "StartPipelineExecution",
                "trigger-detail": "arn:aws:sts::1:x",
            },
            "state": "FAILED",
            "version": 3.0,
            "pipeline-execution-attempt": 1.0,
        },
        [f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:churn-main-build"],
    ),
    # The same; a change of the pipeline cancels it (CodePipeline API reference, PipelineExecution).
    "canceled": event(
        "aws.codepipeline",
        "CodePipeline Pipeline Execution State Change",
        {
            "pipeline": "churn-main-deploy",
            "execution-id": "12345678-1234-5678-abcd-12345678abcd",
            "execution-trigger": {
                "trigger-type": "StartPipelineExecution",
                "trigger-detail": "arn:aws:sts::1:x",
            },
            "state": "CANCELED",
            "version": 3.0,
            "pipeline-execution-attempt": 1.0,
        },
        [f"arn:aws:codepipeline:{REGION}:{ACCOUNT}:churn-main-deploy"],
    ),
    # Step Functions guide, "Automating Step Functions event delivery with EventBridge".
    "gates": event(
        "aws.states",
        "Step Functions Execution Status Change",
        {
            "executionArn": EXECUTION,
            "stateMachineArn": GATE,
            "name": "b3d6b5dc-0e6b-4b0f-a0a6",
            "status": "FAILED",
            "startDate": 1551225146847,
            "stopDate": 1551225151881,
            "input": "{}",
            "output": None,
            "inputDetails": {"included": True},
            "outputDetails": None,
            "error": "PipelineNotStarted",
            "cause": "{}",
        },
        [EXECUTION],
    ),
    # CodeBuild user guide, "Build notifications input format reference".
    "upgrade": event(
        "aws.codebuild",
        "CodeBuild Build State Change",
        {
            "build-status": "FAILED",
            "project-name": "churn-main-upgrade",
            "build-id": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/churn-main-upgrade:8745a7a9",
            "current-phase": "COMPLETED",
            "current-phase-context": "[]",
            "version": "1",
            "additional-information": {
                "initiator": "rule",
                "build-complete": True,
                "logs": {
                    "group-name": "/aws/codebuild/x",
                    "stream-name": "8745a7a9",
                    "deep-link": "https://logs.example",
                },
            },
        },
        [f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/churn-main-upgrade:8745a7a9"],
    ),
    "seal": event(
        "aws.codebuild",
        "CodeBuild Build State Change",
        {
            "build-status": "TIMED_OUT",
            "project-name": "churn-main-seal",
            "build-id": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/churn-main-seal:8745a7a9",
            "additional-information": {"logs": {"deep-link": "https://logs.example"}},
        },
        [f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/churn-main-seal:8745a7a9"],
    ),
    # SageMaker guide, "Events that Amazon SageMaker AI sends to Amazon EventBridge", pipeline execution.
    "training": event(
        "aws.sagemaker",
        "SageMaker Model Building Pipeline Execution Status Change",
        {
            "pipelineExecutionDisplayName": "commit-0123abc",
            "currentPipelineExecutionStatus": "Failed",
            "previousPipelineExecutionStatus": "Executing",
            "executionStartTime": "2026-02-24T16:03:13Z",
            "executionEndTime": "2026-02-24T17:00:10Z",
            "pipelineExecutionDescription": "",
            "pipelineArn": PIPELINE,
            "pipelineExecutionArn": f"{PIPELINE}/execution/p4jn9xou8a8s",
        },
        [PIPELINE, f"{PIPELINE}/execution/p4jn9xou8a8s"],
    ),
    # CloudWatch user guide, "Alarm events and EventBridge".
    "alarms": event(
        "aws.cloudwatch",
        "CloudWatch Alarm State Change",
        {
            "alarmName": "churn-main-undelivered",
            "configuration": {"metrics": [], "description": ""},
            "previousState": {"value": "OK", "reason": "", "timestamp": "2026-02-24T16:00:00.000+0000"},
            "state": {
                "value": "ALARM",
                "reason": "Threshold Crossed",
                "reasonData": "{}",
                "timestamp": "2026-02-24T17:00:00.000+0000",
            },
        },
        [ALARM],
    ),
    # tools/deploy/prepare.py.
    "live": event(
        "sagemaker-cicd-projen",
        "Rejected Model Package Still Live",
        {
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "package": PACKAGE,
            "version": 7,
            "approval": "Rejected",
        },
        [],
    ),
    "broken": event(
        "sagemaker-cicd-projen",
        "Endpoint Stack Broken",
        {
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "stack": "churn-main-prod-endpoint",
            "status": "UPDATE_ROLLBACK_FAILED",
        },
        [],
    ),
    "astray": event(
        "sagemaker-cicd-projen",
        "Endpoint Not As Deployed",
        {
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "endpoint": "churn-main-prod",
            "served": PACKAGE,
            "config": "EndpointEndpointConfig-a1b2c3d4e5f6",
            "deployed": PACKAGE[:-1] + "8",
        },
        [],
    ),
    # tools/deploy/rollbacks.py.
    "rolledback": event(
        "sagemaker-cicd-projen",
        "Version Rolled Back",
        {
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "package": PACKAGE,
            "version": 7,
            "reason": "The change set failed: the container did not pass the ping health check",
            "serves": PACKAGE[:-1] + "6",
        },
        [],
    ),
    # tools/deploy/watch.py.
    "firing": event(
        "sagemaker-cicd-projen",
        "Rollback Alarm After Deployment",
        {
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "alarm": "churn-main-prod/server-errors/EndpointEndpointConfig-a1b2c3d4e5f6",
            "version": 7,
            "reason": "no earlier proven version, still approved, is left to return to",
        },
        [],
    ),
    "record": event(
        "aws.codebuild",
        "CodeBuild Build State Change",
        {
            "build-status": "FAILED",
            "project-name": "churn-main-record",
            "build-id": f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/churn-main-record:8745a7a9",
            "additional-information": {"logs": {"deep-link": "https://logs.example"}},
        },
        [f"arn:aws:codebuild:{REGION}:{ACCOUNT}:build/churn-main-record:8745a7a9"],
    ),
    # tools/deploy/smoke_test.py.
    "leftover": event(
        "sagemaker-cicd-projen",
        "Replaced Models Not Removed",
        {
            "project": "churn",
            "group": "main",
            "environment": "prod",
            "endpoint": "churn-main-prod",
            "problem": "The model m was not removed: AccessDenied",
        },
        [],
    ),
}
