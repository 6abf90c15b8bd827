"""The targets of the default delivery as they are where workflows on GitHub deploy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from account import ACCOUNT
from aws import Aws
from request_table import TABLE
from targets import Targets

ENGINE = {
    "type": "github-actions",
    "repository": "octo/churn",
    "workflow": "deploy-main.yml",
    "table": TABLE,
    "rollBackProject": "churn-main-roll-back",
    "approvals": "aws",
}


def github_targets_file(original: Path, folder: Path, **changed: Any) -> Path:
    """The file, with the fields of this engine."""
    data = json.loads(original.read_text(encoding="utf-8"))
    data |= {"pipeline": "deploy-main", "engine": {**ENGINE, **changed}}
    for environment in data["environments"]:
        del environment["executeAction"]
        name = environment["name"]
        environment["deployRole"] = f"arn:{{partition}}:iam::{ACCOUNT}:role/churn-main-{name}-deploy"
        environment["cloudFormationRole"] = f"arn:{{partition}}:iam::{ACCOUNT}:role/churn-main-{name}-cfn"
        environment["approval"] = f"main-{name}"
    file = folder / "targets.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def github_targets(original: Path, folder: Path, **changed: Any) -> Targets:
    """The same, read."""
    return Aws().targets(github_targets_file(original, folder, **changed))
