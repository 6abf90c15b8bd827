"""Errors that a person can act on."""

from __future__ import annotations


class MonitorError(Exception):
    """Something given to the monitor that it cannot use: what, and what to do about it."""
