"""What a table must satisfy: `constraints.json` in the published form, suggested from statistics.

Thresholds that are set here hold for many rows; `data_quality.py` adds what chance makes of few.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from model_monitor import written
from model_monitor.columns import CategoryColumn, Column, NumberColumn
from model_monitor.drift import Method
from model_monitor.errors import MonitorError
from model_monitor.statistics import Statistics

FILE_NAME = "constraints.json"
DOMAIN = 1000
"""A column with more different texts has no domain: it is no category but an id or a free text."""
ROWS_PER_TEXT = 10

MONITORING: Mapping[str, Any] = {
    "evaluate_constraints": "Enabled",
    "emit_metrics": "Enabled",
    "datatype_check_threshold": 0.01,
    "domain_content_threshold": 0.01,
    "completeness_threshold": 0.01,
    "range_threshold": 0.01,
    "distribution_constraints": {
        "perform_comparison": "Enabled",
        "comparison_threshold": 0.1,
        "comparison_method": "Robust",
    },
}
SHARES = (
    "datatype_check_threshold",
    "domain_content_threshold",
    "completeness_threshold",
    "range_threshold",
)
OVERRIDES = ("monitoringConfigOverrides", "monitoring_config_overrides")
"""The documentation spells it one way, the SDK the other."""
CATEGORICAL: Mapping[str, Method] = {"LInfinity": "KS", "ChiSquared": "JS"}
"""Methods for texts by their published names; the divergence is a chi-square of shares."""
METHODS = ("Simple", "Robust", *get_args(Method))


class Constraints:
    """Constraints with the settings of each feature."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self._raw = copy.deepcopy(dict(raw))
        if not isinstance(self._raw.get("features"), list):
            raise MonitorError("these are no constraints: give constraints.json, which has `features`")
        self.features: dict[str, Mapping[str, Any]] = {}
        for feature in self._raw["features"]:
            if not isinstance(feature, dict) or not isinstance(feature.get("name"), str):
                raise MonitorError("constraints: each of `features` needs a `name`")
            self.features[feature["name"]] = feature
        self._check("", self.monitoring())
        for name in self.features:
            self._check(f"feature {name!r}: ", self.monitoring(name))

    @classmethod
    def suggest(cls, statistics: Statistics) -> Constraints:
        """The constraints that the table of the statistics satisfies."""
        features = [_feature(column, statistics.rows) for column in statistics.columns.values()]
        features += [
            {"name": name, "inferred_type": "Unknown", "completeness": 0.0} for name in statistics.empty
        ]
        return cls({"version": 0.0, "features": features, "monitoring_config": MONITORING})

    def monitoring(self, name: str | None = None) -> dict[str, Any]:
        """The settings of a feature: its own, else those of all, else the defaults."""
        given = self._raw.get("monitoring_config") or {}
        feature = self.features.get(name, {}) if name is not None else {}
        layers = [MONITORING, given, *(feature.get(spelling) or {} for spelling in OVERRIDES)]
        settings: dict[str, Any] = {}
        distribution: dict[str, Any] = {}
        for layer in layers:
            settings |= layer
            distribution |= layer.get("distribution_constraints") or {}
        return settings | {"distribution_constraints": distribution}

    def evaluated(self, name: str | None = None) -> bool:
        """Whether a feature is checked at all."""
        return bool(self.monitoring(name)["evaluate_constraints"] == "Enabled")

    def method(self, name: str, column: Column) -> Method | None:
        """How the distribution of a feature is compared; none: not at all."""
        distribution = self.monitoring(name)["distribution_constraints"]
        if distribution["perform_comparison"] != "Enabled":
            return None
        given = distribution["comparison_method"]
        if isinstance(column, CategoryColumn) and "categorical_drift_method" in distribution:
            return CATEGORICAL[distribution["categorical_drift_method"]]
        if given in ("Simple", "Robust"):
            return "KS" if isinstance(column, NumberColumn) else "JS"
        method: Method = given
        return method

    def threshold(self, name: str, column: Column) -> float:
        """The distance from which on a distribution has drifted."""
        distribution = self.monitoring(name)["distribution_constraints"]
        common = distribution["comparison_threshold"]
        if isinstance(column, CategoryColumn):
            return float(distribution.get("categorical_comparison_threshold", common))
        return float(common)

    def to_json(self) -> dict[str, Any]:
        """The published form."""
        return copy.deepcopy(self._raw)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Constraints:
        """Constraints of the published form, with either spelling of the overrides."""
        return cls(raw)

    def save(self, directory: Path) -> Path:
        """Write `constraints.json` into a directory."""
        path = directory / FILE_NAME
        path.write_text(written.text(self._raw, indent=1) + "\n", encoding="utf-8")
        return path

    @staticmethod
    def _check(where: str, settings: Mapping[str, Any]) -> None:
        distribution = settings["distribution_constraints"]
        numbers = {key: settings[key] for key in SHARES} | {
            f"distribution_constraints.{key}": distribution[key]
            for key in ("comparison_threshold", "categorical_comparison_threshold")
            if key in distribution
        }
        for key, value in numbers.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                if key.endswith("comparison_threshold") and isinstance(value, int | float) and value > 1:
                    continue  # The population stability index has no upper limit.
                raise MonitorError(f"constraints: {where}{key} is {value!r}: give a number from 0 to 1")
        switches = {key: settings[key] for key in ("evaluate_constraints", "emit_metrics")} | {
            "distribution_constraints.perform_comparison": distribution["perform_comparison"]
        }
        for key, value in switches.items():
            if value not in ("Enabled", "Disabled"):
                raise MonitorError(f"constraints: {where}{key} is {value!r}: give Enabled or Disabled")
        method = distribution["comparison_method"]
        if method not in METHODS:
            raise MonitorError(
                f"constraints: {where}distribution_constraints.comparison_method is {method!r}: "
                f"give one of {', '.join(METHODS)}"
            )
        categorical = distribution.get("categorical_drift_method", "LInfinity")
        if categorical not in CATEGORICAL:
            raise MonitorError(
                f"constraints: {where}distribution_constraints.categorical_drift_method is {categorical!r}: "
                f"give one of {', '.join(CATEGORICAL)}"
            )


def _feature(column: Column, rows: int) -> dict[str, Any]:
    feature: dict[str, Any] = {
        "name": column.name,
        "inferred_type": column.inferred_type,
        "completeness": column.present / rows if rows else 0.0,
    }
    if isinstance(column, NumberColumn) and column.numbers:
        low, high = float(column.lows[0]), float(column.highs[-1])
        feature["num_constraints"] = {"is_non_negative": low >= 0, "minimum": low, "maximum": high}
    if isinstance(column, CategoryColumn):
        counts = column.counts
        few = min(DOMAIN, counts.rows // ROWS_PER_TEXT)
        if not counts.left_out and 0 < len(counts.by_text) <= few:
            feature["string_constraints"] = {"domains": [text for text, _ in counts.most_frequent()]}
    return feature
