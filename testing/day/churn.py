"""Writes a table of customers as a company has one: `python churn.py FILE [ROWS]`.

Identifiers, dates, a column of 200 cities, texts, gaps, and an answer that depends on what must be made of them:
how long a customer has been one, spending by visit, and how a city does.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

CITIES = 200


def customers(rows: int = 5_000, seed: int = 11) -> pd.DataFrame:
    """The table; the same each time."""
    rng = np.random.default_rng(seed)
    city = np.minimum(rng.geometric(0.02, rows) - 1, CITIES - 1)
    trouble = rng.normal(size=CITIES)
    days = rng.integers(10, 2500, rows)
    visits, spent = rng.poisson(6, rows), rng.gamma(2, 60, rows).round(2)
    plan = rng.choice(["basic", "plus", "family"], rows, p=[0.5, 0.35, 0.15])
    autopay = rng.random(rows) < 0.6
    score = 1.1 * trouble[city] - days / 900 + 14 / (4 + visits) - spent / (1 + visits) / 40 - autopay
    score += 0.6 * (plan == "basic") + rng.logistic(size=rows)
    frame = pd.DataFrame(
        {
            "customer_id": [f"C{n:06d}" for n in rng.permutation(rows)],
            "since": (pd.Timestamp("2026-06-30") - pd.to_timedelta(days, unit="D")).strftime("%Y-%m-%d"),
            "city": [f"city {n}" for n in city],
            "plan": plan,
            "visits": visits,
            "spent": spent,
            "autopay": np.where(autopay, "true", "false"),
            "age": rng.integers(18, 90, rows).astype(float),
            "churned": np.where(score > 0.4, "yes", "no"),
        }
    )
    frame.loc[rng.random(rows) < 0.07, "age"] = np.nan
    frame.loc[rng.random(rows) < 0.05, "city"] = None
    return frame


if __name__ == "__main__":
    customers(int(sys.argv[2]) if sys.argv[2:] else 5_000).to_csv(Path(sys.argv[1]), index=False)
