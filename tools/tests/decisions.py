"""What an execution of the deploy pipeline decides, as a fixture."""

from __future__ import annotations

from pathlib import Path

import pytest

from account import Account
from aws import Aws
from decide_all import decide_all


@pytest.fixture
def decide(account: Account, targets_file: Path):
    aws = Aws()
    targets = aws.targets(targets_file)

    def run(wanted: str) -> dict[str, tuple[str, str]]:
        return {e.name: (d.action, d.package) for e, d in decide_all(aws, targets, wanted)}

    return run
