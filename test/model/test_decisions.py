"""What the columns of a table are taken for: left out when certain, told when odd, fixed once recorded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from job import UserError
from tests.workbench import FRAMEWORKS, Workbench, table

N = 160
RNG = np.random.default_rng(11)
FRAME = table("binary", rows=N)
UNIQUE_INTEGERS = RNG.permutation(10_000)[:N]


def with_column(name: str, values: Any, first: bool = False) -> pd.DataFrame:
    frame = table("binary", rows=N)
    frame.insert(0 if first else 4, name, values)
    return frame


LEFT_OUT: dict[str, tuple[str, Callable[[], Any], str]] = {
    "unnamed row number": ("", lambda: range(1, N + 1), "numbers the rows from 1 to 160"),
    "row number from 0": ("n", lambda: range(N), "numbers the rows from 0 to 159"),
    "row number from 1000": ("row_id", lambda: range(1000, 1000 + N), "numbers the rows from 1000 to 1159"),
    "row numbers of parts": ("index", lambda: [*range(80), *range(80)], "numbers the rows of each file"),
    "identifier": ("customer_id", lambda: UNIQUE_INTEGERS, "identifier: every value differs"),
    "camel case identifier": ("customerId", lambda: UNIQUE_INTEGERS, "identifier: every value differs"),
    "unique text": ("name", lambda: [f"name {i * 7 % N}" for i in range(N)], "every value differs"),
    "one value": ("unit", lambda: ["kg"] * N, "one value"),
    "one number": ("version", lambda: [3] * N, "one value"),
    "empty": ("comment", lambda: [None] * N, "empty in all rows"),
    "missing tokens": ("comment", lambda: ["NA"] * N, "empty in all rows"),
    "copy of a column": ("age again", lambda: FRAME["age"].astype(float), "a copy of 'age'"),
    "copy of the target": ("label", lambda: FRAME["outcome"], "a copy of the target 'outcome'"),
}  # fmt: skip


@pytest.mark.parametrize("case", LEFT_OUT)
def test_what_certainly_is_no_feature_is_left_out_and_told(
    bench: Workbench, case: str, capfd: pytest.CaptureFixture[str]
) -> None:
    name, values, reason = LEFT_OUT[case]
    bench.give(with_column(name, list(values())))
    bench.preprocess("binary")
    column = bench.schema().columns[4]
    assert column.kind == "dropped" and reason in column.reason
    assert column.name not in bench.read("train") and column.name in bench.read("test")
    assert f"note: column {column.name!r} is dropped: it " in capfd.readouterr().out
    assert any(reason in note for note in bench.lineage()["notes"])


KEPT: dict[str, tuple[str, Callable[[], Any], str, str]] = {
    "year": ("year", lambda: [1900 + i for i in range(N)], "number", "grows from row to row"),
    "quarters": ("quarter", lambda: [i // 4 for i in range(N)], "number", ""),
    "months": (
        "when", lambda: [f"{1990 + i // 12}-{i % 12 + 1:02}-01" for i in range(N)], "date", "data.timeColumn"
    ),
    "newest first": (
        "day", lambda: [f"2026-{6 - i // 28:02}-{28 - i % 28:02}" for i in range(N)], "date", "falls"
    ),
    "years in no order": ("year", lambda: [1900 + i * 7 % N for i in range(N)], "number", ""),
    "unique numbers": ("population", lambda: UNIQUE_INTEGERS, "number", ""),
    "codes": ("zip", lambda: [f"{i % 40:05d}" for i in range(N)], "category", ""),
    "categories": ("town", lambda: [f"town {i % 80}" for i in range(N)], "category", "has 80 categories"),
    "nearly unique": ("name", lambda: [f"n {i % 150}" for i in range(N)], "category", "150 different"),
    "numbers with a word": (
        "level", lambda: ["no" if i % 9 == 0 else str(i / 8) for i in range(N)], "category", "not 'no'"
    ),
    "decimal comma": ("price", lambda: [f"{i},{i % 10}" for i in range(N)], "dropped", "every value differs"),
    "decimals": ("price", lambda: [f"{i % 60},5" for i in range(N)], "category", "a decimal comma"),
    "dates too": ("since", lambda: [f"{i % 28 + 1}/{i % 12 + 1}/2026" for i in range(N)], "category", "ISO"),
    "dates": ("since", lambda: [f"2026-03-{i % 28 + 1:02d}" for i in range(N)], "date", ""),
    "times": ("at", lambda: [1_700_000_000_000 + 500 * i * i for i in range(N)], "number", "dateColumns"),
    "None is a word": ("plan", lambda: ["None" if i % 3 else "Gold" for i in range(N)], "category", ""),
    "None is no number": ("size", lambda: ["None" if i % 3 else str(i) for i in range(N)], "number", ""),
    "determines the target": (
        "stage",
        lambda: [["lost", "open"][i % 2] if o == "no" else o for i, o in enumerate(FRAME["outcome"])],
        "category", "determines the target",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KEPT)
def test_what_may_be_a_feature_is_kept_and_told_when_odd(bench: Workbench, case: str) -> None:
    name, values, kind, note = KEPT[case]
    bench.give(with_column(name, list(values())))
    bench.preprocess("binary")
    assert bench.schema().columns[4].kind == kind
    told = [text for text in bench.lineage()["notes"] if repr(name) in text]
    assert len(told) == (1 if note else 0) and all(note in text for text in told)


def test_options_say_what_a_column_is(bench: Workbench) -> None:
    frame = table("binary").assign(
        person=[f"p{i}" for i in range(160)],
        since=[1_700_000_000 + 86_400 * (i % 90) for i in range(160)],
        empty=[["-99", str(i)][i % 2] for i in range(160)],
    )
    bench.give(frame)
    bench.settings(
        drop_columns=("city",), id_columns=("person",), date_columns=("since",), missing_tokens=("-99",)
    )
    bench.preprocess("binary")
    columns = {column.name: column for column in bench.schema().columns}
    assert [columns[n].kind for n in ("city", "person", "since", "empty")] == [
        "dropped",
        "id",
        "date",
        "number",
    ]
    assert columns["empty"].missing and not columns["since"].missing


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"drop_columns": ("town",)}, r"data\.dropColumns: 'town' is not in the data; there: age, "),
        ({"id_columns": ("cty",)}, r"data\.idColumns: 'cty' is not in the data .did you mean 'city'\?"),
        ({"date_columns": ("outcome",)}, r"data\.dateColumns: 'outcome' is the target"),
        ({"date_columns": ("city",)}, r"column 'city' is dates by data\.dateColumns, but row 1 has '"),
        ({"drop_columns": ("age", "income", "city", "member")}, "no column is left to learn from"),
    ],
)
def test_an_option_that_does_not_fit_the_data_is_an_error(
    bench: Workbench, settings: dict[str, Any], message: str
) -> None:
    bench.give(table("binary"))
    bench.settings(**settings)
    with pytest.raises(UserError, match=message):
        bench.preprocess("binary")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_requests_keep_all_columns_and_answers_the_identifiers(bench: Workbench, framework: str) -> None:
    frame = with_column("person", [f"p,{i % 100}" for i in range(N)], first=True).assign(unit="kg")
    frame = frame[["person", "age", "income", "city", "member", "unit", "outcome"]]
    bench.give(frame)
    bench.settings(id_columns=("person",))
    bench.preprocess("binary")
    bench.train(framework)
    (answer,) = bench.ask('"p,7",40,51.5,Oslo,True,whatever\n')
    assert answer["id"] == {"person": "p,7"}
    line = bench.ask('"p,7",40,51.5,Oslo,True,whatever\n', accept="text/csv")
    assert line.endswith(',"p,7"\n') and line.startswith(answer["label"])
    rows = '[{"age": 40, "income": 51.5, "city": "Oslo", "member": true}]'
    assert bench.ask(rows, "application/json")[0]["probability"] == answer["probability"]
    assert bench.evaluate()


RECORDED: dict[str, dict[str, str]] = {
    "age": {"kind": "number"},
    "income": {"kind": "dropped", "reason": "not known in time"},
    "city": {"kind": "category"},
    "member": {"kind": "boolean"},
}


def test_what_is_recorded_holds_for_other_data(bench: Workbench) -> None:
    frame = table("binary").assign(age=41)
    bench.give(frame)
    bench.settings(columns=RECORDED)
    bench.preprocess("binary")
    columns = bench.schema().columns
    assert [column.kind for column in columns] == ["number", "dropped", "category", "boolean"]
    assert columns[1].reason == "not known in time"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda frame: frame.assign(town="x"), "town not recorded"),
        (lambda frame: frame.drop(columns="city"), "city not in the data"),
        (
            lambda frame: frame.assign(age="old"),
            r"'age' is a number by config/columns\.json, but row 1 has 'old'",
        ),
    ],
)
def test_data_that_contradicts_the_record_is_an_error(
    bench: Workbench, change: Callable[[pd.DataFrame], pd.DataFrame], message: str
) -> None:
    bench.give(change(table("binary")))
    bench.settings(columns=RECORDED)
    with pytest.raises(UserError, match=message):
        bench.preprocess("binary")


def test_a_record_with_an_unknown_kind_is_an_error(bench: Workbench) -> None:
    bench.give(table("binary"))
    bench.settings(columns=RECORDED | {"age": {"kind": "numeric"}})
    with pytest.raises(
        UserError, match=r"columns\.json: the kind of 'age' is 'numeric', it must be one of number,"
    ):
        bench.preprocess("binary")


def test_large_numbers_close_together_stay_apart(bench: Workbench) -> None:
    bench.give(with_column("at", [1_700_000_000_000 + 500 * i * i for i in range(N)]))
    bench.preprocess("binary")
    schema = bench.schema()
    columns = [bench_column(bench, c.name) for c in schema.used]
    features = schema.features(columns, len(columns[0]))
    assert len(np.unique(features[:, -2 if schema.columns[-1].kind == "boolean" else -1])) == len(features)


def bench_column(bench: Workbench, name: str) -> Any:
    import pyarrow.parquet as parquet

    return parquet.read_table(bench.processing / "train" / "train.parquet")[name].combine_chunks()


SERIES = {
    "quarters": [f"{1980 + i // 4}Q{i % 4 + 1}" for i in range(N)],
    "months": [f"{1990 + i // 12}-{i % 12 + 1:02}" for i in range(N)],
    "month first": [f"{i // 28 % 12 + 1}/{i % 28 + 1}/2026" for i in range(N)],
    "day first, newest first": [f"{28 - i % 28}.{6 - i // 28}.2026" for i in range(N)],
}


@pytest.mark.parametrize("case", SERIES)
def test_a_series_whose_times_are_texts_is_told(bench: Workbench, case: str) -> None:
    for values, told in ((SERIES[case], True), (SERIES[case][::2] + SERIES[case][1::2], False)):
        bench.give(with_column("at", values))
        bench.preprocess("binary")
        assert any("ISO 8601 (2026-01-31); for a time series" in n for n in bench.lineage()["notes"]) is told


def test_an_error_about_names_says_that_they_look_like_a_row(bench: Workbench) -> None:
    said = "the first line holds numbers alone: if it is a row of data, put a line with the names before it"
    for first, told in (("1,0.58,1770.7", True), ("1,0.58,0.58", True), ("1,,7", True), ("1990,a,b", False)):
        bench.give("\n".join([first, *(f"{i},{i % 7},{i / 8}" for i in range(N))]) + "\n")
        with pytest.raises(UserError) as error:
            bench.preprocess("regression", "price")
        assert (said in str(error.value)) is told


NAMES = {
    "data": (["0.3", "17", "22.5", "-4"], True),
    "a count": (["0", "1", "2", "3"], False),
    "a count from 1": (["1", "2", "3", "4"], False),
    "years beside a name": (["1990", "1991", "1992", "region"], False),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_first_line_of_numbers_is_told(bench: Workbench, case: str) -> None:
    names, told = NAMES[case]
    frame = pd.DataFrame(RNG.normal(size=(N, 4)).round(3), columns=names)
    bench.give(frame)
    bench.preprocess("regression", names[-1])
    assert any("is the line with their names missing?" in note for note in bench.lineage()["notes"]) is told
