"""A decision about a local version, as a record in the chain of its group: the same that a delivery keeps."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

from . import records
from .errors import RunnerError
from .record import now
from .record_folder import Folder
from .store import LocalStore

MEANINGS = {"Approved": ("approval", "review", "responsibility"), "Rejected": ("rejection",)}
FOLDER = "records"
"""Where the chains are, in the work directory."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def record_decision(
    work: Path, package: dict[str, Any], status: str, by: str, why: str, meaning: str | None
) -> records.Record:
    """Append the record of a decision; it says what was decided about by its hashes."""
    allowed = MEANINGS[status]
    if meaning is not None and meaning not in allowed:
        raise RunnerError(f"--meaning is {meaning}: for {status}, it must be {' or '.join(allowed)}.")
    entry: dict[str, Any] = {
        "time": now(),
        "kind": "decision",
        "subject": "model",
        "decision": status,
        "outcome": "accepted",
        "problems": [],
        "method": "person",
        # What git and the system say of a person on a laptop is not proven; the record says that it is local.
        "signer": {"name": by, "principal": "local", "identity": by},
        "meaning": meaning or allowed[0],
        "reason": why.strip(),
        "event": None,
        "bound": _bound(LocalStore(work), package),
    }
    try:
        return records.append(Folder(work / FOLDER), package["ModelPackageGroupName"], entry)
    except records.ChainBroken as error:
        raise RunnerError(str(error)) from error


def _bound(store: LocalStore, package: dict[str, Any]) -> dict[str, str | None]:
    known = package.get("CustomerMetadataProperties") or {}
    [container, *_] = package["InferenceSpecification"]["Containers"]
    source = container.get("ModelDataSource", {}).get("S3DataSource", {})
    quality = (package.get("ModelMetrics") or {}).get("ModelQuality") or {}
    return {
        "package": package["ModelPackageArn"],
        "artifact": _file(store, container.get("ModelDataUrl") or source.get("S3Uri")),
        "code": _hash(known.get("CodeHash")),
        "data": _hash(known.get("DataVersion")),
        "evaluation": _file(store, (quality.get("Statistics") or {}).get("S3Uri")),
        "policy": None,
    }


def _file(store: LocalStore, uri: object) -> str | None:
    path = store.locate(uri) if isinstance(uri, str) and uri.startswith("s3://") else None
    if path is None or not path.is_file():
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash(value: object) -> str | None:
    return value if isinstance(value, str) and _SHA256.fullmatch(value) else None
