"""A run of a monitor that compares no columns, as one page in the design of the local report."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from found import BROKEN, FINE, VIOLATIONS

TITLES = {
    "data-quality": "Data quality", "model-quality": "Model quality", "bias": "Bias",
    "attribution": "Feature attribution",
}  # fmt: skip
TONES = {
    FINE: ("good", "ok", "No violation"), VIOLATIONS: ("bad", "fail", "Violations"),
    BROKEN: ("bad", "fail", "Broken data"),
}  # fmt: skip
VERDICTS = {"worse": ("worse", "bad"), "not worse": ("not worse", "good")}


def render(page: Mapping[str, Any], now: datetime | None = None) -> str:
    """The page of what a run found."""
    markup, parts, shell = _part("markup"), _part("parts"), _part("shell")
    svg, text = _part("svg"), _part("text")
    el = markup.el
    tone, mark, words = TONES.get(page["outcome"], ("warn", "stop", "Not enough rows"))
    about = page.get("title") or page["environment"]
    period = " to ".join(text.moment(page[end]) for end in ("from", "to"))
    pairs = [("Environment", page["environment"]), ("Rows read", f"{page['rowsRead']:,}"), ("Period", period)]
    sections = [
        one for one in (_violations(page, parts), _measured(page, parts, text), _notes(page, parts)) if one
    ]
    body = el(
        "body",
        svg.symbols(),
        el("a", "Skip to the report", href="#report", class_="skip-link"),
        el(
            "header",
            el(
                "div",
                el("p", el("span", about, class_="pipeline"), TITLES[page["kind"]], class_="kicker"),
                el("p", svg.icon(mark), words, class_=f"verdict-label tone-{tone}"),
                el("h1", page["words"]),
                parts.facts(pairs),
                class_="inner",
            ),
            class_=f"verdict tone-{tone}",
        ),
        shell.contents(sections),
        el("main", *map(shell.shown, sections), id="report"),
        el("footer", el("p", f"Written on {text.moment(now or datetime.now(UTC))}.", class_="inner")),
    )
    title = f"Monitor: {page['words']}"
    return f"<!doctype html>\n{el('html', shell.head(title), body, lang='en')}\n"


def _part(name: str) -> Any:
    return importlib.import_module(f"report.{name}")


def _violations(page: Mapping[str, Any], parts: Any) -> Any:
    rows = [[one["feature"], one["check"], one["description"]] for one in page["listed"]]
    if not rows:
        return parts.Section(
            "violations", "Violations", "What breaks the constraints.", parts.note("There are none.")
        )
    columns = [parts.Column("What"), parts.Column("Check"), parts.Column("What was found")]
    more = page["violationCount"] - len(rows)
    blocks = [parts.table("Violations", columns, rows, "history stacked violations")]
    if more:
        blocks.append(parts.note(f"{more:,} more are in constraint_violations.json."))
    return parts.Section("violations", "Violations", "What breaks the constraints.", parts.stacked(blocks))


def _measured(page: Mapping[str, Any], parts: Any, text: Any) -> Any:
    def figure(value: Any) -> str:
        return "\u2013" if not isinstance(value, int | float) else str(text.figure(float(value)))

    header: tuple[str, ...]
    if "compared" in page:
        header = ("Metric", "Result", "Now", "+/-", "Constraint")
        rows = [
            [one["metric_name"], parts.badge(*VERDICTS.get(one["verdict"], ("not enough rows", "warn"))),
             figure(one["value"]), figure(one["standard_deviation"]), figure(one["threshold"])]
            for one in page["compared"]
        ]  # fmt: skip
    elif "measures" in page:
        header = ("Group", "Result", "Measure", "Now", "+/-", "Evaluation")
        rows = [
            [f"{one['facet']}: {one['values']}",
             parts.badge("not enough rows", "warn") if one["few"]
             else parts.badge(*VERDICTS["worse" if one["worse"] else "not worse"]),
             one["metric"], figure(one["value"]), figure(one["standard_deviation"]), figure(one["before"])]
            for one in page["measures"]
        ]  # fmt: skip
    elif "attributions" in page:
        header = ("Feature", "Evaluation", "Now")
        rows = [[one["feature"], figure(one["before"]), figure(one["now"])] for one in page["attributions"]]
    else:
        return None
    columns = [
        parts.Column(name, "" if at < 2 and name != "Evaluation" else "number")
        for at, name in enumerate(header)
    ]
    body = parts.table("What was measured", columns, rows, "history stacked watched")
    return parts.Section("measured", "Measured", "Now, and when the version was approved.", body)


def _notes(page: Mapping[str, Any], parts: Any) -> Any:
    if not page["notes"]:
        return None
    return parts.Section(
        "notes", "Notes", "What was read.", parts.stacked([parts.note(one) for one in page["notes"]])
    )
