"""Executes change sets that are there, in the order of a stage."""

from __future__ import annotations

from typing import Any

from bootstrap import BootstrapAws
from change_sets import Stacks, Wait
from engine_words import to_change_again
from stages import Stage
from targets import Refused


def execute(aws: BootstrapAws, stage: Stage, approved: list[dict[str, Any]], wait: Wait) -> None:
    """Wave by wave; nothing comes after what has failed. An entry without change set protects its stack."""
    entries = {(e["stack"], e["account"], e["region"]): e for e in approved}
    for wave in stage.waves:
        begun = []
        for planned in wave:
            entry = entries.pop((planned.name, planned.place.account, planned.place.region), None)
            if entry is None:
                continue
            stacks = Stacks(aws.cloudformation(planned.place), wait)
            if entry["changeSet"] is None:
                if entry["protected"]:
                    stacks.protect(planned.name)
                continue
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
        raise Refused(
            f"This stage does not deploy {names} any more. To see what would change, {to_change_again()}."
        )
