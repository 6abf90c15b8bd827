"""features.py of the user's: what it is given and may return, and that serving makes what training made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as parquet
import pytest

import cells
import engineering
from columns import whole
from job import UserError
from refusal import Refusal
from tests.workbench import FRAMEWORKS, PROBLEMS, Workbench, table

ROWS = 160
HEAD = "import numpy as np\nimport pandas as pd\n"


@pytest.fixture
def features(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the repository a features.py with this content."""
    directory = tmp_path / "own"
    directory.mkdir()
    monkeypatch.syspath_prepend(directory)

    def write(content: str) -> Workbench:
        (directory / "features.py").write_text(HEAD + content, encoding="utf-8")
        monkeypatch.setattr(engineering, "FILE", directory / "features.py")
        monkeypatch.delitem(sys.modules, "features", raising=False)
        bench.with_own_features()
        return bench

    yield write
    sys.modules.pop("features", None)


def table_with_dates(problem: str = "binary") -> pd.DataFrame:
    frame = table(problem)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(frame)) * 3, unit="D")
    frame["since"] = days.strftime("%Y-%m-%d")
    frame.loc[::9, "since"] = ""
    frame["key"] = np.arange(len(frame)) * 1.25
    return frame


MANY = """
def fit(train, target):
    assert list(target.index) == list(train.index) and target.name == "outcome"
    return {
        "rate": target.groupby(train["city"]).mean().to_dict(),
        "mean": float(target.mean()),
        "edges": [float(edge) for edge in train["income"].quantile([0.25, 0.5, 0.75])],
        "newest": str(train["since"].max()),
    }


def transform(frame, state):
    made = frame.drop(columns=["city", "since"])
    made["rate"] = frame["city"].map(state["rate"]).fillna(state["mean"])
    made["band"] = pd.cut(frame["income"], [-np.inf, *state["edges"], np.inf], labels=["a", "b", "c", "d"])
    made["days"] = (pd.Timestamp(state["newest"]) - frame["since"]).dt.days
    made["month"] = frame["since"].dt.month
    made["renewal"] = frame["since"] + pd.Timedelta(days=30)
    made["member_long"] = frame["member"] & (made["days"] > 100)
    made["initial"] = frame["city"].str[:1]
    return made
"""


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("problem", PROBLEMS)
def test_what_was_made_for_training_is_made_for_requests(features: Any, framework: str, problem: str) -> None:
    frame = table_with_dates(problem)
    bench = features(MANY)
    bench.give(frame)
    bench.preprocess(problem)
    summary = bench.train(framework)
    schema = bench.schema()
    kinds = {column.name: column.kind for column in schema.made}
    assert kinds == {
        "age": "number", "income": "number", "member": "boolean", "key": "number", "rate": "number",
        "band": "category", "days": "number", "month": "number", "renewal": "date", "member_long": "boolean",
        "initial": "category",
    }  # fmt: skip
    assert {entry["feature"] for entry in summary["feature_importance"]} == set(kinds)
    assert [column.name for column in schema.columns] == ["age", "income", "city", "member", "since", "key"]

    encoder = engineering.Encoder.load(bench.model)
    sent = frame.drop(columns="outcome").set_index("key", drop=False)
    for name in ("train", "validation"):
        learned = parquet.read_table(bench.processing / name / f"{name}.parquet")
        wanted = schema.features([whole(learned[c.name]) for c in schema.made], learned.num_rows)
        rows = sent.loc[learned["key"].to_pylist()].to_csv(index=False, header=False)
        names = [column.name for column in schema.columns]
        np.testing.assert_array_equal(encoder.encode(cells.arrow_table(rows.encode(), names)), wanted)

    answers = bench.ask(sent.to_csv(index=False, header=False))
    some = range(0, ROWS, 16)
    assert [bench.ask(sent.iloc[[i]].to_csv(index=False, header=False))[0] for i in some] == answers[::16]
    bench.evaluate(golden_rows="evaluation")
    golden = bench.json(bench.processing / "evaluation" / "golden.json")
    assert bench.ask("".join(f"{row}\n" for row in golden["rows"])) == golden["answers"]
    asked = bench.evaluate(golden_rows="synthetic")
    assert list(asked)


def test_features_that_help_do(features: Any) -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"a": rng.normal(size=600), "b": rng.normal(size=600)})
    frame["outcome"] = np.where(np.floor(frame["a"] * 97) % 2 == 0, "yes", "no")
    found = []
    for line in ("", "made['even'] = np.floor(frame['a'] * 97) % 2"):
        bench = features(f"""
def fit(train, target):
    return None


def transform(frame, state):
    made = frame.copy()
    {line}
    return made
""")
        bench.give(frame)
        bench.preprocess("binary")
        bench.train("xgboost", num_round=10)
        found.append(bench.evaluate()["binary_classification_metrics"]["accuracy"]["value"])
    assert found[1] == 1 and found[0] < 0.7


FIT = "def fit(train, target):\n    return {}\n\n\n"
WRONG = {
    "no frame": ("return None", "transform returned NoneType, not a DataFrame"),
    "rows dropped": ("return frame.dropna()", r"transform returned \d+ rows for \d+, or in another order"),
    "sorted": ("return frame.sort_values('age')", "or in another order: it must return each row"),
    "no columns": ("return frame[[]]", "has no column: a model needs at least one"),
    "the target's name": ("return frame.assign(outcome=1)", "'outcome', which is the target or the weight"),
    "a name that is no text": ("return frame.assign(**{'x': 1}).rename(columns={'x': 7})", "named 7: name"),
    "two of one name": ("return pd.concat([frame, frame], axis=1)", "has two columns named 'age'"),
    "nothing in it": ("return frame.assign(x=None)", "no value in column 'x' for any training row"),
    "a duration": ("return frame.assign(x=pd.Timedelta(days=1))", r"timedelta.* in column 'x': .*\.dt\.days"),
    "mixed": ("return frame.assign(x=[1, 'a'] * 48)", "has mixed-integer values in column 'x'"),
    "infinite": ("return frame.assign(x=1 / (frame['age'] * 0))", "has inf in row 1, column 'x': numbers"),
    "it fails": ("return frame['no']", r"features\.py, line 8: transform failed with KeyError: 'no'"),
    "depends on other rows": ("return frame.assign(x=frame['age'].rank())", "training row 1 in column 'x'"),
    "depends on the mean": ("return frame - frame.mean()", "gives one training row .* take what depends on"),
    "columns by what is there": (
        "return pd.get_dummies(frame, columns=['city'])", r"has other columns than for the training rows"
    ),
    "no syntax": ("return (", r"model/features\.py, line \d+"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_wrong_features_are_one_clear_error(features: Any, case: str) -> None:
    body, message = WRONG[case]
    frame = table("binary")
    if case == "depends on the mean":
        frame = frame[["age", "income", "outcome"]]
    bench = features(f"{FIT}def transform(frame, state):\n    {body}\n")
    bench.give(frame)
    with pytest.raises(UserError, match=message) as told:
        bench.preprocess("binary")
    assert "model/features.py" in str(told.value) and "\n" not in str(told.value)
    assert not (bench.processing / "train").exists()


def test_a_missing_function_is_named(features: Any) -> None:
    bench = features("def transform(frame, state):\n    return frame.copy()\n")
    bench.give(table("binary"))
    with pytest.raises(UserError, match=r"model/features\.py has no function fit"):
        bench.preprocess("binary")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_request_for_which_features_fail_is_answered_with_500(features: Any, framework: str) -> None:
    bench = features(f"""{FIT}def transform(frame, state):
    if (frame["age"] > 1000).any():
        raise RuntimeError("nobody is that old")
    return frame.assign(double=2 * frame["age"])
""")
    bench.give(table("binary"))
    bench.preprocess("binary")
    bench.train(framework)
    assert bench.ask("40,51.5,Oslo,True\n")
    with pytest.raises(
        Refusal, match=r"features\.py, line \d+: transform failed with RuntimeError: nobody is"
    ) as told:
        bench.ask("4000,51.5,Oslo,True\n")
    assert told.value.status == 500
    with pytest.raises(Refusal, match="column 'age' is 'old', not a finite number") as told:
        bench.ask("old,51.5,Oslo,True\n")
    assert told.value.status == 400


def test_weights_and_targets_stay_with_their_rows(features: Any) -> None:
    bench = features(f"{FIT}def transform(frame, state):\n    return frame.assign(double=2 * frame['age'])\n")
    bench.give(table("regression").assign(weight=lambda frame: frame["age"] / 10))
    bench.settings(sample_weight_column="weight")
    bench.preprocess("regression")
    train = bench.read("train")
    assert (train["weight"] == train["age"] / 10).all() and (train["double"] == 2 * train["age"]).all()
    assert list(train.columns) == ["age", "income", "city", "member", "double", "outcome", "weight"]


def test_dates_are_kept_to_the_microsecond_and_beyond_nanoseconds(features: Any) -> None:
    frame = table("binary")
    frame["until"] = ["9999-12-31" if i % 3 else "2026-01-31T08:30:00.123456Z" for i in range(len(frame))]
    bench = features(f"""{FIT}def transform(frame, state):
    made = frame[["age"]].copy()
    made["year"], made["micro"] = frame["until"].dt.year, frame["until"].dt.microsecond
    return made
""")
    bench.give(frame)
    bench.preprocess("binary")
    train = bench.read("train")
    assert set(zip(train["year"], train["micro"], strict=True)) == {(9999, 0), (2026, 123456)}


IMPORTS = {
    "import nothing_like_it": r"features\.py, line 3 imports 'nothing_like_it', which is not installed",
    "x = 1 / 0": r"features\.py, line 3: cannot be imported: ZeroDivisionError",
}


@pytest.mark.parametrize("line", IMPORTS)
def test_features_that_cannot_be_imported_are_an_error_with_their_line(features: Any, line: str) -> None:
    bench = features(f"{line}\n\n\n{FIT}def transform(frame, state):\n    return frame.copy()\n")
    bench.give(table("binary"))
    with pytest.raises(UserError, match=IMPORTS[line]):
        bench.preprocess("binary")


CONSTRAINTS = {"xgboost": "monotone_constraints", "sklearn": "monotonic_cst"}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_constraint_may_name_a_column_that_was_made(features: Any, framework: str) -> None:
    bench = features(f"""{FIT}def transform(frame, state):
    return frame[["age"]].assign(old=frame["age"] > 60, band=frame["city"].str[:1])
""")
    bench.give(table("binary"))
    bench.preprocess("binary")
    bench.train(framework, **{CONSTRAINTS[framework]: '{"old": -1}'})
    for column, message in {
        "band": "'band', a column of kind category",
        "income": "kind number, which the model",
    }.items():
        with pytest.raises(UserError, match=message):
            bench.train(framework, **{CONSTRAINTS[framework]: f'{{"{column}": 1}}'})
