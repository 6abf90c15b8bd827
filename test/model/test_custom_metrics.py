"""The user's own metrics: what a function gets, what it may return, and how often it is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import metric_functions
from gate import Answers
from job import UserError
from metric_functions import ARGUMENTS, Functions
from pipelines.manifests import PROBLEM_TYPES
from pipelines.metric_settings import ARGUMENTS as ANNOUNCED
from schema import Schema
from tests.workbench import PROBLEMS, Workbench, every_framework, table

ROWS = pd.DataFrame({"amount": [10.0, 20.0, 30.0, 40.0]})
ACTUAL = np.array([0, 1, 1, 0])
BINARY = Schema("binary", "outcome", (), ("no", "yes"))
SAID = Answers(np.array([0, 1, 0, 0]), np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]]))


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes custom_metrics.py where it is found first."""

    def write(content: str) -> None:
        monkeypatch.delitem(sys.modules, "custom_metrics", raising=False)
        (tmp_path / "custom_metrics.py").write_text(content, encoding="utf-8")
        monkeypatch.setattr(metric_functions, "PATH", tmp_path / "custom_metrics.py")
        monkeypatch.syspath_prepend(tmp_path)

    yield write
    sys.modules.pop("custom_metrics", None)


def functions(*names: str, schema: Schema = BINARY, actual: Any = ACTUAL, weights: Any = None) -> Functions:
    return Functions(
        names, schema, actual, np.ones(len(actual)) if weights is None else weights, lambda: ROWS
    )


def value(name: str, counts: Any = (1, 1, 1, 1), **changed: Any) -> float:
    return functions(name, **changed).of(name, SAID)(np.array(counts, float))[name]


def test_a_function_gets_what_it_names_and_nothing_else(module: Any) -> None:
    module(
        "def profit(rows, actual, predicted, probability, probabilities, labels, weights, cost=5):\n"
        "    assert actual.tolist() == ['no', 'yes', 'yes', 'no']\n"
        "    assert predicted.tolist() == ['no', 'yes', 'no', 'no']\n"
        "    assert probability.tolist() == [0.1, 0.8, 0.4, 0.3]\n"
        "    assert probabilities.shape == (4, 2) and labels == ('no', 'yes')\n"
        "    return (weights * rows['amount'] * (predicted == 'yes')).sum() - cost\n"
        "def rows_only(rows):\n"
        "    return len(rows)\n"
    )
    assert value("profit") == 15
    assert value("profit", (0, 3, 0, 1)) == 55
    assert value("rows_only") == 4


def test_a_function_without_weights_gets_the_rows_as_often_as_they_were_drawn(module: Any) -> None:
    module(
        "def amounts(rows, actual):\n"
        "    assert len(rows) == len(actual) and rows.index.tolist() == list(range(len(rows)))\n"
        "    return rows['amount'].sum()\n"
    )
    assert value("amounts") == 100
    assert value("amounts", (0, 2, 1, 0)) == 70
    weighted = functions("amounts", weights=np.array([0.5, 2.0, 0.0, 1.0]))
    assert weighted.of("amounts", SAID)(np.array([1.0, 2.0, 0.0, 3.0]))["amounts"] == 10 * 2 + 20 + 40 * 3


def test_what_a_function_changes_is_its_own(module: Any) -> None:
    module("def greedy(rows):\n    rows['new'] = 1\n    return len(rows.columns)\n")
    assert [value("greedy"), value("greedy")] == [2, 2] and list(ROWS) == ["amount"]
    module("def rude(actual):\n    actual[0] = 'yes'\n    return 1\n")
    with pytest.raises(
        UserError, match=r"line 2: rude raises ValueError: assignment destination is read-only"
    ):
        value("rude")


def test_labels_keep_their_types(module: Any) -> None:
    module("def kind(labels, actual):\n    return sum(a is labels[1] or a == labels[1] for a in actual)\n")
    for labels in ((0, 1), ("no", "yes"), (0, "0.5")):
        assert value("kind", schema=Schema("binary", "outcome", (), labels)) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"model/custom_metrics\.py has no function profit, .* functions there: none"),
        ("def profits(): return 1", r"has no function profit, .*\(did you mean 'profits'\?\): write it"),
        ("profit = 3", r"has no function profit"),
        ("import nothing_like_it", r"custom_metrics\.py, line 1: the import raises ModuleNotFoundError"),
        ("def profit(:", r"custom_metrics\.py.*the import raises SyntaxError"),
        (
            "def profit(amount): return 1",
            r"profit asks for 'amount': .* there is actual, .*; columns are in rows",
        ),
        ("def profit(weight): return 1", r"profit asks for 'weight' \(did you mean 'weights'\?\)"),
        ("def profit(*given): return 1", r"profit asks for '\*given'"),
        ("def profit(**given): return 1", r"profit asks for '\*\*given'"),
        ("def profit(rows):\n  return rows['amuont'].sum()", r"line 2: profit raises KeyError: 'amuont'"),
        ("def profit(actual): return None", r"profit returns None \(NoneType\): it must return one number"),
        ("def profit(actual): return actual", r"profit returns array\(.*\): it must return one number"),
        ("def profit(actual): return True", r"profit returns True \(bool\)"),
        ("def profit(actual): return '7'", r"profit returns '7' \(str\)"),
        ("def profit(actual): return 1j", r"profit returns 1j \(complex\)"),
    ],
)
def test_a_wrong_function_is_an_error_that_names_it(module: Any, content: str, message: str) -> None:
    module(content)
    with pytest.raises(UserError, match=message):
        value("profit")


@pytest.mark.parametrize(
    "returned", ["7", "7.0", "np.float32(7)", "np.int64(7)", "np.array(7)", "Decimal(7)"]
)
def test_any_kind_of_number_is_one(module: Any, returned: str) -> None:
    module(f"from decimal import Decimal\nimport numpy as np\ndef profit(): return {returned}")
    assert value("profit") == 7 and type(value("profit")) is float


def test_a_declared_metric_needs_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_functions, "MODULE", "custom_metrics_of_nobody")
    with pytest.raises(UserError, match=r"customMetrics declares metrics, and model/.*\.py does not exist"):
        functions("profit")
    assert functions().report(SAID, 1) == {}


def test_what_is_not_defined_is_written_as_sagemaker_writes_it(module: Any) -> None:
    module(
        "def share(predicted):\n    return float('nan') if 'yes' not in predicted else 1.0\n"
        "def never(): return float('inf')"
    )
    report = functions("share", "never").report(SAID, 1)
    assert report["share"] == {"value": 1.0, "standard_deviation": 0.0}
    assert report["never"] == {"value": "NaN", "standard_deviation": "NaN"}


def test_a_slow_function_gets_fewer_samples_and_the_report_says_so(
    module: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module(
        "calls = []\ndef slow(weights):\n    calls.append(1)\n    return weights[0]\ndef quick(): return 1"
    )
    taken = iter([9.0, 1.0, 0.01])
    monkeypatch.setattr(metric_functions, "_seconds", lambda call, weights: next(taken))
    found = functions("slow", "quick")
    found.report(SAID, 1)
    assert len(sys.modules["custom_metrics"].calls) == 1 + 60
    assert (found.samples("slow", SAID), found.samples("quick", SAID)) == (60, 200)
    assert len(found.notes) == 1
    assert (
        "slow takes 1 s for the test rows: its spread is that of 60 bootstrap samples, not of 200"
        in found.notes[0]
    )
    taken = iter([100.0, 100.0])
    assert functions("slow").samples("slow", SAID) == 20


def test_a_function_that_ignores_the_weight_column_is_noted(module: Any) -> None:
    module("def one(actual): return 1\ndef two(weights): return weights.sum()")
    schema = Schema("binary", "outcome", (), ("no", "yes"), weight="exposure")
    found = functions("one", "two", schema=schema, weights=np.array([1.0, 2, 3, 4]))
    assert found.report(SAID, 1)["two"]["value"] == 10
    assert found.notes == [
        "one does not ask for weights: every test row counts once in it, not by its 'exposure'"
    ]


def test_the_compile_and_the_evaluation_know_the_same_arguments() -> None:
    assert {problem: set(names) for problem, names in ANNOUNCED.items()} == {
        problem: set(names) for problem, names in ARGUMENTS.items()
    }
    assert list(ARGUMENTS) == list(PROBLEM_TYPES)


OWN = """\
from sklearn.metrics import fbeta_score, mean_absolute_error, roc_auc_score


def f2(actual, predicted, weights):
    return fbeta_score(actual, predicted, beta=2, average="macro", sample_weight=weights)


def area(actual, probability, weights):
    return roc_auc_score(actual, probability, sample_weight=weights)


def off(actual, predicted):
    return mean_absolute_error(actual, predicted)


def older(predicted, rows, weights):
    assert dict(rows.dtypes.astype(str)) == {
        "age": "float64", "income": "float64", "city": "object", "member": "bool"
    }
    return (rows["age"] * weights).sum() / weights.sum()
"""


@every_framework
@pytest.mark.parametrize("problem", PROBLEMS)
def test_own_metrics_are_measured_and_can_be_the_gate(
    bench: Workbench, framework: str, problem: str, module: Any
) -> None:
    module(OWN)
    bench.give(table(problem, rows=400))
    bench.preprocess(problem)
    bench.train(framework)
    names = {"binary": ["f2", "area", "older"], "multiclass": ["f2", "older"], "regression": ["off", "older"]}
    metric = {"binary": "area", "multiclass": "f2", "regression": "off"}[problem]
    comparison = "<" if problem == "regression" else ">"
    report = bench.evaluate(custom_metrics=names[problem], metric=metric, comparison=comparison)
    found = report[PROBLEM_TYPES[problem]["report"]]
    gate = bench.gate()
    assert gate["quality_gate"]["metric"] == metric
    assert gate["quality_gate"]["value"] == pytest.approx(found[metric]["value"])
    assert (gate["quality_gate"]["value"] < gate["quality_gate"]["required"]) == (comparison == "<")
    assert found[metric]["standard_deviation"] > 0
    assert 18 < found["older"]["value"] < 80 and 0 < found["older"]["standard_deviation"] < 3
    same = {"binary": ("area", "auc"), "regression": ("off", "mae")}.get(problem)
    if same:  # one with weights, one that is given drawn rows: the same samples as the metrics of the house
        assert found[same[0]]["value"] == pytest.approx(found[same[1]]["value"])
        assert found[same[0]]["standard_deviation"] == pytest.approx(found[same[1]]["standard_deviation"])
    bench.pack("approved")
    bench.evaluate(custom_metrics=names[problem], metric=metric, comparison=comparison, approved="version 3")
    assert bench.gate()["approved"]["difference"] == 0


@every_framework
def test_an_own_metric_that_is_not_defined_cannot_be_the_gate(
    bench: Workbench, framework: str, module: Any
) -> None:
    module("def profit(actual): return float('nan')")
    bench.give(table("binary"))
    bench.preprocess("binary")
    bench.train(framework)
    with pytest.raises(UserError, match=r"profit is not defined .* \(model/custom_metrics\.py gives nan\)"):
        bench.evaluate(custom_metrics=["profit"], metric="profit", comparison=">")
    report = bench.evaluate(custom_metrics=["profit"])
    assert report["binary_classification_metrics"]["profit"]["value"] == "NaN"
