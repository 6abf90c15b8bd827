"""Production as an environment that is monitored, with its deployment bucket, on moto."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from moto.sagemaker.models import sagemaker_backends

import approved_baselines
import deployment_records
from account import ACCOUNT, REGION
from aws import Aws
from endpoints import EPOCH
from package_request import EVALUATION_ROWS
from targets import Environment, Targets

BUILT = "built"
"""Bucket of the pipeline's files."""
FILES = {
    "statistics.json": b'{"features": []}\n',
    "constraints.json": b'{"version": 0}\n',
    "model_quality.json": b'{"binary_classification_metrics": {}}\n',
    "model_quality_constraints.json": b'{"binary_classification_constraints": {}}\n',
    "evaluation.csv.gz": b"\x1f\x8b" + 20 * b" rows",
}


class Clock:
    """What time it is, in seconds of the things that `listed` lists."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> datetime:
        return EPOCH + timedelta(seconds=self.seconds)


class Monitored:
    """The environment prod, its bucket, and versions that have what monitors compare with."""

    def __init__(self, account: Any, targets_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.account, self.aws = account, Aws()
        found = self.aws.targets(targets_file)
        environments = tuple(replace(e, monitoring=e.name == "prod") for e in found.environments)
        self.targets: Targets = replace(found, environments=environments)
        self.prod: Environment = self.targets.environment("prod")
        self.clock = Clock()
        monkeypatch.setattr(deployment_records, "this_moment", self.clock)
        for module in ("roll_back", "return_api"):
            monkeypatch.setattr(f"{module}.this_moment", self.clock)
        monkeypatch.setattr(Aws, "targets", lambda *_: self.targets)
        for bucket in (BUILT, self.prod.deployment_bucket):
            where = {"LocationConstraint": REGION}
            account.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)

    def put(self, name: str, content: bytes) -> str:
        """A file of the pipeline; its address."""
        self.account.s3.put_object(Bucket=BUILT, Key=f"runs/1/{name}", Body=content)
        return f"s3://{BUILT}/runs/1/{name}"

    def register(self, *left_out: str, **changed: str) -> str:
        """A version with all that monitors compare with, but for some files; empty metadata is left out."""
        uris = {name: self.put(name, content) for name, content in FILES.items() if name not in left_out}
        digests = [
            hashlib.sha256(b"".join(FILES[name] for name in names)).hexdigest()
            for _, *names in approved_baselines.PAIRS
        ]
        metadata = {"GitCommit": "0123abc", approved_baselines.SHA256: ":".join(digests)}
        if rows := uris.get(approved_baselines.ROWS):
            sha256 = hashlib.sha256(FILES[approved_baselines.ROWS]).hexdigest()
            metadata |= {EVALUATION_ROWS: rows, f"{EVALUATION_ROWS}Sha256": sha256}
        drift = {
            kind: {
                part: {"ContentType": "application/json", "S3Uri": uris[name]}
                for part, name in zip(("Statistics", "Constraints"), names, strict=True)
            }
            for kind, *names in approved_baselines.PAIRS
            if not {*names} & {*left_out}
        }
        known = {key: value for key, value in (metadata | changed).items() if value}
        arn: str = self.account.register("Approved", **known)
        backend = sagemaker_backends[ACCOUNT][REGION]
        backend.model_packages[backend.model_package_name_mapping[arn]].drift_check_baselines = drift
        return arn

    def stored(self) -> dict[str, bytes]:
        """What is in the environment's bucket."""
        s3, bucket = self.account.s3, self.prod.deployment_bucket
        found = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        return {o["Key"]: s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in found}

    def records(self) -> list[dict[str, Any]]:
        """Since when which version answers, in the order of the records."""
        files = sorted(self.stored().items())
        return [json.loads(content) for key, content in files if key.startswith("deployments/")]
