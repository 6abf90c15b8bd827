"""A stack of the cloud assembly. The commit's code has made it, so all of it is checked before it is used."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets import Asset, Home, assets_of, find_stack
from engine_words import own_stage
from stages import PlannedStack
from targets import Refused

BOOTSTRAP_VERSION = "BootstrapVersion"
"""Parameter that every synthesized template has, with a default."""


MACROS = re.compile(r'"Fn::(Transform|ForEach::[^"]*)":|"Type": "[^"]*::MODULE"')
"""What becomes something else when a template is processed (user guide, "Template macros", "Modules")."""


@dataclass(frozen=True)
class Synthesized:
    """What a stack is made from."""

    template: bytes
    assets: tuple[Asset, ...]
    tags: dict[str, str]
    protected: bool
    bootstrap: int
    """Lowest version of the bootstrap that will do."""


def read_stack(assembly: Path, planned: PlannedStack) -> Synthesized:
    """The stack as the commit has it."""
    folder, artifact = find_stack(assembly, planned.name)
    properties: dict[str, Any] = artifact["properties"]
    _check_place(artifact, planned)
    template = inside(assembly, folder / str(properties["templateFile"]), planned.name).read_bytes()
    _check_template(json.loads(template), planned.name)
    return Synthesized(
        template,
        tuple(_assets(assembly, folder, artifact, planned)),
        {str(key): str(value) for key, value in properties.get("tags", {}).items()},
        bool(properties.get("terminationProtection")),
        int(properties.get("requiresBootstrapStackVersion", 0)),
    )


def inside(assembly: Path, file: Path, stack: str) -> Path:
    """The file, which must be in the assembly, links resolved: what else this build can read stays here."""
    if not file.resolve().is_relative_to(assembly.resolve()):
        raise Refused(f"{stack} names a file outside of the cloud assembly: {file.name}.")
    return file


def _check_place(artifact: dict[str, Any], planned: PlannedStack) -> None:
    account, _, region = str(artifact.get("environment", "")).removeprefix("aws://").partition("/")
    place = planned.place
    if account not in (place.account, "unknown-account") or region not in (place.region, "unknown-region"):
        raise Refused(
            f"{planned.name} is planned for {place}, but the commit synthesizes it for {account}/{region}. "
            f"Undo that change, or approve the change of the delivery itself first ({own_stage()})."
        )


def _check_template(template: dict[str, Any], stack: str) -> None:
    missing = [
        name
        for name, parameter in template.get("Parameters", {}).items()
        if name != BOOTSTRAP_VERSION and "Default" not in parameter
    ]
    if missing:
        raise Refused(f"{stack} has parameters without a default: {', '.join(missing)}. Give each a default.")
    if "Transform" in template or MACROS.search(json.dumps(template)):
        # Change sets take macros without asking (CloudFormation API reference, "CreateChangeSet").
        raise Refused(
            f"{stack} has macros or modules, which change its template once it is deployed. "
            "Put what they make into the app."
        )
    nested = [
        name
        for name, resource in template.get("Resources", {}).items()
        if resource.get("Type") == "AWS::CloudFormation::Stack"
    ]
    if nested:
        raise Refused(
            f"{stack} has nested stacks, whose changes the diff cannot show: {', '.join(nested)}. "
            "Put their resources into stacks of the app."
        )


def _assets(assembly: Path, folder: Path, artifact: dict[str, Any], planned: PlannedStack) -> list[Asset]:
    place = planned.place

    def check_place(bucket: str, _: str) -> None:
        if bucket != place.bucket:
            raise Refused(
                f"An asset of {planned.name} goes to the bucket {bucket}; files are published to "
                f"{place.bucket} alone. Do not change its synthesizer."
            )

    def within(path: Path) -> Path:
        for file in [path, *(path.rglob("*") if path.is_dir() else ())]:
            inside(assembly, file, planned.name)
        return path

    home = Home(place.account, place.region, place.partition)
    return assets_of(planned.name, folder, artifact, home, check_place, within)
