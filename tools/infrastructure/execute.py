"""Executes exactly the change sets that `diff.py` has shown: no other template, no code of the commit."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from bootstrap import BootstrapAws
from change_sets import Stacks, Wait
from stages import Stage
from targets import Refused


def read_diff(file: Path, digest: str) -> list[dict[str, Any]]:
    """What was approved; the digest comes from the pipeline itself."""
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused(
            "The artifact is not the one that the diff wrote: someone replaced it. "
            "Find out who wrote to the pipeline's bucket, then start the pipeline again."
        )
    entries: list[dict[str, Any]] = json.loads(content)
    return entries


def execute(aws: BootstrapAws, stage: Stage, approved: list[dict[str, Any]], wait: Wait) -> None:
    """Wave by wave; nothing comes after what has failed."""
    entries = {(e["stack"], e["account"], e["region"]): e for e in approved}
    for wave in stage.waves:
        begun = []
        for planned in wave:
            entry = entries.pop((planned.name, planned.place.account, planned.place.region), None)
            if entry is None:
                continue
            stacks = Stacks(aws.cloudformation(planned.place), wait)
            stacks.execute(planned.name, entry["changeSet"])
            begun.append((stacks, planned.name, entry["protected"]))
        failures = []
        for stacks, name, protected in begun:
            try:
                stacks.finish(name, protected)
            except Refused as refusal:
                failures.append(str(refusal))
        if failures:
            raise Refused(" ".join(failures))
    if entries:
        names = ", ".join(sorted(stack for stack, _, _ in entries))
        raise Refused(f"This stage does not deploy {names} any more. Start the pipeline again.")


def main(wait: Wait | None = None) -> int:
    """The first argument is the artifact of the diff; DIGEST and STAGE come from the pipeline."""
    try:
        aws = BootstrapAws()
        stage = aws.stage(Path(__file__).resolve().parent / "stages.json")
        execute(aws, stage, read_diff(Path(sys.argv[1]) / "diff.json", os.environ["DIGEST"]), wait or Wait())
    except Refused as refusal:
        print(f"Refused: {refusal}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
