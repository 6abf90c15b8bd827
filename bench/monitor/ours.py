"""One job of the monitor: `ours.py BASELINE_DIR FILE`; prints rows, seconds, megabytes and what drifted as JSON."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "monitor"))

from model_monitor.constraints import Constraints
from model_monitor.data_quality import check
from model_monitor.readers import batches
from model_monitor.statistics import Statistics


def main() -> None:
    """Read, compare, print."""
    start = time.perf_counter()
    directory, file = Path(sys.argv[1]), Path(sys.argv[2])
    before, constraints = (
        json.loads((directory / name).read_text(encoding="utf-8"))
        for name in ("statistics.json", "constraints.json")
    )
    baseline = Statistics.from_json(before)
    now = Statistics.of_batches(batches([file]), baseline.kinds)
    findings = check(now, baseline, Constraints.from_json(constraints))
    drifted = [
        name for name, verdict in findings.verdicts.items() if verdict == "drift"
    ]
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "rows": now.rows,
                "seconds": seconds,
                "megabytes": peak,
                "drifted": drifted,
            }
        )
    )


if __name__ == "__main__":
    main()
