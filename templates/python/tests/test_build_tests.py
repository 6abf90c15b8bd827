"""How the tests of a build ended, as the registered version says it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.build_tests import REPORT, result

TESTS = """
import pytest


def test_one():
    assert True


def test_two():
    pytest.skip("not here")


def test_three():
    assert {outcome}
"""


@pytest.mark.parametrize(
    ("outcome", "said"), [("True", "passed:2 failed:0 skipped:1"), ("False", "passed:1 failed:1 skipped:1")]
)
def test_it_says_what_pytest_reported(tmp_path: Path, outcome: str, said: str) -> None:
    (tmp_path / "test_it.py").write_text(TESTS.format(outcome=outcome), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={REPORT}"]
    subprocess.run(command, cwd=tmp_path, capture_output=True)
    assert result(tmp_path) == said


@pytest.mark.parametrize("content", [None, "", "<html>", "<a/>", '<testsuite tests="many"/>'])
def test_without_a_report_it_is_unknown(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / REPORT).parent.mkdir()
        (tmp_path / REPORT).write_text(content, encoding="utf-8")
    assert result(tmp_path) == "unknown"
