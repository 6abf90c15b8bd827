"""The steps' logs, each folded away but the failed one's; long ones are cut in the middle."""

from __future__ import annotations

from pathlib import Path

from ..evaluation import inside
from ..markup import Markup, Node, el
from ..parts import Section, command, note, scroller, status_mark
from ..record import Run, Step
from ..text import clean, duration, size

HEAD_BYTES = 16_000
TAIL_BYTES = 48_000
HEAD_LINES = 100
TAIL_LINES = 300


def logs(run: Run) -> Section | None:
    """Return one foldable log per step that has something to say."""
    told = [step for step in run.steps if step.log or step.failure or step.notes]
    if not told:
        return None
    return Section(
        "logs",
        "Logs",
        "Output of each step, standard output and standard error together.",
        el("div", *(_log(run, step) for step in told), class_="logs"),
    )


def _log(run: Run, step: Step) -> Markup:
    path = inside(run.directory, step.log)
    facts: list[Node] = [status_mark(step.status)]
    if step.seconds is not None:
        facts.append(el("span", duration(step.seconds)))
    if path and path.is_file():
        facts.append(el("span", size(path.stat().st_size)))
    return el(
        "details",
        el("summary", el("span", step.title, class_="step-name"), el("span", *facts, class_="step-facts")),
        el(
            "div",
            note(step.failure, tone="bad") if step.failure and step.status == "Failed" else None,
            note(step.failure) if step.failure and step.status != "Failed" else None,
            *(note(remark, tone="warn") for remark in step.notes),
            _content(run, step, path),
            el("div", el("p", "Run this step again:"), command(step.rerun)) if step.rerun else None,
            class_="log-body",
        ),
        open=step.status == "Failed",
    )


def _content(run: Run, step: Step, path: Path | None) -> Markup | None:
    if step.log is None:
        return None
    where = f"{run.directory.name}/{step.log}"
    if path is None or not path.is_file():
        return note(f"The log runs/{where} no longer exists.")
    try:
        lines = excerpt(path, f"runs/{where}")
    except OSError as error:
        return note(f"The log runs/{where} cannot be read ({error.strerror}).")
    kind = "sheet log from-end" if step.status == "Failed" else "sheet log"
    return scroller(f"Log of {step.title}", el("pre", *lines), kind) if lines else note("The log is empty.")


def excerpt(path: Path, where: str) -> list[Node]:
    """Return a log's text, or its beginning and end with a remark on what was left out between."""
    total = path.stat().st_size
    with path.open("rb") as file:
        if total <= HEAD_BYTES + TAIL_BYTES:
            head, tail = file.read(), b""
        else:
            head = file.read(HEAD_BYTES)
            file.seek(total - TAIL_BYTES)
            tail = file.read(TAIL_BYTES)
    if not tail:
        lines = _lines(head)
        if len(lines) <= HEAD_LINES + TAIL_LINES:
            return ["\n".join(lines)] if lines else []
        left_out = f"{len(lines) - HEAD_LINES - TAIL_LINES:,} lines"
        return ["\n".join(lines[:HEAD_LINES]), _cut(left_out, where), "\n".join(lines[-TAIL_LINES:])]
    first, last = _lines(head)[:HEAD_LINES], _lines(tail)[-TAIL_LINES:]
    shown = sum(len(line.encode("utf-8", "replace")) + 1 for line in [*first, *last])
    return ["\n".join(first), _cut(f"about {size(max(total - shown, 1))}", where), "\n".join(last)]


def _lines(raw: bytes) -> list[str]:
    text = clean(raw.decode("utf-8", errors="replace").replace("\r\n", "\n"))
    return text.strip("\n").split("\n") if text.strip() else []


def _cut(what: str, where: str) -> Markup:
    return el("span", f"\n⋯ {what} left out here; the whole log is {where} ⋯\n", class_="cut-note")
