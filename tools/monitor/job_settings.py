"""What a monitor's job is told: by its `settings.json`, by variables, and by whoever started it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

FORMAT = 1
API, CAPTURE, BATCH = "api", "capture", "batch"
COMPACTION = "compaction"
DATA_QUALITY, MODEL_QUALITY, BIAS, ATTRIBUTION = "data-quality", "model-quality", "bias", "attribution"
MONITORS = (DATA_QUALITY, MODEL_QUALITY, BIAS, ATTRIBUTION)
REASONS: Mapping[str, str] = {
    DATA_QUALITY: "drift", MODEL_QUALITY: "quality", BIAS: "bias", ATTRIBUTION: "attribution",
}  # fmt: skip
"""What a finding of each monitor is called as the reason of a retraining."""
RUNS_A_DAY: Mapping[str, float] = {"hourly": 24.0, "daily": 1.0, "weekly": 1 / 7}


class JobError(Exception):
    """Something that the job was given and cannot use: what, and what to do about it."""


@dataclass(frozen=True)
class Place:
    """Objects below a prefix of a bucket."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, uri: str) -> Place:
        """The place of an address `s3://bucket/prefix/`."""
        if not uri.startswith("s3://") or not uri.endswith("/"):
            raise JobError(f"{uri!r} is no address of a folder: it must be s3://bucket/prefix/")
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        return cls(bucket, prefix)


@dataclass(frozen=True)
class Settings:
    """The environment that is monitored, with the names of what belongs to it."""

    raw: Mapping[str, Any]
    bucket: str
    deployment_bucket: str
    source: Place
    inputs: Place | None
    namespace: str
    endpoint: str

    @classmethod
    def read(cls, folder: Path, variables: Mapping[str, str]) -> Settings:
        """The settings beside the job, and the variables of its container."""
        raw = json.loads((folder / "settings.json").read_text("utf-8"))
        if raw.get("format") != FORMAT:
            raise JobError(f"settings.json has format {raw.get('format')!r}, this job knows {FORMAT}")
        names = ("BUCKET", "DEPLOYMENT_BUCKET", "SOURCE_URI", "NAMESPACE", "ENDPOINT")
        if missing := [name for name in names if not variables.get(name)]:
            raise JobError(f"the job needs the variables {', '.join(missing)}")
        given = variables.get("INPUT_URI")
        return cls(
            raw, variables["BUCKET"], variables["DEPLOYMENT_BUCKET"], Place.of(variables["SOURCE_URI"]),
            Place.of(given) if given else None, variables["NAMESPACE"], variables["ENDPOINT"],
        )  # fmt: skip

    @property
    def group(self) -> str:
        """The model package group."""
        return str(self.raw["modelPackageGroup"])

    @property
    def kind_of_source(self) -> str:
        """Where rows come from."""
        return str(self.raw["source"])

    @property
    def omitted(self) -> frozenset[str]:
        """Columns that must not be stored."""
        return frozenset(self.raw.get("omitColumns") or ())

    @property
    def id_column(self) -> str | None:
        """The column that says which row a label is for; none: the inference ID does."""
        name = (self.raw.get("groundTruth") or {}).get("idColumn")
        return None if name is None else str(name)

    @property
    def retrain_on(self) -> frozenset[str]:
        """Reasons that start a retraining."""
        return frozenset(self.raw.get("retrainOn") or ())

    def monitor(self, kind: str) -> Mapping[str, Any]:
        """What the options say about a monitor."""
        found = self.raw["monitors"].get(kind)
        if found is None:
            on = ", ".join(self.raw["monitors"]) or "none"
            raise JobError(f"the monitor {kind} is not switched on in this environment: {on} is")
        return dict(found)

    def runs_a_day(self, kind: str) -> float:
        """How often a monitor runs: all runs of a day share one probability of a false alarm."""
        return RUNS_A_DAY[str(self.monitor(kind)["schedule"])]


def moment(text: str) -> datetime:
    """A time with its zone, in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise JobError(f"{text!r} is no time: give it as 2026-11-28T10:20:00Z") from None
    if found.tzinfo is None:
        raise JobError(f"{text!r} has no time zone: give it as 2026-11-28T10:20:00Z")
    return found.astimezone(UTC)


def iso(time: datetime) -> str:
    """A time as every file of a monitor has it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
