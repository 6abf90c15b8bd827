"""The report of a local run: one HTML page that needs nothing but itself."""

from __future__ import annotations

from .page import render
from .record import ReportError

__all__ = ["ReportError", "render"]
