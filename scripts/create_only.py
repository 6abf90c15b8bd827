"""Write the table of properties whose change replaces a resource, from cfn-lint that this runs with.

    .venvs/tools/bin/python scripts/create_only.py [FILE]

cfn-lint publishes the schemas of CloudFormation's resource types. A type says which of its properties can be
given at creation only (`createOnlyProperties`), and which of them only sometimes
(`conditionalCreateOnlyProperties`): CloudFormation replaces a resource whose property of that kind changes. All
types of the services below are in the table: those of the stacks, and others that an app may have beside them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import cfnlint

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "tools" / "infrastructure" / "create_only.json"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"

SERVICES = (
    "ApiGateway", "ApiGatewayV2", "ApplicationAutoScaling", "Athena", "Chatbot", "CloudTrail", "CloudWatch",
    "CodeBuild", "CodeCommit", "CodeConnections", "CodeDeploy", "CodePipeline", "DynamoDB", "Events", "Glue",
    "IAM", "KMS", "KinesisFirehose", "Lambda", "Logs", "Route53", "S3", "SNS", "SQS", "SSM", "SageMaker",
    "Scheduler", "SecretsManager", "StepFunctions", "WAFv2",
)  # fmt: skip
"""Services of the stacks."""

DOCUMENTED = {
    "AWS::CodeCommit::Repository": ["Triggers"],
    "AWS::Events::EventBus": ["EventSourceName"],
    "AWS::Glue::Database": ["CatalogId"],
    "AWS::Lambda::EventSourceMapping": [
        "AmazonManagedKafkaEventSourceConfig", "SelfManagedKafkaEventSourceConfig",
    ],
    "AWS::Route53::RecordSet": ["Name"],
    "AWS::S3::Bucket": ["ObjectLockEnabled"],
    "AWS::SageMaker::App": ["Tags"],
    "AWS::SageMaker::AppImageConfig": ["Tags"],
    "AWS::SageMaker::Domain": ["AppNetworkAccessType", "SubnetIds", "Tags"],
    "AWS::SageMaker::UserProfile": ["Tags"],
}  # fmt: skip
"""
Properties of which the documentation says that a change replaces the resource ("Update requires", in the
CloudFormation template reference) while the schemas do not: it may be replaced.
"""

KINDS = {"always": "createOnlyProperties", "maybe": "conditionalCreateOnlyProperties"}


def schema(name: str) -> dict[str, Any]:
    """The schema of a type by the name of its file."""
    found: dict[str, Any] = json.loads((SCHEMAS / "resources" / f"{name}.json").read_text("utf-8"))
    return found


def row(name: str, content: dict[str, Any]) -> dict[str, list[str]]:
    """What replaces a resource of a type: paths that begin in its properties."""
    found = {
        kind: {path.removeprefix("/properties/") for path in content.get(key, [])}
        for kind, key in KINDS.items()
    }
    found["maybe"] |= set(DOCUMENTED.get(name, [])) - found["always"]
    return {kind: sorted(paths) for kind, paths in found.items() if paths}


def text() -> str:
    """The file: one line per type, so that differences can be read."""
    types: dict[str, str] = json.loads((SCHEMAS / "providers" / "us-east-1.json").read_text("utf-8"))
    own = sorted(name for name in types if name.split("::")[1] in SERVICES and name.startswith("AWS::"))
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row(name, schema(types[name])))}" for name in own)
    return f"{{\n{rows}\n}}\n"


if __name__ == "__main__":
    file = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE
    file.write_text(text(), encoding="utf-8", newline="\n")
