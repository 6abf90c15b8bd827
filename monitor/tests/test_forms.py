"""What is written has the published forms, and what is published can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from conftest import random_table

from model_monitor import attribution, bias, model_quality
from model_monitor.constraints import Constraints
from model_monitor.data_quality import check
from model_monitor.statistics import Statistics

FORMS = Path(__file__).parent / "forms"


def valid(form: str, raw: Any) -> None:
    """Checks against a schema of the published form; what is ours alone is named in it."""
    schema = json.loads((FORMS / f"{form}.schema.json").read_text("utf-8"))
    text = json.dumps(raw, allow_nan=False)
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))


def test_statistics_constraints_and_violations_have_the_published_form() -> None:
    rng = np.random.default_rng(0)
    table = random_table(rng, 20_000).assign(empty=None, odd=["x", *map(str, range(19_999))])
    statistics = Statistics.of(table)
    valid("statistics", statistics.to_json())
    constraints = Constraints.suggest(statistics)
    valid("constraints", constraints.to_json())
    now = table.assign(normal=table["skewed"], few="new", flag=np.nan, constant="text", whole=-1e6).drop(
        columns="gaps"
    )
    findings = check(Statistics.of(now, statistics.kinds), statistics, constraints)
    valid("constraint_violations", findings.to_json())
    assert {v.constraint_check_type for v in findings.violations} == {
        "data_type_check", "completeness_check", "baseline_drift_check", "missing_column_check",
        "categorical_values_check", "range_check",
    }  # fmt: skip


def test_reports_of_quality_bias_and_attribution_have_the_published_forms() -> None:
    rng = np.random.default_rng(0)
    rows, labels = 600, ("a", "b", "c")
    classes = rng.integers(0, 3, (2, rows))
    truth, said = ([labels[n] for n in some] for some in classes)
    for report in (
        model_quality.measure(
            "binary", rng.integers(0, 2, rows), rng.integers(0, 2, rows), (0, 1), rng.random(rows)
        ),
        model_quality.measure("binary", [0, 1], [0, 1], (0, 1)),
        model_quality.measure("multiclass", truth, said, labels, rng.dirichlet(np.ones(3), rows)),
        model_quality.measure("regression", rng.random(rows), rng.random(rows)),
    ):
        valid("model_quality", report)
        valid("model_quality_constraints", model_quality.constraints(report))
    reports = []
    for unfair in (0.0, 0.4):
        found = bias.Bias(bias.Choice("sex", ("f",)), bias.Choice("y", ("1",)), "p")
        sex = np.where(rng.random(3000) < 0.5, "f", "m")
        answers = (rng.random(3000) < np.where(sex == "f", 0.5 - unfair, 0.5)).astype(int)
        found.add(pa.table({"sex": sex, "y": rng.integers(0, 2, 3000), "p": answers}))
        reports.append(found.to_json())
        valid("analysis", reports[-1])
    violations = bias.violations(reports[1], reports[0])
    assert violations
    valid("bias_violations", {"version": "1.0", "violations": violations})
    one, other = (
        attribution.to_json({"label0": some}, 500, "kernel_shap")
        for some in ({"a": 3.0, "b": 0.1}, {"a": 0.1, "b": 3.0})
    )
    valid("analysis", one)
    drifted = attribution.violations(other, one)
    assert drifted
    valid("attribution_violations", {"version": "1.0", "violations": drifted})


PUBLISHED_BIAS = {
    "post_training_bias_metrics": {
        "label": "target",
        "label_value_or_threshold": "1",
        "facets": {
            "feature_2": [
                {
                    "value_or_threshold": "1",
                    "metrics": [
                        {"name": "DI", "description": "Disparate Impact (DI)", "value": 0.711340206185567}
                    ],
                }
            ]
        },
    }
}
PUBLISHED_SHAP = {
    "explanations": {
        "kernel_shap": {
            "label0": {
                "global_shap_values": {"feature_0": 0.022486410860333206, "feature_1": 0.007381025261958729},
                "expected_value": 0.508233428001,
            }
        }
    }
}


def test_the_published_examples_fit_the_same_schemas_and_can_be_compared_with() -> None:
    """Values of the developer guide's examples."""
    statistics = {
        "version": 0,
        "dataset": {"item_count": 6},
        "features": [
            {
                "name": "fare",
                "inferred_type": "Fractional",
                "numerical_statistics": {
                    "common": {"num_present": 5, "num_missing": 1}, "mean": 3.0, "sum": 15.0, "std_dev": 1.4142135623730951, "min": 1.0, "max": 5.0,
                    "distribution": {
                        "kll": {
                            "buckets": [{"lower_bound": 1.0, "upper_bound": 5.0, "count": 5.0}],
                            "sketch": {"parameters": {"c": 0.64, "k": 2048.0}, "data": [[1.0, 2.0, 3.0, 4.0, 5.0]]},
                        }
                    },
                },
            },
            {
                "name": "zone",
                "inferred_type": "String",
                "string_statistics": {
                    "common": {"num_present": 6, "num_missing": 0}, "distinct_count": 2.0,
                    "distribution": {"categorical": {"buckets": [{"value": "a", "count": 4}, {"value": "b", "count": 2}]}},
                },
            },
        ],
    }  # fmt: skip
    constraints = {
        "version": 0,
        "features": [
            {"name": "fare", "inferred_type": "Fractional", "completeness": 0.8, "num_constraints": {"is_non_negative": True}, "monitoringConfigOverrides": {}},
            {"name": "zone", "inferred_type": "String", "completeness": 1.0, "string_constraints": {"domains": ["a", "b"]}},
        ],
        "monitoring_config": {
            "evaluate_constraints": "Enabled", "emit_metrics": "Enabled", "datatype_check_threshold": 0.1, "domain_content_threshold": 0.1,
            "distribution_constraints": {
                "perform_comparison": "Enabled", "comparison_threshold": 0.1, "comparison_method": "Simple",
                "categorical_comparison_threshold": 0.3, "categorical_drift_method": "LInfinity",
            },
        },
    }  # fmt: skip
    valid("statistics", statistics)
    valid("constraints", constraints)
    before, limits = Statistics.from_json(statistics), Constraints.from_json(constraints)
    assert before.columns["fare"].to_json()["numerical_statistics"] == {
        **statistics["features"][0]["numerical_statistics"],  # type: ignore[index]
        "distribution": before.columns["fare"].to_json()["numerical_statistics"]["distribution"],
    }
    now = Statistics.of(pd.DataFrame({"fare": [-5.0] * 400, "zone": ["z"] * 400}), before.kinds)
    findings = check(now, before, limits, runs_a_day=1e-3)
    assert {(v.feature_name, v.constraint_check_type) for v in findings.violations} >= {
        ("zone", "categorical_values_check")
    }
    methods = {feature["name"]: (feature["method"], feature["threshold"]) for feature in findings.features}
    assert methods == {"fare": ("KS", 0.1), "zone": ("KS", 0.3)}
    valid("constraint_violations", findings.to_json())
    valid("analysis", PUBLISHED_BIAS)
    valid("analysis", PUBLISHED_SHAP)
    assert bias.violations(PUBLISHED_BIAS, PUBLISHED_BIAS) == []
    assert attribution.violations(PUBLISHED_SHAP, PUBLISHED_SHAP) == []
    published = {
        "regression_metrics": {
            name: {"value": 0.37, "standard_deviation": 0.0037} for name in ("mae", "mse", "rmse", "r2")
        }
    }
    limits_of = {
        "version": 0.0,
        "regression_constraints": {"mae": {"threshold": 0.3, "comparison_operator": "GreaterThanThreshold"}},
    }
    valid("model_quality", published)
    valid("model_quality_constraints", limits_of)
    assert [v["metric_name"] for v in model_quality.violations(published, limits_of)] == ["mae"]


@pytest.mark.parametrize(
    "form", sorted(path.name.removesuffix(".schema.json") for path in FORMS.glob("*.json"))
)
def test_no_schema_takes_anything(form: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        valid(form, {"something": "else"})
