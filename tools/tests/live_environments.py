"""An environment, what is live in it, and how SageMaker returns its endpoint, as a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from account import ACCOUNT, GROUP, REGION, Account
from aws import Aws
from live import Live, read_live
from targets import Environment

GROUP_ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model-package-group/{GROUP}"


class Prod:
    def __init__(self, account: Account, targets_file: Path) -> None:
        self.account = account
        self.aws = Aws()
        self.targets = self.aws.targets(targets_file)
        self.environment: Environment = self.targets.environment("prod")

    def live(self) -> Live | None:
        return read_live(self.aws, self.environment, GROUP_ARN, seconds=0)

    def went_back(self) -> tuple[str, str]:
        """SageMaker returns the endpoint to the first of two deployments; their packages."""
        first, second = (self.account.register("Approved") for _ in range(2))
        config = self.account.deploy("prod", first)
        self.account.deploy("prod", second)
        self.account.go_back("prod", config)
        return first, second


@pytest.fixture
def prod(account: Account, targets_file: Path) -> Prod:
    return Prod(account, targets_file)
