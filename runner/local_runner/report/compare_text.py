"""A comparison for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from .differences import (
    CAPTION,
    Fact,
    MetricRow,
    code,
    data,
    importances,
    metrics,
    origin,
    parameters,
    shown_share,
)
from .subjects import Subject, other_rows

FEATURES = 10


def lines(chosen: Sequence[Subject]) -> list[str]:
    """Return the lines that say how the subjects compare."""
    titles = [one.title for one in chosen]
    reason = other_rows(chosen)
    out = _facts("", titles, origin(chosen))
    rows = metrics(chosen, not reason)
    if rows:
        out += [
            "",
            *_metrics(titles, rows),
            *([f"  {reason}: no difference is told"] if reason else [f"  {CAPTION}"]),
        ]
    else:
        out += ["", "metrics", "  none was measured"]
    out += ["", *_facts("parameters that differ", titles, parameters(chosen), "none")]
    for title, facts in (("data", data(chosen)), ("code", code(chosen))):
        differing = [fact for fact in facts if fact.differs]
        same = ", ".join(fact.name for fact in facts if not fact.differs)
        out += ["", *_facts(title, titles, differing, "the same" if facts else "not known")]
        if differing and same:
            out.append(f"  the same: {same}")
    ranked = importances(chosen, FEATURES)
    if ranked:
        facts = [Fact(name, tuple(map(shown_share, shares))) for name, shares in ranked]
        out += ["", *_facts("feature importance, of all", titles, facts)]
    return out


def _metrics(titles: Sequence[str], rows: Sequence[MetricRow]) -> list[str]:
    cells = []
    for row in rows:
        shown = [
            "  ".join(filter(None, (cell.shown, cell.difference, cell.verdict.upper()))) for cell in row.cells
        ]
        cells.append([row.name + (" (gate)" if row.gated else ""), *shown])
    return _table("metrics", titles, cells)


def _facts(title: str, titles: Sequence[str], facts: Sequence[Fact], none: str = "") -> list[str]:
    if not facts:
        return [title, f"  {none}"] if none else []
    return _table(title, titles, [[fact.name, *fact.values] for fact in facts])


def _table(title: str, titles: Sequence[str], cells: Sequence[Sequence[str]]) -> list[str]:
    rows = [[title, *titles], *([f"  {row[0]}", *row[1:]] for row in cells)]
    wide = [max(len(row[place]) for row in rows) for place in range(len(titles) + 1)]
    return [
        "  ".join(f"{cell:<{size}}" for cell, size in zip(row, wide, strict=True)).rstrip() for row in rows
    ]
