"""Processing step: any table in files -> training, validation and test set, schema, lineage.

Reads every `*.csv`, `*.csv.gz`, `*.parquet`, `*.jsonl` and `*.jsonl.gz` below `input/data` (all with the same
columns, one being the target) and writes

- `train/train.parquet`, `validation/validation.parquet`: the typed values of the columns that the model
  uses, and the class index or value of the target;
- `test/test.parquet`: all cells as a client would send them, and the cells of target and weight;
- `baseline/statistics.json`, `baseline/constraints.json`: what the training rows look like to monitors;
- `schema/schema.json`: columns, categories and labels, which the artifact takes along;
- `lineage/lineage.json`: the data version (SHA-256 of the files), rows, columns, how they were split, what
  the sets hold, and what was noticed about the columns.
"""

from __future__ import annotations

import vendored  # isort: skip  # noqa: F401  (first, so that all others find your packages)

import argparse
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

import baseline
import contents
import data_settings
import set_files
import split
import table_files
from columns import dates, floats, missing_tokens, numbers, trimmed, whole
from data_settings import Data
from decisions import Decided, decide, with_categories
from job import UserError, listed, nearest, processing_dir, run
from oddities import first_row
from schema import Label, Schema
from target import target_of
from texts import Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray


def fraction(text: str) -> float:
    """An argument between 0 and 0.5, both excluded."""
    value = float(text)
    if not 0 < value < 0.5:
        raise argparse.ArgumentTypeError(f"{text} is not between 0 and 0.5")
    return value


def parse(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments that the pipeline passes."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else None, allow_abbrev=False
    )
    parser.add_argument("--problem_type", required=True, choices=["binary", "multiclass", "regression"])
    parser.add_argument("--target_column", required=True)
    parser.add_argument("--validation_fraction", type=fraction, required=True)
    parser.add_argument("--test_fraction", type=fraction, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument(
        "--data_listing", default="unknown", help="hash of the files' listing: new data runs the step again"
    )
    return parser.parse_args(argv)


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read(directory: Path, settings: Data, scratch: Path | None = None) -> tuple[Texts, dict[str, str]]:
    """A file, or all files below a directory, as one table of texts, and each file's SHA-256."""
    found = [directory] if directory.is_file() else table_files.files(directory)
    if not found:
        there = listed(sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file()))
        kinds = ", ".join(f"*{suffix}" for suffix in table_files.SUFFIXES)
        raise UserError(
            f"no table ({kinds}) in the input data (files there: {there or 'none'}): check InputDataUrl"
        )
    table = Texts(scratch)
    hashes: dict[str, str] = {}
    for file in found:
        name = file.name if file == directory else str(file.relative_to(directory))
        hashes[name] = sha256(file)
        if not table_files.read(file, name, settings, table):
            print(f"{name} is empty: ignored")
    if not table.column_names:
        raise UserError(f"{listed(hashes)} is empty: a header line and data rows are needed")
    if table.num_rows == 0:
        raise UserError(f"{listed(hashes)}: a header but no data rows")
    return table, hashes


@dataclass
class Prepared:
    """A table that is understood: its columns, the target by row, and weights if there are any."""

    decided: Decided
    labels: tuple[Label, ...]
    target: NDArray[np.float64]
    weights: NDArray[np.float64] | None

    @property
    def classes(self) -> NDArray[np.int64]:
        """The class index of each row, 0 for a regression."""
        return self.target.astype(np.int64) if self.labels else np.zeros(len(self.target), np.int64)


def prepare(table: Texts, target: str, problem_type: str, settings: Data, seed: int = 0) -> Prepared:
    """Decide what every column is. Raises `UserError`."""
    if target not in table.column_names:
        names = table.column_names
        raise UserError(
            f"target column {target!r} is not in the data{nearest(target, names)}; "
            f"columns there: {listed(names)}{first_row(names)}"
        )
    if not set(table.column_names) - {target, settings.sample_weight_column}:
        raise UserError(f"the data has no column but the target {target!r}: features are needed")
    texts = trimmed(table[target])
    labels, values = target_of(target, texts, problem_type, settings.missing_tokens)
    hashes = split.cell_hashes(texts)
    decided = decide(table, target, settings, hashes, seed)
    return Prepared(decided, labels, values, _weights(table, settings))


def _weights(table: Texts, settings: Data) -> NDArray[np.float64] | None:
    if (name := settings.sample_weight_column) is None:
        return None
    texts = trimmed(table[name])
    values, bad = numbers(texts, [""])
    found = floats(values)
    wrong = bad | ~(found >= 0)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise UserError(
            f"data.sampleWeightColumn: {name!r} is {texts[row].as_py()!r} in row {row + 1}: weights are "
            "numbers of at least 0"
        )
    return found


def sets_of(prepared: Prepared, table: Texts, args: argparse.Namespace, settings: Data) -> NDArray[np.int8]:
    """The set of each row. Raises `UserError`."""
    shares = (args.validation_fraction, args.test_fraction)
    if settings.group_column and settings.time_column:
        raise UserError("data.groupColumn and data.timeColumn exclude each other: set one of them")
    if settings.group_column:
        groups = split.cell_hashes(trimmed(table[settings.group_column]))
        rows = split.RowHashes(len(groups), args.seed)
        rows.add(groups)
        sets = split.split_groups(rows.numbers, shares)
    elif settings.time_column:
        sets = split.split_times(_times(settings.time_column, trimmed(table[settings.time_column])), shares)
    else:
        numbers = prepared.decided.rows.numbers
        return split.split(numbers, prepared.classes, shares, prepared.labels)
    split.check_classes(sets, prepared.classes, prepared.labels)
    return sets


def _times(name: str, texts: pa.Array) -> NDArray[np.float64]:
    values, bad = numbers(texts, missing_tokens("number", None))
    if bad.any():
        values, bad = dates(texts, missing_tokens("date", None))
    found = floats(values)
    if (wrong := bad | np.isnan(found)).any():
        row = int(np.argmax(wrong))
        raise UserError(
            f"data.timeColumn: {name!r} is {texts[row].as_py()!r} in row {row + 1}: write times as "
            "numbers or in ISO 8601"
        )
    return found


def prior(
    target: NDArray[np.float64], labels: Sequence[Label], weights: NDArray[np.float64] | None
) -> tuple[float, ...]:
    """The share of each class, or the mean, by weight."""
    if weights is None or not weights.any():
        weights = None
    if not labels:
        return (float(target.mean() if weights is None else np.average(target, weights=weights)),)
    total = len(target) if weights is None else weights.sum()
    shares = np.bincount(target.astype(np.int64), weights, len(labels)) / total
    return tuple(shares.tolist())


def first_host(base: Path) -> bool:
    """Whether this host does the work: the rule of the split needs all rows, so one host does all of it."""
    config = base.parent / "config" / "resourceconfig.json"
    if not config.is_file():
        return True
    resources = json.loads(config.read_text(encoding="utf-8"))
    return bool(resources["current_host"] == sorted(resources["hosts"])[0])


def main() -> None:
    """Run the processing job."""
    args, base, settings = parse(), processing_dir(), data_settings.load()
    if not first_host(base):
        print("another host of this job splits the data: nothing to do here")
        return
    # An output lies on the volume of the job, which `/tmp` need not.
    table, files = read(base / "input" / "data", settings, base / "test")
    prepared = prepare(table, args.target_column, args.problem_type, settings, args.seed)
    sets = sets_of(prepared, table, args, settings)
    rows = {
        name: np.flatnonzero(sets == number) for number, name in enumerate(("train", "validation", "test"))
    }
    decided = prepared.decided
    kept = [*(column.name for column in decided.columns), args.target_column]
    kept += [settings.sample_weight_column] if settings.sample_weight_column else []
    weights = None if prepared.weights is None else prepared.weights[rows["train"]]
    tested = pa.array(rows["test"])
    tests = {name: trimmed(whole(table[name]).take(tested)) for name in kept}
    set_files.write(base, "test", tests, np.arange(len(tested)))
    del tests
    columns = tuple(
        with_categories(column, decided.values[column.name].take(pa.array(rows["train"])))
        if column.name in decided.values
        else column
        for column in decided.columns
    )
    rule = {
        "version": split.SPLIT_VERSION,
        "seed": args.seed,
        "validation_fraction": args.validation_fraction,
        "test_fraction": args.test_fraction,
        "group": settings.group_column,
        "time": settings.time_column,
    }
    schema = Schema(
        args.problem_type,
        args.target_column,
        columns,
        prepared.labels,
        settings.missing_tokens,
        settings.sample_weight_column,
        rule,
        prior(prepared.target[rows["train"]], prepared.labels, weights),
    )
    (base / "schema").mkdir(parents=True, exist_ok=True)
    described = baseline.write(base / "baseline", columns, decided.values, rows["train"])
    schema = set_files.write_learned(
        base,
        schema,
        decided.values,
        {name: rows[name] for name in ("train", "validation")},
        prepared.target,
        prepared.weights,
    )
    version = next(iter(files.values())) if len(files) == 1 else _joint_hash(files)
    counts = {name: len(at) for name, at in rows.items()}
    lineage = {
        "data_version": version,
        "files": files,
        "rows": table.num_rows,
        "columns": len(table.column_names),
        "split": {**rule, **counts},
        "notes": decided.notes,
        "recorded": bool(settings.columns),
        "baseline": described,
        **contents.described(rows, prepared.classes, prepared.labels, decided.values),
    }
    (base / "lineage").mkdir(parents=True, exist_ok=True)
    schema.save(base / "schema")
    text = json.dumps(lineage, indent=1, ensure_ascii=False) + "\n"
    (base / "lineage" / "lineage.json").write_text(text, encoding="utf-8")
    for note in decided.notes:
        print(f"note: {note}")
    sizes = ", ".join(f"{name} {count}" for name, count in counts.items())
    taken = f"{len(schema.used)} of {len(columns)} columns"
    made = f", {len(schema.made)} made of them by features.py" if schema.made else ""
    print(f"data {version[:12]}: {table.num_rows} rows, {taken}{made}; {sizes}")


def _joint_hash(files: dict[str, str]) -> str:
    """One version for several files: the hash of their names and hashes."""
    return hashlib.sha256(
        "".join(f"{name} {digest}\n" for name, digest in files.items()).encode()
    ).hexdigest()


if __name__ == "__main__":
    run(main, Path(os.environ.get("SM_PROCESSING_DIR", "/opt/ml/processing")).parent / "output" / "message")
