"""Your features: what the model learns from, made from the columns of the data.

Training, evaluation, endpoint and batch prediction call the same two functions, so clients go on sending rows
as they are in the data. `frame` has the columns that are used (no target, weights, identifiers or dropped
columns), in the order of the data:

| kind | in the frame | a missing value |
|---|---|---|
| number | float64 | NaN |
| boolean | bool, or `boolean` if training rows have gaps | <NA> |
| category | texts | None |
| date | datetime64[us], in UTC | NaT |

What `transform` returns may have numbers, booleans, texts and dates; texts and dates are encoded as those of
the data are. A column of one's own and one dropped, for example:

    def fit(train, target):
        return {"rate": target.groupby(train["city"]).mean().to_dict(), "mean": float(target.mean())}

    def transform(frame, state):
        rate = frame["city"].map(state["rate"]).fillna(state["mean"])
        return frame.assign(rate=rate, per_visit=frame["spent"] / (1 + frame["visits"])).drop(columns="city")
"""

from __future__ import annotations

from typing import Any

import pandas as pd


def fit(train: pd.DataFrame, target: pd.Series) -> Any:
    """What `transform` has to know about the training rows; the model's artifact keeps it.

    `target` is 0 or 1 (the second label), the number of the class, or the value to predict.
    """
    return {}


def transform(frame: pd.DataFrame, state: Any) -> pd.DataFrame:
    """The features of some rows: one row for each, in the same order, the same alone as among others."""
    return frame
