"""The target column: the labels of a classification, or the values of a regression."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from columns import CODE, floats, gaps, missing_tokens, numbers
from job import UserError, listed
from schema import Label

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CLASSES = 100
MIN_ROWS_PER_CLASS = 3


def target_of(
    name: str, cells: pa.Array, problem_type: str, tokens: Sequence[str] | None
) -> tuple[tuple[Label, ...], NDArray[np.float64]]:
    """The labels in order (numbers by value, text by alphabet) and each row's class index (or value).

    The positive class of a binary problem is the second label: 1 of 0 and 1, "yes" of "no" and "yes".
    """
    missing = gaps(cells, missing_tokens("category", tokens))
    if gone := missing.null_count:
        token = pc.filter(cells, missing.is_null())[0].as_py()
        what = "is empty" if not token else f"is {token!r}, which is a missing value,"
        raise UserError(
            f"target column {name!r} {what} in {gone} of {len(cells)} rows: drop or complete them"
            + (", or list the missing values in data.missingTokens without it" if token else "")
        )
    values, bad = numbers(cells, [""])
    if problem_type == "regression":
        if bad.any():
            odd = cells[int(np.argmax(bad))].as_py()
            raise UserError(f"target column {name!r} has {odd!r}: a regression needs finite numbers")
        found = floats(values)
        if (found == found[0]).all():
            raise UserError(
                f"target column {name!r} is {found[0]:g} in every row: there is nothing to predict"
            )
        return (), found
    numeric = not bad.any() and not pc.any(pc.match_substring_regex(cells, CODE)).as_py()
    if numeric:
        known, indices = np.unique(floats(values), return_inverse=True)
        labels: list[Label] = [int(v) if v.is_integer() else repr(v) for v in known.tolist()]
    else:
        texts = _same_case(cells)
        coded = texts.dictionary_encode()
        found_labels = coded.dictionary.to_pylist()
        labels = sorted(found_labels)
        order = np.array([labels.index(label) for label in found_labels])
        indices = order[coded.indices.to_numpy(zero_copy_only=False)]
    _check(name, labels, problem_type, np.bincount(indices, minlength=len(labels)))
    return tuple(labels), indices.astype(np.float64)


def _same_case(cells: pa.Array) -> pa.Array:
    """All spellings of true and false become `true` and `false`; everything else stays unchanged."""
    known = pc.unique(cells).to_pylist()
    lower = {text.lower() for text in known}
    return pc.utf8_lower(cells) if lower <= {"true", "false"} and len(lower) < len(known) else cells


def _check(name: str, labels: Sequence[Label], problem_type: str, counts: NDArray[np.int64]) -> None:
    shown = listed(map(str, labels), 5)
    if problem_type == "binary" and len(labels) != 2:
        raise UserError(
            f"target column {name!r} has {len(labels)} different values ({shown}), a binary problem needs 2: "
            "choose another column or problem type (multiclass, regression)"
        )
    if not 2 <= len(labels) <= MAX_CLASSES:
        raise UserError(
            f"target column {name!r} has {len(labels)} different values ({shown}), a classification "
            f"takes 2 to {MAX_CLASSES}: choose another column or problem type (regression)"
        )
    for label, count in zip(labels, counts.tolist(), strict=True):
        if count < MIN_ROWS_PER_CLASS:
            raise UserError(
                f"target column {name!r}: only {count} row(s) of class {label!r}, "
                f"at least {MIN_ROWS_PER_CLASS} are required to train, validate and test"
            )
