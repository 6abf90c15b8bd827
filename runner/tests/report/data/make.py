"""Makes the metric fixtures beside it from real data sets and models; needs scikit-learn. Run it by hand:

    python make.py

The results are committed, so that the tests need the standard library alone.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

# By name, so that the type checker does not need what the tests do not need.
np: Any = import_module("numpy")
datasets: Any = import_module("sklearn.datasets")
metrics: Any = import_module("sklearn.metrics")
ensemble: Any = import_module("sklearn.ensemble")
train_test_split: Any = import_module("sklearn.model_selection").train_test_split

HERE = Path(__file__).parent
RESAMPLES = 200


def deviation(score: Any, *columns: Any) -> float:
    """Return the standard deviation of a score over bootstrap resamples of the test rows."""
    draw = np.random.default_rng(7)
    rows = len(columns[0])
    picks = (draw.integers(0, rows, rows) for _ in range(RESAMPLES))
    return float(np.std([score(*(column[pick] for column in columns)) for pick in picks]))


def measured(scores: dict[str, tuple[Any, ...]]) -> dict[str, dict[str, float]]:
    """Return value and deviation of each score, given as (function, columns...)."""
    return {
        name: {"value": float(score(*columns)), "standard_deviation": deviation(score, *columns)}
        for name, (score, *columns) in scores.items()
    }


def matrix(actual: Any, predicted: Any, count: int) -> dict[str, dict[str, int]]:
    """Return the confusion matrix in SageMaker's form, actual class first."""
    table = metrics.confusion_matrix(actual, predicted, labels=list(range(count)))
    return {
        str(row): {str(column): int(table[row, column]) for column in range(count)} for row in range(count)
    }


def importances(names: Any, values: Any) -> list[dict[str, Any]]:
    """Return the features, the most important first."""
    ordered = sorted(zip(map(str, names), map(float, values), strict=True), key=lambda pair: -pair[1])
    return [{"feature": name, "importance": value} for name, value in ordered]


def save(name: str, key: str, report: dict[str, Any], details: dict[str, Any]) -> None:
    """Write one fixture."""
    content = {"evaluation": {key: report}, "details": details}
    (HERE / f"{name}.json").write_text(json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n")


def binary() -> None:
    """Breast cancer, gradient boosting."""
    data = datasets.load_breast_cancer()
    x, x_test, y, y_test = train_test_split(
        data.data, data.target, test_size=0.3, random_state=3, stratify=data.target
    )
    model = ensemble.GradientBoostingClassifier(random_state=0, n_estimators=60).fit(x, y)
    chance = model.predict_proba(x_test)[:, 1]
    said = (chance > 0.5).astype(int)
    report: dict[str, Any] = measured(
        {
            "accuracy": (metrics.accuracy_score, y_test, said),
            "precision": (metrics.precision_score, y_test, said),
            "recall": (metrics.recall_score, y_test, said),
            "f1": (metrics.f1_score, y_test, said),
            "auc": (metrics.roc_auc_score, y_test, chance),
            "log_loss": (metrics.log_loss, y_test, chance),
        }
    )
    false, true, _ = metrics.roc_curve(y_test, chance)
    report["confusion_matrix"] = matrix(y_test, said, 2)
    report["receiver_operating_characteristic_curve"] = {
        "false_positive_rates": false.tolist(),
        "true_positive_rates": true.tolist(),
    }
    details = {
        "problem_type": "binary",
        "labels": list(map(str, data.target_names)),
        "feature_importance": importances(data.feature_names, model.feature_importances_),
        "data": {"rows": len(y_test), "columns": data.data.shape[1]},
    }
    save("binary", "binary_classification_metrics", report, details)


def multiclass() -> None:
    """Handwritten digits, a small random forest."""
    data = datasets.load_digits()
    x, x_test, y, y_test = train_test_split(
        data.data, data.target, test_size=0.3, random_state=1, stratify=data.target
    )
    model = ensemble.RandomForestClassifier(random_state=0, n_estimators=12, max_depth=7).fit(x, y)
    said = model.predict(x_test)

    def weighted(score: Any) -> Any:
        return lambda actual, predicted: score(actual, predicted, average="weighted", zero_division=0)

    report: dict[str, Any] = measured(
        {
            "accuracy": (metrics.accuracy_score, y_test, said),
            "weighted_precision": (weighted(metrics.precision_score), y_test, said),
            "weighted_recall": (weighted(metrics.recall_score), y_test, said),
            "weighted_f1": (weighted(metrics.f1_score), y_test, said),
        }
    )
    report["confusion_matrix"] = matrix(y_test, said, 10)
    details = {
        "problem_type": "multiclass",
        "labels": [str(name) for name in data.target_names],
        "feature_importance": importances(data.feature_names, model.feature_importances_),
        "data": {"rows": len(y_test), "columns": data.data.shape[1]},
    }
    save("multiclass", "multiclass_classification_metrics", report, details)


def regression() -> None:
    """Diabetes, gradient boosting."""
    data = datasets.load_diabetes()
    x, x_test, y, y_test = train_test_split(data.data, data.target, test_size=0.4, random_state=1)
    said = ensemble.GradientBoostingRegressor(random_state=0, n_estimators=60).fit(x, y)
    guess = said.predict(x_test)
    report = measured(
        {
            "rmse": (lambda a, p: metrics.mean_squared_error(a, p) ** 0.5, y_test, guess),
            "mse": (metrics.mean_squared_error, y_test, guess),
            "mae": (metrics.mean_absolute_error, y_test, guess),
            "r2": (metrics.r2_score, y_test, guess),
        }
    )
    details = {
        "problem_type": "regression",
        "labels": None,
        "feature_importance": importances(data.feature_names, said.feature_importances_),
        "residuals": {"actual": y_test.tolist(), "predicted": [round(float(value), 3) for value in guess]},
        "data": {"rows": len(y_test), "columns": data.data.shape[1]},
    }
    save("regression", "regression_metrics", report, details)


if __name__ == "__main__":
    binary()
    multiclass()
    regression()
