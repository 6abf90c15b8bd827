"""How the tests of a build ended, for the version that it registers: approval by rule asks for it."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

REPORT = "build/tests.xml"
"""What pytest writes in a build, with `--junitxml`."""
PARAMETER = "RepositoryTests"
UNKNOWN = "unknown"


def result(root: Path) -> str:
    """How many tests passed, failed and were skipped; `unknown` where no build ran them."""
    try:
        suites = ElementTree.parse(root / REPORT).getroot().iter("testsuite")
        found = [
            [int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")]
            for suite in suites
        ]
    except (OSError, ElementTree.ParseError, ValueError):
        return UNKNOWN
    if not found:
        return UNKNOWN
    tests, failures, errors, skipped = (sum(numbers) for numbers in zip(*found, strict=True))
    failed = failures + errors
    # Customer metadata of a package takes no commas.
    return f"passed:{tests - failed - skipped} failed:{failed} skipped:{skipped}"
