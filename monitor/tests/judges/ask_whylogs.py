"""The profiles of whylogs: `ask_whylogs.py DIRECTORY` writes `whylogs.json` of its tables."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import whylogs as why


def main() -> None:
    """Only the table `before` of each case."""
    folder = Path(sys.argv[1])
    answers = {}
    for case in sorted(folder.glob("*.kinds.json")):
        name, kinds = case.name.split(".")[0], json.loads(case.read_text())
        view = why.log(pd.read_csv(folder / f"{name}.before.csv")).view()
        answers[name] = {column: _plain(view.get_column(column).to_summary_dict()) for column in kinds}
    (folder / "whylogs.json").write_text(json.dumps(answers))


def _plain(summary: dict[str, object]) -> dict[str, object]:
    items = summary.pop("frequent_items/frequent_strings", None) or []
    found = {key: value for key, value in summary.items() if isinstance(value, int | float)}
    return {**found, "frequent": {item.value: item.est for item in items}}


if __name__ == "__main__":
    main()
