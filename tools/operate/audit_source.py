"""Where chains of records are read from: the bucket, a folder that was downloaded, or this machine."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

for folder in ("govern", "../runner/local_runner"):
    sys.path.append(str(Path(__file__).resolve().parents[1] / folder))

from record_folder import Folder  # noqa: E402
from records import Anchor, Store  # noqa: E402

from record_store import Bucket  # noqa: E402


class Unusable(Exception):
    """There is nothing to check; the message says why and what to do."""


class Chains(Store, Protocol):
    """A store that knows its groups."""

    def groups(self) -> list[str]:
        """Every group that has a chain here."""


def open_source(task: Mapping[str, Any]) -> tuple[Chains, dict[str, list[Anchor]], str]:
    """The chains, what anchors them by group, and where they are in words."""
    anchors = given_anchors(task.get("anchors") or [])
    if "folder" in task:
        return Folder(folder_of(Path(task["folder"]))), anchors, str(task["folder"])
    if "local" in task:
        work = Path(task["local"])
        for group, found in local_anchors(work).items():
            anchors.setdefault(group, []).extend(found)
        return Folder(work / "records"), anchors, str(work / "records")
    return _bucket(task["evidence"]), anchors, str(task["evidence"]["bucket"])


def folder_of(path: Path) -> Path:
    """The folder with the groups, of a bucket or of its records that were downloaded."""
    if not path.is_dir():
        raise Unusable(f"{path} is no folder. Name the one that the records were downloaded to.")
    return path / "records" if (path / "records").is_dir() else path


def given_anchors(texts: list[str]) -> dict[str, list[Anchor]]:
    """Anchors of the command line, GROUP:NUMBER:HASH, by group."""
    found: dict[str, list[Anchor]] = {}
    for text in texts:
        group, _, rest = text.partition(":")
        try:
            found.setdefault(group, []).append(Anchor.parse(rest, "--anchor"))
        except ValueError:
            raise Unusable(
                f"--anchor is {text!r}: write GROUP:NUMBER:HASH, as audit:verify prints it."
            ) from None
    return found


def local_anchors(work: Path) -> dict[str, list[Anchor]]:
    """What the local registry notes of each decision."""
    found: dict[str, list[Anchor]] = {}
    for history in sorted((work / "registry").glob("*/history.jsonl")):
        # A line without an end was being written when its writer died.
        for line in history.read_bytes().split(b"\n")[:-1]:
            event = json.loads(line)
            if noted := event.get("record"):
                where = f"version {event['version']} of the local registry"
                found.setdefault(history.parent.name, []).append(Anchor.parse(noted, where))
    return found


def _bucket(evidence: Mapping[str, str]) -> Bucket:
    try:
        boto3: Any = importlib.import_module("boto3")
    except ImportError:
        raise Unusable(
            "This Python has no boto3; name one that has it in the variable PREFLIGHT_PYTHON, or check a "
            "folder with --from."
        ) from None
    session = boto3.Session()
    account = session.client("sts", region_name=_region(session, evidence)).get_caller_identity()["Account"]
    region = _region(session, evidence)
    bucket, owner = (
        evidence[name].replace("{account}", account).replace("{region}", region)
        for name in ("bucket", "account")
    )
    return Bucket(session.client("s3", region_name=region), bucket, owner)


def _region(session: Any, evidence: Mapping[str, str]) -> str:
    region = evidence["region"].replace("{region}", session.region_name or "")
    if not region:
        raise Unusable("The region is unknown. Set AWS_REGION to that of the audit trail.")
    return region
