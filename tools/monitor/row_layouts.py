"""What the columns of a version's requests are, for sources that do not name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from baselines import SCHEMA, Baselines
from prediction_rows import Row, texts
from version_records import Deployments

USED = ("number", "boolean", "category", "date")
ID = "id"


@dataclass(frozen=True)
class Layout:
    """The columns of a request in their order, those that are kept, and what an answer consists of."""

    columns: tuple[str, ...] = ()
    used: frozenset[str] | None = None
    """Features; none: all that are no identifiers."""
    ids: tuple[str, ...] = ()
    regression: bool = False

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> Layout:
        """That of a schema."""
        if not schema:
            return cls()
        kinds = {str(column["name"]): str(column["kind"]) for column in schema["columns"]}
        return cls(
            tuple(kinds), frozenset(name for name, kind in kinds.items() if kind in USED),
            tuple(name for name, kind in kinds.items() if kind == ID), schema["problem_type"] == "regression",
        )  # fmt: skip

    @property
    def outputs(self) -> tuple[str, ...]:
        """The cells of an answer in CSV."""
        if not self.columns:
            return ()
        return (("prediction",) if self.regression else ("prediction", "probability")) + self.ids


Form = tuple[Layout, tuple[str, ...]]
"""A layout, and the cells of an answer; without them, those that every model's answer may have."""


class Layouts:
    """The layouts of the versions that may have answered at a time."""

    def __init__(self, deployments: Deployments, baselines: Baselines) -> None:
        self._deployments, self._baselines = deployments, baselines
        self._known: dict[int, Layout] = {}

    def of(self, version: int) -> Layout:
        """That of a version."""
        if version not in self._known:
            baseline = self._baselines.of(version)
            has = baseline is not None and baseline.has(SCHEMA)
            self._known[version] = Layout.of(baseline.schema() if baseline is not None and has else {})
        return self._known[version]

    def at(self, time: datetime) -> list[Form]:
        """Those that a request may have, the most probable one first; at last one without names."""
        record = self._deployments.at(time)
        likely = [record] if record is not None else self._deployments.read_by(time)
        found = [self.of(record.version) for record in likely]
        both = ((layout, outputs) for layout in (*found, Layout()) for outputs in (layout.outputs, ()))
        return list(dict.fromkeys(both))


def cells(asked: Mapping[str, Any], layout: Layout, omitted: frozenset[str], id_column: str | None) -> Row:
    """Features and identifiers of a row."""
    ids = {name: asked[name] for name in layout.ids if name in asked}
    if id_column is not None and id_column in asked:
        ids[id_column] = asked[id_column]
    known = layout.used
    features = {
        name: cell
        for name, cell in asked.items()
        if (name in known if known is not None else name not in ids)
    }
    return {"features": texts(features, omitted), "id": texts(ids, omitted)}
