"""The runs of a work directory: making one, finding one, and telling those whose runner died."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .errors import RunnerError
from .files import read_json, remove_tree, write_json
from .locks import hold, is_held
from .record import now, seconds_between

INTERRUPTED = "interrupted: the runner ended without finishing this run"


def create(work: Path) -> tuple[str, Path, int]:
    """Make the directory of a new run; returns its execution id, the directory and the lock that is held."""
    runs = work / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    ignore = work / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n")
    while True:
        execution_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        directory = runs / execution_id
        try:
            directory.mkdir()
        except FileExistsError:
            continue
        (directory / "steps").mkdir()
        return execution_id, directory, hold(directory / ".lock")


def load_all(work: Path) -> list[dict[str, Any]]:
    """Return the records of all runs, the newest last; runs whose runner died are marked as stopped."""
    directories = sorted((work / "runs").glob("*/run.json"))
    records = [_load(path) for path in directories]
    return sorted((record for record in records if record), key=lambda record: str(record["startTime"]))


def load(work: Path, execution_id: str, pipeline: str | None = None) -> dict[str, Any]:
    """Return the record of one run; `latest` is the newest, of one pipeline if that is given."""
    if execution_id == "latest":
        records = [record for record in load_all(work) if pipeline in (None, record["pipelineName"])]
        if not records:
            raise RunnerError(f"There is no run in {work} yet: start one with the run command.")
        return records[-1]
    path = work / "runs" / execution_id / "run.json"
    record = _load(path) if "/" not in execution_id else None
    if record is None:
        known = [str(item["executionId"]) for item in load_all(work)[-5:]]
        raise RunnerError(
            f"There is no run {execution_id!r} in {work}. The newest are: {', '.join(known) or 'none'}."
        )
    return record


def clean_up(work: Path) -> None:
    """Mark runs whose runner died, and remove what they left half done."""
    for path in (work / "runs").glob("*/.lock"):
        if (path.parent / "jobs").exists() and not is_held(path):
            record = _load(path.parent / "run.json")
            if record is None or record["status"] != "Failed":
                remove_tree(path.parent / "jobs")
    for folder in (work / "tmp").glob("*"):
        if not any(is_held(place / ".lock") for place in (work / "runs" / folder.name, folder)):
            remove_tree(folder)


def _load(path: Path) -> dict[str, Any] | None:
    record = read_json(path)
    if not isinstance(record, dict) or "steps" not in record:
        return None
    if record["status"] == "Executing" and not is_held(path.parent / ".lock"):
        record = read_json(path) or record  # it may have ended between the two looks
        if record["status"] == "Executing":
            _interrupt(record)
            write_json(path, record)
    return dict(record)


def _interrupt(record: dict[str, Any]) -> None:
    for item in (*record["steps"], record):
        if item["status"] == "Executing":
            end = now()
            item.update(
                status="Stopped",
                failureReason=INTERRUPTED,
                endTime=end,
                seconds=seconds_between(item["startTime"], end),
            )
