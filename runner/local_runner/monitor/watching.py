"""Compares rows with a baseline; run as a script by the interpreter that has numpy, pandas and pyarrow.

`watching.py REQUEST` reads a request of the `monitor` command and writes `statistics.json`,
`constraint_violations.json` and `found.json` into its folder. An error is the last line of standard error.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).parent)
ANSWERS = ("prediction", "probability", "value", "label", "probabilities")
"""Columns of answers, which no baseline of requests has; so are those that begin so."""
_PREFIXES = ("predicted_", "probability_")


def main() -> int:
    """Do what the request says."""
    request = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    error: Any = importlib.import_module("model_monitor.errors").MonitorError
    try:
        _compare(request)
    except error as problem:
        print(f"error: {' '.join(str(problem).split())}.", file=sys.stderr)
        return 1
    return 0


def _compare(request: dict[str, Any]) -> None:
    statistics: Any = importlib.import_module("model_monitor.statistics").Statistics
    constraints: Any = importlib.import_module("model_monitor.constraints").Constraints
    quality: Any = importlib.import_module("model_monitor.data_quality")
    written: Any = importlib.import_module("model_monitor.written")
    pieces: Any = importlib.import_module("pieces")

    before = statistics.from_json(_json(request["statistics"]))
    given = constraints.from_json(_json(request["constraints"]))
    rows = _Rows(request, before)
    now = statistics.of_batches(rows.batches(), before.kinds)
    error: Any = importlib.import_module("model_monitor.errors").MonitorError
    if not now.rows:
        raise error("there are no rows to compare: name files with rows; of nothing, nothing can be told")
    for name in request["leave"]:
        if name not in before.names and name not in rows.left:
            raise error(
                f"--leave {name}: there is no such column; the baseline has {', '.join(before.names)}"
            )
    findings = quality.check(now, before, given, request["runsADay"], request["leave"])
    out = Path(request["out"])
    now.save(out)
    findings.save(out)
    found = {
        **pieces.pieces(before, now, findings),
        "sources": request["files"],
        "notes": rows.notes,
        "broken": findings.broken,
    }
    (out / "found.json").write_text(written.text(found) + "\n", "utf-8")


def _json(path: str) -> Any:
    return json.loads(Path(path).read_text("utf-8"))


class _Rows:
    """The rows of a request's files, without the columns that are no features and known to be none."""

    def __init__(self, request: dict[str, Any], before: Any) -> None:
        readers: Any = importlib.import_module("model_monitor.readers")
        is_boolean: Any = importlib.import_module("model_monitor.trained").is_boolean
        reading = readers.Reading(
            columns=tuple(request["columns"] or ()),
            booleans=[*request["booleans"], *(n for n, c in before.columns.items() if is_boolean(c))],
            missing_tokens=request["missingTokens"],
            separator=request["separator"],
            encoding=request["encoding"],
        )
        self._tables = readers.batches([Path(file) for file in request["files"]], reading)
        self._known, self._others = set(before.names), set(request["others"])
        self._leave = set(request["leave"])
        self.left: dict[str, None] = {}

    def batches(self) -> Iterator[Any]:
        """Yield the tables."""
        for table in self._tables:
            left = [name for name in table.column_names if self._is_no_feature(name)]
            self.left.update(dict.fromkeys(left))
            yield table.drop_columns(left) if left else table

    def _is_no_feature(self, name: str) -> bool:
        return name in self._leave or (
            name not in self._known
            and (name in self._others or name in ANSWERS or name.startswith(_PREFIXES))
        )

    @property
    def notes(self) -> list[str]:
        """What was left out, in words."""
        others = [name for name in self.left if name not in self._leave]
        asked = sorted(self._leave)
        return [
            f"Not compared, because {why}: {', '.join(names)}."
            for why, names in (
                ("the model does not take it as a feature", others),
                ("--leave names it", asked),
            )
            if names
        ]


if __name__ == "__main__":
    sys.exit(main())
