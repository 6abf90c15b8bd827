"""The preflight as a program: its report, its exit codes, no credentials."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from preflight_accounts import OTHER, TOOLING, bootstrap

FOLDER = Path(__file__).resolve().parents[1] / "preflight"

import preflight  # noqa: E402
import preflight_checks  # noqa: E402
from preflight_host_checks import HOST_CHECKS  # noqa: E402


def test_each_kind_of_check_of_the_list_is_known() -> None:
    source = (FOLDER.parents[1] / "src" / "accounts" / "preflight-check.ts").read_text()
    kinds = set(re.findall(r"'(\w+)'", source.split("readonly kind:")[1].split(";")[0]))
    assert kinds == {*preflight_checks.CHECKS, *HOST_CHECKS}
    assert not preflight_checks.CHECKS.keys() & HOST_CHECKS.keys()


def wanted(*checks: dict[str, Any], tooling: dict[str, str] = TOOLING) -> dict[str, Any]:
    return {"project": "churn", "tooling": tooling, "qualifier": "hnb659fds", "checks": list(checks)}


BOUNDARY = {
    "kind": "boundary",
    "title": "Boundary limit",
    "place": {},
    "wants": {"name": "limit"},
    "fix": "Make it.",
}


def test_the_report_and_the_exit_code(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        preflight.run(
            wanted(BOUNDARY, {**BOUNDARY, "kind": "bus", "title": "Bus", "wants": {"name": "default"}})
        )
        == 1
    )
    lines = capsys.readouterr().out.splitlines()
    assert lines[2:6] == [
        "missing  123456789012/eu-west-1: Boundary limit (GetPolicy: NoSuchEntity)",
        "         -> Make it.",
        "ok       123456789012/eu-west-1: Bus",
        "",
    ]
    assert lines[6] == "1 ok, 1 missing, 0 warning, 0 unknown, 0 skipped."


def test_warnings_are_no_failure(aws: Any) -> None:
    bootstrap(TOOLING, policy="AdministratorAccess")
    check = {**BOUNDARY, "kind": "execution", "wants": {"policies": ["own"]}}
    assert preflight.run(wanted(check)) == 0


def test_credentials_of_another_account(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert preflight.run(wanted(tooling=OTHER)) == 1
    assert "the tooling account is 222222222222" in capsys.readouterr().err


def run_alone(tmp_path: Path, tooling: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """The script as a process, without any credentials."""
    (tmp_path / "checks.json").write_text(json.dumps(wanted(BOUNDARY, tooling=tooling)))
    env = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = [sys.executable, str(FOLDER / "preflight.py"), str(tmp_path / "checks.json")]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def test_no_credentials_are_one_clear_line(tmp_path: Path) -> None:
    done = run_alone(tmp_path, TOOLING)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "There are no AWS credentials. Set AWS_PROFILE, or sign in with: aws sso login\n"


def test_no_region_is_one_clear_line(tmp_path: Path) -> None:
    done = run_alone(tmp_path, {})
    assert done.returncode == 1
    assert done.stderr.startswith("The region is unknown.")
    assert "Traceback" not in done.stderr


def test_nothing_but_reading_is_asked_of_aws() -> None:
    text = "".join(file.read_text() for file in FOLDER.glob("*.py"))
    for word in ("create_", "put_", "delete_", "update_", "attach_", "start_"):
        assert f".{word}" not in text
