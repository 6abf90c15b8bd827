"""Figures, times and widths as people read them."""

from __future__ import annotations

import pytest

from local_runner.report.names import metric_title, words
from local_runner.report.text import duration, exact, figure, fit, moment, percent, size, spread, width


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.941520, "0.9415"),
        (61.36341, "61.36"),
        (3765.468, "3,765"),
        (1234567.0, "1,234,567"),
        (-0.25, "\u22120.2500"),
        (0.0, "0"),
        (1.5e-7, "1.500e\u221207"),
        (float("nan"), "not a number"),
        (float("inf"), "∞"),
        (float("-inf"), "\u2212∞"),
        (None, "\u2013"),
    ],
)
def test_figures(value: float | None, shown: str) -> None:
    assert figure(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0.85, "0.85"), (70.0, "70"), (6.0, "6"), (1e-9, "1.000e\u221209"), (-2.5, "\u22122.5")],
)
def test_thresholds_keep_the_digits_they_were_written_with(value: float, shown: str) -> None:
    assert exact(value) == shown


@pytest.mark.parametrize(
    ("value", "deviation", "shown"),
    [
        (0.94, 0.02, "0.0200"),
        (3765.4, 346.3, "346"),
        (3765.4, 0.3, "0.30"),
        (0.9, None, "\u2013"),
        (0.9, float("nan"), "\u2013"),
        (0.9, 0.0, "0"),
    ],
)
def test_deviations_have_the_decimals_of_their_value(
    value: float, deviation: float | None, shown: str
) -> None:
    assert spread(value, deviation) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.004, "<0.01 s"),
        (4.2, "4.20 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.6, "1 h 00 min"),
        (7325, "2 h 02 min"),
        (-1, "\u2013"),
        (None, "\u2013"),
        (float("nan"), "\u2013"),
    ],
)
def test_durations(seconds: float | None, shown: str) -> None:
    assert duration(seconds) == shown


def test_percentages_never_round_something_away() -> None:
    assert [percent(share) for share in (0, 0.001, 0.5, 0.9999, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]


def test_times_are_told_in_utc() -> None:
    assert moment("2026-11-21T13:00:00.250+01:00") == "21 November 2026, 12:00:00 UTC"
    assert moment("2026-11-21T12:00:00Z") == "21 November 2026, 12:00:00 UTC"
    assert moment("soon") == "soon"


def test_sizes() -> None:
    assert [size(312), size(4100), size(2_300_000)] == ["312 bytes", "4.1 kB", "2.3 MB"]


@pytest.mark.parametrize(
    "text",
    [
        "Preprocess",
        "CompareWithTheVersionInProduction",
        "中文的步骤名称很长很长很长",
        "a b\tc\nd" * 9,
        "W" * 300,
    ],
)
def test_shortened_text_fits_and_keeps_both_ends(text: str) -> None:
    short = fit(text, 100, 13)
    assert width(short, 13) <= 100
    if short != text:
        assert "…" in short
        assert short[0] == text[0]


def test_names_become_words() -> None:
    assert [words(name) for name in ("GitCommit", "data_version", "InputDataUrl", "SHA256")] == [
        "Git commit",
        "Data version",
        "Input data URL",
        "SHA256",
    ]
    assert [metric_title(name) for name in ("weighted_f1", "r2", "auc", "balanced_accuracy")] == [
        "Weighted F1",
        "R²",
        "ROC AUC",
        "Balanced accuracy",
    ]
