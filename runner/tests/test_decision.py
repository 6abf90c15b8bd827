"""Decisions on a laptop are records, too: chained, and bound to what was decided about."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from local_runner.record_folder import Folder
from local_runner.records import Anchor, read_all, verify

from .conftest import Repository


def test_approving_and_rejecting_write_the_chain(repository: Repository) -> None:
    repository.run()
    repository.run(
        "registry", "approve", "demo/1", "--why", "good metrics", "--by", "Grace", "--meaning", "review"
    )
    repository.run("registry", "reject", "demo/1", "--why", " drift seen ", "--by", "Alan")
    folder = Folder(repository.root / ".local" / "records")
    assert folder.groups() == ["demo"] and verify(folder, "demo") == []
    first, second = read_all(folder, "demo")
    assert (first["decision"], first["meaning"], first["reason"]) == ("Approved", "review", "good metrics")
    assert (second["decision"], second["meaning"], second["reason"]) == (
        "Rejected",
        "rejection",
        "drift seen",
    )
    assert first["signer"] == {"name": "Grace", "principal": "local", "identity": "Grace"}
    assert second["previous"] == first["hash"]


def test_a_record_is_bound_to_the_artifact_and_the_version(repository: Repository) -> None:
    repository.run()
    repository.run("registry", "approve", "demo", "--why", "good metrics")
    [record] = read_all(Folder(repository.root / ".local" / "records"), "demo")
    [package] = json.loads(repository.run("registry", "list", "demo", "--json"))
    uri = package["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    artifact = repository.root / ".local" / "s3" / uri.removeprefix("s3://")
    assert record["bound"]["artifact"] == hashlib.sha256(artifact.read_bytes()).hexdigest()
    assert record["bound"]["package"] == package["ModelPackageArn"]


def test_the_registry_notes_the_record_so_that_a_removed_one_is_found(repository: Repository) -> None:
    repository.run()
    repository.run("registry", "approve", "demo", "--why", "good metrics")
    work = repository.root / ".local"
    lines = (work / "registry" / "demo" / "history.jsonl").read_text().splitlines()
    noted = Anchor.parse(json.loads(lines[-1])["record"], "version 1")
    folder = Folder(work / "records")
    assert verify(folder, "demo", [noted]) == []
    (work / "records" / "demo" / "00000001.json").unlink()
    [told] = verify(folder, "demo", [noted])
    assert told.startswith("demo, record 1 is missing: version 1 names it")


def test_a_meaning_is_one_of_those_that_a_signature_has(repository: Repository) -> None:
    repository.run()
    told = repository.run("registry", "approve", "demo", "--why", "x", "--meaning", "ok", code=1)
    assert "--meaning is ok: for Approved, it must be approval or review or responsibility." in told
    assert not (repository.root / ".local" / "records").exists()
    [package] = json.loads(repository.run("registry", "list", "demo", "--json"))
    assert package["ModelApprovalStatus"] == "PendingManualApproval"


def test_a_broken_chain_takes_no_decision(repository: Repository) -> None:
    repository.run()
    folder: Path = repository.root / ".local" / "records" / "demo"
    folder.mkdir(parents=True)
    (folder / "00000001.json").write_bytes(b"{}")
    told = repository.run("registry", "approve", "demo", "--why", "x", code=1)
    assert "Nothing is appended to a broken chain" in told
