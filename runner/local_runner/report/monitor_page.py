"""What a monitor found, as one HTML page in the style of the report: violations first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from .charts.distribution import BEFORE, NOW, categories, numbers
from .markup import Markup, Node, el
from .parts import Column, Section, badge, facts, figure_box, note, table
from .parts import code as fixed
from .shell import contents, head, shown
from .svg import icon, line, symbols
from .text import figure, moment, percent, plural

MOST_PICTURES = 60
STATES = {
    "violation": ("violation", "bad"),
    "few": ("not enough rows", "warn"),
    "open": ("not compared", "plain"),
    "ok": ("no violation", "good"),
}
"""What is said of a column, and the tone."""
CHECKS = {
    "data_type_check": "Type",
    "completeness_check": "Completeness",
    "baseline_drift_check": "Drift",
    "missing_column_check": "Missing column",
    "extra_column_check": "Extra column",
    "categorical_values_check": "Unknown category",
    "range_check": "Range",
}
"""Words for the published names of checks."""


def render(found: dict[str, Any], now: datetime | None = None) -> str:
    """Return the page of what `compare` found."""
    written = (now or datetime.now(UTC)).astimezone(UTC)
    sections = [
        part
        for part in (_violations(found), _columns(found), _pictures(found), _data(found))
        if part is not None
    ]
    body = el(
        "body",
        symbols(),
        el("a", "Skip to the report", href="#report", class_="skip-link"),
        _header(found),
        contents(sections),
        el("main", *map(shown, sections), id="report"),
        el("footer", el("p", f"Written on {moment(written)}. The page is self-contained.", class_="inner")),
    )
    return f"<!doctype html>\n{el('html', head(f'Monitor: {sentence(found)}'), body, lang='en')}\n"


def sentence(found: dict[str, Any]) -> str:
    """Return the result in one sentence."""
    title, rows = found["title"], plural(found["rows"], "row")
    if count := len(found["violations"]):
        columns = len({item["feature_name"] for item in found["violations"]})
        return f"{plural(count, 'violation')} in {plural(columns, 'column')}: {rows} against {title}"
    if few := [item for item in found["features"] if item["state"] == "few"]:
        words = "all columns" if len(few) == len(found["features"]) else plural(len(few), "column")
        return f"Not enough rows to tell for {words}: {rows} against {title}"
    return f"No violation: {rows} against {title}"


def _tone(found: dict[str, Any]) -> tuple[str, str, str]:
    if found["violations"]:
        return "bad", "fail", "Violations"
    if any(item["state"] == "few" for item in found["features"]):
        return "warn", "stop", "Not enough rows"
    return "good", "ok", "No violation"


def _header(found: dict[str, Any]) -> Markup:
    tone, mark, words = _tone(found)
    period = " to ".join(moment(found[end]) for end in ("from", "to") if found.get(end))
    return el(
        "header",
        el(
            "div",
            el("p", el("span", found["title"], class_="pipeline"), "Data quality", class_="kicker"),
            el("p", icon(mark), words, class_=f"verdict-label tone-{tone}"),
            el("h1", sentence(found)),
            facts(
                [
                    ("Rows compared", f"{found['rows']:,}"),
                    ("Training rows", f"{found['baselineRows']:,}"),
                    ("Period", period or None),
                    ("Columns", f"{len(found['features']):,}"),
                ]
            ),
            class_="inner",
        ),
        class_=f"verdict tone-{tone}",
    )


def _violations(found: dict[str, Any]) -> Section:
    rows: list[list[Node]] = [
        [
            item["feature_name"],
            CHECKS.get(item["constraint_check_type"], item["constraint_check_type"]),
            item["description"],
        ]
        for item in found["violations"]
    ]
    if rows:
        columns = [Column("Column"), Column("Check"), Column("What was found")]
        body = table("Most serious first", columns, rows, "history stacked violations")
    else:
        body = note("There are none.", tone="good")
    return Section("violations", "Violations", "Where the rows break the version's constraints.", body)


def _columns(found: dict[str, Any]) -> Section:
    rows: list[list[Node]] = []
    for item in found["features"]:
        words, tone = STATES[item["state"]]
        before, now = item["missing"]
        distance = item.get("distance")
        rows.append(
            [
                item["name"],
                [
                    badge(words, tone),
                    el("span", item["note"], class_="step-facts") if item.get("note") else None,
                ],
                f"{distance['method']} {figure(distance['value'], 3)}" if distance else "\u2013",
                figure(distance["threshold"], 3) if distance else "\u2013",
                f"{percent(before)} → {percent(now)}" if before is not None and now is not None else "\u2013",
                " → ".join(text or "\u2013" for text in item["typical"] if any(item["typical"])) or "\u2013",
            ]
        )
    columns = [
        Column("Column"), Column("Result"), Column("Distance", "number"), Column("Threshold", "number"),
        Column("Missing", "number"), Column("Typical", "number minor"),
    ]  # fmt: skip
    body = table(f"From {BEFORE} to {NOW}", columns, rows, "history stacked watched")
    return Section("columns", "Columns", "Those with violations first.", body)


def _pictures(found: dict[str, Any]) -> Section | None:
    drawn = [item for item in found["features"] if item.get("picture")]
    boxes = [_picture(index, item) for index, item in enumerate(drawn[:MOST_PICTURES])]
    if not boxes:
        return None
    keys = el(
        "p",
        el("span", _sample(True), f"{BEFORE} ({found['baselineRows']:,})", class_="key"),
        el("span", _sample(False), f"{NOW} ({found['rows']:,})", class_="key"),
        class_="keys",
    )
    more = (
        note(f"{plural(len(drawn) - MOST_PICTURES, 'more column')} without a picture here: see the table.")
        if len(drawn) > MOST_PICTURES
        else None
    )
    body = el("div", keys, el("div", *boxes, class_="figures"), more, class_="stack")
    return Section("distributions", "Distributions", "Shares of the rows that have a value.", body)


def _picture(index: int, item: dict[str, Any]) -> Markup:
    given, key = item["picture"], f"d{index}"
    before, now = given["shares"]
    draw = numbers if "edges" in given else categories
    drawn = draw(key, item["name"], given["edges"] if "edges" in given else given["values"], before, now)
    return figure_box(item["name"], drawn, _caption(item))


def _caption(item: dict[str, Any]) -> Node:
    words, tone = STATES[item["state"]]
    told: list[Node] = [badge(words, tone)]
    if distance := item.get("distance"):
        value, threshold = figure(distance["value"], 3), figure(distance["threshold"], 3)
        told.append(f" {distance['method']} {value}, threshold {threshold}.")
    outside = item["picture"].get("outside")
    if outside and max(outside) > 0:
        told.append(f" Outside the picture: {percent(outside[0])} → {percent(outside[1])}.")
    return told


def _sample(before: bool) -> Markup:
    mark = (
        el("rect", x=0, y=1, width=24, height=11, class_="before")
        if before
        else line(0, 7, 24, 7, "curve series-b")
    )
    return el("svg", mark, class_="sample", aria_hidden="true", viewBox="0 0 24 13")


def _data(found: dict[str, Any]) -> Section:
    sources: Sequence[str] = found["sources"]
    pairs: list[tuple[Node, Node]] = [
        ("Version", found["title"]),
        ("Statistics", fixed(found["statistics"])),
        ("Constraints", fixed(found["constraints"])),
        (
            "Read",
            [fixed(", ".join(sources[:5])), f" and {len(sources) - 5} more" if len(sources) > 5 else None],
        ),
        ("Left out", found.get("leftOut")),
    ]
    blocks: list[Node] = [facts(pairs), *(note(words, tone="warn") for words in found.get("notes", ()))]
    return Section("data", "Data", "What was compared with what.", el("div", *blocks, class_="stack"))
