"""Which view a terminal, a log or a pipe gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from .view import View


def make_view(output: TextIO, environment: Mapping[str, str]) -> View:
    """Return a live view on a terminal that can show one, else plain lines; `NO_COLOR` is honoured."""
    terminal = output.isatty() and environment.get("TERM", "dumb") != "dumb"
    color = terminal and not environment.get("NO_COLOR")
    if terminal and not environment.get("CI"):
        from .live import LiveView

        return LiveView(output, color)
    from .plain import PlainView

    return PlainView(output, color)
