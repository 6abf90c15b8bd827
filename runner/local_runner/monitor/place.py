"""Where the package `model_monitor` is: beside the runner, here as in a generated repository."""

from __future__ import annotations

from pathlib import Path

from ..errors import RunnerError

PACKAGE = "model_monitor"
_PLACES = (Path(__file__).parents[2] / "monitor", Path(__file__).parents[3] / "monitor")


def folder() -> Path:
    """Return the folder that holds the package; raises RunnerError where it is missing."""
    for place in _PLACES:
        if (place / PACKAGE / "__init__.py").is_file():
            return place
    raise RunnerError(
        f"There is no {PACKAGE} in {_PLACES[0]}: write the generated files again, or take them from the"
        " repository's history."
    )


def variables() -> dict[str, str]:
    """Return the environment in which an interpreter finds the package."""
    return {"PYTHONPATH": str(folder()), "PYTHONDONTWRITEBYTECODE": "1"}
