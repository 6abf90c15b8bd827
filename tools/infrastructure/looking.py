"""Looks what a stage would change: the commit's cloud assembly beside what is deployed. Changes nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import change_text
from bootstrap import BootstrapAws
from change_sets import Stacks, Wait
from cloud_assembly import Synthesized, read_stack
from deployed_stacks import DeployedStack, read_deployed
from engine_words import to_change_again
from publishing import check_bootstrap, digests_of, file_lines
from section_changes import Sections, digest_of_value, read_names, section_changes
from stack_changes import Change, Resources, resource_changes
from stages import Place, PlannedStack, Stage
from targets import Refused


@dataclass(frozen=True)
class Shown:
    """A stack with what would change in it."""

    planned: PlannedStack
    synthesized: Synthesized
    deployed: DeployedStack | None
    changes: list[Change]
    causes: set[str]
    """Resources and parameters that change, or may: others may follow them."""
    tags: bool
    """Whether the tags of the stack change, which its resources have, too."""
    changed: bool
    text: list[str]
    counts: str
    entry: dict[str, Any]
    """All that this depends on, and what was said about it."""


Resolved = dict[tuple[str, str, str], dict[str, str]]
"""Digests of the values that are read for parameters, by stack, account and region."""


def look(
    aws: BootstrapAws, stage: Stage, assembly: Path, wait: Wait, resolved: Resolved | None = None
) -> list[Shown]:
    """
    All stacks of a stage in the order of their deployment, with those in which nothing changes.

    Without `resolved`, values of parameters are read.
    """
    found = []
    for number, wave in enumerate(stage.waves):
        for planned in wave:
            place = planned.place
            synthesized = read_stack(assembly, planned)
            check_bootstrap(aws, planned, synthesized)
            deployed = read_deployed(Stacks(aws.cloudformation(place), wait), planned.name)
            if resolved is None:
                values = _read(aws, place, planned.name, json.loads(synthesized.template))
            else:
                values = resolved.get((planned.name, place.account, place.region), {})
            found.append(_shown(planned, number, synthesized, deployed, values))
    return found


def _read(aws: BootstrapAws, place: Place, stack: str, template: dict[str, Any]) -> dict[str, str]:
    """Digests of what parameters of SSM hold now."""
    found = {}
    for name, parameter in read_names(template).items():
        client = aws.parameters(place)
        try:
            found[name] = digest_of_value(client.get_parameter(Name=parameter)["Parameter"]["Value"])
        except client.exceptions.ParameterNotFound:
            raise Refused(
                f"{stack} reads its parameter {name} from SSM's {parameter} in {place}, which is not there. "
                f"Create it, then {to_change_again()}."
            ) from None
    return found


def _shown(
    planned: PlannedStack,
    wave: int,
    synthesized: Synthesized,
    deployed: DeployedStack | None,
    values: dict[str, str],
) -> Shown:
    new = json.loads(synthesized.template)
    old = deployed.template if deployed else {}
    sections = section_changes(old, new, deployed, synthesized, values) if deployed else Sections()
    resources = resource_changes(old, new, sections.values)
    changed = bool(deployed is None or resources.own or resources.follows or sections.counts or sections.tags)
    changes = [*resources.own, *resources.following] if changed else []
    digests = digests_of(synthesized)
    text = _text(planned, deployed, changes, resources, sections, digests, changed=changed)
    entry = {
        "stack": planned.name,
        "account": planned.place.account,
        "region": planned.place.region,
        "wave": wave,
        "template": hashlib.sha256(synthesized.template).hexdigest(),
        "parameters": values,
        "files": digests,
        "tags": synthesized.tags,
        "protected": synthesized.protected,
        "deployed": deployed.entry if deployed else None,
        "shown": hashlib.sha256("\n".join(text).encode()).hexdigest(),
    }
    causes = {change["LogicalResourceId"] for change in changes} | sections.values
    causes |= set(new["Resources"]) if sections.tags else set()
    counts = [
        change_text.counted(_wrapped(changes)),
        ", ".join(sections.counts),
        "tags" if sections.tags else "",
    ]
    return Shown(
        planned, synthesized, deployed, changes, causes, sections.tags, changed, text,
        ", ".join(filter(None, counts)), entry,
    )  # fmt: skip


def _text(
    planned: PlannedStack, deployed: DeployedStack | None, changes: list[Change], resources: Resources,
    sections: Sections, digests: dict[str, str], *, changed: bool,
) -> list[str]:  # fmt: skip
    title = f"{planned.name} in {planned.place}"
    more = [*sections.text, *(f"  ~ order in which {name} is made" for name in resources.reordered)]
    if not changed:
        # "You cannot update conditions by themselves" (CloudFormation user guide, "Conditions").
        return [f"{title}: nothing that would be deployed for itself", *more] if more else []
    first = title if deployed else f"{title}, a new stack"
    return [first, *change_text.lines(_wrapped(changes)), *more, *file_lines(digests)]


def _wrapped(changes: list[Change]) -> list[dict[str, Any]]:
    return [{"ResourceChange": change} for change in changes]
