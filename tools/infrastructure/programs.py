"""What the programs of a stage have in common: how they end, and what they hand over."""

from __future__ import annotations

import hashlib
import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import change_text
from engine_words import to_change_again
from targets import Refused


def run(work: Callable[[], None]) -> int:
    """The program's exit code; what is refused is said in one line."""
    try:
        work()
    except Refused as refusal:
        print(f"Refused: {change_text.one_line(str(refusal))}", file=sys.stderr)
        return 1
    return 0


def hand_over(
    folder: Path, entries: list[dict[str, Any]], text: list[str], counts: dict[str, str], nothing: str
) -> str:
    """
    Writes the files of the artifact, and the variables that the delivery goes on with; gives the digest.

    `counts` has the stacks that change, `nothing` is said where none does.
    """
    content = json.dumps(entries, indent=2).encode()
    lines = [change_text.one_line(line) for line in text]
    (folder / "diff.json").write_bytes(content)
    (folder / "diff.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines) or nothing)
    # Artifacts lie where builds of other commits write to; variables do not.
    digest = hashlib.sha256(content).hexdigest()
    variables = {
        "CHANGES": "yes" if counts else "no",
        "DIFF": change_text.summary(counts) or "nothing changes",
        "DIGEST": digest,
    }
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    (folder / "exports.sh").write_text(exports, encoding="utf-8")
    return digest


def taken_over(file: Path, digest: str) -> list[dict[str, Any]]:
    """What was shown; the digest comes from the delivery itself."""
    content = file.read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused(
            "The artifact is not the one that the diff wrote: someone replaced it. "
            f"Find out who wrote to the artifacts, then {to_change_again()}."
        )
    entries: list[dict[str, Any]] = json.loads(content)
    return entries
