"""The whole page: head, verdict, sections, foot."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from .evaluation import evaluations
from .history import versions
from .markup import Markup, Node, el
from .parts import command, facts
from .record import Run, load
from .sections.data import data
from .sections.environment import environment
from .sections.gate import gate
from .sections.importances import importances
from .sections.lineage import lineage
from .sections.logs import logs
from .sections.parameters import parameters
from .sections.probabilities import probabilities
from .sections.quality import quality
from .sections.registration import registration
from .sections.sample import sample
from .sections.segments import segments
from .sections.steps import steps
from .sections.training import training
from .sections.tuning import tuning
from .shell import contents, head, shown
from .summary import against_approved
from .svg import icon, symbols
from .text import duration, moment
from .verdict import Verdict, verdict

_ICONS = {"good": "ok", "bad": "fail", "warn": "stop", "busy": "run"}


def render(work: Path, execution_id: str, now: datetime | None = None) -> str:
    """Return the report of a run as one HTML page; ReportError where the run's record cannot be read."""
    run = load(work, execution_id)
    found = evaluations(run)
    registry = versions(run)
    parts = [
        steps(run),
        gate(run),
        quality(run, found),
        probabilities(found),
        segments(found),
        importances(found),
        registration(run, registry),
        sample(run),
        data(run),
        lineage(run),
        parameters(run),
        training(run, found),
        tuning(run),
        logs(run),
        environment(run),
    ]
    sections = [part for part in parts if part is not None]
    outcome = verdict(run, registry)
    written = (now or datetime.now(UTC)).astimezone(UTC)
    body = el(
        "body",
        symbols(),
        el("a", "Skip to the report", href="#report", class_="skip-link"),
        _header(run, outcome, against_approved(run, found)),
        contents(sections),
        el("main", *map(shown, sections), id="report"),
        _footer(run, written),
    )
    title = f"{run.pipeline}: {outcome.label} ({run.id})"
    return f"<!doctype html>\n{el('html', head(title), body, lang='en')}\n"


def _header(run: Run, outcome: Verdict, against: str | None) -> Markup:
    commit = next(
        (str(each.value) for each in run.parameters if each.name == "GitCommit" and each.value), None
    )
    return el(
        "header",
        el(
            "div",
            el(
                "p",
                el("span", run.pipeline, class_="pipeline"),
                el("span", run.id, class_="run-id"),
                class_="kicker",
            ),
            el(
                "p",
                icon(outcome.icon or _ICONS.get(outcome.tone, "wait")),
                outcome.label,
                class_=f"verdict-label tone-{outcome.tone}",
            ),
            el("h1", outcome.sentence),
            el("p", outcome.detail, class_="reason") if outcome.detail else None,
            el("div", el("p", "Run it again:"), command(outcome.command), class_="again")
            if outcome.command
            else None,
            facts(
                [
                    ("Started", moment(run.start) if run.start else None),
                    ("Took", duration(run.seconds) if run.seconds is not None else None),
                    ("Commit", _short(commit)),
                    ("Against the last approved version", against),
                ]
            ),
            class_="inner",
        ),
        class_=f"verdict tone-{outcome.tone}",
    )


def _short(commit: str | None) -> Node:
    if not commit or commit == "unknown":
        return None
    base, dirty = commit.removesuffix("-dirty"), commit.endswith("-dirty")
    return [el("code", base[:12]), " with uncommitted changes" if dirty else None]


def _footer(run: Run, written: datetime) -> Markup:
    origin = f"Written on {moment(written)} from runs/{run.id}/run.json."
    words = f"{origin} The page is self-contained."
    return el("footer", el("p", words, class_="inner"))
