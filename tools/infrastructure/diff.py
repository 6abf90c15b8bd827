"""Shows what a stage would change, and leaves a change set of each stack for exactly that.

Nothing of the commit's code runs here: this comes from the last approved deployment, and the commit's cloud
assembly is read as data. STAGE names the stage; with KEEP=no the change sets go again, and only
whether something would change is said.
"""

from __future__ import annotations

import hashlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import change_text
from bootstrap import BootstrapAws
from change_sets import Stacks, Wait
from cloud_assembly import Synthesized, read_stack
from programs import hand_over, run
from publishing import begin_change_set, check_bootstrap, file_lines
from stages import PlannedStack, Stage


@dataclass(frozen=True)
class Looked:
    """A stack that was looked at."""

    planned: PlannedStack
    entry: dict[str, Any]
    text: list[str]
    counts: str


def diff(
    aws: BootstrapAws, stage: Stage, assembly: Path, execution: str, *, keep: bool, wait: Wait
) -> list[Looked]:
    """The stacks that would change, in the order of their deployment."""
    name = f"{'diff' if keep else 'look'}-{execution}"
    begun: list[tuple[PlannedStack, Synthesized, Stacks, str, list[str]]] = []
    for planned in stage.stacks:
        synthesized = read_stack(assembly, planned)
        check_bootstrap(aws, planned, synthesized)
        stacks = Stacks(aws.cloudformation(planned.place), wait)
        arn, digests = begin_change_set(aws, stacks, planned, synthesized, name)
        begun.append((planned, synthesized, stacks, arn, file_lines(digests)))
    found: list[Looked] = []
    for planned, synthesized, stacks, arn, files in begun:
        changes = stacks.changes(planned.name, arn)
        if changes is None or not keep:
            stacks.forget(planned.name, arn)
        if changes is None:
            continue
        entry = {
            "stack": planned.name,
            "account": planned.place.account,
            "region": planned.place.region,
            "changeSet": arn,
            "template": hashlib.sha256(synthesized.template).hexdigest(),
            "protected": synthesized.protected,
        }
        text = [f"{planned.name} in {planned.place}", *change_text.lines(changes), *files]
        found.append(Looked(planned, entry, text, change_text.counted(changes)))
    return found


def main(wait: Wait | None = None) -> int:
    """Works on the cloud assembly that the first argument names, writes to the folder of the second one."""
    assembly, folder = (Path(argument) for argument in sys.argv[1:3])

    def work() -> None:
        aws = BootstrapAws()
        stage = aws.stage(Path(__file__).resolve().parent / "stages.json")
        execution, keep = os.environ["EXECUTION_ID"], os.environ.get("KEEP") != "no"
        found = diff(aws, stage, assembly, execution, keep=keep, wait=wait or Wait())
        hand_over(
            folder,
            [looked.entry for looked in found],
            [line for looked in found for line in looked.text],
            {looked.planned.name: looked.counts for looked in found},
            f"Nothing of {stage.project} changes in this stage.",
        )

    return run(work)


if __name__ == "__main__":
    sys.exit(main())
