"""What a version was approved with: files in the deployment bucket, refused if they were changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
from model_monitor.constraints import Constraints
from model_monitor.schemas import Described, described
from model_monitor.statistics import Statistics

from job_settings import ATTRIBUTION, BIAS, DATA_QUALITY, MODEL_QUALITY, JobError
from job_store import Store

FORMAT = 1
FOLDER, RECORD = "baselines/", "baseline.json"
STATISTICS, CONSTRAINTS = "statistics.json", "constraints.json"
QUALITY, QUALITY_LIMITS = "model_quality.json", "model_quality_constraints.json"
SCHEMA, EVALUATION = "schema.json", "evaluation.csv.gz"
NEEDED: Mapping[str, tuple[tuple[str, ...], ...]] = {
    DATA_QUALITY: ((STATISTICS,), (CONSTRAINTS,)),
    MODEL_QUALITY: ((SCHEMA,), (QUALITY_LIMITS, EVALUATION)),
    BIAS: ((EVALUATION,),),
    ATTRIBUTION: ((SCHEMA,), (EVALUATION,)),
}
"""The files that a monitor compares with: of each group, one."""
LABEL, PREDICTION, PROBABILITY = "label", "prediction", "probability"


@dataclass(frozen=True)
class Baseline:
    """A version's baseline; its files are fetched as they are asked for."""

    store: Store
    folder: str
    place: Path
    record: Mapping[str, Any]

    @property
    def package(self) -> str:
        """ARN of the approved package."""
        return str(self.record["package"])

    @property
    def version(self) -> int:
        """Its version."""
        return int(self.record["version"])

    @property
    def commit(self) -> str | None:
        """The commit that it was trained from."""
        found = self.record.get("commit")
        return None if found is None else str(found)

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.record['group']} version {self.version}"

    def uri(self, name: str) -> str:
        """The address of a file."""
        return f"s3://{self.store.bucket}/{self.folder}{name}"

    def has(self, name: str) -> bool:
        """Whether the package had a file."""
        return name in self.record["sha256"]

    def lacks(self, kind: str) -> str:
        """What a monitor needs that the package did not have, in words; nothing if it had all of it."""
        groups = [names for names in NEEDED[kind] if not any(map(self.has, names))]
        return " and no ".join(" or ".join(names) for names in groups)

    def file(self, name: str) -> Path:
        """A file; raises JobError if it is not there, or not what was put there."""
        if not self.has(name):
            raise JobError(
                f"{self.title} has no {name} in its baseline ({self.uri('')}): deploy a version whose "
                "pipeline registers it"
            )
        path = self.place / name
        if not path.exists():
            if self.store.fetch(self.folder + name, path) is None:
                raise JobError(f"{self.uri(name)} is gone: deploy {self.title} again, which puts it back")
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
            if found != self.record["sha256"][name]:
                path.unlink()
                raise JobError(
                    f"{self.uri(name)} was changed: its SHA-256 is {found}, that of {self.title} is "
                    f"{self.record['sha256'][name]}. Nothing is compared with it; deploy the version again"
                )
        return path

    def json(self, name: str) -> Any:
        """What a file of JSON holds."""
        return json.loads(self.file(name).read_text("utf-8"))

    def statistics(self) -> Statistics:
        """What the training rows look like."""
        return Statistics.from_json(self.json(STATISTICS))

    def constraints(self) -> Constraints:
        """What rows must satisfy."""
        return Constraints.from_json(self.json(CONSTRAINTS))

    def described(self) -> Described:
        """The columns of requests; nothing where the package has no schema."""
        return described(self.file(SCHEMA) if self.has(SCHEMA) else None)

    def schema(self) -> Mapping[str, Any]:
        """What the schema says beside columns."""
        return dict(self.json(SCHEMA)) if self.has(SCHEMA) else {}

    def evaluation(self) -> Any:
        """The rows of the evaluation, as texts, with label and prediction."""
        with pa.input_stream(str(self.file(EVALUATION)), compression="gzip") as stream:
            names = distinct(arrow_csv.open_csv(stream).schema.names)
        kinds = arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=True,
            quoted_strings_can_be_null=False, null_values=[""],
        )  # fmt: skip
        with pa.input_stream(str(self.file(EVALUATION)), compression="gzip") as stream:
            return arrow_csv.read_csv(
                stream, convert_options=kinds, parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
                read_options=arrow_csv.ReadOptions(column_names=names, skip_rows=1),
            )  # fmt: skip


def distinct(names: list[str]) -> list[str]:
    """Names of columns: features that are called as answers, which come first, have `.1` at their end."""
    return [f"{name}.1" if name in names[:place] else name for place, name in enumerate(names)]


def feature(name: str, names: Sequence[str]) -> str:
    """What a feature is called among the columns of the evaluation."""
    return f"{name}.1" if name in (LABEL, PREDICTION, PROBABILITY) and f"{name}.1" in names else name


class Baselines:
    """The baselines of a model package group."""

    def __init__(self, store: Store, group: str, place: Path) -> None:
        self._store, self._group, self._place = store, group, place
        self._known: dict[int, Baseline | None] = {}

    def of(self, version: int) -> Baseline | None:
        """That of a version; nothing if it has none."""
        if version not in self._known:
            folder = f"{FOLDER}{self._group}/{version}/"
            record = self._store.read_json(folder + RECORD)
            place = self._place / str(version)
            place.mkdir(parents=True, exist_ok=True)
            self._known[version] = None if record is None else self._of(folder, place, record, version)
        return self._known[version]

    def _of(self, folder: str, place: Path, record: Mapping[str, Any], version: int) -> Baseline:
        if record.get("format") != FORMAT:
            raise JobError(f"{folder}{RECORD} has format {record.get('format')!r}, this job knows {FORMAT}")
        if record["group"] != self._group or int(record["version"]) != version:
            raise JobError(
                f"{folder}{RECORD} is of {record['group']} version {record['version']}, not of "
                f"{self._group} version {version}: deploy that version again"
            )
        return Baseline(self._store, folder, place, record)

    def wanted(self, version: int) -> Baseline:
        """That of a version; raises JobError if it has none."""
        found = self.of(version)
        if found is None:
            raise JobError(
                f"{self._group} version {version} has no baseline ({self._store.bucket}/{FOLDER}): deploy it "
                "again, or deploy a version whose pipeline registers one"
            )
        return found
