"""Runs a module as `python -m` would, with every way out of this machine closed.

    python -m no_network MODULE [ARGUMENT]...

A look-up of a name or a connection ends the process at once, so that not even a caught exception hides it.
"""

from __future__ import annotations

import os
import runpy
import socket
import sys
from typing import Any, NoReturn

CLOSED = 97


def _refuse(*target: Any, **_: Any) -> NoReturn:
    sys.stderr.write(f"network: {target[:3]}\n")
    sys.stderr.flush()
    os._exit(CLOSED)


def close() -> None:
    """Close the network for this process."""
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        setattr(socket, name, _refuse)
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _refuse)


if __name__ == "__main__":
    close()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
