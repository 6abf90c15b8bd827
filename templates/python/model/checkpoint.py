"""Checkpoints of an XGBoost training: the model and all that its end depends on, in one file for each.

A spot instance can go at any moment: the toolkits pass no SIGTERM on to the script, and what SageMaker copied
last may be half a file. So a file is written aside and renamed, has a checksum, and the two newest are kept:
a damaged one counts for nothing. It also carries a key of what is trained, so that another training never
goes on with it; its name begins with the key, because trials of a tuning job may share a place in S3.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from curves import Curves

KEPT = 2


@dataclass
class Progress:
    """The state of a training, its best round so far (-1: none), and its learning curves."""

    rounds: int = 0
    best: int = -1
    score: float = float("inf")
    curves: Curves = field(default_factory=dict)


def save(directory: Path, key: str, progress: Progress, model: bytes) -> None:
    """Write a checkpoint aside, rename it, and remove all but the newest ones."""
    header = {"key": key, "sha256": hashlib.sha256(model).hexdigest(), "progress": asdict(progress)}
    file = directory / f"{key[:16]}-round-{progress.rounds:06d}.checkpoint"
    part = file.with_suffix(".part")
    part.write_bytes(json.dumps(header).encode() + b"\n" + model)
    part.replace(file)
    for old in _newest_first(directory, key[:16])[KEPT:]:
        old.unlink()


def load(directory: Path, key: str) -> tuple[Progress, bytes] | None:
    """The newest intact checkpoint of this training; None if there is none."""
    for file in _newest_first(directory):
        try:
            line, _, model = file.read_bytes().partition(b"\n")
            header = json.loads(line)
            found = header["key"], header["sha256"]
            progress = Progress(**header["progress"])
        except (OSError, ValueError, KeyError, TypeError):
            found = None
        if found is None or found[1] != hashlib.sha256(model).hexdigest():
            print(f"checkpoint {file.name} is damaged: ignored")
        elif found[0] != key:
            print(f"checkpoint {file.name} belongs to another training: ignored")
        else:
            print(f"continuing after round {progress.rounds} of checkpoint {file.name}")
            return progress, model
    return None


def clear(directory: Path) -> None:
    """Remove the checkpoints of a training that has finished."""
    for file in directory.glob("*round-*"):
        file.unlink()


def _newest_first(directory: Path, start: str = "") -> list[Path]:
    files = directory.glob(f"{start}*round-*.checkpoint")
    return sorted(files, key=lambda file: file.name.rpartition("round-")[2], reverse=True)
