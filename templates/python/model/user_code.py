"""The user's own modules: where in them an error came from."""

from __future__ import annotations

import traceback
from pathlib import Path


def location(file: Path, error: BaseException) -> str:
    """`model/features.py, line 7` for the last line of a file that an error passed, else without a line."""
    lines = [
        n for frame, n in traceback.walk_tb(error.__traceback__) if frame.f_code.co_filename == str(file)
    ]
    return f"model/{file.name}" + (f", line {lines[-1]}" if lines else "")
