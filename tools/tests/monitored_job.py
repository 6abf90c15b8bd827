"""A monitored environment on a server that speaks S3 and CloudWatch."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor_world import World


@pytest.fixture(scope="session")
def aws_url() -> Iterator[str]:
    """The address of the server, which ends when its input does."""
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("aws_server.py"))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdin and server.stdout
    yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    server.stdin.close()
    server.wait(30)


@pytest.fixture
def monitored(aws_url: str, tmp_path: Path) -> World:
    """An environment whose API keeps predictions."""
    return World(aws_url, tmp_path)
