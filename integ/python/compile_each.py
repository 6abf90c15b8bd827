"""Compile repositories in one process: `python -m compile_each ROOT...` writes `compiled.json` into each."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

from pipelines import compiler

for root in map(Path, sys.argv[1:]):
    os.chdir(root)
    with redirect_stdout(io.StringIO()) as written:
        compiler.main()
    (root / "compiled.json").write_text(written.getvalue(), encoding="utf-8")
