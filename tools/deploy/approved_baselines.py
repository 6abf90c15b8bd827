"""
Baselines: what monitors of an environment compare with, by the version that is deployed there.

A version is registered with statistics and constraints of its training rows, with how good it was, and with
the rows of its evaluation. All lie where later jobs can write too, so each is compared with the digest that
the step which wrote it found. They go into the bucket of each environment that is monitored, below the
version, and last of all a file that says what belongs to it: a job that finds that one finds the others.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from answers import digest

import registered
from contracts import SHA256 as SCHEMA_SHA256
from package_request import EVALUATION_ROWS
from registry import Package
from seal import AGAIN
from targets import Environment, Refused

FOLDER = "baselines"
RECORD = "baseline.json"
FORMAT = 1

SHA256 = "BaselineSha256"
"""Where the metadata of a package has the digests of the pairs below, with a colon between."""
PAIRS = (
    ("ModelDataQuality", "statistics.json", "constraints.json"),
    ("ModelQuality", "model_quality.json", "model_quality_constraints.json"),
)
"""Kinds of baselines by their name in DriftCheckBaselines, with the files of statistics and constraints."""
ROWS = "evaluation.csv.gz"
SCHEMA = "schema.json"

LIMIT = 256 * 1024 * 1024
"""Bytes of a file that are read; the build that prepares a deployment holds them in memory."""


@dataclass(frozen=True)
class Baseline:
    """What a version was registered with, as far as it could be read."""

    package: str
    version: int
    commit: str | None
    files: Mapping[str, bytes]
    unread: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    """What the package names but cannot be read now, with the digest that it records; empty for none."""

    @property
    def group(self) -> str:
        """Name of its model package group."""
        return self.package.split("/")[-2]

    @property
    def folder(self) -> str:
        """Where it lies in the bucket of an environment."""
        return f"{FOLDER}/{self.group}/{self.version}"

    def record(self) -> dict[str, Any]:
        """What belongs to it, for the job that reads it."""
        return {
            "format": FORMAT,
            "package": self.package,
            "group": self.group,
            "version": self.version,
            "commit": self.commit,
            "sha256": {name: _sha256(content) for name, content in sorted(self.files.items())},
        }


def fetch(s3: Any, package: Package, schema: Mapping[str, Any] | None) -> Baseline:
    """
    What a package names. What it does not name, or what cannot be read, is left out, with a word about it:
    that must not block a rollback. What was changed must not be trusted, and is refused.
    """
    files: dict[str, bytes] = {}
    unread: dict[tuple[str, ...], str] = {}
    recorded = package.metadata.get(SHA256, "").split(":")
    for place, (kind, *names) in enumerate(PAIRS):
        named = package.details.get("DriftCheckBaselines", {}).get(kind, {})
        uris = [named.get(part, {}).get("S3Uri") for part in ("Statistics", "Constraints")]
        pair = _read(s3, package, f"DriftCheckBaselines.{kind}", uris)
        if pair is None:
            if all(uris):
                unread[*names,] = _part(recorded, place)
            continue
        _compare(package, f"{' and '.join(uris)}", b"".join(pair), _part(recorded, place), SHA256)
        files |= dict(zip(names, pair, strict=True))
    key = f"{EVALUATION_ROWS}Sha256"
    rows = _read(s3, package, EVALUATION_ROWS, [package.metadata.get(EVALUATION_ROWS)])
    if rows is not None:
        _compare(package, package.metadata[EVALUATION_ROWS], rows[0], package.metadata.get(key, ""), key)
        files[ROWS] = rows[0]
    elif sha256 := package.metadata.get(key):
        unread[ROWS,] = sha256
    if schema is not None:
        files[SCHEMA] = _json(schema)
    elif sha256 := package.metadata.get(SCHEMA_SHA256):
        unread[SCHEMA,] = sha256
    return Baseline(package.arn, package.version, package.metadata.get("GitCommit"), files, unread)


def publish(s3: Any, environment: Environment, baseline: Baseline) -> None:
    """
    Puts a version's baseline into the environment's bucket, unless it is there. What an earlier deployment
    put there stays where the package's own files cannot be read now.
    """
    there = _there(s3, environment, f"{baseline.folder}/{RECORD}")
    kept = _kept(s3, environment, baseline, there)
    own = baseline.record()
    record = _json(own | {"sha256": dict(sorted((own["sha256"] | kept).items()))})
    where = f"{environment.name}: {baseline.folder}/"
    if kept:
        print(f"{where} keeps {', '.join(kept)} of an earlier deployment")
    if there == record:
        print(f"{where} already exists")
        return
    for name, content in [*baseline.files.items(), (RECORD, record)]:
        s3.put_object(
            Bucket=environment.deployment_bucket,
            Key=f"{baseline.folder}/{name}",
            Body=content,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=environment.key,
            ExpectedBucketOwner=environment.account,
        )
    print(f"{where} published, with {', '.join(baseline.files) or 'no file'}")


def _kept(s3: Any, environment: Environment, baseline: Baseline, there: bytes | None) -> dict[str, str]:
    """Files that cannot be read now but are in the bucket, as the package has them; with their digests."""
    record = json.loads(there) if there and baseline.unread else {}
    if record.get("package") != baseline.package:
        return {}
    kept: dict[str, str] = {}
    for names, recorded in baseline.unread.items():
        known = {name: record["sha256"][name] for name in names if name in record["sha256"]}
        contents = [_there(s3, environment, f"{baseline.folder}/{name}") for name in known]
        if len(known) < len(names) or [_sha256(one or b"") for one in contents] != [*known.values()]:
            continue
        # Without a digest in the package, they are what an earlier deployment took as it was then.
        if recorded in {"", _recorded(names, [one or b"" for one in contents])}:
            kept |= known
    return kept


def _recorded(names: tuple[str, ...], contents: list[bytes]) -> str:
    """The digest that a package records for files; a schema's is that of what it says."""
    return digest(json.loads(contents[0])) if names == (SCHEMA,) else _sha256(b"".join(contents))


def _read(s3: Any, package: Package, name: str, uris: list[str | None]) -> list[bytes] | None:
    """The objects at all of these addresses; None, and a word about it, unless each can be read."""
    found = []
    for uri in uris:
        if not uri:
            print(f"{package.arn} names no {name}, so monitors do not compare with it")
            return None
        otherwise = f"{name} in {uri} cannot be read, so monitors do not compare with it"
        content = registered.read(s3, uri, LIMIT + 1, otherwise)
        if content is not None and len(content) > LIMIT:
            print(f"{otherwise}: it has more than {LIMIT} bytes")
            content = None
        if content is None:
            return None
        found.append(content)
    return found


def _compare(package: Package, uri: str, content: bytes, recorded: str, key: str) -> None:
    if not recorded and key == SHA256:
        # Versions of pipelines before there were digests, and of people's own.
        print(f"{package.arn} records no {key}, so {uri} is taken as it is now")
        return
    if (now := _sha256(content)) != recorded:
        raise Refused(
            f"{uri} is not what {package.arn} records: its SHA-256 is {now}, {key} has {recorded or 'none'}. "
            f"Find out who changed it. {AGAIN}"
        )


def _part(recorded: list[str], place: int) -> str:
    return recorded[place] if place < len(recorded) else ""


def _there(s3: Any, environment: Environment, key: str) -> bytes | None:
    try:
        answer = s3.get_object(
            Bucket=environment.deployment_bucket, Key=key, ExpectedBucketOwner=environment.account
        )
    except s3.exceptions.NoSuchKey:
        return None
    content: bytes = answer["Body"].read()
    return content


def _json(content: Any) -> bytes:
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
