"""What a job finds first on its PATH: `python3` and `pip` are those of the pipeline's interpreter."""

from __future__ import annotations

import shlex
from pathlib import Path

PIP_LOG = "pip.log"
"""In the directory of a job: what it asked pip to install."""

_PYTHON = """#!/bin/sh
exec {python} "$@"
"""
# The environment of the interpreter is its owner's: no job installs into it.
_PIP = """#!/bin/sh
case "$1" in
install|uninstall)
    echo "pip $*" >> {log}
    echo "pip $*: not done on this machine; the script runs with the packages of "{python} >&2 ;;
*)
    exec {python} -m pip "$@" ;;
esac
"""


def write_programs(folder: Path, python: str) -> Path:
    """Write them below `folder`; returns their directory.

    Scripts, not links: an interpreter that is started through a link does not find its virtual environment.
    """
    target = folder / "bin"
    target.mkdir(exist_ok=True)
    texts = {"python": _PYTHON, "python3": _PYTHON, "pip": _PIP, "pip3": _PIP}
    for name, text in texts.items():
        path = target / name
        path.write_text(text.format(python=shlex.quote(python), log=shlex.quote(str(folder / PIP_LOG))))
        path.chmod(0o755)
    return target
