"""What jobs may do: roles by the job's identity, GitHub's API by its token; and attacks with runs, not with tokens."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import repository, role

from github import Github
from github_repository import Account, GithubEnvironment, Repository
from workflow_runs import Run

MALLORY = Account("mallory", 666)
CREDENTIALS = "aws-actions/configure-aws-credentials@e6de054238d6b7531b4efff3b6587d9aade6a06c"
UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"


def taking(name: str, permissions: str = "{id-token: write}", environment: str = "", on: str = "push",
           more: str = "") -> str:  # fmt: skip
    """A workflow with one job that takes a role on and says who it is."""
    return f"""
on: {on}
permissions: {{}}
jobs:
  take:
    runs-on: x
    permissions: {permissions}
    {f"environment: {environment}" if environment else ""}
    steps:
      - uses: {CREDENTIALS}
        with:
          role-to-assume: {role(name)}
          aws-region: eu-west-1
          role-session-name: gh-${{{{ github.run_id }}}}
      - run: aws sts get-caller-identity --query Arn --output text
{more}
"""


def files(**texts: str) -> dict[str, Any]:
    return {f".github/workflows/{name.replace('_', '-')}.yml": text for name, text in texts.items()}


def begin(github: Github, found: Repository, **texts: str) -> Run:
    github.add(found)
    github.push(found, "main", files(**texts), "developer")
    github.settle()
    return github.scheduler.runs[-1]


def got_nothing(run: Run, why: str = "AccessDenied") -> None:
    assert run.conclusion == "failure" and why in run.message, run.message
    assert "assumed-role" not in run.log


@pytest.mark.parametrize("immutable", [True, False])
def test_a_job_takes_its_role(github: Github, immutable: bool) -> None:
    run = begin(github, repository(immutable_subject=immutable), build_main=taking("builder"))
    assert run.conclusion == "success", run.message
    assert f"assumed-role/builder/gh-{run.identity}" in run.log


@pytest.mark.parametrize("immutable", [True, False])
def test_a_job_takes_its_role_in_its_environment(github: Github, immutable: bool) -> None:
    protected = {"main-prod": GithubEnvironment("main-prod", ("reviewer",), ("main",))}
    found = repository(environments=protected, immutable_subject=immutable)
    run = begin(github, found, deploy_main=taking("shipper", environment="main-prod"))
    assert run.questions and not run.log
    github.answer(run, "main-prod", "reviewer", True)
    github.settle()
    assert "assumed-role/shipper" in run.log, run.message


def test_without_the_permission_there_is_no_identity(github: Github) -> None:
    got_nothing(begin(github, repository(), build_main=taking("builder", "{contents: read}")), "id-token")


def test_commands_get_an_identity_only_with_the_permission(github: Github) -> None:
    """Whatever a job runs can ask for its identity: a job that runs code of the repository must have none."""
    ask = """      - run: |
          curl -sS -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
            "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" > token.json
          test "$(wc -c < token.json)" -gt 500"""
    assert begin(github, repository(), build_main=taking("builder", more=ask)).conclusion == "success"
    text = taking("builder", "{}", more=ask).replace(f"uses: {CREDENTIALS}\n        with", "run: 'true'\n        env")
    run = begin(github, repository(), build_main=text.replace("aws sts get-caller-identity", "true #"))
    assert run.conclusion == "failure" and "exit code" in run.message


def test_keys_do_not_leave_the_job(github: Github) -> None:
    more = """    outputs: {key: "${{ steps.leak.outputs.key }}"}
"""
    text = taking("builder").replace("    steps:\n", f"{more}    steps:\n")
    text += """      - id: leak
        run: |
          echo "key=$AWS_SESSION_TOKEN" >> "$GITHUB_OUTPUT"; echo "it is $AWS_ACCESS_KEY_ID"
  other:
    needs: take
    runs-on: x
    steps: [{run: aws sts get-caller-identity}]
"""
    run = begin(github, repository(), build_main=text)
    assert run.jobs["take"].outputs == {"key": ""} and "it is ***" in run.log
    assert "Unable to locate credentials" in run.message


@pytest.mark.parametrize(
    "found",
    [
        Repository(Account("acme", 7), "other", 43),
        Repository(MALLORY, "churn", 44),
        Repository(Account("acme", 667), "churn", 45, immutable_subject=False),
        Repository(Account("acme", 667), "churn", 46),
    ],
    ids=["another repository", "another owner", "a name taken over", "a name taken over, with ids"],
)
def test_other_repositories(github: Github, found: Repository) -> None:
    got_nothing(begin(github, found, build_main=taking("builder")))


def test_another_branch(github: Github) -> None:
    found = repository()
    begin(github, found, build_main=taking("builder"))
    found.branch("attack", "main")
    github.push(found, "attack", {"a": "b"}, "mallory")
    github.settle()
    got_nothing(github.scheduler.runs[-1])


def test_another_environment(github: Github) -> None:
    got_nothing(begin(github, repository(), deploy_main=taking("shipper", environment="mine")))
    got_nothing(begin(github, repository(), deploy_main=taking("shipper")))


def test_another_workflow(github: Github) -> None:
    got_nothing(begin(github, repository(), attack=taking("builder")))


def test_a_pull_request_that_edits_the_workflow(github: Github) -> None:
    found = repository()
    begin(github, found, build_main=taking("builder"))
    found.branch("attack", "main")
    github.push(found, "attack", files(build_main=taking("builder", on="pull_request")), "developer")
    github.pull_request(found, found, "attack", "developer")
    github.settle()
    run = github.scheduler.runs[-1]
    assert (run.event.name, run.event.ref) == ("pull_request", "refs/pull/1/merge")
    got_nothing(run)


def test_a_pull_request_of_a_fork(github: Github) -> None:
    found = repository()
    begin(github, found, build_main=taking("builder"))
    fork = github.add(found.fork(MALLORY, 90))
    github.push(fork, "main", files(build_main=taking("builder", on="pull_request")), "mallory")
    github.settle()
    github.pull_request(found, fork, "main", "mallory")
    github.settle()
    run = github.scheduler.runs[-1]
    assert run.event.from_fork and run.repository is found
    got_nothing(run, "id-token")


def test_a_fork_runs_the_workflow_itself(github: Github) -> None:
    found = repository()
    begin(github, found, build_main=taking("builder"))
    fork = github.add(found.fork(MALLORY, 90))
    github.push(fork, "main", {"a": "b"}, "mallory")
    github.settle()
    assert github.scheduler.runs[-1].repository is fork
    got_nothing(github.scheduler.runs[-1])


def test_longer_than_the_role_allows(github: Github) -> None:
    text = taking("builder").replace("aws-region", "role-duration-seconds: 7200\n          aws-region")
    got_nothing(begin(github, repository(), build_main=text), "7200")


def test_nothing_replaces_an_artifact(github: Github) -> None:
    """A job that runs code of the repository cannot put another file in the place of what a later job takes by id."""
    text = f"""
on: push
jobs:
  make:
    runs-on: x
    outputs: {{id: "${{{{ steps.keep.outputs.artifact-id }}}}"}}
    steps:
      - run: echo good > a.txt
      - id: keep
        uses: {UPLOAD}
        with: {{name: a, path: a.txt}}
  attack:
    needs: make
    runs-on: x
    steps:
      - run: echo bad > a.txt
      - uses: {UPLOAD}
        continue-on-error: true
        with: {{name: a, path: a.txt}}
      - uses: {UPLOAD}
        with: {{name: A, path: a.txt}}
  use:
    needs: [make, attack]
    runs-on: x
    steps:
      - uses: {DOWNLOAD}
        with: {{artifact-ids: "${{{{ needs.make.outputs.id }}}}"}}
      - run: test "$(cat a.txt)" = good
"""
    run = begin(github, repository(), x=text)
    assert run.conclusion == "success", run.message
    assert ("actions/upload-artifact", "failure") in run.jobs["attack"].steps
    # In place of what is taken away comes something with another id.
    over = text.replace("continue-on-error: true\n        with: {name: a,", "with: {overwrite: true, name: a,")
    run = begin(github, repository(), x=over)
    assert "Artifact not found" in run.message, run.message


DISPATCHED = """
on:
  workflow_dispatch: {inputs: {request: {type: string}}}
  repository_dispatch: {types: [deploy-main]}
  schedule: [{cron: '41 * * * *'}]
permissions: {}
jobs:
  a:
    runs-on: x
    steps:
      - env: {REQUEST: "${{ inputs.request || github.event.client_payload.request }}"}
        run: echo "asked by $GITHUB_EVENT_NAME for ($REQUEST)"
"""


def calling(path: str, body: str, permissions: str) -> str:
    """A workflow whose job calls GitHub's API with its own token."""
    return f"""
on: push
jobs:
  call:
    runs-on: x
    permissions: {permissions}
    steps:
      - env: {{GH_TOKEN: "${{{{ github.token }}}}"}}
        run: |
          curl -sS --fail-with-body -X POST -H "Authorization: Bearer $GH_TOKEN" \\
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/{path}" -d '{body}'
"""


@pytest.mark.parametrize(
    ("path", "body", "scope", "said"),
    [
        ("actions/workflows/deploy-main.yml/dispatches", '{"ref": "main", "inputs": {"request": "7"}}', "actions",
         "workflow_dispatch for (7)"),
        ("dispatches", '{"event_type": "deploy-main", "client_payload": {"request": "8"}}', "contents",
         "repository_dispatch for (8)"),
    ],
)  # fmt: skip
def test_dispatches(github: Github, path: str, body: str, scope: str, said: str) -> None:
    found = repository()
    begin(github, found, deploy_main=DISPATCHED, sweep=calling(path, body, f"{{{scope}: write}}"))
    [run] = github.runs(found, "deploy-main.yml")
    assert said in run.log
    github.push(found, "main", files(sweep=calling(path, body, f"{{{scope}: read}}")), "developer")
    github.settle()
    assert "403" in github.scheduler.runs[-1].message and len(github.runs(found, "deploy-main.yml")) == 1


def test_an_outage(github: Github) -> None:
    found = repository()
    github.api.out_of_order = True
    text = calling("dispatches", '{"event_type": "deploy-main"}', "{contents: write}")
    run = begin(github, found, deploy_main=DISPATCHED, sweep=text)
    assert "503" in run.message and not github.runs(found, "deploy-main.yml")
    github.api.out_of_order = False
    github.tick(found, "deploy-main.yml")
    github.settle()
    assert "asked by schedule for ()" in github.runs(found, "deploy-main.yml")[0].log


def test_another_tokens_repository(github: Github) -> None:
    other = github.add(Repository(MALLORY, "x", 5))
    text = calling("dispatches", "{}", "{contents: write}").replace("$GITHUB_REPOSITORY", "acme/churn")
    github.add(repository())
    github.push(other, "main", files(attack=text), "mallory")
    github.settle()
    assert "404" in github.scheduler.runs[-1].message
