"""
Writes the records of a release as a page for people and as data for programs: 21 CFR 11.10(b) asks for both.

The page has no address in it and needs nothing from anywhere, so it can be printed and kept.
"""

from __future__ import annotations

import html
import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from audit_source import Unusable, open_source
from audit_verify import run
from records import Record, read_all, verify

_SHOWN = (
    ("Time (UTC)", "time"),
    ("Decision", "decision"),
    ("Outcome", "outcome"),
    ("About", "subject"),
    ("Signer", "signer.name"),
    ("Principal", "signer.principal"),
    ("Meaning of the signature", "meaning"),
    ("Reason", "reason"),
    ("Problems", "problems"),
    ("Method", "method"),
    ("CloudTrail event", "event"),
    ("Package", "bound.package"),
    ("SHA-256 of the registration", "bound.registration"),
    ("SHA-256 of the artifact", "bound.artifact"),
    ("SHA-256 of the code", "bound.code"),
    ("SHA-256 of the data", "bound.data"),
    ("SHA-256 of the evaluation", "bound.evaluation"),
    ("SHA-256 of the policy", "bound.policy"),
    ("Record before it", "previous"),
    ("Hash of the record", "hash"),
)

_STYLE = """body{font:14px/1.5 sans-serif;margin:2em auto;max-width:60em;padding:0 1em}
table{border-collapse:collapse;width:100%;margin:0 0 2em;page-break-inside:avoid}
th,td{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{width:14em}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #999;padding:.5em}"""


def export(task: Mapping[str, Any]) -> int:
    """Writes both files; the exit code."""
    chains, anchors, where = open_source(task)
    version = str(task["version"])
    groups = [task["group"]] if task.get("group") else chains.groups()
    found = {group: _of_version(chains, group, version) for group in groups}
    chosen = {group: records for group, records in found.items() if records}
    if not chosen:
        raise Unusable(f"{where} has no record of version {version}. Groups: {', '.join(groups) or 'none'}.")
    if len(chosen) > 1:
        raise Unusable(
            f"Several groups have a version {version}: name one of {', '.join(chosen)} with --group."
        )
    [(group, records)] = chosen.items()
    content: dict[str, Any] = {
        "group": group,
        "version": int(version),
        "source": where,
        "chainProblems": verify(chains, group, anchors.get(group, [])),
        "records": records,
        "events": trail_events([Path(name) for name in task.get("trail") or []], records),
    }
    folder = Path(task["out"])
    folder.mkdir(parents=True, exist_ok=True)
    names = [folder / f"{group}-{version}.{ending}" for ending in ("json", "html")]
    names[0].write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    names[1].write_text(page(content), encoding="utf-8")
    print(f"{len(records)} records and {len(content['events'])} events: {names[0]}, {names[1]}")
    for problem in content["chainProblems"]:
        print(f"BROKEN  {problem}", file=sys.stderr)
    return 1 if content["chainProblems"] else 0


def _of_version(chains: Any, group: str, version: str) -> list[Record]:
    def is_meant(record: Record) -> bool:
        package = str((record.get("bound") or {}).get("package") or "")
        return package.rsplit("/", 1)[-1] == version and "/" in package

    return [record for record in read_all(chains, group) if is_meant(record)]


def trail_events(files: Iterable[Path], records: list[Record]) -> list[dict[str, Any]]:
    """Events of CloudTrail's log files that records name, or that name their packages; oldest first."""
    events = {str(record["event"]) for record in records if record.get("event")}
    packages = {str(record["bound"]["package"]) for record in records}
    found: dict[str, dict[str, Any]] = {}
    for file in files:
        for event in _events(file):
            text = json.dumps(event, ensure_ascii=False)
            if event.get("eventID") in events or any(f'"{package}"' in text for package in packages):
                found[str(event.get("eventID", text))] = event
    return sorted(found.values(), key=lambda event: str(event.get("eventTime")))


def _events(file: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unusable(f"--trail {file} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise Unusable(
            f"--trail {file} is no JSON. Unpack CloudTrail's log files with gunzip first."
        ) from None
    events = content.get("Records") if isinstance(content, dict) else content
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise Unusable(f'--trail {file} is no log file of CloudTrail: it must have a list "Records".')
    return events


def page(content: Mapping[str, Any]) -> str:
    """The records for people."""
    title = f"Version {content['version']} of {content['group']}"
    problems = content["chainProblems"]
    state = "The chain of records is whole." if not problems else "The chain of records is broken:"
    parts = [
        f"<!doctype html><html lang='en'><meta charset='utf-8'><title>{_text(title)}</title>",
        f"<style>{_STYLE}</style><h1>{_text(title)}</h1>",
        f"<p>From {_text(content['source'])}. {state}</p>",
        *(f"<p><strong>{_text(problem)}</strong></p>" for problem in problems),
        *(_table(record) for record in content["records"]),
        f"<h2>Events of the audit trail ({len(content['events'])})</h2>",
        *(
            f"<pre>{_text(json.dumps(event, indent=1, ensure_ascii=False))}</pre>"
            for event in content["events"]
        ),
    ]
    return "\n".join([*parts, "</html>\n"])


def _table(record: Record) -> str:
    rows = "".join(f"<tr><th>{name}<td>{_text(_field(record, path))}" for name, path in _SHOWN)
    return f"<h2>Record {record['sequence']}</h2><table>{rows}</table>"


def _field(record: Mapping[str, Any], path: str) -> str:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "none"
    return "none" if value is None else str(value)


def _text(value: object) -> str:
    return html.escape(str(value))


if __name__ == "__main__":
    sys.exit(run(export))
