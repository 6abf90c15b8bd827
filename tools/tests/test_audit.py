"""What an auditor is told: whether the chains are whole, and all about a release, without access to AWS."""

from __future__ import annotations

import json
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import boto3
import pytest
import records
from audit_export import export, trail_events
from audit_source import Unusable
from audit_verify import check
from moto import mock_aws
from record_folder import Folder

from record_store import Bucket

OPERATE = Path(__file__).resolve().parents[1] / "operate"
GROUP = "churn-main"


def decision(number: int, version: int, **more: Any) -> dict[str, Any]:
    return {
        "kind": "decision",
        "subject": "model",
        "decision": "Approved",
        "outcome": "accepted",
        "problems": [],
        "event": f"event-{number}",
        "time": "2026-03-01T12:00:00Z",
        "signer": {"name": "Ana <Almeida>", "principal": "arn:ana", "identity": "ana"},
        "meaning": "approval",
        "reason": f"reason {number}",
        "bound": {
            "package": f"arn:aws:sagemaker:eu-west-1:1:model-package/churn-main/{version}",
            "artifact": "a" * 64,
        },
    } | more


@pytest.fixture
def downloaded(tmp_path: Path) -> Path:
    """A folder as `aws s3 sync` leaves it."""
    folder = Folder(tmp_path / "evidence" / "records")
    for number in range(1, 7):
        records.append(folder, GROUP, decision(number, number % 3 + 1))
    records.append(folder, "infrastructure", decision(1, 9, subject="infrastructure", bound={}))
    return tmp_path / "evidence"


def told(task: dict[str, Any]) -> tuple[int, list[str]]:
    said: list[str] = []
    return check(task, said.append), said


def test_whole_chains_are_told_with_what_anchors_them(downloaded: Path) -> None:
    code, said = told({"folder": str(downloaded)})
    assert code == 0
    assert said[0].startswith(f"whole   {GROUP}: 6 records; the last is {GROUP}:6:")
    assert said[1].startswith("whole   infrastructure: 1 records")
    assert said[2] == f"{downloaded}: every chain is whole"
    anchor = said[0].rsplit(" ", 1)[1]
    (downloaded / "records" / GROUP / "00000006.json").unlink()
    assert told({"folder": str(downloaded)})[0] == 0, "the chain alone does not show it"
    code, said = told({"folder": str(downloaded), "anchors": [anchor]})
    assert code == 1
    assert said[0] == (
        f"BROKEN  {GROUP}, record 6 is missing: --anchor names it, and the chain ends "
        "with 5. Its end was removed."
    )


def test_it_says_where_each_chain_breaks(downloaded: Path) -> None:
    path = downloaded / "records" / GROUP / "00000003.json"
    path.write_bytes(path.read_bytes().replace(b"reason 3", b"reason X"))
    code, said = told({"folder": str(downloaded)})
    assert code == 1
    assert said[0].startswith(f"BROKEN  {GROUP}, record 3 has hash ")
    assert said[-1] == f"{downloaded}: 1 of 2 chains are broken"


def test_this_machines_own_records_are_anchored_by_its_registry(tmp_path: Path) -> None:
    record = records.append(Folder(tmp_path / "records"), "demo", decision(1, 1))
    history = tmp_path / "registry" / "demo" / "history.jsonl"
    history.parent.mkdir(parents=True)
    event = {"version": 1, "record": str(records.anchor_of(record))}
    history.write_text(json.dumps({"version": 1}) + "\n" + json.dumps(event) + "\n" + '{"vers')
    assert told({"local": str(tmp_path)})[0] == 0
    (tmp_path / "records" / "demo" / "00000001.json").unlink()
    code, said = told({"local": str(tmp_path)})
    assert code == 1 and "version 1 of the local registry names it" in said[0]


def test_the_bucket_is_checked_with_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        s3.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
        for number in range(1, 4):
            records.append(Bucket(s3, "evidence"), GROUP, decision(number, number))
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        evidence = {"bucket": "evidence", "account": "{account}", "region": "{region}"}
        assert told({"evidence": evidence})[0] == 0
        s3.delete_object(Bucket="evidence", Key=f"records/{GROUP}/00000003.json")
        code, said = told({"evidence": evidence})
        assert code == 1 and "00000003.json was deleted at" in said[0]


@pytest.mark.parametrize(
    ("task", "message"),
    [
        ({"folder": "nowhere"}, "nowhere is no folder"),
        ({"folder": ".", "anchors": ["churn:1"]}, "write GROUP:NUMBER:HASH"),
        ({"local": "nowhere"}, "There are no records in"),
    ],
)
def test_what_cannot_be_checked_is_told(task: dict[str, Any], message: str) -> None:
    with pytest.raises(Unusable, match=message):
        told(task)


def test_the_command_runs_without_boto3_and_says_what_breaks(downloaded: Path, tmp_path: Path) -> None:
    task = tmp_path / "task.json"
    task.write_text(json.dumps({"folder": str(downloaded)}))
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "boto3.py").write_text("raise ImportError('not here')")

    def run(script: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(OPERATE / script), str(task)],
            capture_output=True,
            text=True,
            env={"PYTHONPATH": str(blocked), "PATH": "/usr/bin", "PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )

    assert run("audit_verify.py").returncode == 0
    task.write_text(json.dumps({"folder": str(downloaded), "version": 99, "out": str(tmp_path / "out")}))
    done = run("audit_export.py")
    assert done.returncode == 1
    assert done.stderr.endswith("has no record of version 99. Groups: churn-main, infrastructure.\n")


class Seen(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_release_is_exported_for_people_and_for_programs(downloaded: Path, tmp_path: Path) -> None:
    trail = tmp_path / "trail.json"
    package = decision(1, 2)["bound"]["package"]
    mine = [
        {"eventID": "event-4", "eventTime": "2026-03-02", "eventName": "UpdateModelPackage"},
        {"eventID": "other", "eventTime": "2026-03-01", "requestParameters": {"modelPackageName": package}},
    ]
    others = [
        {"eventID": "event-2", "eventTime": "2026-03-01"},
        {"eventID": "longer", "requestParameters": {"modelPackageName": f"{package}0"}},
    ]
    trail.write_text(json.dumps({"Records": [*others, *mine]}))
    out = tmp_path / "out"
    task = {"folder": str(downloaded), "version": 2, "group": GROUP, "out": str(out), "trail": [str(trail)]}
    assert export(task) == 0
    data = json.loads((out / f"{GROUP}-2.json").read_text(encoding="utf-8"))
    assert [record["sequence"] for record in data["records"]] == [1, 4]
    assert all(record["hash"] == records.digest(record) for record in data["records"])
    assert data["events"] == [mine[1], mine[0]] and data["chainProblems"] == []
    seen = Seen((out / f"{GROUP}-2.html").read_text(encoding="utf-8"))
    assert "Ana <Almeida>" in seen.text and "reason 4" in seen.text and "a" * 64 in seen.text
    assert "The chain of records is whole." in seen.text
    named = {"src", "href", "onload"}
    assert not [attrs for _, attrs in seen.tags if named & {name for name, _ in attrs}]
    assert {tag for tag, _ in seen.tags}.isdisjoint({"script", "link", "img", "iframe", "almeida"})


def test_a_broken_chain_is_exported_as_broken(downloaded: Path, tmp_path: Path) -> None:
    last = downloaded / "records" / GROUP / "00000006.json"
    anchor = f"{GROUP}:6:{json.loads(last.read_bytes())['hash']}"
    last.unlink()
    task = {"folder": str(downloaded), "version": 2, "out": str(tmp_path), "anchors": [anchor]}
    assert export(task) == 1
    assert "The chain of records is broken" in (tmp_path / f"{GROUP}-2.html").read_text(encoding="utf-8")


def test_a_trail_that_is_none_is_told(tmp_path: Path) -> None:
    file = tmp_path / "trail.json"
    for content, message in (
        ("{", "is no JSON"),
        ('{"records": []}', "must have a list"),
        ("[1]", "must have a list"),
    ):
        file.write_text(content)
        with pytest.raises(Unusable, match=message):
            trail_events([file], [])
