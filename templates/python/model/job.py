"""What every script needs to be a SageMaker job: where /opt/ml is, and how a wrong input is reported."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path


class UserError(Exception):
    """Something that the person who started the job can put right; the message says what and how."""


def processing_dir() -> Path:
    """The root of a processing job's inputs and outputs."""
    return Path(os.environ.get("SM_PROCESSING_DIR", "/opt/ml/processing"))


def nearest(name: str, known: Iterable[str]) -> str:
    """` (did you mean 'x'?)` for the most similar known name, an empty string when none is similar."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f" (did you mean {matches[0]!r}?)" if matches else ""


def listed(names: Iterable[str], limit: int = 20) -> str:
    """Names as a readable list, cut after `limit`."""
    all_names = list(names)
    more = f", ... ({len(all_names)} in all)" if len(all_names) > limit else ""
    return ", ".join(all_names[:limit]) + more


def run(main: Callable[[], None], message_file: Path) -> None:
    """Run a script; a `UserError` ends it with exit code 1 and one line where SageMaker shows it.

    SageMaker shows `/opt/ml/output/message` of a processing job as its exit message, and the failure file of
    a training job as its failure reason. scikit-learn's image keeps that file; XGBoost's writes the command
    line over it, so there the line is in the job's log only. Any other exception keeps its traceback: it is a
    bug of the script.
    """
    try:
        main()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        message_file.parent.mkdir(parents=True, exist_ok=True)
        message_file.write_text(f"{error}\n", encoding="utf-8")
        sys.exit(1)
