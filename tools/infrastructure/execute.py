"""Executes exactly the change sets that `diff.py` has shown: no other template, no code of the commit."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bootstrap import BootstrapAws
from change_sets import Wait
from executing import execute
from programs import run, taken_over


def main(wait: Wait | None = None) -> int:
    """The first argument is the artifact of the diff; DIGEST and STAGE come from the pipeline."""

    def work() -> None:
        aws = BootstrapAws()
        stage = aws.stage(Path(__file__).resolve().parent / "stages.json")
        approved = taken_over(Path(sys.argv[1]) / "diff.json", os.environ["DIGEST"])
        execute(aws, stage, approved, wait or Wait())

    return run(work)


if __name__ == "__main__":
    sys.exit(main())
