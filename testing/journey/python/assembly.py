"""The synthesized cloud assembly: its stacks, their assets, and what intrinsic functions come to."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from values import JourneyError, Place

NO_VALUE = object()
"""What `AWS::NoValue` leaves: the property is not there."""

Template = dict[str, Any]


@dataclass(frozen=True)
class Stack:
    """A stack of the assembly, in the account and region that it is deployed to."""

    name: str
    place: Place
    template: Template
    file: Path


@dataclass(frozen=True)
class FileAsset:
    """A file or folder that `cdk deploy` uploads before the stacks."""

    source: Path
    zipped: bool
    place: Place
    bucket: str
    key: str


def fill_pseudo(text: str, place: Place) -> str:
    """Replaces the placeholders that manifests have instead of intrinsic functions."""
    values = {"AWS::Partition": "aws", "AWS::AccountId": place.account, "AWS::Region": place.region}
    for name, value in values.items():
        text = text.replace("${" + name + "}", value)
    return text


def _place(environment: str, default: Place) -> Place:
    account, region = environment.removeprefix("aws://").split("/")
    return Place(
        default.account if account == "unknown-account" else account,
        default.region if region == "unknown-region" else region,
    )


def read_stacks(folder: Path, default: Place) -> list[Stack]:
    """The stacks of one assembly, in the order of the manifest's dependencies; nested assemblies are not entered."""
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    found: dict[str, Stack] = {}

    def visit(identity: str) -> None:
        artifact = artifacts[identity]
        if identity in found or artifact["type"] != "aws:cloudformation:stack":
            return
        for needed in artifact.get("dependencies", []):
            visit(needed)
        file = folder / artifact["properties"]["templateFile"]
        name = artifact["properties"].get("stackName", identity)
        found[identity] = Stack(name, _place(artifact["environment"], default), json.loads(file.read_text()), file)

    for identity in artifacts:
        visit(identity)
    return list(found.values())


def read_assets(folder: Path, stacks: list[Stack]) -> list[FileAsset]:
    """What is uploaded for the stacks of this assembly: the files of their asset manifests."""
    assets = []
    for stack in stacks:
        manifest = stack.file.with_name(stack.file.name.replace(".template.json", ".assets.json"))
        if not manifest.exists():
            continue
        data = json.loads(manifest.read_text())
        if data.get("dockerImages"):
            raise JourneyError(f"{manifest.name} has Docker images; nobody publishes those")
        for asset in data["files"].values():
            source = folder / asset["source"]["path"]
            for destination in asset["destinations"].values():
                place = Place(
                    stack.place.account, fill_pseudo(destination.get("region", "${AWS::Region}"), stack.place)
                )
                assets.append(
                    FileAsset(
                        source,
                        asset["source"]["packaging"] == "zip",
                        place,
                        fill_pseudo(destination["bucketName"], stack.place),
                        fill_pseudo(destination["objectKey"], stack.place),
                    )
                )
    return assets


@dataclass
class Resolver:
    """Evaluates the intrinsic functions of one template; knows what its resources are called."""

    stack_name: str
    place: Place
    template: Template
    parameters: Mapping[str, str | int] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    """`Ref` and `Fn::GetAtt` of resources: "Id" and "Id.Attribute"."""

    def resolve(self, value: Any) -> Any:
        """The value with every intrinsic function replaced; an unknown one is an error."""
        if isinstance(value, list):
            return [v for v in (self.resolve(v) for v in value) if v is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            name, argument = next(iter(value.items()))
            if name == "Ref" or name.startswith("Fn::"):
                return self._function(name, argument)
        resolved = {k: self.resolve(v) for k, v in value.items()}
        return {k: v for k, v in resolved.items() if v is not NO_VALUE}

    def condition(self, name: str) -> bool:
        """Whether a condition of the template holds."""
        return bool(self._test(self.template["Conditions"][name]))

    def _test(self, expression: Any) -> bool:
        if isinstance(expression, dict) and len(expression) == 1:
            name, argument = next(iter(expression.items()))
            if name == "Condition":
                return self.condition(argument)
            if name == "Fn::Not":
                return not self._test(argument[0])
            if name == "Fn::And":
                return all(self._test(a) for a in argument)
            if name == "Fn::Or":
                return any(self._test(a) for a in argument)
            if name == "Fn::Equals":
                return bool(self.resolve(argument[0]) == self.resolve(argument[1]))
        raise JourneyError(f"{self.stack_name}: unknown condition {expression}")

    def _function(self, name: str, argument: Any) -> Any:
        if name == "Ref":
            return self._reference(argument)
        if name == "Fn::GetAtt":
            parts = argument if isinstance(argument, list) else argument.split(".", 1)
            return self._attribute(".".join(parts))
        if name == "Fn::Join":
            separator, parts = argument
            return str(separator).join(str(p) for p in self.resolve(parts))
        if name == "Fn::Sub":
            return self._substitute(argument)
        if name == "Fn::If":
            test, yes, no = argument
            return self.resolve(yes if self.condition(test) else no)
        if name == "Fn::Select":
            index, items = argument
            return self.resolve(items)[int(index)]
        if name == "Fn::Split":
            separator, text = argument
            return str(self.resolve(text)).split(separator)
        if name == "Fn::FindInMap":
            mapping, first, second = (self.resolve(a) for a in argument)
            return self.template["Mappings"][mapping][first][second]
        raise JourneyError(f"{self.stack_name}: the intrinsic function {name} is not known here")

    def _pseudo(self, name: str) -> Any:
        values = {
            "AWS::Partition": "aws",
            "AWS::AccountId": self.place.account,
            "AWS::Region": self.place.region,
            "AWS::URLSuffix": "amazonaws.com",
            "AWS::StackName": self.stack_name,
            "AWS::StackId": self.place.arn("cloudformation", f"stack/{self.stack_name}/0"),
            "AWS::NoValue": NO_VALUE,
        }
        if name not in values:
            raise JourneyError(f"{self.stack_name}: the pseudo parameter {name} is not known here")
        return values[name]

    def _reference(self, name: str) -> Any:
        if name.startswith("AWS::"):
            return self._pseudo(name)
        if name in self.parameters:
            return self.parameters[name]
        if name in self.references:
            return self.references[name]
        declared = self.template.get("Parameters", {}).get(name, {})
        if "Default" in declared:
            return declared["Default"]
        raise JourneyError(f"{self.stack_name}: Ref {name} names nothing that exists")

    def _attribute(self, name: str) -> Any:
        if name not in self.references:
            raise JourneyError(f"{self.stack_name}: Fn::GetAtt {name} names nothing that exists")
        return self.references[name]

    def _substitute(self, argument: Any) -> str:
        text, extra = (argument, {}) if isinstance(argument, str) else argument

        def value(match: re.Match[str]) -> str:
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in extra:
                return str(self.resolve(extra[name]))
            return str(self._attribute(name) if "." in name else self._reference(name))

        return re.sub(r"\$\{([^}]+)\}", value, text)
