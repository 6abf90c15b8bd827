"""Text that comes from outside made safe to show, and figures, times and widths made readable."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

_ESCAPES = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system commands: window titles, hyperlinks
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor movements
    r"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # device strings
    r"|\x1b[ -/]*[0-~]?"
)
# Control characters, lone surrogates, and the marks that turn the direction of text (they can make a line
# read as something else than it is). Tab and line feed stay.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_OVERWRITTEN = re.compile(r"[^\n]*\r(?!\n|\r|$)", re.MULTILINE)

MISSING = "\u2013"
MINUS = "\u2212"
ERROR = f"Error (predicted {MINUS} actual)"


def clean(value: str) -> str:
    """Return the text as a terminal would have left it, with what cannot be shown replaced by U+FFFD."""
    if value.isascii() and value.isprintable():
        return value
    value = _ESCAPES.sub("", value)
    if "\r" in value:
        value = _OVERWRITTEN.sub("", value).replace("\r", "")
    return _UNSHOWABLE.sub("\ufffd", value)


def figure(value: float | None, digits: int = 4) -> str:
    """Return a number with about `digits` significant digits, thousands separated, or what it is instead."""
    if value is None or math.isnan(value):
        return "not a number" if value is not None else MISSING
    if math.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}".replace("-", MINUS)
    if not 1e-4 <= abs(value) < 1e12:
        return f"{value:.{digits - 1}e}".replace("-", MINUS)
    return f"{value:,.{decimals(value, digits)}f}".replace("-", MINUS)


def exact(value: float) -> str:
    """Return a number that somebody wrote as it was written: without digits that were not there."""
    return (
        f"{value:.6g}".replace("-", MINUS)
        if math.isfinite(value) and 1e-4 <= abs(value) < 1e6
        else figure(value)
    )


def decimals(value: float, digits: int = 4) -> int:
    """Return how many decimals show `value` with `digits` significant digits."""
    if not math.isfinite(value) or value == 0:
        return digits
    return min(8, max(0, digits - 1 - math.floor(math.log10(abs(value))) if abs(value) >= 1 else digits))


def spread(value: float, deviation: float | None) -> str:
    """Return a standard deviation with as many decimals as the value it belongs to."""
    if deviation is None or not math.isfinite(deviation):
        return MISSING
    places = decimals(value)
    return f"{deviation:,.{places}f}" if deviation >= 10**-places else figure(deviation, 2)


def percent(share: float) -> str:
    """Return a share of one in per cent, never rounding something to 0 % or all but something to 100 %."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share * 100:.0f}%"


def duration(seconds: float | None) -> str:
    """Return seconds as `0.42 s`, `3 min 05 s` or `1 h 02 min`."""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return MISSING
    if 0 < seconds < 0.005:
        return "<0.01 s"
    if seconds < 59.95:
        return f"{seconds:.2f} s" if seconds < 9.995 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def instant(value: str | None) -> datetime | None:
    """Return an ISO 8601 time as a UTC datetime, None where it is none."""
    try:
        parsed = datetime.fromisoformat(value) if value else None
        if parsed is not None:
            parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return parsed


def moment(value: str | datetime | None) -> str:
    """Return a time as `21 November 2026, 12:00:03 UTC`."""
    parsed = instant(value) if isinstance(value, str) else value
    if parsed is None:
        return value if isinstance(value, str) and value else MISSING
    return f"{parsed.day} {parsed:%B %Y, %H:%M:%S} UTC"


def size(count: int) -> str:
    """Return a number of bytes as `312 bytes`, `4.1 kB` or `2.3 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return `1 step`, `2 steps`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def width(text: str, points: float, bold: bool = False) -> float:
    """Return a careful upper estimate of how wide a system font draws the text, in pixels."""
    ems = sum(_ems(character) for character in text)
    return ems * points * (1.07 if bold else 1.0)


def fit(text: str, room: float, points: float, bold: bool = False) -> str:
    """Return the text, shortened in the middle with an ellipsis where it is wider than `room` pixels."""
    text = clean(text).replace("\n", " ").replace("\t", " ")
    if width(text, points, bold) <= room:
        return text
    keep = len(text) - 1
    while keep > 1:
        head, tail = (keep * 2 + 2) // 3, keep - (keep * 2 + 2) // 3
        shorter = text[:head].rstrip() + "…" + (text[-tail:].lstrip() if tail else "")
        if width(shorter, points, bold) <= room:
            return shorter
        keep -= 1
    return "…"


def _ems(character: str) -> float:
    if character in "iljtfrI.,:;'|!()[] -/·":
        return 0.4
    if character in "mwMW@%…—":
        return 0.98
    if not character.isascii():
        return 1.05 if ord(character) > 0x2E7F else 0.75
    return 0.72 if character.isupper() else 0.61
