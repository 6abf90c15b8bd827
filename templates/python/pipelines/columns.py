"""`python -m pipelines columns`: decide what each column is, and record it in `config/columns.json`.

What is recorded applies to every later training, so new data never changes the form of a request. The
sample data never changes, so it is not recorded. The file is yours: you may change a kind in it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from pipelines import settings
from pipelines.errors import PipelineError
from pipelines.package import CODE, COLUMNS, DATA_FILE, data_json

SAMPLE = "data/sample/"


def record(root: Path, data: Path | None, *, if_missing: bool) -> str:
    """Write the file; what was done in one line. Raises `PipelineError`."""
    file, known = root / COLUMNS, settings.load(root)
    url = known.data.input_data_url
    if if_missing and (file.is_file() or not known.data.local or url.startswith(SAMPLE)):
        return ""
    if file.is_file():
        raise PipelineError(f"{COLUMNS} exists: remove it to decide again, or change a kind in it")
    if data is None and not known.data.local:
        raise PipelineError(f"the data is at {url}: give a directory with a copy of it, or of a part")
    content = json.loads(data_json(root, known))
    with tempfile.TemporaryDirectory() as directory:
        (Path(directory) / DATA_FILE).write_text(json.dumps(content), encoding="utf-8")
        ended = subprocess.run(
            [
                sys.executable,
                str(root / CODE / "describe.py"),
                str(data or root / url),
                *("--settings", directory),
                *("--problem_type", known.model.problem_type),
                *("--target_column", known.data.target_column),
            ],
            capture_output=True,
            text=True,
        )
    if ended.returncode != 0:
        raise PipelineError(ended.stderr.strip().removeprefix("error: "))
    found = json.loads(ended.stdout.splitlines()[-1])
    file.write_text(json.dumps(found["columns"], indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    notes = "".join(f"note: {note}\n" for note in found["notes"])
    return f"{notes}{COLUMNS}: {len(found['columns'])} columns are recorded; look at it, and commit it"
