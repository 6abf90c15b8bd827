"""Commands and Python code in the documents, as botocore's models and Python's own parser see them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("docs/*.md"), ROOT / "README.md"])
# Flags of the AWS CLI itself (AWS CLI reference, "global options").
GLOBAL = {"region", "query", "output", "profile", "cli-binary-format"}
SESSION = botocore.session.get_session()
# On a line of its own or in $(...), up to a pipe, a redirection or the closing bracket that is not quoted.
CALL = re.compile(r"""(?:^\s*(?:# .*\bof )?|\$\()aws ((?:"[^"]*"|'[^']*'|(?! >)[^|)"'])+)""")


def blocks(language: str) -> list[tuple[str, str]]:
    """Pages with their blocks of a language."""
    pattern = re.compile(rf"^```{language}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
    return [(page.name, block) for page in PAGES for block in pattern.findall(page.read_text("utf-8"))]


def commands() -> list[tuple[str, str]]:
    """Every call of the AWS CLI with its page, on one line."""
    found = []
    for page, block in blocks("sh"):
        for line in block.replace("\\\n", " ").splitlines():
            found += [(page, f"aws {call.strip()}") for call in CALL.findall(line)]
    return found


def problem(command: str) -> str | None:
    """What is wrong with a call: its service, its operation, or its flags."""
    service, operation, *_ = command.split()[1:]
    flags = {flag.removeprefix("no-") for flag in re.findall(r" --([a-z0-9-]+)", command)} - GLOBAL
    if operation == "wait":
        waiter = command.split()[3].replace("-", "_")
        model = SESSION.get_waiter_model(service)
        name = next((name for name in model.waiter_names if xform_name(name) == waiter), None)
        if name is None:
            return f"{service} waits for no {waiter}"
        operation = xform_name(model.get_waiter(name).operation, "-")
    try:
        calls = SESSION.get_service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return f"there is no service {service}"
    name = next((name for name in calls.operation_names if xform_name(name, "-") == operation), None)
    if name is None:
        return f"{service} has no operation {operation}"
    shape = calls.operation_model(name).input_shape
    known = {xform_name(member, "-") for member in shape.members}
    required = {xform_name(member, "-") for member in shape.required_members}
    if flags - known or required - flags:
        return f"unknown: {sorted(flags - known)}, missing: {sorted(required - flags)}"
    return None


def test_every_aws_command_of_the_documents_is_one_that_botocore_knows() -> None:
    documented = commands()
    assert len(documented) > 10
    assert any(call.startswith("aws kms create-key --origin EXTERNAL") for _, call in documented)
    assert any("update-model-package --model-approval-status Rejected" in call for _, call in documented)
    assert [(page, call, problem(call)) for page, call in documented if problem(call)] == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("aws sagemaker update-model-packages --model-package-arn x", "no operation"),
        ("aws sagemaker update-model-package --model-package x", "unknown: ['model-package'], missing"),
        ("aws cloudformation wait stack-deleted --stack-name x", "waits for no"),
        ("aws sagemakers list-models", "no service"),
    ],
)
def test_a_wrong_command_is_found(command: str, expected: str) -> None:
    assert expected in (problem(command) or "")


def test_python_in_the_documents_is_python() -> None:
    documented = blocks("python")
    assert documented
    for page, block in documented:
        ast.parse(block, page)
