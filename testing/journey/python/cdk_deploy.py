"""Stands in for `npx --no -- cdk deploy`: takes on the roles of the bootstrap as the CDK's command line does, and
changes nothing.

For every stack: the publishing role for each of its files, then the deploy role (CDK guide, "Bootstrapping": roles of
the environment).
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import boto3

OPTIONS = ["--exclusively", "--require-approval", "never", "--method", "change-set", "--concurrency", "4",
           "--progress", "events", "--ci", "--no-notices"]  # fmt: skip


def fill(text: str, environment: str) -> str:
    """Accounts and regions that the assembly leaves open are those of the pipeline."""
    account, region = environment.removeprefix("aws://").split("/")
    own = boto3.client("sts").get_caller_identity()["Account"]
    values = {
        "AWS::Partition": "aws",
        "AWS::AccountId": own if account == "unknown-account" else account,
        "AWS::Region": os.environ["AWS_REGION"] if region == "unknown-region" else region,
    }
    for name, value in values.items():
        text = text.replace("${" + name + "}", value)
    return text


def deploy(folder: Path, artifact: dict[str, Any]) -> None:
    """What the command line asks for while it deploys a stack."""
    sts, environment = boto3.client("sts"), artifact["environment"]
    properties = artifact["properties"]
    manifest = properties["templateFile"].replace(".template.json", ".assets.json")
    files = json.loads((folder / manifest).read_text())["files"]
    roles = {d["assumeRoleArn"] for f in files.values() for d in f["destinations"].values()} | {
        properties["assumeRoleArn"]
    }
    for role in sorted(roles):
        sts.assume_role(RoleArn=fill(role, environment), RoleSessionName="cdk")


def main() -> int:
    """The arguments are those of the command line."""
    arguments = sys.argv[1:]
    begin = ["--no", "--", "cdk", "deploy", "--app", "cdk.out"]
    names = arguments[len(begin) : -len(OPTIONS)]
    if arguments[: len(begin)] != begin or arguments[-len(OPTIONS) :] != OPTIONS or not names:
        print(f"nothing stands in for: npx {' '.join(arguments)}", file=sys.stderr)
        return 97
    folder = Path("cdk.out")
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    known = {a["displayName"]: a for a in artifacts.values() if a["type"] == "aws:cloudformation:stack"}
    for name in names:
        if name not in known:
            print(f"the assembly has no stack {name}; it has {', '.join(known)}", file=sys.stderr)
            return 1
        deploy(folder, known[name])
        with Path(os.environ["JOURNEY_DEPLOYED"]).open("a", encoding="utf-8") as deployed:
            deployed.write(known[name]["properties"]["stackName"] + "\n")
        print(f"deployed {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
