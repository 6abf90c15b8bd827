"""What the tools ask of the engine that carries deployments out: who started it, a return, an approval."""

from __future__ import annotations

from typing import Any, Protocol

from aws import Aws
from github_executions import GithubExecutions
from pipeline_variables import PACKAGE_VARIABLE, RETRY_VARIABLE, ROLL_BACK_VARIABLE
from targets import Environment, Refused, Targets

TOKEN_LIMIT = 128
"""Characters of a request's token (CodePipeline API reference, StartPipelineExecution)."""


class Executions(Protocol):
    """The executions of one group's deployments."""

    def starter(self, execution: str) -> str:
        """ARN of whoever started it: a person, or a role of the delivery."""

    def start_return(self, environment: Environment, token: str) -> str:
        """Has an endpoint returned to the version before; the execution. A token does it once."""

    def returned(self, names: tuple[str, ...], execution: str) -> None:
        """These environments have returned: has their stacks follow, where nothing else does."""

    def prepared(self, execution: str) -> None:
        """Everything is prepared: from now on people see what becomes of the execution."""

    def retry_command(self, package: str, environment: str) -> str:
        """What a person types to have a version deployed though it was rolled back."""

    def approval(self, environment: Environment, execution: str) -> str:
        """The approval of an environment that was given last, by the name that its record has."""


def executions_of(aws: Aws, targets: Targets) -> Executions:
    """Those of the engine that the targets name."""
    if targets.engine is None:
        return PipelineExecutions(aws, targets)
    return GithubExecutions(aws, targets, targets.engine)


class PipelineExecutions:
    """Those of a deploy pipeline."""

    def __init__(self, aws: Aws, targets: Targets) -> None:
        self._aws, self._targets = aws, targets
        self._client: Any = aws.own("codepipeline", aws.region)

    def starter(self, execution: str) -> str:
        """As the execution's trigger says."""
        client, pipeline = self._client, self._targets.pipeline
        try:
            found = client.get_pipeline_execution(pipelineName=pipeline, pipelineExecutionId=execution)
        except client.exceptions.ClientError as error:
            # What is recorded matters more than who is to be asked about it.
            print(f"Who started the execution {execution} is unknown: {error}")
            return "unknown"
        return str(found["pipelineExecution"].get("trigger", {}).get("triggerDetail") or "unknown")

    def start_return(self, environment: Environment, token: str) -> str:
        """
        Starts the return; the execution's id. Several alarms of one deployment fire in the same minute, and a
        second execution would return one version too far: the same token gives the same execution.
        """
        name = environment.name
        try:
            started = self._client.start_pipeline_execution(
                name=self._targets.pipeline,
                variables=[{"name": ROLL_BACK_VARIABLE, "value": name}],
                clientRequestToken=token[:TOKEN_LIMIT],
            )
        except self._client.exceptions.ClientError as error:
            raise Refused(
                f"{environment.endpoint} was not returned: {error}. "
                f"Roll back manually: npx projen rollback -- --environment {name}"
            ) from error
        return str(started["pipelineExecutionId"])

    def returned(self, names: tuple[str, ...], execution: str) -> None:
        """The next stage of the execution does it."""

    def prepared(self, execution: str) -> None:
        """The pipeline shows its executions from their begin."""

    def retry_command(self, package: str, environment: str) -> str:
        """Starts the pipeline with both variables."""
        return (
            f"aws codepipeline start-pipeline-execution --name {self._targets.pipeline} "
            f"--region {self._aws.region} "
            f"--variables name={PACKAGE_VARIABLE},value={package} name={RETRY_VARIABLE},value={environment}"
        )

    def approval(self, environment: Environment, execution: str) -> str:
        """The action in which it was approved last: a stage that is retried is approved again."""
        pages = self._client.get_paginator("list_action_executions").paginate(
            pipelineName=self._targets.pipeline, filter={"pipelineExecutionId": execution}
        )
        found = [
            each
            for page in pages
            for each in page["actionExecutionDetails"]
            if f"{each['stageName']}/{each['actionName']}" == environment.approval
            and each["status"] == "Succeeded"
        ]
        if not found:
            raise Refused(f"The execution {execution} shows no approval of {environment.name}.")
        return str(max(found, key=lambda each: each["lastUpdateTime"])["actionExecutionId"])
