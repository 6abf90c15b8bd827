"""The command line; each command's code is loaded only when it is used."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from .options import COMMAND_VARIABLE, OPT_ML_MODES, Options, add_python, add_work, guarded


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if "--" in given:
        # Some task runners pass on the "--" that precedes the arguments.
        given.remove("--")

    def command() -> int:
        args, unknown = _parser(given).parse_known_args(given)
        if unknown:
            # The parser of the whole would show a usage that names no option.
            args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
        return int(args.action(args))

    return guarded(command)


def _parser(given: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=f"python -m {__package__}",
        description="Runs a compiled SageMaker pipeline on this machine.",
        allow_abbrev=False,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, text: str) -> argparse.ArgumentParser:
        parser = commands.add_parser(
            name,
            help=text,
            description=f"{text[0].upper()}{text[1:]}.",
            allow_abbrev=False,
            prog=os.environ.get(COMMAND_VARIABLE) if name == "run" else None,
        )
        parser.set_defaults(parser=parser)
        return parser

    _add_run(add("run", "run the pipeline, or one of its steps"))
    scoring = add("score", "score data with a version of the local registry")
    if given[:1] == ["score"]:
        _add_score(scoring)
    predicting = add("predict", "predict the rows of a file with a version of the local registry")
    if given[:1] == ["predict"]:
        from .predict.command import add_arguments as add_predict

        add_predict(predicting)
    serving = add("serve", "serve a version of the local registry as an endpoint does")
    if given[:1] == ["serve"]:
        from .serve import add_arguments as add_serve

        add_serve(serving)
    watching = add("monitor", "compare rows with what a version was trained on")
    if given[:1] == ["monitor"]:
        from .monitor.command import add_arguments as add_monitor

        add_monitor(watching)
    listing = add("runs", "list the runs, or remove old ones")
    if given[:1] == ["runs"]:
        from .cli_runs import add_arguments as add_runs

        add_runs(listing)
    comparing = add("compare", "compare runs or registered versions")
    if given[:1] == ["compare"]:
        from .cli_compare import add_arguments as add_compare

        add_compare(comparing)
    proposing = add("pull-request", "compare this branch's run with that of the branch it is merged into")
    if given[:1] == ["pull-request"]:
        from .pull_request.command import add_arguments as add_pull_request

        add_pull_request(proposing)
    registry = add("registry", "list, show, approve or reject model packages")
    if given[:1] == ["registry"]:
        from .cli_registry import add_commands

        add_commands(registry)
    report = add("report", "write the report of a run as one HTML page")
    if given[:1] == ["report"]:
        from .report.cli import add_arguments

        add_arguments(report)
        report.set_defaults(action=_report)
    return parser


def _report(args: argparse.Namespace) -> int:
    from .report import cli
    from .runs import load_all

    load_all(args.work)  # a run whose runner died is shown as what it is
    return cli.main(args)


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_definition(parser, Options().definition)
    parser.add_argument(
        "--only", metavar="STEP", help="run only this step, with the results of an earlier run"
    )
    parser.add_argument(
        "--from-run", default="latest", metavar="ID", help="the earlier run (default: the newest)"
    )
    parser.add_argument(
        "--jobs", type=_positive_int, metavar="N", help="jobs in parallel (default: the number of cores)"
    )
    parser.add_argument(
        "--no-cache", action="store_false", dest="cache", help="run every step, ignoring cached results"
    )
    parser.add_argument(
        "--no-register",
        action="store_false",
        dest="register",
        help="an experiment: run every step, the quality gate too, and put nothing into the registry",
    )
    parser.add_argument(
        "--opt-ml", choices=OPT_ML_MODES, metavar="HOW",
        help=f"how jobs get their /opt/ml: {', '.join(OPT_ML_MODES)}"
        " (default: what works here)",
    )  # fmt: skip
    parser.set_defaults(action=_run)


def _add_definition(parser: argparse.ArgumentParser, definition: Path) -> None:
    """Add what every command has that runs a definition."""
    parser.add_argument(
        "--definition",
        type=Path,
        default=definition,
        metavar="FILE",
        help="definition of the pipeline (default: %(default)s)",
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
    add_python(parser, "the scripts")
    parser.add_argument(
        "--time-limit", type=_positive, metavar="SECONDS", help="stop any job that takes longer"
    )


def _add_score(parser: argparse.ArgumentParser) -> None:
    from . import score

    score.add_arguments(parser)
    _add_definition(parser, score.DEFINITION)

    def action(args: argparse.Namespace) -> int:
        given = {key: value for key, value in vars(args).items() if key not in ("action", "parser")}
        data, model = given.pop("data"), given.pop("model")
        return score.score(score.Scoring(data, model, Options(**given)))

    parser.set_defaults(action=action)


def _run(args: argparse.Namespace) -> int:
    from .run import run

    options = {key: value for key, value in vars(args).items() if key not in ("action", "parser")}
    return run(Options(**options))


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
