"""What the tests of the simulator of GitHub have in common: a small account, a judge, a repository."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cloud import Cloud, Resource
from codebuild import make_programs
from gateway import Gateway
from github import Github
from github_repository import Account, Repository
from github_tokens import HOST
from judge import Judge
from main import start_python
from runner_programs import runner_environment
from server import Server
from story import Story
from values import Place
from workflow_language import ROOT, Language

HOME = Place("111111111111", "eu-west-1")
PROVIDER = f"arn:aws:iam::{HOME.account}:oidc-provider/{HOST}"
OWNER = Account("acme", 7)


def role(name: str) -> str:
    """ARN of a role here."""
    return f"arn:aws:iam::{HOME.account}:role/{name}"


def trust(file: str, branch: str = "main", environment: str = "") -> dict[str, Any]:
    """Who may take a role on: jobs of one workflow of `acme/churn`, on one branch, with one environment or none."""
    ref = f"refs/heads/{branch}"
    context = f"environment:{environment}" if environment else f"ref:{ref}"
    tests = {
        "aud": "sts.amazonaws.com", "repository_id": "42", "ref": ref,
        "job_workflow_ref": f"acme/churn/.github/workflows/{file}@{ref}",
        "sub": [f"repo:acme/churn:{context}", f"repo:acme@7/churn@42:{context}"],
        **({"environment": environment} if environment else {}),
    }  # fmt: skip
    keys = {f"{HOST}:{claim}": value for claim, value in tests.items()}
    statement = {"Effect": "Allow", "Principal": {"Federated": PROVIDER},
                 "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {"StringEquals": keys}}  # fmt: skip
    return {"Version": "2012-10-17", "Statement": [statement]}


@contextmanager
def judged(roles: dict[str, dict[str, Any]], folder: Path) -> Iterator[Judge]:
    """A judge by the policies of roles."""
    file = folder / "roles.json"
    file.write_text(json.dumps(roles))
    program, script = ROOT / "node_modules" / ".bin" / "tsx", ROOT / "testing" / "iam" / "serve.ts"
    command = [str(program), "--tsconfig", str(ROOT / "tsconfig.dev.json"), str(script), str(file)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdin and process.stdout
    try:
        yield Judge(process.stdout.readline().strip())
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def account(roles: dict[str, dict[str, Any]], judge: Judge) -> Gateway:
    """An account with roles."""
    cloud = Cloud(Path(), HOME)
    cloud.resources["AWS::IAM::Role"] = {
        arn: Resource("AWS::IAM::Role", HOME, arn.rpartition("/")[2], arn, about.get("properties", {}), "delivery")
        for arn, about in roles.items()
    }
    return Gateway(cloud, judge)


def repository(**more: Any) -> Repository:
    """The repository that roles trust."""
    return Repository(OWNER, "churn", 42, **more)


@pytest.fixture(scope="session")
def language() -> Iterator[Language]:
    """GitHub's reading of workflows."""
    found = Language()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What becomes `python3` on machines."""
    socket = tmp_path_factory.mktemp("python") / "socket"
    process = start_python(socket)
    yield socket
    process.terminate()
    process.wait()


ROLES: dict[str, dict[str, Any]] = {
    role("builder"): {"trust": trust("build-main.yml")},
    role("shipper"): {"trust": trust("deploy-main.yml", environment="main-prod")},
}


@pytest.fixture(scope="session")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    """A judge of the roles."""
    with judged(ROLES, tmp_path_factory.mktemp("judge")) as found:
        yield found


@pytest.fixture
def github(tmp_path: Path, language: Language, python: Path, judge: Judge) -> Iterator[Github]:
    """GitHub with an account that its jobs reach."""
    gateway = account(ROLES, judge)
    server = Server(gateway, lambda *_: None)
    programs = make_programs(tmp_path / "bin", python, tmp_path, "")
    found = Github(gateway, server, Story(quiet=True), runner_environment(programs, server), judge.claims,
                   language=language)  # fmt: skip
    yield found
    found.api.stop()
    server.stop()
