"""
Which release a deployment belongs to, where each package has an endpoint of its own.

Whatever the endpoint runs on and its handler are made from is part of a release: a change of it gets an
endpoint of its own too, and is shifted like a new model. What only happens around it (when it was deployed,
how it is scaled) is not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stack import ATTEMPT, CONTRACT, MODEL_PACKAGE, SERVED_PACKAGE
from targets import NO_PACKAGE

RUNS_ON = (
    "AWS::SageMaker::Model",
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Endpoint",
    "AWS::Lambda::Function",
    "AWS::Lambda::Version",
)
"""Types of the resources that a release consists of."""

OF_DEPLOYMENT = (MODEL_PACKAGE, SERVED_PACKAGE, ATTEMPT, CONTRACT)
"""Parameters that they depend on."""

HALF = 4
"""
Characters that tell what a release is made from; as many tell by which execution. So the stack's own
parameter says whether a deployment is still the same, also after CloudFormation has rolled it back.
"""

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def release_name(
    template: Path,
    parameters: Mapping[str, str],
    deployed: str | None,
    execution: str,
    environment: str,
) -> str:
    """The release that is deployed, where everything that it is made from stays; otherwise a new one."""
    if parameters[SERVED_PACKAGE] == NO_PACKAGE:
        return NO_PACKAGE
    resources: dict[str, Any] = json.loads(template.read_text(encoding="utf-8"))["Resources"]
    made_from = {
        "resources": {
            name: resource.get("Properties")
            for name, resource in resources.items()
            if resource["Type"] in RUNS_ON
        },
        "parameters": {name: parameters.get(name) for name in OF_DEPLOYMENT},
    }
    beginning = _short(json.dumps(made_from, sort_keys=True))
    if deployed and deployed.startswith(beginning):
        return deployed
    return beginning + _short(f"{execution}/{environment}")


def _short(text: str) -> str:
    """Small letters and digits, as names of endpoints take them."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")
    characters = ""
    for _ in range(HALF):
        number, rest = divmod(number, len(ALPHABET))
        characters += ALPHABET[rest]
    return characters
