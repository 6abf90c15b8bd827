"""The table of what the monitor finds: `detection.py [TRIALS]` writes docs/monitoring-detection.md.

Rows come from a made-up population that a baseline of 5,000 rows is drawn from, an hour's rows at a time.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "monitor"))

from model_monitor.drifted import KINDS, MEANS
from model_monitor.simulation import ROWS, Detection, changes, detections
from model_monitor.statistics import Statistics

PAGE = ROOT / "docs" / "monitoring-detection.md"
POPULATION = 50_000
BASELINE = 5000


def population() -> pd.DataFrame:
    """Eight columns: four of numbers, three of texts, a label."""
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "height": rng.normal(170, 10, POPULATION),
            "amount": rng.lognormal(3, 1, POPULATION),
            "visits": rng.poisson(3, POPULATION),
            "score": rng.normal(0, 1, POPULATION),
            "colour": rng.choice(
                ["red", "green", "blue"], POPULATION, p=[0.6, 0.3, 0.1]
            ),
            "town": rng.choice([f"town {n}" for n in range(20)], POPULATION),
            "vip": rng.choice(["yes", "no"], POPULATION, p=[0.1, 0.9]),
            "label": rng.choice(["stays", "leaves"], POPULATION, p=[0.8, 0.2]),
        }
    )


def line(cells: list[Detection]) -> str:
    """One change in windows of each size."""
    first = cells[0]
    shares = " | ".join(
        f"{100 * one.found / one.trials:.0f} %"
        + (" ·" if one.not_enough > one.trials / 2 else "")
        for one in cells
    )
    checks = (
        ", ".join(sorted({check for one in cells for check in one.checks})) or "none"
    )
    return f"| {first.kind} | {first.size:g} | `{first.column}` | {shares} | {checks} |"


def main() -> None:
    """Try every kind and size."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    frame = population()
    kinds = Statistics.of(frame).kinds
    lines = []
    for change in changes(frame, KINDS, label="label"):
        lines.append(line(detections(frame, [change], kinds, ROWS, trials, BASELINE)))
    sizes = "".join(f" {rows:,} rows |" for rows in ROWS)
    means = "\n".join(f"- **{kind}**: {MEANS[kind]}" for kind in KINDS)
    PAGE.write_text(
        "# What the monitor finds, and from how many rows on\n\n"
        f"How often a change is found in windows of a size, of {trials} windows each: a baseline of {BASELINE:,} rows with "
        f"{len(frame.columns)} columns,\nhourly runs, the default constraints. `·` means: the answer was mostly "
        '"not enough rows", never "no drift".\n'
        "A change that is just as great as the threshold (a shift of 0.25 is, with a distance of 0.1) is found half of the "
        "time,\nhowever many rows there are.\n\n"
        f"| change | size | column |{sizes} found by |\n|---|---|---|{'---|' * (len(ROWS) + 1)}\n"
        + "\n".join(lines)
        + f"\n\nWhat a size means:\n\n{means}\n\n"
        "Made by `python bench/monitor/detection.py`; `npx projen monitor:simulate` makes such a table of your own rows.\n",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
