"""Write the table of what regions lack, from cfn-lint, botocore and the SageMaker SDK that this runs with.

    .venvs/sdk/bin/python scripts/region_services.py [FILE]

cfn-lint's regional schemas say which resource types CloudFormation has in a region; botocore lists some
services in regions where CloudFormation has no type of theirs. Where cfn-lint knows no more than the schemas
of us-east-1, or has none, botocore's lists count. The SDK says where there are images of the frameworks,
which goes into the frameworks' manifests.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
from importlib.metadata import version
from pathlib import Path

import botocore.session
import cfnlint
import sagemaker.core

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "src" / "options" / "knowledge" / "region-services.ts"
MANIFESTS = ROOT / "templates" / "python" / "pipelines" / "frameworks"
SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas"

Lists = dict[str, set[str]]

TYPES = {
    "codePipeline": ["AWS::CodePipeline::Pipeline"],
    "codeBuild": ["AWS::CodeBuild::Project"],
    "codeCommitCreate": ["AWS::CodeCommit::Repository"],
    "codeConnections": ["AWS::CodeConnections::Connection"],
    "modelRegistry": ["AWS::SageMaker::ModelPackageGroup"],
    "endpoints": [f"AWS::SageMaker::{kind}" for kind in ("Model", "EndpointConfig", "Endpoint")],
    "functionUrls": ["AWS::Lambda::Url"],
    "chat": [f"AWS::Chatbot::{kind}ChannelConfiguration" for kind in ("Slack", "MicrosoftTeams")],
    "httpApis": ["AWS::ApiGatewayV2::Api"],
    "restApis": ["AWS::ApiGateway::RestApi"],
}
"""What is needed of CloudFormation for each service."""

ENDPOINTS = {
    "codePipeline": "codepipeline",
    "codeBuild": "codebuild",
    "codeCommitCreate": "codecommit",
    "codeConnections": "codestar-connections",
    "modelRegistry": "sagemaker",
    "endpoints": "sagemaker",
    "functionUrls": "lambda",
    "chat": "chatbot",
    "httpApis": "apigatewayv2",
    "restApis": "apigateway",
}
"""How botocore calls each service; its lists have CodeConnections under the older name alone."""


def listed(service: str) -> set[str]:
    """The regions in which botocore lists a service."""
    session = botocore.session.get_session()
    partitions = session.get_available_partitions()
    return {r for partition in partitions for r in session.get_available_regions(service, partition)}


def exact() -> Lists:
    """The resource types of each region that cfn-lint has a list of its own for."""
    files = {file.stem: file for file in (SCHEMAS / "providers").glob("*-*-*.json")}
    types = {region: json.loads(file.read_text("utf-8")) for region, file in files.items()}
    first = types["us-east-1"]
    return {region: set(own) for region, own in types.items() if region == "us-east-1" or own != first}


def images(framework: str, number: str) -> set[str]:
    """The regions with an image of a framework in a version, for training and for serving."""
    folder = Path(sagemaker.core.__file__).parent / "image_uri_config"
    content = json.loads((folder / f"{framework}.json").read_text("utf-8"))
    found = [set(content[s]["versions"][number]["registries"]) for s in ("training", "inference")]
    return set.intersection(*found)


def manifest(file: Path) -> str:
    """The manifest of a framework with the regions that have its image, and nothing else changed."""
    content = file.read_text("utf-8")
    regions = sorted(images(file.stem, json.loads(content)["containerVersion"]))
    rows = textwrap.fill(
        ", ".join(map(json.dumps, regions)), 100, initial_indent=" " * 6, subsequent_indent=" " * 6,
        break_on_hyphens=False,
    )  # fmt: skip
    return re.sub(r'("regions": \[)[^]]*(\n    \])', lambda found: f"{found[1]}\n{rows}{found[2]}", content)


def with_images() -> set[str]:
    """The regions with an image of any framework, in the versions that the options know."""
    files = sorted(MANIFESTS.glob("*.json"))
    numbers = {file.stem: json.loads(file.read_text("utf-8"))["containerVersion"] for file in files}
    return set.union(*(images(framework, number) for framework, number in numbers.items()))


def lacking() -> dict[str, list[str]]:
    """What each region lacks."""
    types = exact()
    lists = {service: listed(name) for service, name in ENDPOINTS.items()}
    table = {}
    for region in sorted(set(types) | listed("ec2") | with_images()):
        own = types.get(region)
        has = {
            service: own.issuperset(wanted) if own is not None else region in lists[service]
            for service, wanted in TYPES.items()
        }
        has["codeCommit"] = has["codeCommitCreate"] or region in lists["codeCommitCreate"]
        table[region] = [service for service in (*TYPES, "codeCommit") if not has[service]]
    return table


def row(region: str, services: list[str]) -> str:
    """An entry in one line, or in more where one would be too long."""
    quoted = ", ".join(repr(service) for service in services)
    line = f"  '{region}': [{quoted}],"
    lines = textwrap.fill(f"{quoted},", 120, initial_indent="    ", subsequent_indent="    ")
    return line if len(line) <= 120 else f"  '{region}': [\n{lines}\n  ],"


def text() -> str:
    """The file: one line per region, so that differences can be read."""
    date = json.loads((SCHEMAS / "version.json").read_text("utf-8"))["schema_date"][:10]
    rows = "\n".join(row(region, services) for region, services in lacking().items())
    own = {name: version(name) for name in ("cfn-lint", "botocore")}
    return f"""/** Something of AWS that a region has or has not. */
export type RegionalService =
  'codePipeline' | 'codeBuild' | 'codeCommit' | 'codeCommitCreate' | 'codeConnections' | 'modelRegistry'
  | 'endpoints' | 'functionUrls' | 'chat' | 'httpApis' | 'restApis';

/** The day of the data below. */
export const REGION_DATA_DATE = '{date}';

/**
 * Every region, with what it lacks. Written by `scripts/region_services.py` from the regional schemas of
 * cfn-lint {own["cfn-lint"]} and from botocore {own["botocore"]}.
 */
export const LACKING: {{ readonly [region: string]: readonly RegionalService[] }} = {{
{rows}
}};
"""


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE).write_text(text(), encoding="utf-8", newline="\n")
    if len(sys.argv) == 1:
        for file in sorted(MANIFESTS.glob("*.json")):
            file.write_text(manifest(file), encoding="utf-8", newline="\n")
