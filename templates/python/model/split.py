"""Which rows train, validate and test: decided by each row's content and a seed, not by its place.

Every row gets a number from a hash of its values and the seed. Within each class the rows with the smallest
numbers are the test set, the next ones the validation set, the rest the training set. So

- shuffling the file, or splitting it into several, changes nothing;
- each class has the same share in all three sets (stratified);
- rows that are equal are always in the same set: no copy of a training row is in the test set;
- new rows move only the few old ones that are next to a border.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from job import UserError

TRAIN, VALIDATION, TEST = 0, 1, 2


def row_hashes(frame: pd.DataFrame, seed: int) -> NDArray[np.uint64]:
    """One 64-bit number per row; numbers count as floats, so a column that turns from int to float stays."""
    numbers = frame.select_dtypes(include="number").columns
    same = frame.astype(dict.fromkeys(numbers, "float64"))
    return _mixed(np.asarray(pd.util.hash_pandas_object(same, index=False), dtype=np.uint64), seed)


def _mixed(hashes: NDArray[np.uint64], seed: int) -> NDArray[np.uint64]:
    """Other numbers for another seed: pandas' own key changes only the hashes of text.

    The last steps of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014): every bit depends on every bit of it.
    """
    x = hashes + np.uint64((seed + 1) * 0x9E3779B97F4A7C15 % 2**64)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def split(
    hashes: NDArray[np.uint64], strata: NDArray[np.int64], validation_fraction: float, test_fraction: float
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
