"""The command line; each command's code is loaded only when it is used."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    args = _parser().parse_args(arguments)
    from .options import guarded

    return guarded(lambda: int(args.action(args)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}", description="Runs a compiled SageMaker pipeline on this machine."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="run the pipeline, or one of its steps"))
    _add_runs(commands.add_parser("runs", help="list the runs"))
    registry = commands.add_parser("registry", help="list, show, approve or reject model packages")
    from .cli_registry import add_commands

    add_commands(registry)
    report = commands.add_parser("report", help="write the report of a run as one HTML page")
    if "report" in sys.argv[1:2]:
        from .report import cli as report_cli

        report_cli.add_arguments(report)
        report.set_defaults(action=report_cli.main)
    return parser


def add_work(parser: argparse.ArgumentParser) -> None:
    """Add the option that every command has."""
    parser.add_argument(
        "--work",
        type=Path,
        default=Path(".local"),
        metavar="DIR",
        help="work directory (default: %(default)s)",
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
    from .options import Options

    defaults = Options()
    parser.add_argument(
        "--definition",
        type=Path,
        default=defaults.definition,
        metavar="FILE",
        help="compiled definition (default: %(default)s)",
    )
    add_work(parser)
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="settings",
        help="value of a pipeline parameter",
    )
    parser.add_argument(
        "--only", metavar="STEP", help="run just this step, with the results of an earlier run"
    )
    parser.add_argument(
        "--from-run", default="latest", metavar="ID", help="the earlier run (default: the newest)"
    )
    parser.add_argument(
        "--jobs", type=_positive_int, metavar="N", help="jobs side by side (default: the cores)"
    )
    parser.add_argument(
        "--no-cache", action="store_false", dest="cache", help="run every step, whatever was run before"
    )
    parser.add_argument(
        "--python",
        default=defaults.python,
        metavar="PATH",
        help="interpreter of the scripts (default: this one)",
    )
    parser.add_argument(
        "--time-limit", type=_positive, metavar="SECONDS", help="end any job that takes longer"
    )
    parser.set_defaults(action=_run)


def _run(args: argparse.Namespace) -> int:
    from .options import Options
    from .run import run

    options = {key: value for key, value in vars(args).items() if key != "action"}
    return run(Options(**options))


def _add_runs(parser: argparse.ArgumentParser) -> None:
    add_work(parser)
    parser.set_defaults(action=_runs)


def _runs(args: argparse.Namespace) -> int:
    from .runs import load_all

    records = load_all(args.work)
    for record in records:
        seconds = f"{record['seconds']:.1f} s" if record["seconds"] is not None else ""
        print(
            f"{record['executionId']}  {record['status']:<10} {seconds:>9}"
            f"  {record['failureReason'] or ''}".rstrip()
        )
    if not records:
        print(f"no runs in {args.work}")
    return 0


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not greater than 0")
    return value


def _positive_int(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value
