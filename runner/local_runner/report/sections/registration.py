"""What was registered, its state in the registry today, and the versions before it."""

from __future__ import annotations

from ..history import Version
from ..markup import Markup, Node, el
from ..names import status_words
from ..parts import Column, Section, badge, code, facts, note, stacked, table
from ..record import Registered, Run
from ..text import MISSING, moment, plural

_TONES = {"Approved": "good", "Rejected": "bad", "PendingManualApproval": "warn"}
MOST_VERSIONS = 12


def registration(run: Run, versions: list[Version]) -> Section | None:
    """Return the run's registered versions with the history of their groups."""
    if not run.registered:
        return None if run.registers else _experiment(run)
    blocks = [_entry(entry, versions) for entry in run.registered]
    return Section(
        "registration",
        "Model registry",
        "The version registered by this run.",
        stacked(blocks),
    )


def _experiment(run: Run) -> Section:
    skipped = [step.title for step in run.steps if step.type == "RegisterModel"]
    names = f" {' and '.join(skipped)} did all but that." if skipped else ""
    body = note(f"Nothing was put into the registry: the run was started with --no-register.{names}")
    return Section("registration", "Model registry", "This run is an experiment.", body)


def _entry(entry: Registered, versions: list[Version]) -> Markup:
    group = [version for version in versions if version.group == entry.group]
    current = next((version for version in group if version.arn == entry.arn), None)
    status = current.status if current else entry.status
    at_first = (
        f"{status_words(entry.status)} when it was registered" if current and status != entry.status else None
    )
    return el(
        "div",
        el(
            "p",
            el("strong", f"{entry.group or 'model'} version {entry.version}"),
            badge(status_words(status), _TONES.get(status, "plain")),
            class_="decision",
        ),
        facts(
            [
                ("Initial status", at_first),
                ("Decided", _decided(current)),
                ("Reason", current.reason if current else None),
                ("Registered", moment(entry.created) if entry.created else None),
                ("By step", entry.step),
                ("Model package", code(entry.arn) if entry.arn else None),
                ("Model data", code(entry.model_data) if entry.model_data else None),
            ]
        ),
        _history(group, entry),
        class_="stack",
    )


def _decided(version: Version | None) -> str | None:
    if version is None or not (version.by or version.decided):
        return None
    return " ".join(
        filter(
            None,
            [f"by {version.by}" if version.by else "", moment(version.decided) if version.decided else ""],
        )
    )


def _history(group: list[Version], entry: Registered) -> Markup | None:
    if len(group) < 2:
        return None
    ordered = sorted(group, key=lambda version: version.order, reverse=True)
    rows: list[list[Node]] = [
        [
            [
                f"Version {version.version}",
                " ",
                badge("this run", "info") if version.arn == entry.arn else None,
            ],
            badge(status_words(version.status), _TONES.get(version.status, "plain")),
            moment(version.created) if version.created else MISSING,
            _decided(version) or MISSING,
            version.reason or MISSING,
        ]
        for version in ordered[:MOST_VERSIONS]
    ]
    columns = [Column("Version"), Column("Status"), Column("Registered"), Column("Decided"), Column("Reason")]
    shown = {
        index: "marked" for index, version in enumerate(ordered[:MOST_VERSIONS]) if version.arn == entry.arn
    }
    more = f" (the newest {MOST_VERSIONS})" if len(ordered) > MOST_VERSIONS else ""
    caption = f"{plural(len(ordered), 'version')} of {entry.group}{more}, as of the time of this page"
    return el("div", el("h3", "History"), table(caption, columns, rows, "history stacked", shown))
