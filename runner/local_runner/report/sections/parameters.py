"""The parameters of the run, the changed ones first."""

from __future__ import annotations

from ..coerce import text
from ..markup import Node
from ..parts import Column, Section, badge, code, table
from ..record import Parameter, Run

_ORIGINS = {"default": "default", "set": "this run", "git": "from git", "found": "looked up"}


def parameters(run: Run) -> Section | None:
    """Return all parameters with their defaults."""
    if not run.parameters:
        return None
    ordered = sorted(
        run.parameters, key=lambda parameter: (not _changed(parameter), parameter.origin == "default")
    )
    rows: list[list[Node]] = [
        [
            code(parameter.name),
            [code(_shown(parameter.value)), " ", badge("changed", "info") if _changed(parameter) else None],
            code(_shown(parameter.default)),
            _ORIGINS.get(parameter.origin, parameter.origin),
        ]
        for parameter in ordered
    ]
    kinds = {
        index: "marked" if _changed(parameter) else "quiet"
        for index, parameter in enumerate(ordered)
        if _changed(parameter) or parameter.origin == "default"
    }
    columns = [Column("Name"), Column("Value"), Column("Default"), Column("Origin")]
    changed = sum(map(_changed, ordered))
    note = f"{changed} of {len(rows)} changed for this run." if changed else "None changed for this run."
    return Section(
        "parameters",
        "Parameters",
        note,
        table("Pipeline parameters", columns, rows, "parameters stacked", kinds),
    )


def _changed(parameter: Parameter) -> bool:
    return parameter.origin == "set" and parameter.value != parameter.default


def _shown(value: object) -> str:
    return "(none)" if value is None else "(empty)" if value == "" else text(value)
