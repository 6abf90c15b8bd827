"""How the compared differ: their metrics, with what can be said of the difference, and their facts."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .coerce import text
from .names import status_words, words
from .subjects import Subject
from .summary import approved, compared_sign, gate_decisions, gated_metric, margin, measured, signed
from .text import duration, moment

CAPTION = (
    "Intervals: ± 1.645 standard deviations. Differences are to the first; better or worse is said where the"
    " interval of the difference leaves out 0."
)
_LOOKED_UP = frozenset(
    {
        "GitCommit",
        "GitBranch",
        "InputDataListing",
        "ApprovedModelUrl",
        "ApprovedModelPackage",
        "ApprovedModelImage",
    }
)
_DATA = ("DataVersion", "DataUrl")
_LOWER = frozenset({"mae", "mse", "rmse", "mape", "log_loss", "false_positive_rate", "false_negative_rate"})
_HIGHER = frozenset(
    {
        "accuracy", "balanced_accuracy", "precision", "recall", "f1", "f2", "f0_5", "auc", "au_prc", "r2",
        "average_precision", "specificity", "true_positive_rate", "true_negative_rate",
    }
)  # fmt: skip
_AVERAGES = ("weighted_", "macro_", "micro_")


@dataclass(frozen=True)
class Cell:
    """A metric of one subject; `verdict` is better, worse or empty, against the first subject."""

    shown: str
    difference: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class MetricRow:
    """A metric of all subjects; `gated` if a quality gate asked for it."""

    name: str
    gated: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Fact:
    """A fact of all subjects, empty where it is not known."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether the subjects differ in it."""
        return len(set(self.values)) > 1


def metrics(chosen: Sequence[Subject], same_rows: bool) -> list[MetricRow]:
    """Return all metrics, those of the gates first. Differences are told of the same test rows only."""
    gated = [
        pair[0].name for one in chosen if one.evaluation and (pair := gated_metric(one.run, one.evaluation))
    ]
    names = [metric.name for one in chosen if one.evaluation for metric in one.evaluation.metrics]
    return [
        MetricRow(name, name in gated, tuple(_cell(name, chosen[0], one, same_rows) for one in chosen))
        for name in dict.fromkeys([*gated, *names])
    ]


def _cell(name: str, first: Subject, one: Subject, same_rows: bool) -> Cell:
    metric = one.evaluation.metric(name) if one.evaluation else None
    if metric is None:
        return Cell("\u2013")
    if one is first or not same_rows or (found := difference(name, first, one)) is None:
        return Cell(measured(metric))
    gained, half = found
    if half is None:
        return Cell(measured(metric), signed(gained))
    between = f"{signed(gained)} ({signed(gained - half)} to {signed(gained + half)})"
    return Cell(measured(metric), between, _verdict(name, first, one, gained, half))


def difference(name: str, first: Subject, one: Subject) -> tuple[float, float | None] | None:
    """Return a metric of a subject minus that of the first, with half its interval, where one is known.

    Where an evaluation compared the two on each test row, its interval counts. Else it is that of independent
    measurements, which is wider than that of the same rows.
    """
    for new, old, sign in ((one, first, 1), (first, one, -1)):
        if (
            new.evaluation
            and (other := approved(new.evaluation))
            and old.arn
            and (other.name, new.evaluation.compared_by) == (old.arn, name)
            and other.difference is not None
            and other.interval[0] is not None
        ):
            return sign * other.difference, abs(other.difference - other.interval[0])
    ours, theirs = (each.evaluation.metric(name) if each.evaluation else None for each in (one, first))
    if ours is None or theirs is None or ours.value is None or theirs.value is None:
        return None
    halves = [margin(ours), margin(theirs)]
    known = [half for half in halves if half is not None and math.isfinite(half)]
    gained = ours.value - theirs.value
    return (gained, math.hypot(*known) if len(known) == 2 else None) if math.isfinite(gained) else None


def _verdict(name: str, first: Subject, one: Subject, gained: float, half: float) -> str:
    higher = _higher_is_better(name, (first, one))
    if higher is None or abs(gained) <= half:
        return ""
    return "better" if (gained > 0) == higher else "worse"


def _higher_is_better(name: str, chosen: Sequence[Subject]) -> bool | None:
    for one in chosen:
        for decision in gate_decisions(one.run):
            if decision.metric == name and (sign := compared_sign(decision)) is not None:
                return sign
    for prefix in _AVERAGES:
        name = name.removeprefix(prefix)
    return False if name in _LOWER else True if name in _HIGHER else None


def origin(chosen: Sequence[Subject]) -> list[Fact]:
    """Return what each subject is, and how its run ended."""
    rows: list[tuple[str, Callable[[Subject], str]]] = [
        ("Run", lambda one: one.run.id),
        ("Started", lambda one: moment(one.run.start)),
        ("Took", lambda one: duration(one.run.seconds)),
        ("Status", lambda one: one.run.status),
        ("Registered", _registered),
        ("Quality gate", _gate),
    ]
    return [Fact(name, tuple(map(value, chosen))) for name, value in rows]


def _registered(one: Subject) -> str:
    if one.package:
        return f"{one.package}, {status_words(one.approval)}"
    return "no" if one.run.registers else "no: --no-register"


def _gate(one: Subject) -> str:
    words = {True: "met", False: "missed", None: "not decided"}
    return ", ".join(
        f"{each.metric} {each.left} {each.sign} {each.right}: {words[each.met]}"
        for each in gate_decisions(one.run)
    )


def data(chosen: Sequence[Subject]) -> list[Fact]:
    """Return the data of each subject, and how it was split."""
    facts = [Fact("Data version", tuple(text(one.lineage.get("data_version")) for one in chosen))]
    facts.append(Fact("Rows", tuple(text(one.lineage.get("rows")) for one in chosen)))
    splits = [one.lineage.get("split") for one in chosen]
    known = [each if isinstance(each, dict) else {} for each in splits]
    for name in dict.fromkeys(key for each in known for key in each):
        facts.append(Fact(f"Split: {words(name).lower()}", tuple(text(each.get(name)) for each in known)))
    return [fact for fact in facts if any(fact.values)]


def code(chosen: Sequence[Subject]) -> list[Fact]:
    """Return the code, the commit, the images and packages of each subject."""
    known = [{**_parameters(one, ("GitCommit", "GitBranch")), **one.metadata} for one in chosen]
    names = dict.fromkeys(name for each in known for name in each if name not in _DATA)
    return [Fact(words(name), tuple(each.get(name, "") for each in known)) for name in names if _tells(name)]


def _tells(name: str) -> bool:
    """Golden rows differ with every run: they say nothing about where a model comes from."""
    return not name.startswith("GoldenRows")


def _parameters(one: Subject, names: Sequence[str]) -> dict[str, str]:
    return {item.name: text(item.value) for item in one.run.parameters if item.name in names}


def parameters(chosen: Sequence[Subject]) -> list[Fact]:
    """Return the parameters that differ."""
    known = [{item.name: text(item.value) for item in one.run.parameters} for one in chosen]
    names = dict.fromkeys(name for each in known for name in each if name not in _LOOKED_UP)
    facts = [Fact(name, tuple(each.get(name, "") for each in known)) for name in names]
    return [fact for fact in facts if fact.differs]


def importances(chosen: Sequence[Subject], most: int = 15) -> list[tuple[str, tuple[float | None, ...]]]:
    """Return the features that are most important to any subject, as shares of all its importance."""
    shares: list[dict[str, float]] = []
    for one in chosen:
        found = one.evaluation.importances if one.evaluation else ()
        total = sum(abs(value) for _, value in found)
        shares.append({name: abs(value) / total for name, value in found} if total else {})
    names = dict.fromkeys(name for each in shares for name in each)
    ranked = sorted(names, key=lambda name: -max(each.get(name, 0.0) for each in shares))
    return [(name, tuple(each.get(name) for each in shares)) for name in ranked[:most]]


def shown_share(share: float | None) -> str:
    """Return a share in per cent, with a digit after the point."""
    return "\u2013" if share is None else f"{100 * share:.1f} %"
