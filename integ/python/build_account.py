"""A build in an account that moto plays."""

from __future__ import annotations

from typing import Any

import boto3

from conftest import Repository

BUCKET = "build-artifacts"
BUILD = {
    "AWS_REGION": "eu-west-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "ARTIFACT_BUCKET": BUCKET,
    "SAGEMAKER_PIPELINE_ROLE_ARN": "arn:aws:iam::123456789012:role/pipeline",
    "SAGEMAKER_PIPELINE_NAME": "churn-dev",
    "SAGEMAKER_PIPELINE_DESCRIPTION": "The dev group's pipeline.",
    "PROJECT_NAME": "churn-project",
    "ENV_TYPE": "dev",
    "GIT_COMMIT": "0123456789abcdef0123456789abcdef01234567",
    "GIT_BRANCH": "feature/new",
}


class Build:
    """A build: its repository, its variables, and clients to look at what it did."""

    def __init__(self, repository: Repository, endpoint: str) -> None:
        self.repository = repository
        self.variables = {**BUILD, "AWS_ENDPOINT_URL": endpoint}
        self._endpoint = endpoint

    def client(self, service: str, region: str = "eu-west-1") -> Any:
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def run(self, *command: str, **variables: str) -> str:
        """Run a command that must succeed; its output."""
        done = self.repository.run("pipelines", *command, **self.variables | variables)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fail(self, *command: str, **variables: str) -> str:
        """Run a command that must fail; its error, one line."""
        done = self.repository.run("pipelines", *command, **self.variables | variables)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        return done.stderr.splitlines()[-1]
