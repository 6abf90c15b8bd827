"""What another template would change in a stack beside its resources: parameters, outputs and more."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from change_text import word
from cloud_assembly import BOOTSTRAP_VERSION, Synthesized
from deployed_stacks import DeployedStack, Parameter
from references import references
from values import differences, seen_as, text_of

Template = dict[str, Any]

READ = "AWS::SSM::Parameter::Value<"
"""Types of parameters that name a parameter of SSM, whose value is read when the stack is deployed."""

SECTIONS = {
    "Parameters": "parameter",
    "Conditions": "condition",
    "Mappings": "mapping",
    "Rules": "rule",
    "Outputs": "output",
}

USING = ("Conditions", "Resources", "Outputs")
"""Sections in which a parameter makes a difference."""

HIDDEN = "****"
"""Instead of values that CloudFormation shows to nobody (`NoEcho`), which it shows like this, too."""


@dataclass
class Sections:
    """What changes beside the resources."""

    text: list[str] = field(default_factory=list)
    values: set[str] = field(default_factory=set)
    """Parameters whose value changes."""
    counts: list[str] = field(default_factory=list)
    """What is a change even if no resource changes."""
    tags: bool = False
    """Whether the tags of the stack change, which its resources have, too."""


def read_names(template: Template) -> dict[str, str]:
    """The parameters of SSM that values are read from; not the bootstrap's version, if nothing has it."""
    parameters = template.get("Parameters", {})
    used = {reference.name for section in USING for reference in references(template.get(section, {}))}
    return {
        name: str(parameter.get("Default", ""))
        for name, parameter in parameters.items()
        if str(parameter.get("Type", "")).startswith(READ) and (name != BOOTSTRAP_VERSION or name in used)
    }


def digest_of_value(value: str) -> str:
    """In place of a value."""
    return hashlib.sha256(value.encode()).hexdigest()


def section_changes(
    old: Template, new: Template, deployed: DeployedStack, synthesized: Synthesized, resolved: dict[str, str]
) -> Sections:
    """`resolved` has the digests of what is read for parameters now."""
    found = Sections()
    for name, parameter in sorted(new.get("Parameters", {}).items()):
        _parameter(found, name, parameter, old, deployed.parameters.get(name), resolved.get(name))
    for section, kind in SECTIONS.items():
        before = old.get(section, {})
        after = seen_as(new.get(section, {}), before)
        for name in sorted({*before, *after}):
            definitions = before.get(name), after.get(name)
            hidden = section == "Parameters" and any((d or {}).get("NoEcho") for d in definitions)
            found.text += _lines(kind, name, *definitions, hidden=hidden)
        if section == "Outputs" and text_of(before) != text_of(after):
            found.counts.append("outputs")
    tags = seen_as(synthesized.tags, deployed.tags)
    found.text += [line for name in sorted({*tags, *deployed.tags})
                   for line in _lines("tag", name, deployed.tags.get(name), tags.get(name))]  # fmt: skip
    found.tags = text_of(tags) != text_of(deployed.tags)
    if found.tags:
        found.text.append("  ~ every resource that takes tags gets those of the stack")
    if synthesized.protected and not deployed.protected:
        found.text.append("  ~ termination protection: off -> on")
        found.counts.append("protection")
    return found


def _parameter(
    found: Sections, name: str, parameter: Any, old: Template, given: Parameter | None, resolved: str | None
) -> None:
    """A parameter gets its default again, whatever somebody has given it."""
    value = _text(parameter.get("Default", ""))
    definition = old.get("Parameters", {}).get(name, {})
    if given is None or (parameter.get("NoEcho") or definition.get("NoEcho")):
        if text_of(definition.get("Default")) != text_of(parameter.get("Default")):
            found.values.add(name)
        return
    if seen_as(value, given.value) != given.value:
        found.text.append(
            f"  ~ value of parameter {word(name)}: {json.dumps(given.value)} -> {json.dumps(value)}"
        )
        found.values.add(name)
    elif resolved is not None and digest_of_value(given.resolved or "") != resolved:
        found.text.append(
            f"  ~ value of parameter {word(name)}: what SSM holds under {json.dumps(value)} has changed"
        )
        found.values.add(name)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _lines(kind: str, name: str, before: Any, after: Any, *, hidden: bool = False) -> list[str]:
    sign = "+" if before is None else "-" if after is None else "~"
    found = []
    for difference in differences(before, after):
        values = [
            "-" if value is None else HIDDEN if hidden else json.dumps(value)
            for value in (difference.before, difference.after)
        ]
        path = "".join(f"/{word(step)}" for step in difference.path)
        found.append(f"  {sign} {kind} {word(name)}{path}: {' -> '.join(values)}")
    return found
