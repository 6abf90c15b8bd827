"""The commit gates of model and infrastructure, executed by moto's Step Functions against a repository.

The repository answers GetDifferences as CodeCommit does: page by page, and a renamed file as one that was
removed and one that was added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from moto import mock_aws

from account import REGION
from machines import CodePipeline, install, machine, refusal

REPOSITORY = "churn"
OLD, NEW = "1" * 40, "2" * 40
Files = dict[str, str]
Run = Callable[..., list[str]]


class CodeCommit:
    """Commits by their ids, each with its files' contents."""

    def __init__(self) -> None:
        self.commits: dict[str, Files] = {}
        self.page = 100
        self.asked: list[dict[str, Any]] = []
        self.failures: list[str] = []

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        if operation != "GetDifferences":
            raise AssertionError(f"unexpected call {operation}")
        self.asked.append(arguments)
        if self.failures:
            raise refusal(operation, self.failures.pop())
        if arguments["repositoryName"] != REPOSITORY:
            raise refusal(operation, "RepositoryDoesNotExistException")
        ids = [arguments["beforeCommitSpecifier"], arguments["afterCommitSpecifier"]]
        if any(commit not in self.commits for commit in ids):
            raise refusal(operation, "CommitDoesNotExistException")
        found = differences(*(self.commits[commit] for commit in ids))
        start = int(arguments.get("NextToken", "0"))
        end = start + min(self.page, arguments.get("MaxResults", self.page))
        more = {"NextToken": str(end)} if end < len(found) else {}
        return {"differences": found[start:end], **more}


def differences(before: Files, after: Files) -> list[dict[str, Any]]:
    """Added, changed and removed files, in the order of their paths."""
    found = []
    for path in sorted({*before, *after}):
        if before.get(path) == after.get(path):
            continue
        blobs = {
            name: {"blobId": files[path], "path": path, "mode": "100644"}
            for name, files in (("beforeBlob", before), ("afterBlob", after))
            if path in files
        }
        found.append({**blobs, "changeType": {2: "M"}.get(len(blobs), "A" if path in after else "D")})
    return found


@pytest.fixture
def codecommit() -> CodeCommit:
    return CodeCommit()


@pytest.fixture
def codepipeline(codecommit: CodeCommit, monkeypatch: pytest.MonkeyPatch) -> Iterator[CodePipeline]:
    fake = CodePipeline()
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        install(monkeypatch, {"codecommit": codecommit, "codepipeline": fake})
        yield fake


def runner(execute: Callable[[dict[str, Any]], list[str]], codecommit: CodeCommit) -> Run:
    def run(before: Files | None, after: Files, **detail: Any) -> list[str]:
        codecommit.commits = {NEW: after, **({OLD: before} if before is not None else {})}
        return execute(push(**detail))

    return run


def push(**detail: Any) -> dict[str, Any]:
    """The event of a push (CodeCommit user guide, "Monitoring CodeCommit events")."""
    given: dict[str, Any] = {
        "event": "referenceUpdated",
        "repositoryName": REPOSITORY,
        "repositoryId": "12345678-1234-5678-abcd-12345678abcd",
        "referenceType": "branch",
        "referenceName": "main",
        "referenceFullName": "refs/heads/main",
        "commitId": NEW,
        "oldCommitId": OLD,
        **detail,
    }
    return {
        "version": "0",
        "id": "01234567-0123-0123-0123-012345678901",
        "detail-type": "CodeCommit Repository State Change",
        "source": "aws.codecommit",
        "account": "123456789012",
        "time": "2026-02-24T17:00:14Z",
        "region": REGION,
        "resources": [f"arn:aws:codecommit:{REGION}:123456789012:{REPOSITORY}"],
        "detail": {name: value for name, value in given.items() if value is not None},
    }


@pytest.fixture
def model(assembly, codecommit, codepipeline) -> Run:
    return runner(machine(assembly, "churn-main-delivery", "churn-main-commits", REGION), codecommit)


@pytest.fixture
def infrastructure(assembly, codecommit, codepipeline) -> Run:
    name = "churn-infrastructurecommits"
    return runner(machine(assembly, "churn-infrastructurepipeline", name, REGION), codecommit)


START = {
    "name": "churn-main-build",
    "clientRequestToken": "01234567-0123-0123-0123-012345678901-255ae9ba",
    "sourceRevisions": [{"actionName": "Source", "revisionType": "COMMIT_ID", "revisionValue": NEW}],
}
BASE: Files = {"README.md": "a", "model/train.py": "a", "infra/app.ts": "a", "docs/guide.md": "a"}


@pytest.mark.parametrize(
    "changed",
    [
        {"README.md": "b"},
        {"model/README.md": "b"},
        {"a/deep/folder/README.md": "b"},
        {"docs/a/b/c.png": "b"},
        {"infra/app.ts": "b"},
        {"infra/sub/stack.ts": "b", "cdk.json": "b"},
        {"CHANGELOG.md": "b", ".github/workflows/build.yml": "b"},
    ],
)
def test_a_commit_that_changes_only_ignored_paths_builds_no_model(model, codepipeline, changed):
    assert model(BASE, {**BASE, **changed})[-1] == "NothingForUs"
    assert codepipeline.started == []


@pytest.mark.parametrize(
    "changed",
    [
        {"model/train.py": "b"},
        {"README.md": "b", "model/train.py": "b"},
        {"infrastructure.py": "b"},
        {"model/infra/app.ts": "b"},
        {"model/CHANGELOG.md": "b"},
        {"READMEXmd": "b"},
        {"my-README.md": "b"},
        {"README.md/inside": "b"},
        {"docs": "b"},
    ],
)
def test_any_other_path_starts_the_build_pipeline_with_exactly_that_commit(model, codepipeline, changed):
    assert model(BASE, {**BASE, **changed})[-1] == "Started"
    assert codepipeline.started == [START]


def without(*paths: str) -> Files:
    return {path: content for path, content in BASE.items() if path not in paths}


def test_a_removed_file_counts_by_the_path_that_it_had(model, codepipeline):
    assert model(BASE, without("README.md"))[-1] == "NothingForUs"
    assert model(BASE, without("model/train.py"))[-1] == "Started"


def test_a_renamed_file_counts_by_both_of_its_paths(model, codepipeline):
    assert model(BASE, {**without("model/train.py"), "docs/train.py": "a"})[-1] == "Started"
    assert model(BASE, {**without("docs/guide.md"), "model/guide.md": "a"})[-1] == "Started"
    assert model(BASE, {**without("docs/guide.md"), "docs/manual.md": "a"})[-1] == "NothingForUs"


def test_a_commit_without_changes_starts_nothing(model, codepipeline):
    assert model(BASE, BASE)[-1] == "NothingForUs"


def many(folder: str, count: int) -> Files:
    return {f"{folder}/{i:05}.txt": "b" for i in range(count)}


def test_pages_are_asked_for_until_a_change_counts(model, codecommit, codepipeline):
    assert model(BASE, {**BASE, **many("docs", 250), "zoo.py": "b"})[-1] == "Started"
    assert [a.get("NextToken") for a in codecommit.asked] == [None, "100", "200"]
    assert {(a["beforeCommitSpecifier"], a["afterCommitSpecifier"]) for a in codecommit.asked} == {(OLD, NEW)}


def test_pages_are_asked_for_to_the_last(model, codecommit, codepipeline):
    assert model(BASE, {**BASE, **many("docs", 201)})[-1] == "NothingForUs"
    assert len(codecommit.asked) == 3


def test_no_page_is_asked_for_after_a_change_that_counts(model, codecommit, codepipeline):
    assert model(BASE, {**BASE, **many("a", 150)})[-1] == "Started"
    assert len(codecommit.asked) == 1


def test_a_commit_with_more_changes_than_are_looked_at_starts_the_pipeline(model, codecommit, codepipeline):
    codecommit.page = 2
    assert model(BASE, {**BASE, **many("docs", 61)})[-3:] == ["TooManyChanges", "StartPipeline", "Started"]
    assert len(codecommit.asked) == 30
    codecommit.asked.clear()
    assert model(BASE, {**BASE, **many("docs", 60)})[-1] == "NothingForUs"
    assert len(codecommit.asked) == 30


def test_a_new_branch_starts_the_pipeline(model, codecommit, codepipeline):
    states = model(None, BASE, event="referenceCreated", oldCommitId=None)
    assert states == ["IsUpdate", "NewBranch", "StartPipeline", "Started"]
    assert codecommit.asked == []
    assert codepipeline.started == [START]


def test_an_old_commit_that_is_gone_starts_the_pipeline(model, codepipeline):
    assert model(None, BASE)[-3:] == ["ChangesUnknown", "StartPipeline", "Started"]
    assert codepipeline.started == [START]


def test_a_busy_repository_is_asked_again(model, codecommit, codepipeline):
    codecommit.failures = ["ThrottlingException"] * 2
    assert model(BASE, {**BASE, "README.md": "b"})[-1] == "NothingForUs"
    assert len(codecommit.asked) == 3


def test_a_repository_that_keeps_failing_costs_no_commit(model, codecommit, codepipeline):
    codecommit.failures = ["ThrottlingException"] * 4
    assert model(BASE, {**BASE, "README.md": "b"})[-3:] == ["ChangesUnknown", "StartPipeline", "Started"]


def test_a_busy_pipeline_is_started_again_and_one_that_stays_so_fails_the_execution(model, codepipeline):
    codepipeline.failures = 2
    assert model(BASE, {**BASE, "model/train.py": "b"})[-1] == "Started"
    codepipeline.failures = 4
    assert model(BASE, {**BASE, "model/train.py": "b"})[-1] == "NotStarted"


@pytest.mark.parametrize(
    "changed",
    [{"model/train.py": "b"}, {"README.md": "b"}, {"docs/infra/x": "b"}, {"model/package.json": "b"}],
)
def test_a_commit_without_infrastructure_deploys_none(infrastructure, codepipeline, changed):
    assert infrastructure(BASE, {**BASE, **changed})[-1] == "NothingForUs"


@pytest.mark.parametrize(
    "changed",
    [
        {"infra/app.ts": "b"},
        {"infra/a/b.ts": "b"},
        {"package.json": "b"},
        {"model/train.py": "b", "config/delivery.json": "b"},
    ],
)
def test_a_commit_with_infrastructure_deploys_it(infrastructure, codepipeline, changed):
    assert infrastructure(BASE, {**BASE, **changed})[-1] == "Started"
    [started] = codepipeline.started
    # One push may start several pipelines, so each has a token of its own.
    assert started["clientRequestToken"] != START["clientRequestToken"]
    assert started == {
        **START,
        "name": "churn-infrastructure",
        "clientRequestToken": started["clientRequestToken"],
    }


def test_infrastructure_that_is_moved_away_is_a_change_of_it(infrastructure, codepipeline):
    assert infrastructure(BASE, {**without("infra/app.ts"), "attic/app.ts": "a"})[-1] == "Started"
