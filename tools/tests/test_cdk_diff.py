"""`cdk diff` is the judge of which resources come, change, are replaced and go."""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stack_changes import resource_changes

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^\[([-+~])\] AWS::\S+ (?:\S+ )*?(\w+)(?: (replace|may be replaced|destroy|orphan))?$")

Template = dict[str, Any]
Verdict = tuple[str, str]


def by_cdk(assembly: Path, stack: str, old: Template, folder: Path) -> dict[str, Verdict]:
    """What CDK says of each resource."""
    before = folder / "old.json"
    before.write_text(json.dumps(old))
    run = subprocess.run(
        [
            *(str(ROOT / "node_modules/.bin/cdk"), "diff", "--no-color", "--no-notices", "--exclusively"),
            *("--app", str(assembly), "--template", str(before), f"Delivery/{stack}"),
        ],
        env={**os.environ, "CDK_DISABLE_CLI_TELEMETRY": "true"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = f"{run.stdout}\n{run.stderr}".split("\nResources\n")[-1].splitlines()
    found = [match.groups() for match in map(LINE.match, lines) if match]
    return {name: (sign, words or "") for sign, name, words in found}


def by_us(old: Template, new: Template) -> dict[str, Verdict]:
    """What we say of each resource that the template changes, in CDK's words."""
    words = {"True": "replace", "Conditional": "may be replaced", "Retain": "orphan", "Delete": "destroy"}
    found = {}
    for change in resource_changes(old, new, set()).own:
        sign = {"Add": "+", "Modify": "~", "Remove": "-"}[change["Action"]]
        kind = change["PolicyAction"] if sign == "-" else change.get("Replacement", "")
        found[change["LogicalResourceId"]] = (sign, words.get(kind, ""))
    return found


def first(template: Template, kind: str) -> Any:
    return next(r["Properties"] for r in template["Resources"].values() if r["Type"] == f"AWS::{kind}")


def remove(template: Template, kind: str) -> None:
    name = next(name for name, r in template["Resources"].items() if r["Type"] == f"AWS::{kind}")
    del template["Resources"][name]


EDITS: tuple[Callable[[Template], object], ...] = (
    lambda t: t["Resources"].update(New={"Type": "AWS::SNS::Topic"}),
    lambda t: remove(t, "CodePipeline::Pipeline"),
    lambda t: remove(t, "S3::Bucket"),
    lambda t: first(t, "IAM::Role").update(RoleName="other"),
    lambda t: first(t, "CodeBuild::Project").update(Description="other"),
    lambda t: first(t, "S3::BucketPolicy")["PolicyDocument"]["Statement"].append({"Effect": "Deny"}),
    lambda t: first(t, "KMS::Key").update(EnableKeyRotation=False),
    lambda t: first(t, "KMS::Alias").update(AliasName="alias/other"),
    lambda t: first(t, "Events::Rule")["Targets"].pop(),
    lambda t: first(t, "Logs::LogGroup").update(LogGroupName="other"),
)


@pytest.mark.parametrize("backwards", [False, True])
def test_the_same_resources_come_change_are_replaced_and_go(
    assembly: Path, tmp_path: Path, backwards: bool
) -> None:
    changed = tmp_path / "cdk.out"
    shutil.copytree(assembly, changed)
    [file] = changed.glob("Deliverychurninfrastructurepipeline*.template.json")
    old = json.loads(file.read_text())
    new = copy.deepcopy(old)
    for edit in EDITS:
        edit(new)
    old, new = (new, old) if backwards else (old, new)
    file.write_text(json.dumps(new))
    theirs, ours = by_cdk(changed, "churn-infrastructurepipeline", old, tmp_path), by_us(old, new)
    assert len(ours) >= len(EDITS)
    # What refers to a resource that is replaced changes for CDK too; here it may.
    assert {name: verdict for name, verdict in theirs.items() if name in ours} == ours
    following = {c["LogicalResourceId"] for c in resource_changes(old, new, set()).following}
    assert set(theirs) - set(ours) <= following
