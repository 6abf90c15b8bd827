"""What tests of a definition share that is built in their own process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Definition = dict[str, Any]
Build = Callable[..., Definition]

BUILD = {
    "ARTIFACT_BUCKET": "build-artifacts",
    "ARTIFACT_BUCKET_KMS_KEY": "arn:aws:kms:eu-west-1:123456789012:alias/churn-build",
    "AWS_REGION": "eu-west-1",
    "SAGEMAKER_PIPELINE_ROLE_ARN": "arn:aws:iam::123456789012:role/pipeline",
}
"""The variables of a build for AWS."""


def steps(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Arguments of all steps by name, those of the branches too."""
    found = {}
    for step in definition["Steps"]:
        found[step["Name"]] = step
        for branch in ("IfSteps", "ElseSteps"):
            found |= {inner["Name"]: inner for inner in step["Arguments"].get(branch, [])}
    return found
