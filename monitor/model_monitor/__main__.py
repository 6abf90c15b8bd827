"""`python -m model_monitor baseline|run|simulate`: files in, the published forms out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model_monitor import simulation, written
from model_monitor.constraints import FILE_NAME as CONSTRAINTS
from model_monitor.constraints import Constraints
from model_monitor.data_quality import RUNS_A_DAY, check
from model_monitor.drifted import KINDS, MEANS
from model_monitor.errors import MonitorError
from model_monitor.readers import Reading, batches
from model_monitor.schemas import described
from model_monitor.statistics import FILE_NAME as STATISTICS
from model_monitor.statistics import Statistics
from model_monitor.values import Kind

NO_ROWS = "give files with rows; of nothing, nothing can be told"
VIOLATIONS = 2
"""Exit code when something was found; 1 is an error."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit code."""
    args = _parser().parse_args(arguments)
    try:
        code: int = args.action(args)
        return code
    except MonitorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="model_monitor", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    making = commands.add_parser("baseline", help=f"write {STATISTICS} and {CONSTRAINTS}", allow_abbrev=False)
    making.set_defaults(action=_baseline)
    running = commands.add_parser(
        "run", help="compare rows with a baseline; exit code 2: violations", allow_abbrev=False
    )
    running.add_argument("--baseline", type=Path, required=True, metavar="DIR", help="what `baseline` wrote")
    running.set_defaults(action=_run)
    trying = commands.add_parser(
        "simulate", help="make drift up, and tell what is found of it", allow_abbrev=False
    )
    trying.add_argument("--kind", action="append", choices=KINDS, help="one kind of change (default: all)")
    trying.add_argument("--column", help="the column that changes (default: the first that can)")
    trying.add_argument("--label", help="the column of the label, for label shift")
    trying.add_argument("--rows", default=",".join(map(str, simulation.ROWS)), help="sizes of windows")
    trying.add_argument("--trials", type=_whole, default=simulation.TRIALS, help="windows of each kind")
    trying.add_argument("--days", type=_whole, default=10, help="days without a change, for false alarms")
    trying.add_argument("--seed", type=int, default=0, help="of the random numbers")
    trying.set_defaults(action=_simulate)
    for command in (making, running, trying):
        command.add_argument(
            "files", nargs="+", type=Path, metavar="FILE", help="files or directories with rows"
        )
        command.add_argument("--schema", type=Path, help="schema.json of the model: columns and kinds")
        command.add_argument("--columns", help="the columns of a request in their order, with commas")
        command.add_argument("--outputs", help="the names of what captured answers hold, with commas")
        command.add_argument("--leave", help="columns that are left out, with commas")
        command.add_argument("--separator", default=",", help="of CSV files (default: a comma)")
        command.add_argument("--out", type=Path, metavar="DIR", help="where files are written")
    for command in (running, trying):
        command.add_argument(
            "--runs-a-day", type=_positive, default=float(RUNS_A_DAY), metavar="N",
            help="how often rows are compared: all runs of a day share 1 %% for a false alarm",
        )  # fmt: skip
        command.add_argument("--json", action="store_true", help="print what was found as JSON")
    return parser


def _whole(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is no whole number above 0")
    return int(text)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not greater than 0")
    return value


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in text.split(",")] if text else []


def _reading(args: argparse.Namespace) -> tuple[Reading, dict[str, Kind]]:
    known = described(args.schema)
    reading = Reading(
        columns=_names(args.columns) or known.columns,
        outputs=_names(args.outputs),
        leave=[*_names(args.leave), *known.leave],
        booleans=known.booleans,
        missing_tokens=known.missing_tokens,
        separator=args.separator,
    )
    return reading, dict(known.kinds)


def _out(args: argparse.Namespace) -> Path:
    out: Path = args.out or Path()
    out.mkdir(parents=True, exist_ok=True)
    return out


def _baseline(args: argparse.Namespace) -> int:
    reading, kinds = _reading(args)
    statistics = Statistics.of_batches(batches(args.files, reading), kinds)
    if not statistics.rows:
        raise MonitorError("there are no rows: a baseline needs the training rows")
    out = _out(args)
    for path in (statistics.save(out), Constraints.suggest(statistics).save(out)):
        print(f"wrote {path}")
    return 0


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found
    except FileNotFoundError:
        raise MonitorError(f"{path}: there is no such file; `baseline` writes it") from None
    except ValueError as problem:
        raise MonitorError(f"{path}: this is no JSON: {problem}") from problem


def _run(args: argparse.Namespace) -> int:
    reading, kinds = _reading(args)
    before = Statistics.from_json(_json(args.baseline / STATISTICS))
    constraints = Constraints.from_json(_json(args.baseline / CONSTRAINTS))
    now = Statistics.of_batches(batches(args.files, reading), {**kinds, **before.kinds})
    if not now.rows:
        raise MonitorError(f"there are no rows in {', '.join(map(str, args.files))}: {NO_ROWS}")
    findings = check(now, before, constraints, args.runs_a_day, reading.leave)
    if args.out:
        now.save(_out(args))
        findings.save(args.out)
    if args.json:
        print(written.text({**findings.to_json(), "features": findings.features}))
    else:
        for feature in findings.features:
            distance = (
                "" if feature["distance"] is None else f"  {feature['method']} {feature['distance']:.3f}"
            )
            why = f"  ({feature['why']})" if feature["why"] else ""
            print(f"{feature['name']}: {feature['verdict']}{distance}{why}")
        for violation in findings.violations:
            print(f"{violation.constraint_check_type}: {violation.feature_name}: {violation.description}")
    return VIOLATIONS if findings.violations else 0


def _simulate(args: argparse.Namespace) -> int:
    reading, kinds = _reading(args)
    kinds = {**Statistics.of_batches(batches(args.files, reading), kinds).kinds}
    frame = simulation.frame_of(batches(args.files, reading), kinds)
    sizes = [_whole(text) for text in _names(args.rows)]
    some = simulation.changes(frame, args.kind or KINDS, args.column, args.label)
    if not some:
        raise MonitorError("no column can change so: name the label, or another kind or column")
    table = simulation.detections(
        frame, some, kinds, sizes, args.trials, runs_a_day=args.runs_a_day, seed=args.seed
    )  # fmt: skip
    runs = max(1, round(args.runs_a_day))
    alarms, days = simulation.false_alarms(
        frame, kinds, max(sizes), args.days, runs_a_day=runs, seed=args.seed
    )  # fmt: skip
    if args.json:
        found = [one.to_json() for one in table]
        print(json.dumps({"detections": found, "false_alarms": {"days": days, "with_alarm": alarms}}))
        return 0
    print(f"{len(frame)} rows are taken as all there are; {args.trials} windows of each size.\n")
    print(
        f"{'change':16} {'size':>7} {'column':20} " + " ".join(f"{size:>7}" for size in sizes) + "  found by"
    )
    for change in some:
        cells = [d for d in table if (d.kind, d.size, d.column) == (change.kind, change.size, change.column)]
        shares = " ".join(f"{100 * d.found / d.trials:5.0f} %" for d in cells)
        checks = ", ".join(sorted({check for d in cells for check in d.checks})) or "-"
        print(f"{change.kind:16} {change.size:7g} {change.column[:20]:20} {shares}  {checks}")
    print("\nWhat a size means:")
    for kind in dict.fromkeys(change.kind for change in some):
        print(f"  {kind}: {MEANS[kind]}")
    print(
        f"\nFalse alarms: on {alarms} of {days} days without a change, {runs} runs of {max(sizes)} rows each."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
