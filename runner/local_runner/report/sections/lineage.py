"""Where the model comes from: code, data, image and lock, as they were recorded with it."""

from __future__ import annotations

from ..coerce import text
from ..markup import Node, el
from ..names import words
from ..parts import Section, badge, code, facts, note
from ..record import Run

_FROM_PARAMETERS = ("GitCommit", "GitBranch", "InputDataUrl", "TargetColumn", "RetrainingReason")


def lineage(run: Run) -> Section | None:
    """Return the registered metadata, or what the parameters know where nothing was registered."""
    known = {parameter.name: text(parameter.value) for parameter in run.parameters}
    pairs: dict[str, str] = {name: known[name] for name in _FROM_PARAMETERS if known.get(name)}
    for entry in run.registered:
        pairs.update(entry.metadata)
    if pairs.get("RetrainingReason") == "none":
        # A commit is the reason, which stands there.
        del pairs["RetrainingReason"]
    if not pairs:
        return None
    dirty = [name for name, value in pairs.items() if value.endswith("-dirty")]
    body = el(
        "div",
        note(
            "The working tree had uncommitted changes: the commit alone does not reproduce this model.",
            tone="warn",
        )
        if dirty
        else None,
        facts([(words(name), _value(name, value)) for name, value in pairs.items()]),
        class_="stack",
    )
    about = (
        "Recorded with the model package."
        if any(entry.metadata for entry in run.registered)
        else "From the parameters."
    )
    return Section("lineage", "Lineage", about, body)


def _value(name: str, value: str) -> Node:
    if value.endswith("-dirty"):
        return [code(value.removesuffix("-dirty")), " ", badge("with uncommitted changes", "warn")]
    return code(value) if value else None
