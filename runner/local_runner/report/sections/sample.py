"""The registered model's answer to a sample request."""

from __future__ import annotations

from ..coerce import mapping, number, text
from ..markup import el
from ..parts import Section, facts, note, sheet
from ..record import Run
from ..text import duration


def sample(run: Run) -> Section | None:
    """Return the request and the answer, or why there is none."""
    answer = run.sample
    if answer is None:
        return None
    about = "One request to the model, through inference.py."
    if "error" in answer:
        body = el(
            "div",
            note("The model did not answer.", tone="bad"),
            sheet("Error", text(answer["error"])),
            class_="stack",
        )
        return Section("sample", "Sample request", about, body)
    rows = number(answer.get("rows"))
    golden = mapping(answer.get("golden"))
    found = golden.get("differences")
    differing = [text(difference) for difference in found] if isinstance(found, list) else []
    body = el(
        "div",
        el(
            "div",
            el(
                "div",
                el("h3", "Request"),
                sheet("Sample request", text(answer.get("request"))),
                class_="half",
            ),
            el(
                "div", el("h3", "Answer"), sheet("Sample answer", text(answer.get("response"))), class_="half"
            ),
            class_="halves",
        ),
        facts(
            [
                ("Content type", text(answer.get("contentType"))),
                ("Accept", text(answer.get("accept"))),
                ("Rows", f"{rows:g}" if rows is not None else None),
                ("Golden rows", _golden(number(golden.get("rows")), len(differing))),
                (
                    "Answered in",
                    duration(seconds) if (seconds := number(answer.get("seconds"))) is not None else None,
                ),
            ]
        ),
        note("The model does not give the golden answers; a deployment of it would fail.", tone="bad")
        if differing
        else None,
        sheet("Differences", "\n".join(differing)) if differing else None,
        class_="stack",
    )
    return Section("sample", "Sample request", about, body)


def _golden(rows: float | None, differing: int) -> str | None:
    if rows is None:
        return None
    return f"{rows:g}, {differing} differences" if differing else f"{rows:g}, answered as measured"
