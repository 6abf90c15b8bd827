"""CloudFormation knows every type of resource in every region that the option checks let a stack be in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import cfnlint
import pytest

from templates import load

TABLE = Path(__file__).parents[3] / "src" / "options" / "knowledge" / "region-services.ts"
PROVIDERS = Path(cfnlint.__file__).parent / "data" / "schemas" / "providers"

LACKING = {
    region: set(re.findall(r"'(\w+)'", services))
    for region, services in re.findall(r"'([a-z0-9-]+)': \[(.*?)\],\n", TABLE.read_text("utf-8"), re.DOTALL)
}

TOOLING = {"codePipeline", "codeBuild", "codeCommitCreate"}
MODELS = {"modelRegistry", "endpoints"}
STACKS = {
    "churn-source": TOOLING,
    "churn-infrastructure": TOOLING,
    "churn-infrastructurepipeline": TOOLING,
    "churn-main-delivery": TOOLING,
    "churn-main-build": MODELS | {"codeBuild"},
    "churn-main-staging-environment": MODELS,
    "churn-main-staging-endpoint": MODELS,
}


def template_of(assembly: Path, stack: str) -> dict[str, Any]:
    """A template; those of endpoints are in an assembly of their own."""
    if not stack.endswith("-endpoint"):
        return load(assembly, stack)
    [file] = assembly.glob(f"assembly-*/*{stack.replace('-', '')}*.template.json")
    template: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return template


@pytest.mark.parametrize("stack", STACKS)
def test_the_types_of_a_stack_are_in_its_regions(assembly: Any, stack: str) -> None:
    types = {resource["Type"] for resource in template_of(assembly, stack)["Resources"].values()}
    regions = [
        region
        for region, lacks in LACKING.items()
        if not lacks & STACKS[stack]
        and not region.startswith("cn-")
        and (PROVIDERS / f"{region}.json").exists()
    ]
    assert len(regions) > 15
    lacks = {
        region: missing
        for region in regions
        if (missing := types - set(json.loads((PROVIDERS / f"{region}.json").read_text("utf-8"))))
    }
    assert lacks == {}
