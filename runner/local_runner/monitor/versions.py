"""Which version's baseline rows are compared with: the one that is named, or that the records name."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from ..archives import read_json_entry
from ..context import ACCOUNT
from ..errors import RunnerError, StepError
from ..jobs.models import model_data
from ..registry import Registry
from ..store import LocalStore

FILES = ("statistics.json", "constraints.json")
LINES = 10_000
"""So many lines of each file are looked at for the version that answered."""
SCHEMA, DATA = "schema.json", "code/data.json"
"""Files of an artifact: the columns that its model takes, and how its training data was written."""
ENDINGS = (".jsonl", ".jsonl.gz", ".ndjson", ".json", ".json.gz")


@dataclass(frozen=True)
class Baseline:
    """Statistics and constraints of a version, or of a folder."""

    title: str
    statistics: Path
    constraints: Path
    columns: tuple[str, ...] = ()
    """The columns of a request in their order."""
    others: tuple[str, ...] = ()
    """Columns that the training data may have; what is no feature of them is no violation."""
    separator: str = ","
    encoding: str = "utf-8"
    schema: Mapping[str, Any] = field(default_factory=dict)

    @property
    def booleans(self) -> list[str]:
        """Columns in which true and false count in any case."""
        columns = self.schema.get("columns", ())
        return [str(column["name"]) for column in columns if column.get("kind") == "boolean"]


def of_folder(folder: Path) -> Baseline:
    """Return the baseline in a folder."""
    paths = [folder / name for name in FILES]
    for path in paths:
        if not path.is_file():
            raise RunnerError(f"--baseline {folder}: there is no {path.name} in it.")
    return Baseline(str(folder), paths[0], paths[1])


def of_version(work: Path, package: dict[str, Any]) -> Baseline:
    """Return the baseline that a version was registered with."""
    title = f"{package['ModelPackageGroupName']} version {package['ModelPackageVersion']}"
    quality = (package.get("DriftCheckBaselines") or {}).get("ModelDataQuality") or {}
    uris = [(quality.get(part) or {}).get("S3Uri") for part in ("Statistics", "Constraints")]
    if not all(uris):
        raise RunnerError(
            f"{title} was registered without a baseline (DriftCheckBaselines): run the pipeline again, which"
            " writes one, or name a folder with --baseline."
        )
    store = LocalStore(work)
    try:
        statistics, constraints = (store.file(str(uri), title) for uri in uris)
        return Baseline(title, statistics, constraints, **_schema(store, package, title))
    except StepError as error:
        raise RunnerError(str(error)) from None


def _schema(store: LocalStore, package: dict[str, Any], title: str) -> dict[str, Any]:
    """Return what the artifact says about columns, and how its training data was written."""
    container = package["InferenceSpecification"]["Containers"][0]
    archive = store.file(model_data(container, title), title)
    schema, settings = (read_json_entry(archive, name) for name in (SCHEMA, DATA))
    if not isinstance(schema, dict) or not isinstance(schema.get("columns"), list):
        return {}
    columns = [str(column["name"]) for column in schema["columns"]]
    given = settings if isinstance(settings, dict) else {}
    others = {*columns, *(given.get("columns") or {})}
    others |= {schema[key] for key in ("target", "weight") if schema.get(key)}
    others |= {given[key] for key in ("sampleWeightColumn", "groupColumn", "timeColumn") if given.get(key)}
    others |= {name for key in ("dropColumns", "idColumns") for name in given.get(key) or ()}
    words = {key: str(given[key]) for key in ("separator", "encoding") if given.get(key)}
    return {"columns": tuple(columns), "others": tuple(sorted(others)), "schema": schema, **words}


def named(files: Iterable[Path]) -> Counter[str]:
    """Return the model packages that the records of a prediction log name, with the number of records."""
    found: Counter[str] = Counter()
    for file in files:
        if file.name.lower().endswith(ENDINGS):
            found.update(filter(None, map(_version, islice(_records(file), LINES))))
    return found


def _records(file: Path) -> Iterator[Any]:
    try:
        with (gzip.open if file.name.lower().endswith(".gz") else Path.open)(file, "rb") as lines:
            for line in lines:
                yield json.loads(line)
    except (ValueError, OSError, EOFError, RecursionError):
        return  # what cannot be read is told by the reader of the rows


def _version(record: Any) -> str | None:
    """Return the ARN of the model package that answered."""
    package = record.get("package") if isinstance(record, dict) and "features" in record else None
    return package if isinstance(package, str) and package else None


def choose(work: Path, model: str | None, folder: Path | None, files: Iterable[Path]) -> Baseline:
    """Return the baseline to compare with."""
    if folder is not None:
        return of_folder(folder)
    registry = Registry(work / "registry")
    if model is None and (found := named(files)):
        if len(found) > 1:
            names = ", ".join(sorted(found))
            raise RunnerError(
                f"the records name several versions ({names}), each with a baseline of its own: compare the"
                " records of one at a time, or name a version with --model to compare all with it."
            )
        (version,) = found
        # Numbers of another registry count other models.
        if version.startswith("arn:") and not version.startswith(ACCOUNT):
            raise RunnerError(
                f"the records name {version}, a version of a registry in AWS: copy its statistics.json and"
                " constraints.json (DriftCheckBaselines of the model package) into a folder and name it with"
                " --baseline, or name a version of the local registry with --model."
            )
        return of_version(work, registry.find(version))
    return of_version(work, registry.choose(model, "to compare with"))
