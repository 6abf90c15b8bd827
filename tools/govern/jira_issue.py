"""What an issue says about a version, in the Atlassian Document Format, and what its comments say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from approval_settings import Group, Settings
from package_reports import Reports
from registry import Package
from seal import SHA256

PROPERTY = "sagemaker-cicd"
"""Property of our issues, with the ARN of the version."""
LABEL = "sagemaker-cicd"

TOLD = ("GitCommit", "GitBranch", "CodeHash", "DataVersion", "DataUrl", "ContainerImage", "GoldenRowsSha256")
"""Customer metadata that an issue shows, beside the artifact's hash."""


def package_label(arn: str) -> str:
    """A label that finds the issue of a version."""
    return f"model-package-{hashlib.sha256(arn.encode()).hexdigest()[:24]}"


def fields(settings: Settings, group: Group, package: Package, reports: Reports | str) -> dict[str, Any]:
    """The fields of a new issue. `reports` is why there are none, where there are none."""
    jira = settings.jira
    name = group.registry.rsplit("/", 1)[-1]
    return {
        "project": {"key": jira["projectKey"]},
        "issuetype": {"name": jira["issueType"]},
        "summary": f"Approve version {package.version} of {name}"[:255],
        "labels": [LABEL, package_label(package.arn)],
        "description": _description(settings, group, package, reports),
    }


def _description(
    settings: Settings, group: Group, package: Package, reports: Reports | str
) -> dict[str, Any]:
    jira = settings.jira
    known = {**package.metadata, "Artifact SHA-256": package.metadata.get(SHA256, "")}
    evidence = [("Model package", package.arn)]
    evidence += [(name, known[name]) for name in (*TOLD, "Artifact SHA-256") if known.get(name)]
    if isinstance(reports, str):
        measured = [paragraph(text(f"Its reports cannot be shown: {reports}"))]
    else:
        measured = [
            table(measures(reports)),
            table([(n, f"{v:.6g}") for n, v in sorted(reports.metrics.items())]),
        ]
    return document(
        paragraph(
            text(
                f"Version {package.version} of {settings.project}, group {group.name}, waits for approval. "
            ),
            text("Write the reason as a comment, then move the issue to "),
            text(jira["approvedStatus"], strong=True),
            text(" or "),
            text(jira["rejectedStatus"], strong=True),
            text(". Who pushed, merged or built it cannot approve it."),
        ),
        heading("Quality"),
        *measured,
        heading("What it is"),
        table(evidence),
        paragraph(text("Console", link=console_url(package.arn))),
    )


def measures(reports: Reports) -> list[tuple[str, str]]:
    """The gate's metric with what it was compared with."""
    rows = [(reports.metric, f"{reports.value:.6g}")]
    for title, other in (("approved version", reports.approved), ("baseline", reports.baseline)):
        if other is None:
            rows.append((f"over the {title}", "there is none"))
        elif other.reason:
            rows.append((f"over the {title}", f"not comparable: {other.reason}"))
        else:
            rows.append(
                (
                    f"over the {title}",
                    f"{other.difference:+.6g} ({other.low:+.6g} to {other.high:+.6g}), {other.name}",
                )
            )
    rows.append(("test rows", str(reports.test_rows or "unknown")))
    rows.append(("missing values", "unknown" if reports.missing is None else f"{reports.missing:.2%}"))
    rows.append(("tests of the build", reports.tests))
    return rows


def console_url(arn: str) -> str:
    """The version's registry in the console."""
    region = arn.split(":")[3]
    domain = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
    host = domain.get(arn.split(":")[1], f"{region}.console.aws.amazon.com")
    return f"https://{host}/sagemaker/home?region={quote(region)}#/model-packages"


def document(*content: dict[str, Any]) -> dict[str, Any]:
    """A document of these blocks."""
    return {"type": "doc", "version": 1, "content": list(content)}


def note(said: str) -> dict[str, Any]:
    """A document with one paragraph."""
    return document(paragraph(text(said)))


def paragraph(*content: dict[str, Any]) -> dict[str, Any]:
    """A block of text."""
    return {"type": "paragraph", "content": list(content)}


def heading(title: str) -> dict[str, Any]:
    """A heading within a description."""
    return {"type": "heading", "attrs": {"level": 3}, "content": [text(title)]}


def text(said: str, *, strong: bool = False, link: str | None = None) -> dict[str, Any]:
    """Some text; a document takes no empty one."""
    marks = [
        *([{"type": "strong"}] if strong else []),
        *([{"type": "link", "attrs": {"href": link}}] if link else []),
    ]
    return {"type": "text", "text": said or "-", **({"marks": marks} if marks else {})}


def table(rows: list[tuple[str, str]]) -> dict[str, Any]:
    """Two columns; a paragraph where there is nothing to show."""
    if not rows:
        return paragraph(text("none"))
    return {
        "type": "table",
        "content": [
            {
                "type": "tableRow",
                "content": [
                    {"type": "tableHeader", "attrs": {}, "content": [paragraph(text(name))]},
                    {"type": "tableCell", "attrs": {}, "content": [paragraph(text(value))]},
                ],
            }
            for name, value in rows
        ],
    }


def plain(body: Any) -> str:
    """The text of a comment, in one line."""
    return " ".join("".join(_parts(body)).split())


def _parts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        if isinstance(node.get("text"), str):
            yield node["text"]
        attributes = node.get("attrs")
        if node.get("type") in ("mention", "emoji") and isinstance(attributes, dict):
            yield str(attributes.get("text", ""))
        for child in node.get("content") or []:
            yield from _parts(child)
        if node.get("type") not in ("text", "mention", "emoji"):
            yield " "
