"""Deploys exactly what `show.py` has shown: the same templates and files over the same stacks, or nothing.

Change sets are made here, for all stacks before any of them is executed. What they hold must have been shown.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bootstrap import BootstrapAws
from change_sets import Stacks, Wait
from deployed_stacks import read_deployed
from engine_words import to_change_again
from executing import execute
from looking import Shown, look
from programs import run, taken_over
from publishing import begin_change_set
from section_changes import digest_of_value
from stages import Stage
from targets import Refused
from unshown import unshown

PARTS = {
    "template": "the commit's template is another one",
    "parameters": "a parameter of SSM that it reads has another value",
    "files": "the commit's files are other ones",
    "tags": "the commit's tags are other ones",
    "protected": "the commit protects it otherwise",
    "wave": "it has another place in the order",
    "deployed": "somebody has changed the stack meanwhile",
    "shown": "these tools say something else about it",
}
"""Why a stack is not the one that was shown, by the part of its entry."""


@dataclass(frozen=True)
class Prepared:
    """A stack with the change set that was made for it."""

    shown: Shown
    stacks: Stacks
    arn: str


def name_of(execution: str) -> str:
    """The change sets of an execution."""
    return f"deploy-{execution}"


def still_to_do(approved: list[dict[str, Any]], found: list[Shown], execution: str) -> list[Shown]:
    """The stacks that change; refuses if anything is not as it was shown."""
    places = [[(e["stack"], e["account"], e["region"]) for e in entries]
              for entries in (approved, [shown.entry for shown in found])]  # fmt: skip
    if places[0] != places[1]:
        raise Refused(
            "The stage has other stacks than those that were shown. "
            f"To see what would change now, {to_change_again()}."
        )
    problems = []
    for entry, shown in zip(approved, found, strict=True):
        if entry != shown.entry and not _is_done(entry, shown, execution):
            parts = [words for part, words in PARTS.items() if entry[part] != shown.entry[part]]
            problems.append(f"{shown.planned.name} in {shown.planned.place}: {', '.join(parts[:1])}")
    if problems:
        raise Refused(
            f"What was shown is not what would be deployed. {'; '.join(problems)}. "
            f"To see what would change now, {to_change_again()}."
        )
    return [shown for shown in found if shown.changed]


def _is_done(entry: dict[str, Any], shown: Shown, execution: str) -> bool:
    """Whether an earlier try of this execution has deployed exactly this already."""
    wanted = {part: value for part, value in shown.entry.items() if part not in ("deployed", "shown")}
    executed = shown.deployed.change_set if shown.deployed else ""
    ours = f":changeSet/{name_of(execution)}/" in executed
    return ours and not shown.changed and wanted == {part: entry[part] for part in wanted}


def prepare(aws: BootstrapAws, found: list[Shown], execution: str, wait: Wait) -> list[dict[str, Any]]:
    """Change sets that hold nothing but what was shown; none is left if anything is refused."""
    made: list[Prepared] = []
    try:
        for shown in found:
            planned = shown.planned
            stacks = Stacks(aws.cloudformation(planned.place), wait)
            arn, _ = begin_change_set(aws, stacks, planned, shown.synthesized, name_of(execution))
            made.append(Prepared(shown, stacks, arn))
        entries = [_checked(prepared) for prepared in made]
    except Refused:
        for prepared in made:
            prepared.stacks.forget(prepared.shown.planned.name, prepared.arn)
        raise
    for prepared, entry in zip(made, entries, strict=True):
        if entry["changeSet"] is None:
            prepared.stacks.forget(entry["stack"], prepared.arn)
            print(f"{entry['stack']}: CloudFormation sees no change in it")
    return entries


def _checked(prepared: Prepared) -> dict[str, Any]:
    shown, stacks, arn = prepared.shown, prepared.stacks, prepared.arn
    planned, name = shown.planned, shown.planned.name
    changes = stacks.changes(name, arn)
    problems = unshown(shown, changes or [])
    resolved = stacks.resolved(name, arn) if shown.entry["parameters"] else {}
    for parameter, digest in shown.entry["parameters"].items():
        if digest_of_value(resolved.get(parameter, "")) != digest:
            problems.append(f"parameter {parameter}: {PARTS['parameters']}")
    # A change set belongs to the stack as it was when it was made: that must be the stack that was shown.
    now = read_deployed(stacks, name)
    if (now.entry if now else None) != shown.entry["deployed"]:
        problems.append(PARTS["deployed"])
    if problems:
        raise Refused(
            f"The change set of {name} in {planned.place} holds what was not shown: {'; '.join(problems)}. "
            f"Nothing was executed. To see what would change now, {to_change_again()}."
        )
    place = planned.place
    return {
        "stack": name,
        "account": place.account,
        "region": place.region,
        "changeSet": None if changes is None else arn,
        "protected": shown.synthesized.protected,
    }


def deploy(
    aws: BootstrapAws,
    stage: Stage,
    assembly: Path,
    approved: list[dict[str, Any]],
    execution: str,
    wait: Wait,
) -> None:
    """All of it, or nothing of it."""
    resolved = {(e["stack"], e["account"], e["region"]): e["parameters"] for e in approved}
    found = look(aws, stage, assembly, wait, resolved)
    execute(aws, stage, prepare(aws, still_to_do(approved, found, execution), execution, wait), wait)


def main(wait: Wait | None = None) -> int:
    """
    The first argument is the cloud assembly, the second one the artifact of the diff.

    DIGEST, STAGE and EXECUTION_ID come from the workflow.
    """
    assembly, folder = (Path(argument) for argument in sys.argv[1:3])

    def work() -> None:
        aws = BootstrapAws()
        stage = aws.stage(Path(__file__).resolve().parent / "stages.json")
        approved = taken_over(folder / "diff.json", os.environ["DIGEST"])
        deploy(aws, stage, assembly, approved, os.environ["EXECUTION_ID"], wait or Wait())

    return run(work)


if __name__ == "__main__":
    sys.exit(main())
