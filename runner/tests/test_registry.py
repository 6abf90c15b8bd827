"""The local model registry: states, history, and writers at the same moment."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import re
from pathlib import Path
from typing import Any

import pytest

from local_runner.errors import RunnerError
from local_runner.registry import Registry

from .conftest import Repository

PACKAGE: dict[str, Any] = {
    "InferenceSpecification": {"Containers": [{"ModelDataUrl": "s3://b/model.tar.gz"}]}
}


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "registry")


def test_versions_count_up_and_wait_for_approval(registry: Registry) -> None:
    for version in (1, 2):
        package = registry.register("churn", PACKAGE, "Ada", f"run-{version}")
        assert package["ModelPackageVersion"] == version
        assert (
            package["ModelPackageArn"]
            == f"arn:local:sagemaker:local:000000000000:model-package/churn/{version}"
        )
        assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert (
        registry.register("other", {**PACKAGE, "ModelApprovalStatus": "Approved"}, "Ada", "r")[
            "ModelPackageVersion"
        ]
        == 1
    )
    assert registry.groups() == ["churn", "other"]


def test_the_history_says_who_when_and_why(registry: Registry) -> None:
    registry.register("churn", PACKAGE, "Ada", "run")
    registry.set_status("churn", 1, "Approved", "Grace", "metrics are fine")
    package = registry.set_status("churn", 1, "Rejected", "Alan", "drift")
    assert package["ModelApprovalStatus"] == "Rejected"
    assert [(event["by"], event["why"], event["from"], event["to"]) for event in package["History"]] == [
        ("Ada", None, None, "PendingManualApproval"),
        ("Grace", "metrics are fine", "PendingManualApproval", "Approved"),
        ("Alan", "drift", "Approved", "Rejected"),
    ]
    times = [event["time"] for event in package["History"]]
    assert times == sorted(times) and times[0].endswith("Z")


def test_the_history_is_only_ever_added_to(registry: Registry, tmp_path: Path) -> None:
    registry.register("churn", PACKAGE, "Ada", "run")
    before = (tmp_path / "registry" / "churn" / "history.jsonl").read_bytes()
    registry.set_status("churn", 1, "Approved", "Grace", "fine")
    assert (tmp_path / "registry" / "churn" / "history.jsonl").read_bytes().startswith(before)


@pytest.mark.parametrize(
    "reference",
    ["churn", "churn/latest", "churn/2", "2", "arn:local:sagemaker:local:000000000000:model-package/churn/2"],
)
def test_a_version_is_found_by_every_form_of_its_name(registry: Registry, reference: str) -> None:
    registry.register("churn", PACKAGE, "Ada", "run")
    registry.register("churn", PACKAGE, "Ada", "run")
    assert registry.find(reference)["ModelPackageVersion"] == 2


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("chrun", "no model package group 'chrun'. Did you mean 'churn'"),
        ("churn/7", "'churn' has no version 7; its versions are 1 to 1"),
        ("churn/new", "'churn/new' is not a model package"),
    ],
)
def test_a_wrong_name_is_told(registry: Registry, reference: str, message: str) -> None:
    registry.register("churn", PACKAGE, "Ada", "run")
    with pytest.raises(RunnerError, match=message):
        registry.find(reference)


def test_a_group_name_must_be_valid(registry: Registry) -> None:
    for name in ("../x", "", "a b", "-a", "x" * 64):
        with pytest.raises(RunnerError, match="not a valid model package group name"):
            registry.register(name, PACKAGE, "Ada", "run")


def _register(root: str, count: int) -> None:
    for _ in range(count):
        Registry(Path(root)).register("churn", PACKAGE, "Ada", str(os.getpid()))


def test_writers_at_the_same_moment_lose_no_version(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    workers = [context.Process(target=_register, args=(str(tmp_path), 20)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    versions = Registry(tmp_path).versions("churn")
    assert [package["ModelPackageVersion"] for package in versions] == list(range(1, 81))


def test_two_runs_at_once_both_register(repository: Repository) -> None:
    processes = [repository.start("run") for _ in range(2)]
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, output + errors
    versions = [record["registered"][0]["modelPackageVersion"] for record in repository.records()]
    assert sorted(versions) == [1, 2]


def test_a_line_that_was_being_written_when_its_writer_died_does_not_count(
    registry: Registry, tmp_path: Path
) -> None:
    registry.register("churn", PACKAGE, "Ada", "run")
    path = tmp_path / "registry" / "churn" / "history.jsonl"
    with path.open("ab") as file:
        file.write(b'{"event": "Registered", "version": 2, "ti')
    assert len(registry.versions("churn")) == 1
    assert registry.register("churn", PACKAGE, "Ada", "run")["ModelPackageVersion"] == 2
    assert len([json.loads(line) for line in path.read_text().splitlines()]) == 2


def test_a_full_disk_leaves_the_registry_as_it_was(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.register("churn", PACKAGE, "Ada", "run")
    path = tmp_path / "registry" / "churn" / "history.jsonl"
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        registry.register("churn", PACKAGE, "Ada", "run")
    assert path.read_bytes() == before


def test_the_commands_list_show_approve_and_reject(repository: Repository) -> None:
    assert "no model packages yet" in repository.run("registry", "list")
    repository.run()
    assert "model-package/demo/1  PendingManualApproval" in repository.run("registry", "list")
    repository.run("registry", "approve", "demo/1", "--why", "good metrics", "--by", "Grace")
    repository.run("registry", "reject", "1", "--why", "drift seen", "--by", "Alan")
    shown = repository.run("registry", "show", "demo")
    assert "PendingManualApproval → Approved, by Grace: good metrics" in shown
    assert "Approved → Rejected, by Alan: drift seen" in shown
    assert "/report.html\n" in shown
    assert re.search("GitCommit +unknown", shown) and repository.record()["executionId"] in shown
    listed = json.loads(repository.run("registry", "list", "demo", "--json"))
    assert [package["ModelApprovalStatus"] for package in listed] == ["Rejected"]
    assert "--why" in repository.run("registry", "approve", "demo/1", code=2)
    assert "--why is empty" in repository.run("registry", "approve", "demo/1", "--why", " ", code=1)
    assert "no model package group 'dmeo'" in repository.run("registry", "show", "dmeo", code=1)
