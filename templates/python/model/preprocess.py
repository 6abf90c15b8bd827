"""Processing step: any table in CSV files -> training, validation and test set, schema, baseline, lineage.

Reads every `*.csv` below `input/data` (all with the same header, one column being the target) and writes

- `train/train.csv`, `validation/validation.csv`: numbers only, no header, target first, text columns one-hot
  encoded;
- `test/test.csv`: rows as a client would send them (text stays text), no header, target first;
- `baseline/baseline.csv`: the training rows as a client would send them, with header: what monitors compare
  with;
- `schema/schema.json`: columns, categories and labels, which the artifact takes along;
- `lineage/lineage.json`: the data version (SHA-256 of the files), rows, columns, and how they were split.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from job import UserError, listed, nearest, processing_dir, run
from schema import Column, Label, Schema
from split import SPLIT_VERSION, TEST, TRAIN, VALIDATION, Hashes, file_hashes, split

MAX_CATEGORIES = 50
MAX_CLASSES = 100
MAX_SHOWN = 8
MIN_ROWS_PER_CLASS = 3
# The last digit of a long decimal, which older versions of pandas read wrong by default.
OLD = tuple(map(int, pd.__version__.split(".")[:2])) < (3, 1)
EXACT: dict[str, Any] = {"float_precision": "round_trip"} if OLD else {}


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
    return parser.parse_args(argv)


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def read(directory: Path, seed: int) -> tuple[pd.DataFrame, Hashes, dict[str, str]]:
    """All CSV files below a directory as one table, a number per row for the split, each file's SHA-256."""
    files = sorted(directory.rglob("*.csv"))
    if not files:
        there = listed(sorted(str(p.relative_to(directory)) for p in directory.rglob("*") if p.is_file()))
        raise UserError(
            f"no *.csv file in the input data (files there: {there or 'none'}): check InputDataUrl"
        )
    frames: list[pd.DataFrame] = []
    numbers: list[Hashes] = []
    hashes: dict[str, str] = {}
    for file in files:
        name = str(file.relative_to(directory))
        hashes[name] = sha256(file)
        try:
            frame = pd.read_csv(file, skipinitialspace=True, **EXACT)
            numbers.append(file_hashes(file, seed))
        except pd.errors.EmptyDataError:
            raise UserError(f"{name} is empty: a header line and data rows are needed") from None
        except (pd.errors.ParserError, UnicodeDecodeError) as error:
            raise UserError(f"{name} is not a CSV file in UTF-8: {error}") from None
        if len(numbers[-1]) != len(frame):
            raise UserError(f"{name} has lines that can be read in several ways: write it with plain quotes")
        if frames and list(frame.columns) != list(frames[0].columns):
            different = sorted(set(frame.columns) ^ set(frames[0].columns)) or ["the order of the columns"]
            raise UserError(
                f"{name} and {files[0].name} have different columns: {listed(map(str, different))}"
            )
        frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    if table.empty:
        raise UserError(f"{listed(hashes)}: a header but no data rows")
    return table, np.concatenate(numbers), hashes


def labels_of(target: pd.Series[Any], problem_type: str) -> tuple[tuple[Label, ...], pd.Series[Any]]:
    """The labels in order (numbers by value, text by alphabet) and each row's class index (or value).

    The positive class of a binary problem is the second label: 1 of 0 and 1, "yes" of "no" and "yes".
    """
    name = target.name
    if missing := int(target.isna().sum()):
        raise UserError(
            f"target column {name!r} is empty in {missing} of {len(target)} rows: drop or complete them"
        )
    numeric = pd.api.types.is_numeric_dtype(target) and not pd.api.types.is_bool_dtype(target)
    if problem_type == "regression":
        finite = np.isfinite(pd.to_numeric(target, errors="coerce").astype("float64"))
        if not (numeric and finite.all()):
            odd = target.iloc[0] if finite.all() else target[~finite].iloc[0]
            raise UserError(f"target column {name!r} has {str(odd)!r}: a regression needs finite numbers")
        return (), target.astype("float64")
    values = sorted(target.unique()) if numeric else sorted(target.astype(str).unique())
    if problem_type == "binary" and len(values) != 2:
        raise UserError(
            f"target column {name!r} has {len(values)} different values ({listed(map(str, values), 5)}), "
            "a binary problem needs 2: choose another column or problem type (multiclass, regression)"
        )
    if not 2 <= len(values) <= MAX_CLASSES:
        raise UserError(
            f"target column {name!r} has {len(values)} different values, a classification takes 2 to "
            f"{MAX_CLASSES}: choose another column or problem type (regression)"
        )
    labels: list[Label] = [int(v) if numeric and float(v).is_integer() else str(v) for v in values]
    indices = (target if numeric else target.astype(str)).map({value: i for i, value in enumerate(values)})
    counts = indices.value_counts()
    for i, label in enumerate(labels):
        if counts[i] < MIN_ROWS_PER_CLASS:
            raise UserError(
                f"target column {name!r}: only {counts[i]} row(s) of class {label!r}, "
                f"at least {MIN_ROWS_PER_CLASS} are needed to train, validate and test"
            )
    return tuple(labels), indices.astype("int64")


def columns_of(features: pd.DataFrame) -> tuple[Column, ...]:
    """The schema's columns: numbers are numeric, everything else (text, true/false) is categorical."""
    columns: list[Column] = []
    wrong: list[str] = []
    for name in features.columns:
        values = features[name]
        missing = bool(values.isna().any())
        if values.isna().all():
            wrong.append(f"column {name!r} is empty in every row: remove it")
        elif pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
            if (values.abs() > np.finfo(np.float32).max).any():
                wrong.append(
                    f"column {name!r} has a value beyond ±3.4e38: leave the cell empty or correct it"
                )
            columns.append(Column(str(name), missing))
        else:
            categories = tuple(sorted(values.dropna().astype(str).str.strip().unique()))
            if len(categories) > MAX_CATEGORIES:
                wrong.append(
                    f"column {name!r} is text with {len(categories)} different values "
                    f"({categories[0]!r}, ...), more than the {MAX_CATEGORIES} that can be categories: "
                    "remove it or make it a number"
                )
            columns.append(Column(str(name), missing, categories))
    if wrong:
        raise UserError(
            "; ".join(wrong[:MAX_SHOWN]) + (f"; {len(wrong)} in all" if wrong[MAX_SHOWN:] else "")
        )
    return tuple(columns)


def encode(features: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    """The model's features of a table: the same encoding as `Schema.encode`, a column at a time."""
    parts: dict[str, pd.Series[Any]] = {}
    for column in schema.columns:
        values = features[column.name]
        if column.categories is None:
            parts[column.name] = values
        else:
            text = values.astype(str).str.strip()
            parts |= {f"{column.name}={c}": (text == c).astype("int8") for c in column.categories}
    return pd.DataFrame(parts)


def write(base: Path, name: str, frame: pd.DataFrame, *, header: bool = False, missing: str = "") -> None:
    """Write `<base>/<name>/<name>.csv`."""
    directory = base / name
    directory.mkdir(parents=True, exist_ok=True)
    frame.to_csv(directory / f"{name}.csv", index=False, header=header, na_rep=missing, lineterminator="\n")


def first_host(base: Path) -> bool:
    """Whether this host does the work: the rule of the split needs all rows, so one host does all of it."""
    config = base.parent / "config" / "resourceconfig.json"
    if not config.is_file():
        return True
    resources = json.loads(config.read_text(encoding="utf-8"))
    return bool(resources["current_host"] == sorted(resources["hosts"])[0])


def main() -> None:
    """Run the processing job."""
    args, base = parse(), processing_dir()
    if not first_host(base):
        print("another host of this job splits the data: nothing to do here")
        return
    table, numbers, files = read(base / "input" / "data", args.seed)
    if args.target_column not in table.columns:
        names = [str(column) for column in table.columns]
        raise UserError(
            f"target column {args.target_column!r} is not in the data{nearest(args.target_column, names)}; "
            f"columns there: {listed(names)}"
        )
    features = table.drop(columns=args.target_column)
    if features.shape[1] == 0:
        raise UserError(f"the data has no column but the target {args.target_column!r}: features are needed")
    labels, target = labels_of(table[args.target_column], args.problem_type)
    schema = Schema(args.problem_type, args.target_column, columns_of(features), labels)
    strata = target.to_numpy(dtype="int64") if labels else np.zeros(len(table), "int64")
    sets = split(numbers, strata, args.validation_fraction, args.test_fraction)

    encoded = encode(features, schema)
    encoded.insert(0, f"{args.target_column} (encoded)", target, allow_duplicates=True)
    raw = pd.concat([table[args.target_column], features], axis=1)
    write(base, "train", encoded[sets == TRAIN], missing="nan")
    write(base, "validation", encoded[sets == VALIDATION], missing="nan")
    write(base, "test", raw[sets == TEST])
    write(base, "baseline", raw[sets == TRAIN], header=True)

    version = next(iter(files.values())) if len(files) == 1 else _joint_hash(files)
    counts = np.bincount(sets, minlength=3)
    lineage = {
        "data_version": version,
        "files": files,
        "rows": len(table),
        "columns": table.shape[1],
        "split": {
            "version": SPLIT_VERSION,
            "train": int(counts[TRAIN]),
            "validation": int(counts[VALIDATION]),
            "test": int(counts[TEST]),
        },
    }
    for name in ("schema", "lineage"):
        (base / name).mkdir(parents=True, exist_ok=True)
    schema.save(base / "schema")
    (base / "lineage" / "lineage.json").write_text(json.dumps(lineage, indent=1) + "\n", encoding="utf-8")
    print(f"data {version[:12]}: {len(table)} rows, {features.shape[1]} features", end="; ")
    print(f"train {counts[TRAIN]}, validation {counts[VALIDATION]}, test {counts[TEST]}")


def _joint_hash(files: dict[str, str]) -> str:
    """One version for several files: the hash of their names and hashes."""
    return hashlib.sha256(
        "".join(f"{name} {digest}\n" for name, digest in files.items()).encode()
    ).hexdigest()


if __name__ == "__main__":
    run(main, Path(os.environ.get("SM_PROCESSING_DIR", "/opt/ml/processing")).parent / "output" / "message")
