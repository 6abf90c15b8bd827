"""No request takes long to be refused, or taken: an API answers many of them a second."""

from __future__ import annotations

import json
import time

import pytest

from local_runner.api.contract import Contract

MOST_BYTES = 4 * 1024 * 1024
"""The largest body that `endpoint.api.maxPayloadKilobytes` allows."""
SECONDS = 5.0
"""Far above what it takes on a slow core, far below what a search that tries everything takes."""
CONTRACT = Contract.of(
    {
        "version": 2,
        "problem_type": "regression",
        "missing_tokens": None,
        "labels": [],
        "columns": [
            {"name": "n", "kind": "number"},
            {"name": "b", "kind": "boolean", "missing": True},
            {"name": "c", "kind": "category", "categories": ["a"]},
            {"name": "d", "kind": "date"},
        ],
    }
)
GOOD = {"n": "1", "b": "true", "c": "a", "d": "2026-01-31"}
LONG = {
    "digits": "1" * MOST_BYTES,
    "digits and a letter": "1" * MOST_BYTES + "x",
    "digits, point, digits": "1" * (MOST_BYTES // 2) + "." + "1" * (MOST_BYTES // 2) + "x",
    "exponent": "1e" + "1" * MOST_BYTES + "x",
    "blanks": " " * MOST_BYTES + "x" + " " * 9,
    "quotes": '"' * MOST_BYTES,
    "year": "2026-01-31T" + "0" * MOST_BYTES,
    "lines": "\n" * MOST_BYTES + "x",
}


@pytest.mark.parametrize("column", GOOD)
@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_long_cell_is_judged_at_once(column: str, text: str) -> None:
    begin = time.process_time()
    CONTRACT.check(json.dumps([{**GOOD, column: text}]).encode(), "application/json")
    cells = [text if name == column else value for name, value in GOOD.items()]
    CONTRACT.check(",".join(cells).encode(), "text/csv")
    assert time.process_time() - begin < SECONDS


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[" * MOST_BYTES, "application/json"),
        (b'{"a":' * (MOST_BYTES // 5), "application/json"),
        (b"[" + b"[1]," * (MOST_BYTES // 4) + b"[1]]", "application/json"),
        (b"[" + b"1" * MOST_BYTES + b"]", "application/json"),
        (b"1,true,a,2026-01-31\n" * (MOST_BYTES // 20), "text/csv"),
        (b"x,x,x,x\n" * (MOST_BYTES // 8), "text/csv"),
        (b'"' * MOST_BYTES, "text/csv"),
        (b"," * MOST_BYTES, "text/csv"),
        (b"\n" * MOST_BYTES + b"1,true,a,2026-01-31", "text/csv"),
        (b"\\ud800" * (MOST_BYTES // 6), "application/json"),
    ],
    ids=range(10),
)
def test_a_large_body_is_judged_at_once_and_few_mistakes_of_it_are_named(body: bytes, kind: str) -> None:
    begin = time.process_time()
    checked = CONTRACT.check(body, kind)
    assert time.process_time() - begin < SECONDS
    assert len(checked.problems) <= 20
    assert all(len(problem.detail) < 1000 for problem in checked.problems)
