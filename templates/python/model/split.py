"""Which rows train, validate and test: decided by each row's content and a seed, not by its place.

Every row gets a number from a hash of its cells and the seed. A cell counts by its canonical text: a number
by the double that is nearest to it, however it is written, everything else without the spaces around it.
Neither the version of pandas has a say, which reads long decimals differently, nor the type of a column.

Within each class the rows with the smallest numbers are the test set, the next ones the validation set, the
rest the training set. So

- shuffling the file, or splitting it into several, changes nothing;
- each class has the same share in all three sets (stratified);
- rows that are equal are always in the same set: no copy of a training row is in the test set;
- new rows move only the few old ones that are next to a border.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from itertools import islice, zip_longest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from job import UserError

TRAIN, VALIDATION, TEST = 0, 1, 2
SPLIT_VERSION = 2
"""Which rule split the data; 1 hashed the values that pandas had read."""

Hashes = NDArray[np.uint64]
STEP = 0x9E3779B97F4A7C15
ROWS_AT_A_TIME = 100_000


def row_hashes(rows: Sequence[Sequence[str]], seed: int) -> Hashes:
    """One 64-bit number per row of cells, which are texts as they stand in the file."""
    hashes = np.full(len(rows), (seed + 1) * STEP % 2**64, np.uint64)
    for column in zip_longest(*rows, fillvalue=""):
        hashes = _mixed(hashes + cell_hashes(column))
    return hashes


def file_hashes(file: Path, seed: int) -> Hashes:
    """One 64-bit number per row of a CSV file with a header line."""
    parts = [np.empty(0, np.uint64)]
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = (row for row in csv.reader(stream, skipinitialspace=True) if "".join(row).strip() or row[1:])
        next(rows, None)
        while some := list(islice(rows, ROWS_AT_A_TIME)):
            parts.append(row_hashes(some, seed))
    return np.concatenate(parts)


def cell_hashes(cells: Sequence[str]) -> Hashes:
    """One 64-bit number per cell: equal ones for cells with the same canonical text."""
    try:  # nearly every column is all numbers, or has none
        values = np.array([float(cell or "nan") for cell in cells])
        return _mixed(_bits(values))
    except ValueError:
        known = {cell: _cell_hash(cell) for cell in set(cells)}
        return np.array([known[cell] for cell in cells], np.uint64)


def _cell_hash(cell: str) -> int:
    text = cell.strip()
    try:
        return int(_mixed(_bits(np.array([float(text or "nan")])))[0])
    except ValueError:
        return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _bits(values: NDArray[np.float64]) -> Hashes:
    """The bits of doubles, the same for both zeros and for every NaN."""
    values = values + 0.0
    values[np.isnan(values)] = np.nan
    return values.view(np.uint64)


def _mixed(x: Hashes) -> Hashes:
    """The last steps of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): every bit depends on every bit."""
    x = x + np.uint64(STEP)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def split(
    hashes: Hashes, strata: NDArray[np.int64], validation_fraction: float, test_fraction: float
) -> NDArray[np.int8]:
    """The set (`TRAIN`, `VALIDATION`, `TEST`) of each row; `strata`: its class index, 0 for a regression.

    Raises `UserError` when a set would be empty.
    """
    chosen = np.full(len(hashes), TRAIN, np.int8)
    for stratum in np.unique(strata):
        rows = np.flatnonzero(strata == stratum)
        ordered = np.sort(hashes[rows])
        tests = max(1, round(len(rows) * test_fraction))
        validations = max(1, round(len(rows) * validation_fraction))
        if tests + validations >= len(rows):
            continue  # too few rows to share out: all of them train
        chosen[rows[hashes[rows] <= ordered[tests + validations - 1]]] = VALIDATION
        chosen[rows[hashes[rows] <= ordered[tests - 1]]] = TEST
    counts = np.bincount(chosen, minlength=3)
    if counts.min() == 0:
        raise UserError(
            f"{len(hashes)} rows are too few, or too many of them are equal, to make three sets "
            f"(training {counts[TRAIN]}, validation {counts[VALIDATION]}, test {counts[TEST]}): give more"
        )
    return chosen
