"""Section `data` of `config/parameters.json`: the data's place, its form, what its columns are, its split."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import Any

from pipelines.checks import camel, key, names, one_of, share, text, whole

ENCODINGS = ("utf-8", "latin-1", "cp1252", "utf-16")
SEPARATOR = re.compile(r"[\t !#-&(-,/:-@\[-`{-~]")
"""Not a letter, digit or quote, nor a character of numbers: a full stop or a hyphen."""

ROLES = ("dropColumns", "idColumns", "dateColumns", "sampleWeightColumn", "groupColumn", "timeColumn")
"""The keys that name columns; a column has one role at most."""

COLUMN = text(form="the name of a column")
COLUMNS = names("names of columns")
TOKENS = names("strings that mean a missing value")


@dataclass(frozen=True, kw_only=True)
class DataSettings:
    """`data`; what has the default None is left to the scripts of `model/`."""

    input_data_url: str = key(text())
    target_column: str = key(text())
    validation_fraction: float = key(share, default=0.15)
    test_fraction: float = key(share, default=0.15)
    seed: int = key(whole(0), default=42)
    drop_columns: list[str] | None = field(metadata={"check": COLUMNS}, default=None)
    id_columns: list[str] | None = field(metadata={"check": COLUMNS}, default=None)
    date_columns: list[str] | None = field(metadata={"check": COLUMNS}, default=None)
    missing_tokens: list[str] | None = field(metadata={"check": TOKENS}, default=None)
    separator: str | None = key(
        text(SEPARATOR, 'one character such as ";" or "\\t", no letter, digit, quote, full stop or hyphen'),
        default=None,
    )
    encoding: str | None = key(one_of(*ENCODINGS), default=None)
    sample_weight_column: str | None = key(COLUMN, default=None)
    group_column: str | None = key(COLUMN, default=None)
    time_column: str | None = key(COLUMN, default=None)

    @property
    def local(self) -> bool:
        """Whether the data is a file or directory of the repository."""
        return not self.input_data_url.startswith("s3://")

    def form(self) -> dict[str, Any]:
        """The settings for the columns and the form of the data, by the keys of the file."""
        optional = {camel(f.name): getattr(self, f.name) for f in fields(self) if f.default is None}
        return {name: value for name, value in optional.items() if value is not None}

    def twice(self) -> tuple[str, Any, str] | None:
        """A key whose column already has another role, its value and what is allowed; else None."""
        roles = {self.target_column: "targetColumn"}
        for role, value in ((role, self.form().get(role)) for role in ROLES):
            for column in value if isinstance(value, list) else [value] if value is not None else []:
                if column in roles:
                    return role, value, f"without {column!r}, which is {article(roles[column])} already"
                roles[column] = role
        return None


def article(role: str) -> str:
    """A key as a phrase about one column: `the targetColumn`, `one of dropColumns`."""
    return f"one of {role}" if role.endswith("s") else f"the {role}"
