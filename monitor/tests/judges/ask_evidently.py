"""Evidently's own distances: `ask_evidently.py DIRECTORY` writes `evidently.json` of its tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift

METHODS = {"number": ("ks", "jensenshannon", "psi"), "category": ("chisquare", "jensenshannon", "psi")}


def main() -> None:
    """Each case has the tables `before` and `now`, and the kinds of their columns."""
    folder = Path(sys.argv[1])
    answers = {}
    for case in sorted(folder.glob("*.kinds.json")):
        name, kinds = case.name.split(".")[0], json.loads(case.read_text())
        definition = DataDefinition(
            numerical_columns=[c for c, kind in kinds.items() if kind == "number"],
            categorical_columns=[c for c, kind in kinds.items() if kind == "category"],
        )
        before, now = (
            Dataset.from_pandas(
                pd.read_parquet(folder / f"{name}.{part}.parquet"), data_definition=definition
            )
            for part in ("before", "now")
        )
        asked = [(c, m) for c, kind in kinds.items() for m in METHODS[kind]]
        report = Report([ValueDrift(column=c, method=m) for c, m in asked]).run(now, before).dict()
        answers[name] = {
            f"{c} {m}": float(metric["value"])
            for (c, m), metric in zip(asked, report["metrics"], strict=True)
        }
    (folder / "evidently.json").write_text(json.dumps(answers))


if __name__ == "__main__":
    main()
