"""Evidently's data drift preset on whole files: `evidently_preset.py TRAINING FILE`; prints as `ours.py` does.

Runs in an environment that has evidently, which the monitor does not need.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import pandas as pd


def main() -> None:
    """Read, compare, print."""
    start = time.perf_counter()
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset

    frames = [pd.read_parquet(path) for path in sys.argv[1:3]]
    texts = [name for name in frames[0] if str(name).startswith("text")]
    numbers = [name for name in frames[0] if name not in texts]
    definition = DataDefinition(numerical_columns=numbers, categorical_columns=texts)
    before, now = (
        Dataset.from_pandas(frame, data_definition=definition) for frame in frames
    )
    report = Report([DataDriftPreset()]).run(now, before).dict()
    drifted = [
        metric["config"]["column"]
        for metric in report["metrics"]
        if "column" in metric["config"] and _is_drift(metric)
    ]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "rows": len(frames[1]),
                "seconds": seconds,
                "megabytes": peak,
                "drifted": drifted,
            }
        )
    )


def _is_drift(metric: dict[str, dict[str, object]]) -> bool:
    """A p-value is low where a distance is high."""
    value, config = float(str(metric["value"])), metric["config"]
    threshold = float(str(config.get("threshold") or 0.1))
    return (
        value < threshold
        if "p_value" in str(config.get("method"))
        else value > threshold
    )


if __name__ == "__main__":
    main()
