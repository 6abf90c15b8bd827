"""Clarify's own library: `ask_smclarify.py DIRECTORY` writes `smclarify.json` of its tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
from smclarify.bias.metrics import posttraining, pretraining


def main() -> None:
    """Each table has the columns sex, granted and prediction; the facet is f, 1 is positive."""
    folder = Path(sys.argv[1])
    answers = {}
    for path in sorted(folder.glob("*.people.csv")):
        frame = pd.read_csv(path)
        facet, label, answer = frame["sex"] == "f", frame["granted"] == 1, frame["prediction"] == 1
        answers[path.name] = {
            "CI": pretraining.CI(frame["sex"], facet),
            "DPL": pretraining.DPL(frame["sex"], facet, label),
            "KL": pretraining.KL(frame["granted"], facet),
            "DPPL": posttraining.DPPL(frame["sex"], facet, answer),
            "DI": posttraining.DI(frame["sex"], facet, answer),
        }
    (folder / "smclarify.json").write_text(
        json.dumps({k: {n: float(x) for n, x in v.items()} for k, v in answers.items()})
    )


if __name__ == "__main__":
    main()
