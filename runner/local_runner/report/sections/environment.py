"""Where and how the run was made, and the fingerprints of the files that this page was made from."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ..coerce import text
from ..markup import Node
from ..names import words
from ..parts import Section, code, facts
from ..record import Run


def environment(run: Run) -> Section:
    """Return the command, the machine and the SHA-256 of the run's record and definition."""
    pairs: list[tuple[Node, Node]] = [
        ("Command", code(run.command) if run.command else None),
        ("Execution", code(run.arn) if run.arn else None),
        ("CPU cores", str(run.cores) if run.cores is not None else None),
        *((words(name), code(text(value))) for name, value in run.environment.items()),
        ("SHA-256 of run.json", _digest(run.directory / "run.json")),
        ("SHA-256 of definition.json", _digest(run.directory / "definition.json")),
    ]
    return Section(
        "environment", "Environment", "Environment of the run, and sources of this page.", facts(pairs)
    )


def _digest(path: Path) -> Node:
    try:
        return code(hashlib.sha256(path.read_bytes()).hexdigest())
    except OSError:
        return None
