"""
What the newest run of each monitor found, in all environments of a delivery: as text, and as a page.

`monitor_overview.py TASK` reads the results with the caller's credentials. An environment that they cannot
read, and a monitor that has not run for long, are said and not left out.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[2] / "runner"))

LATE = {"hourly": timedelta(hours=3), "daily": timedelta(hours=30), "weekly": timedelta(days=8)}
"""After the end of a window, beside the hours that it waits for labels; then its run is overdue."""
TONES = {
    "fine": ("no violation", "good"), "violations": ("violations", "bad"), "broken": ("broken data", "bad"),
    "not-enough-rows": ("not enough rows", "warn"), "no-rows": ("no rows", "warn"),
}  # fmt: skip
UNREADABLE, NEVER = "cannot be read", "has not run yet"


@dataclass(frozen=True)
class Line:
    """What is said about a monitor."""

    group: str
    environment: str
    kind: str
    state: str
    tone: str
    words: str
    until: str = ""
    report: str = ""
    failed: bool = False

    @property
    def is_bad(self) -> bool:
        """Whether somebody should look."""
        return self.tone == "bad" or self.failed


def lines(environments: list[Mapping[str, Any]], client: Any, now: datetime) -> Iterator[Line]:
    """A line for each monitor of each environment; `client` makes a client of S3 for a region."""
    for place in environments:
        s3 = client(place.get("region"))
        for monitor in place["monitors"]:
            about = (str(place["group"]), str(place["environment"]), str(monitor["kind"]))
            try:
                found = newest(s3, place, about[2])
            except s3.exceptions.ClientError as error:
                code = error.response.get("Error", {}).get("Code", "error")
                yield Line(*about, UNREADABLE, "bad", f"{place['bucket']}: {code}", failed=True)
            except ValueError as error:
                yield Line(*about, UNREADABLE, "bad", f"{place['bucket']}: {error}", failed=True)
            else:
                yield _line(about, found, str(monitor["schedule"]), int(monitor.get("waitHours", 0)), now)


def _line(
    about: tuple[str, str, str], found: Mapping[str, Any] | None, schedule: str, wait: int, now: datetime
) -> Line:
    if found is None:
        return Line(*about, NEVER, "warn", "there are no results")
    state, tone = TONES.get(str(found["outcome"]), (str(found["outcome"]), "warn"))
    until = str(found["window"]["until"])
    words = str(found["words"])
    if now - datetime.fromisoformat(until) > LATE[schedule] + timedelta(hours=wait):
        words = f"no newer run although it is {schedule}; the last one said: {words}"
        state, tone = f"overdue, {state}", "bad"
    return Line(*about, state, tone, words, until, str(found.get("report", "")))


def newest(s3: Any, place: Mapping[str, Any], kind: str) -> dict[str, Any] | None:
    """The word of the newest window, which is the last folder of the last folder, down to the hour."""
    bucket = {"Bucket": place["bucket"]}
    if place.get("account"):
        bucket["ExpectedBucketOwner"] = place["account"]
    prefix = f"results/{kind}/"
    found = _descend(s3, bucket, prefix, 4)
    if found is None:
        return None
    body = s3.get_object(**bucket, Key=found)["Body"].read()
    told = json.loads(body)
    if not isinstance(told, dict) or told.get("format") != 1:
        raise ValueError(f"{found} has another format than 1: upgrade this package")
    return told


def _descend(s3: Any, bucket: Mapping[str, Any], prefix: str, levels: int) -> str | None:
    """The key of the newest run below a prefix; a window whose run is still writing has none yet."""
    if not levels:
        key = f"{prefix}run.json"
        listed = s3.list_objects_v2(**bucket, Prefix=key, MaxKeys=1).get("Contents", ())
        return key if any(one["Key"] == key for one in listed) else None
    pages = s3.get_paginator("list_objects_v2").paginate(**bucket, Prefix=prefix, Delimiter="/")
    folders = [one["Prefix"] for page in pages for one in page.get("CommonPrefixes", ())]
    inner = (_descend(s3, bucket, folder, levels - 1) for folder in sorted(folders, reverse=True))
    return next((key for key in inner if key is not None), None)


def page(project: str, found: list[Line], now: datetime) -> str:
    """The page, in the design of the local report; what somebody should look at comes first."""
    markup, parts, shell, svg, text = (
        importlib.import_module(f"local_runner.report.{name}")
        for name in ("markup", "parts", "shell", "svg", "text")
    )
    el = markup.el
    bad = [line for line in found if line.is_bad]
    tone, mark, words = ("bad", "fail", "Look at these") if bad else ("good", "ok", "No violation")
    if not bad and any(line.tone == "warn" for line in found):
        tone, mark, words = "warn", "stop", "Not everything can be told"
    rows = [
        [
            f"{line.group} {line.environment}", line.kind.replace("-", " "),
            parts.badge(line.state, line.tone), line.words,
            text.moment(line.until) if line.until else "\u2013",
            parts.code(line.report) if line.report else "\u2013",
        ]
        for line in sorted(found, key=lambda one: ("bad", "warn", "good").index(one.tone))
    ]  # fmt: skip
    columns = [
        parts.Column(title)
        for title in ("Environment", "Monitor", "Result", "What was found", "Rows until", "Report")
    ]
    table = parts.table("Newest run of each monitor", columns, rows, "history stacked violations")
    section = parts.Section("monitors", "Monitors", "The newest run of each, what to look at first.", table)
    body = el(
        "body", svg.symbols(), el("a", "Skip to the report", href="#report", class_="skip-link"),
        el(
            "header",
            el(
                "div",
                el("p", el("span", project, class_="pipeline"), "Monitoring", class_="kicker"),
                el("p", svg.icon(mark), words, class_=f"verdict-label tone-{tone}"),
                el("h1", summary(found)),
                class_="inner",
            ),
            class_=f"verdict tone-{tone}",
        ),
        el("main", shell.shown(section), id="report"),
        el("footer", el("p", f"Written on {text.moment(now)}. The page is self-contained.", class_="inner")),
    )  # fmt: skip
    return f"<!doctype html>\n{el('html', shell.head(f'Monitoring of {project}'), body, lang='en')}\n"


def summary(found: list[Line]) -> str:
    """All in one sentence."""
    bad = sum(line.is_bad for line in found)
    places = len({(line.group, line.environment) for line in found})
    monitors = f"{len(found)} monitor{'' if len(found) == 1 else 's'}"
    where = f"{monitors} in {places} environment{'' if places == 1 else 's'}"
    return f"{where}: {f'{bad} to look at' if bad else 'nothing to look at'}"


def run(task: Mapping[str, Any], client: Any, now: datetime) -> int:
    """Prints the lines and writes the page; the exit code is 1 if something could not be read."""
    found = list(lines(task["environments"], client, now))
    wide = [
        max(len(getattr(line, name)) for line in found) for name in ("group", "environment", "kind", "state")
    ]
    for line in found:
        cells = zip((line.group, line.environment, line.kind, line.state), wide, strict=True)
        print("  ".join([*(f"{cell:<{size}}" for cell, size in cells), line.words]))
    out = Path(task["out"])
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(str(task["project"]), found, now), "utf-8")
    print(f"\n{summary(found)}\nPage: {out}")
    return int(any(line.failed for line in found))


def main() -> int:
    """Does what the task says, with the credentials of the environment."""
    boto3: Any = importlib.import_module("boto3")
    task = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    return run(task, lambda region: boto3.client("s3", region_name=region), datetime.now(UTC))


if __name__ == "__main__":
    sys.exit(main())
