"""Prints the kind of each column of a table; `python -m pipelines columns` runs it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import data_settings
import preprocess
from job import UserError


def main() -> int:
    """Print columns and notes as JSON; an error is one line and exit code 1."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("data", type=Path, help="a file or a directory of files")
    parser.add_argument("--settings", type=Path, required=True, help="directory of a data.json")
    parser.add_argument("--problem_type", required=True)
    parser.add_argument("--target_column", required=True)
    args = parser.parse_args()
    settings = data_settings.load(args.settings)
    try:
        table, _ = preprocess.read(args.data, settings)
        prepared = preprocess.prepare(table, args.target_column, args.problem_type, settings)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(json.dumps({"columns": prepared.decided.record(), "notes": prepared.decided.notes}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
