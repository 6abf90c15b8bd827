"""What is deployed in a stack, as CloudFormation says it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from change_sets import Stacks
from engine_words import to_change_again
from targets import Refused


@dataclass(frozen=True)
class Parameter:
    """A value that a stack was given, and what CloudFormation read for it where it names something."""

    value: str
    resolved: str | None


@dataclass(frozen=True)
class DeployedStack:
    """The last deployment of a stack."""

    template: dict[str, Any]
    parameters: dict[str, Parameter]
    tags: dict[str, str]
    protected: bool
    change_set: str
    """The change set that was executed last."""

    @property
    def entry(self) -> dict[str, Any]:
        """All of it that somebody else could change, as digests: values may be confidential."""
        parameters = {name: (p.value, p.resolved) for name, p in self.parameters.items()}
        return {
            "template": digest_of(self.template),
            "parameters": digest_of(parameters),
            "tags": digest_of(self.tags),
            "protected": self.protected,
        }


def digest_of(value: Any) -> str:
    """SHA-256 of a value, in whatever order its keys come."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def read_deployed(stacks: Stacks, name: str) -> DeployedStack | None:
    """What is deployed now; None where nothing is."""
    stack = stacks.deployed(name)
    if stack is None:
        return None
    body = stacks.client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    if not isinstance(body, dict):
        raise Refused(
            f"The stack {name} was deployed with a template that is not JSON, so not from a cloud assembly. "
            f"Find out who did that, deploy the stack by hand (cdk deploy), then {to_change_again()}."
        )
    return DeployedStack(
        json.loads(json.dumps(body)),
        {
            p["ParameterKey"]: Parameter(p.get("ParameterValue", ""), p.get("ResolvedValue"))
            for p in stack.get("Parameters", [])
        },
        {tag["Key"]: tag["Value"] for tag in stack.get("Tags", []) if not tag["Key"].startswith("aws:")},
        bool(stack.get("EnableTerminationProtection")),
        str(stack.get("ChangeSetId", "")),
    )
