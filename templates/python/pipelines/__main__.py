"""`python -m pipelines columns | packages | compile | upload | upsert | start`, from the top directory."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pipelines import packages, settings
from pipelines.columns import record
from pipelines.compiler import OUTPUT, State, compile_pipeline
from pipelines.errors import PipelineError


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """The command and its options."""
    parser = argparse.ArgumentParser(prog="python -m pipelines", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    compiling = commands.add_parser("compile", help=f"write {OUTPUT}, without AWS and network")
    compiling.add_argument("--force", action="store_true", help="even if nothing changed")
    compiling.add_argument("--fetch", action="store_true", help="run `packages` first")
    commands.add_parser("packages", help="fetch the packages of the group model for the containers")
    columns = commands.add_parser("columns", help="decide each column's kind; writes config/columns.json")
    columns.add_argument("data", nargs="?", type=Path, help="a copy of the data, when that is not in here")
    columns.add_argument("--if-missing", action="store_true", help="only for your own data in here")
    commands.add_parser("upload", help="upload the code and the repository's data under their hashes")
    commands.add_parser("upsert", help="create or update the pipeline in SageMaker")
    starting = commands.add_parser("start", help="start the pipeline for this commit")
    starting.add_argument(
        "--wait", action="store_true", help="wait for its end; exit code 1 unless it succeeds"
    )
    words = list(sys.argv[1:] if argv is None else argv)
    if "--" in words:
        # Some task runners pass on the "--" that precedes the arguments.
        words.remove("--")
    return parser.parse_args(words)


def fetch() -> None:
    """Bring the packages of the group `model` in line with the lock."""
    root = Path.cwd()
    if not packages.requirements(root):
        return
    from pipelines.fetch_packages import fetch as fetched

    if said := fetched(root, settings.load(root)):
        print(said)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    args = parse(argv)
    try:
        if args.command == "columns":
            if said := record(Path.cwd(), args.data, if_missing=args.if_missing):
                print(said)
            return 0
        if args.command == "packages" or getattr(args, "fetch", False):
            fetch()
        if args.command == "packages":
            return 0
        state = State(Path.cwd())
        compiled = compile_pipeline(state, force=getattr(args, "force", False))
        if args.command == "compile":
            print(f"{OUTPUT}: {'compiled' if compiled else 'up to date'}")
            return 0
        from pipelines import deploy

        deploy.run(args.command, state, wait=getattr(args, "wait", False))
    except PipelineError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
