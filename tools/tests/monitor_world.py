"""A monitored environment: buckets on a server of S3 and CloudWatch, and the job in a process of its own."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "monitor"))

from model_monitor.constraints import Constraints  # noqa: E402
from model_monitor.statistics import Statistics  # noqa: E402

from monitor_rows import GROUP, HOUR, PACKAGE, REGION, SCHEMA, SETTINGS, iso, people, records  # noqa: E402


def job_files() -> dict[str, Path]:
    """The files of the job by their place, as `job-files.ts` names them."""
    text = (ROOT / "src/infra/monitor/job-files.ts").read_text()
    [listed] = re.findall(r"const PAGE = \[(.*?)\];", text, re.DOTALL)
    page = re.findall(r"'([^']+)'", listed)
    report = ROOT / "runner/local_runner/report"
    return {
        **{path.name: path for path in sorted((ROOT / "tools/monitor").glob("*.py"))},
        "pieces.py": ROOT / "runner/local_runner/monitor/pieces.py",
        **{f"model_monitor/{p.name}": p for p in sorted((ROOT / "monitor/model_monitor").glob("*.py"))},
        **{f"report/{name}": report / name for name in page},
    }


class World:
    """An environment and its job."""

    def __init__(self, url: str, place: Path, **settings: Any) -> None:
        name = uuid.uuid4().hex[:10]
        self.url, self.place = url, place
        self.bucket, self.deployments, self.source = f"m-{name}", f"d-{name}", f"p-{name}"
        self.namespace = f"sagemaker-cicd/{name}"
        self.s3 = boto3.client("s3", **self.client)
        self.cloudwatch = boto3.client("cloudwatch", **self.client)
        for bucket in (self.bucket, self.deployments, self.source):
            self.s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.code = place / "code"
        for target, path in job_files().items():
            (self.code / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, self.code / target)
        self.prefix, self.more = "predictions/", {}
        self.settings = json.loads(json.dumps(SETTINGS)) | settings

    @property
    def client(self) -> dict[str, str]:
        return {
            "endpoint_url": self.url, "region_name": REGION, "aws_access_key_id": "a",
            "aws_secret_access_key": "b",
        }  # fmt: skip

    def process(self, kind: str, time: datetime, execution: str = "e1") -> subprocess.Popen[str]:
        (self.code / "settings.json").write_text(json.dumps(self.settings))
        variables = {
            **os.environ, "BUCKET": self.bucket, "DEPLOYMENT_BUCKET": self.deployments,
            "ENDPOINT": "churn-main-prod",
            "SOURCE_URI": f"s3://{self.source}/{self.prefix}", "NAMESPACE": self.namespace,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", **self.more,
        }  # fmt: skip
        return subprocess.Popen(
            [sys.executable, str(self.code / "monitor_job.py"), kind,
             "--time", time.strftime("%Y-%m-%dT%H:%M:%SZ"), "--execution", execution],
            env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, kind: str, time: datetime, execution: str = "e1") -> str:
        """What a run of the job says; it must end well."""
        process = self.process(kind, time, execution)
        out, err = process.communicate(timeout=300)
        assert process.returncode == 0, err
        return out

    def refused(self, kind: str, time: datetime) -> str:
        """What a run of the job says that fails by itself."""
        process = self.process(kind, time)
        _, err = process.communicate(timeout=300)
        assert process.returncode == 1 and err.startswith("error: "), err
        return err

    def compact(self, *hours: datetime) -> str:
        """Runs the compaction of some hours, each at its time."""
        return "".join(self.run("compaction", hour + HOUR + timedelta(minutes=20)) for hour in hours)

    def keep(self, frame: pd.DataFrame, arrived: datetime, name: str = "a", **more: Any) -> None:
        """Records of the API, as a delivery stream writes them."""
        key = f"predictions/{arrived:%Y/%m/%d/%H}/stream-1-{name}.gz"
        body = "".join(f"{json.dumps(one)}\n" for one in records(frame, arrived, **more))
        self.s3.put_object(Bucket=self.source, Key=key, Body=gzip.compress(body.encode()))

    def put(self, bucket: str, key: str, body: str | bytes) -> None:
        self.s3.put_object(Bucket=bucket, Key=key, Body=body)

    def deploy(self, version: int, started: datetime, proven: datetime | None = None) -> None:
        """The record of a deployment."""
        proven = proven or started
        record = {
            "format": 1, "package": f"{PACKAGE}{version}", "group": GROUP, "version": version,
            "commit": f"{version}" * 40, "from": iso(started), "proven": iso(proven),
        }  # fmt: skip
        key = f"deployments/{proven:%Y%m%dT%H%M%SZ}-{version}.json"
        self.put(self.deployments, key, json.dumps(record))

    def baseline(
        self,
        version: int = 1,
        frame: pd.DataFrame | None = None,
        schema: Mapping[str, Any] = SCHEMA,
        **more: bytes,
    ) -> None:
        """What was registered with a version."""
        training = people(4000, seed=1000 + version) if frame is None else frame
        statistics = Statistics.of(training[["age", "plan"]])
        folder = self.place / f"baseline-{version}"
        folder.mkdir(exist_ok=True)
        statistics.save(folder)
        Constraints.suggest(statistics).save(folder)
        evaluation = training[["age", "plan", "since", "label", "prediction", "probability"]]
        files = {
            "statistics.json": (folder / "statistics.json").read_bytes(),
            "constraints.json": (folder / "constraints.json").read_bytes(),
            "schema.json": json.dumps(schema).encode(),
            "evaluation.csv.gz": gzip.compress(evaluation.to_csv(index=False).encode()),
            **more,
        }
        prefix = f"baselines/{GROUP}/{version}/"
        for name, body in files.items():
            self.put(self.deployments, prefix + name, body)
        record = {
            "format": 1, "package": f"{PACKAGE}{version}", "group": GROUP, "version": version,
            "commit": f"{version}" * 40,
            "sha256": {name: hashlib.sha256(body).hexdigest() for name, body in files.items()},
        }  # fmt: skip
        self.put(self.deployments, f"{prefix}baseline.json", json.dumps(record))

    def keys(self, prefix: str = "") -> list[str]:
        found = self.s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix)
        return [one["Key"] for one in found.get("Contents", ())]

    def read(self, key: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        return body

    def json(self, key: str) -> Any:
        return json.loads(self.read(key))

    def told(self, execution: str = "e1") -> dict[str, Any]:
        """The word of a run."""
        found: dict[str, Any] = self.json(f"results/runs/{execution}.json")
        return found

    def table(self, name: str = "predictions") -> list[dict[str, Any]]:
        """The rows of a table, with the hour of their partition."""
        rows: list[dict[str, Any]] = []
        for key in self.keys(f"{name}/"):
            [(year, month, day, hour)] = re.findall(r"year=(\d{4})/month=(\d\d)/day=(\d\d)/hour=(\d\d)/", key)
            found = parquet.read_table(pa.BufferReader(self.read(key))).to_pylist()
            at = datetime(int(year), int(month), int(day), int(hour), tzinfo=UTC)
            rows += [row | {"at": at} for row in found]
        return rows

    def metrics(self, monitor: str) -> dict[str, float]:
        """The newest value of each metric."""
        found = self.cloudwatch.list_metrics(
            Namespace=self.namespace, Dimensions=[{"Name": "monitor", "Value": monitor}]
        )["Metrics"]
        now = datetime.now(UTC)
        values = {}
        for one in found:
            points = self.cloudwatch.get_metric_statistics(
                Namespace=self.namespace, MetricName=one["MetricName"], Dimensions=one["Dimensions"],
                StartTime=now - HOUR, EndTime=now + HOUR, Period=7200, Statistics=["Maximum"],
            )["Datapoints"]  # fmt: skip
            values[one["MetricName"]] = points[0]["Maximum"]
        return values
