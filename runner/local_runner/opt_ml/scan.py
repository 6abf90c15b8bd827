"""Looks for absolute /opt/ml paths in the code that the steps run.

Used only where a job's directory cannot stand at /opt/ml: code that takes its paths from the `SM_*`
variables, or from the command line, runs there as well.
"""

from __future__ import annotations

import ast
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path

from ..files import walk_files

_PATH = re.compile(r"(?<![\w./-])/opt/ml(?![\w-])")
_LARGEST = 1 << 20
_ASKS = {"get", "getenv", "setdefault"}
"""Functions that take such a path only as what to use when a variable is not set."""


def absolute_path(code: Path) -> str | None:
    """Return `file, line n` of the first absolute path in a file, archive or directory of code."""
    for name, text in _texts(code):
        if line := _line(name, text):
            return f"{name}, line {line}"
    return None


def _texts(code: Path) -> Iterator[tuple[str, str]]:
    for name, path in walk_files(code):
        if name.endswith((".tar.gz", ".tgz")):
            yield from _packed(path)
        elif name.endswith((".py", ".sh")) and path.is_file() and path.stat().st_size <= _LARGEST:
            yield name, path.read_text(encoding="utf-8", errors="replace")


def _packed(archive: Path) -> Iterator[tuple[str, str]]:
    try:
        with tarfile.open(archive) as tar:
            for entry in tar:
                if entry.isfile() and entry.name.endswith((".py", ".sh")) and entry.size <= _LARGEST:
                    file = tar.extractfile(entry)
                    yield entry.name, file.read().decode(errors="replace") if file else ""
    except (tarfile.TarError, EOFError, OSError):
        return  # the step that unpacks it reports what is wrong


def _line(name: str, text: str) -> int | None:
    if not _PATH.search(text):
        return None
    if name.endswith(".py"):
        try:
            return next(_constants(ast.parse(text)), None)
        except (SyntaxError, ValueError):
            pass
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if _PATH.search(line.partition("#")[0])), None)


def _constants(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return  # a docstring
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _ASKS:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and _PATH.search(node.value):
        yield node.lineno
    for child in ast.iter_child_nodes(node):
        yield from _constants(child)
