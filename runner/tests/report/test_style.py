"""The palette: every pair of text and ground that the style sheet makes is readable, in both themes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import local_runner.report

STYLE = (Path(local_runner.report.__file__).parent / "style.css").read_text("utf-8")
TONES = ["good", "bad", "warn", "busy", "plain"]
PAIRS = [
    *((text, ground) for text in ("ink", "muted", "link") for ground in ("page", "tint")),
    *((tone, ground) for tone in TONES for ground in ("page", f"{tone}-tint")),
    *((text, f"{tone}-tint") for text in ("ink", "muted") for tone in TONES),
    *((("on-low" if step < 5 else "on-high"), f"heat-{step}") for step in range(9)),
    ("unreal", "page"),
    ("warn", "tint"),
    ("cut", "good"),
    ("cut", "bad"),
    ("cut", "warn"),
]
SHAPES = [
    ("mark", "page"),
    ("rail", "page"),
    ("a", "page"),
    ("b", "page"),
    ("c", "page"),
    ("d", "page"),
    ("e", "page"),
]


def palette(theme: str) -> dict[str, str]:
    """Return the custom properties that are colours, of one theme."""
    light, dark = (
        dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", STYLE, re.S)
    )
    return light if theme == "light" else light | dark


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read(theme: str, text: str, ground: str) -> None:
    colors = palette(theme)
    assert contrast(colors[text], colors[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_shapes_can_be_seen(theme: str, shape: str, ground: str) -> None:
    colors = palette(theme)
    assert contrast(colors[shape], colors[ground]) >= 2.9


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_heat_map_grows_steadily(theme: str) -> None:
    steps = [_luminance(palette(theme)[f"heat-{step}"]) for step in range(9)]
    assert steps == sorted(steps, reverse=theme == "light")


def test_every_colour_is_used_and_every_used_one_is_defined() -> None:
    used = set(re.findall(r"var\(--([a-z0-9-]+)", STYLE))
    defined = set(re.findall(r"--([a-z0-9-]+):", STYLE))
    assert used <= defined
    assert defined <= used


def test_the_measure_of_contrast_is_right() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
