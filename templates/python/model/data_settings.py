"""How the data is read: the settings of section `data` that go with the code as `data.json`.

All are optional. `config/parameters.json` is where they are set, `config/columns.json` where the kinds of the
columns are recorded; `python -m pipelines compile` puts both next to this file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "data.json"


@dataclass(frozen=True)
class Data:
    """The names are those of `config/parameters.json`, in snake case."""

    separator: str = ","
    encoding: str = "utf-8"
    missing_tokens: tuple[str, ...] | None = None
    drop_columns: tuple[str, ...] = ()
    id_columns: tuple[str, ...] = ()
    date_columns: tuple[str, ...] = ()
    sample_weight_column: str | None = None
    group_column: str | None = None
    time_column: str | None = None
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Recorded kinds by column; empty if nothing has been recorded."""


def load(directory: Path | None = None) -> Data:
    """The settings beside the code; the defaults when there are none."""
    file = (directory or Path(__file__).parent) / FILE_NAME
    if not file.is_file():
        return Data()
    values: dict[str, Any] = {}
    for key, value in json.loads(file.read_text(encoding="utf-8")).items():
        name = re.sub("(?=[A-Z])", "_", key).lower()
        values[name] = tuple(value) if isinstance(value, list) else value
    return Data(**values)
