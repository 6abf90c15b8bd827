"""What a run leaves: files of its window, and its word."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model_monitor import written

from baselines import Baseline
from found import BROKEN, NO_ROWS, VIOLATIONS, Of, some, worst
from job_settings import DATA_QUALITY, REASONS, Settings, iso
from job_store import Store
from version_records import Deployment
from window_rows import SEED, Rows

FORMAT = 1
RESULTS, RUNS = "results/", "results/runs/"
LISTED = 20
NAMED = 3
"""Violations that people are told of in words."""
REASON_CHECKS = ("baseline_drift_check", "range_check", "categorical_values_check")
"""Violations of data quality that say the features are distributed otherwise than in training."""


@dataclass(frozen=True)
class Run:
    """A run of a monitor."""

    kind: str
    execution: str
    settings: Settings
    rows: Rows
    live: Deployment | None
    """What answers now; nothing while no deployment is recorded."""

    def has_replaced(self, version: int) -> bool:
        """Whether another version is live by now."""
        return self.live is not None and self.live.version != version

    @property
    def folder(self) -> str:
        """Where its files are."""
        return f"{RESULTS}{self.kind}/{self.rows.window.start:%Y/%m/%d/%H}/"


def word(run: Run, found: list[Of], main: Baseline | None) -> dict[str, Any]:
    """`run.json`: what people, metrics and retraining are told."""
    settings, rows = run.settings, run.rows
    outcome = worst(found)
    several = len([one for one in found if one.rows]) > 1
    violations = [
        {
            **one,
            "description": plain(f"{one['description']}" + (f" (version {each.version})" if several else "")),
        }
        for each in found
        for one in each.violations
    ]
    reason = REASONS[run.kind] if _says(run.kind, found, main) else None
    words = next((one.words for one in found if one.outcome == outcome), _nothing(rows, found))
    words += _replaced(run, found)
    if violations:
        named = (f"{one['feature']}: {one['description'].rstrip('.')}" for one in violations[:NAMED])
        words = f"{words}. {'; '.join(named)}"
    key = f"{run.folder}report.html"
    return {
        "format": FORMAT, "kind": run.kind, "project": settings.raw["project"],
        "group": settings.raw.get("group"), "environment": settings.raw["environment"],
        "window": rows.window.to_json(), "rows": rows.taken, "sampled": rows.sampled,
        "leftOut": rows.left_out,
        "outcome": outcome, "reason": reason,
        "retrain": outcome == VIOLATIONS and reason is not None and reason in settings.retrain_on
        and main is not None and not run.has_replaced(main.version),
        "package": None if main is None else main.package,
        "version": None if main is None else main.version,
        "commit": None if main is None else main.commit,
        "versions": [one.to_json() for one in found],
        "violations": [
            {name: plain(str(value)) for name, value in one.items()} for one in violations[:LISTED]
        ],
        "violationCount": len(violations), "words": plain(words), "execution": run.execution,
        "report": f"s3://{settings.bucket}/{key}", "reportBucket": settings.bucket, "reportKey": key,
    }  # fmt: skip


def _says(kind: str, found: list[Of], main: Baseline | None) -> bool:
    """Whether the version with most rows has what starts a retraining while it is live."""
    return any(
        main is not None and one.version == main.version
        and (kind != DATA_QUALITY or violation["check"] in REASON_CHECKS)
        for one in found
        for violation in one.violations
    )  # fmt: skip


def _replaced(run: Run, found: list[Of]) -> str:
    """That what has violations answers no more."""
    gone = sorted(one.version for one in found if one.violations and run.has_replaced(one.version))
    if run.live is None or not gone:
        return ""
    since = f"version {run.live.version} is live since {iso(run.live.proven)}"
    if len(gone) == 1:
        return f". Version {gone[0]} has been replaced: {since}"
    return f". Versions {', '.join(map(str, gone))} have been replaced: {since}"


def _nothing(rows: Rows, found: list[Of]) -> str:
    if found:
        return "; ".join(f"Version {one.version} ({some(one.rows, 'row')}): {one.words}" for one in found)
    if rows.left_out:
        return (
            f"{some(rows.left_out, 'row')} of a time of which no deployment is recorded: nothing was compared"
        )
    window = rows.window
    return f"No rows from {iso(window.start)} to {iso(window.end)}"


def plain(words: str) -> str:
    """A text that EventBridge can put into a message: without quotes, backslashes and line ends."""
    return " ".join(words.replace('"', "'").replace("\\", "/").split())


def write(store: Store, run: Run, told: Mapping[str, Any], found: list[Of], main: Baseline | None) -> None:
    """Writes the files of the window; the word last, at both of its places."""
    chief = next((one for one in found if main is not None and one.version == main.version), None)
    published = {"violations": [one for each in found for one in each.published.get("violations", ())]}
    page = _page(run, told, found, chief)
    files = {
        "statistics.json": dict(chief.statistics) if chief else {},
        "constraint_violations.json": published,
        "found.json": page,
    }
    for name, content in files.items():
        store.put(run.folder + name, f"{written.text(content, indent=1)}\n".encode())
    store.put(f"{run.folder}report.html", _html(run, page).encode(), "text/html; charset=utf-8")
    body = f"{json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False)}\n".encode()
    store.put(f"{run.folder}run.json", body)
    store.put(f"{RUNS}{run.execution}.json", body)


def _page(run: Run, told: Mapping[str, Any], found: list[Of], chief: Of | None) -> dict[str, Any]:
    rows = run.rows
    notes = list(chief.notes) if chief else []
    if rows.sampled:
        notes.append(
            f"A random sample of {rows.taken:,} of {rows.total:,} rows was looked at (maxRows, seed {SEED})."
        )
    if rows.left_out:
        notes.append(f"{some(rows.left_out, 'row')} left out: nobody can tell which version answered.")
    for one in found:
        if one is not chief:
            notes.append(f"Version {one.version} ({some(one.rows, 'row')}): {one.words}.")
    return {
        **(_finite(dict(chief.page)) if chief else {}), "kind": run.kind, "outcome": told["outcome"],
        "words": told["words"], "environment": told["environment"], "listed": list(told["violations"]),
        "violationCount": told["violationCount"], "rowsRead": rows.taken,
        "from": told["window"]["from"], "to": told["window"]["until"], "notes": notes,
        "sources": [f"s3://{run.settings.bucket}/predictions/"],
    }  # fmt: skip


def _finite(value: Any) -> Any:
    """A value with nothing in the place of numbers that are none."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list | tuple) else value


def _html(run: Run, page: Mapping[str, Any]) -> str:
    is_compared = run.kind == DATA_QUALITY and "features" in page
    module: Any = importlib.import_module("report.monitor_page" if is_compared else "run_page")
    return str(module.render(page))


def counts(told: Mapping[str, Any], found: list[Of], main: Baseline | None) -> dict[str, float]:
    """The metrics of a run: what it found, and what it measured of the version with most rows."""
    chief = next((one for one in found if main is not None and one.version == main.version), None)
    return {
        "violations": float(told["violationCount"]), "rows": float(told["rows"]),
        "broken": float(told["outcome"] == BROKEN),
        **(chief.metrics if chief and told["outcome"] != NO_ROWS else {}),
    }  # fmt: skip
