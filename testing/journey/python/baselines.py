"""What a pipeline leaves for monitors beside a model, made by the package that monitors compare with."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto_client import raw_client
from values import Place

PACKAGE = Path(__file__).resolve().parents[3] / "monitor"
"""Where `model_monitor` is."""
KINDS = {"age": "number", "visits": "number", "name": "category"}
"""The columns that are compared, in the order of a request; the identifier follows."""
IDENTIFIER = "customer"

Row = dict[str, Any]


@dataclass(frozen=True)
class Baseline:
    """The files of a version's baselines, by their names."""

    files: dict[str, bytes]

    def leave(self, place: Place, bucket: str, folder: str) -> tuple[dict[str, str], dict[str, Any]]:
        """Steps of the pipeline have left them below a folder; metadata and parameters that the package names them
        with."""
        for name, content in self.files.items():
            raw_client("s3", place).put_object(Bucket=bucket, Key=f"{folder}/{name}", Body=content)
        source = lambda name: {"ContentType": "application/json", "S3Uri": f"s3://{bucket}/{folder}/{name}"}
        digest = lambda *names: hashlib.sha256(b"".join(self.files[name] for name in names)).hexdigest()
        pair = lambda first, second: {"Statistics": source(first), "Constraints": source(second)}
        data = pair("statistics.json", "constraints.json")
        quality = pair("model_quality.json", "model_quality_constraints.json")
        metadata = {
            "BaselineSha256": ":".join(
                (
                    digest("statistics.json", "constraints.json"),
                    digest("model_quality.json", "model_quality_constraints.json"),
                )
            ),
            "EvaluationRows": f"s3://{bucket}/{folder}/evaluation.csv.gz",
            "EvaluationRowsSha256": digest("evaluation.csv.gz"),
        }
        return metadata, {
            "ModelMetrics": {"ModelDataQuality": data},
            "DriftCheckBaselines": {"ModelDataQuality": data, "ModelQuality": quality},
        }


def baseline(rows: Sequence[Row], labels: Sequence[int], predicted: Sequence[int], folder: Path) -> Baseline:
    """The baselines of a model that was trained and evaluated with these rows, labels and predictions."""
    sys.path.append(str(PACKAGE))
    import pandas
    from model_monitor import model_quality, written
    from model_monitor.constraints import Constraints
    from model_monitor.statistics import Statistics

    folder.mkdir(parents=True, exist_ok=True)
    described = Statistics.of(pandas.DataFrame([{name: row[name] for name in KINDS} for row in rows]), KINDS)
    files = {
        path.name: path.read_bytes() for path in (described.save(folder), Constraints.suggest(described).save(folder))
    }
    texts = lambda values: [str(value) for value in values]
    report = model_quality.measure("binary", texts(labels), texts(predicted), ["0", "1"], None, 0)
    for name, content in (("model_quality", report), ("model_quality_constraints", model_quality.constraints(report))):
        files[f"{name}.json"] = (written.text(content, indent=1) + "\n").encode()
    files["evaluation.csv.gz"] = gzip.compress(_table(rows, labels, predicted).encode(), mtime=0)
    return Baseline(files)


def _table(rows: Sequence[Row], labels: Sequence[int], predicted: Sequence[int]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["label", "prediction", "probability", *KINDS, IDENTIFIER])
    for row, label, said in zip(rows, labels, predicted, strict=True):
        writer.writerow([label, said, 0.9 if said else 0.1, *(row[name] for name in KINDS), row[IDENTIFIER]])
    return text.getvalue()


def requested(rows: Sequence[Row]) -> str:
    """The rows as a request has them, in CSV."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([["" if row[name] is None else row[name] for name in (*KINDS, IDENTIFIER)] for row in rows])
    return text.getvalue()


def as_json(found: bytes) -> Any:
    """A file of JSON."""
    return json.loads(found)
