"""Golden rows are what the package records, and an answer is compared with them."""

from __future__ import annotations

import importlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import answers
import boto3
import pytest
from answers import differences
from botocore.stub import Stubber

import golden
import prepare
import smoke_test
from aws import Aws
from decide import Decision
from invoking import at_once
from package_groups import describe
from seals import SealedAccount
from targets import Refused, Targets

ANSWERS = [{"label": "yes", "probability": 0.75}, {"label": "no", "probability": 0.125}]
CONTENT: dict[str, Any] = {
    "version": 1,
    "contentType": "text/csv",
    "accept": "application/json",
    "rows": ["1,\u00e9", "2,f"],
    "answers": ANSWERS,
}
BUCKET, KEY = "golden", "runs/1/Evaluate/evaluation/golden.json"


@pytest.fixture
def targets(account: SealedAccount, targets_file: Path) -> Targets:
    return Aws().targets(targets_file)


def register(account: SealedAccount, content: Any, **metadata: str) -> str:
    """A package whose golden rows are this content."""
    if BUCKET not in [b["Name"] for b in account.s3.list_buckets()["Buckets"]]:
        where = {"LocationConstraint": account.s3.meta.region_name}
        account.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    account.s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(content).encode())
    known = {golden.GOLDEN_ROWS: f"s3://{BUCKET}/{KEY}", answers.SHA256: answers.digest(CONTENT), **metadata}
    return account.register("Approved", **known)


def fetched(targets: Targets, package: str) -> dict[str, Any] | None:
    return prepare.resolve_package(Aws(), targets, package).golden


def test_the_rows_that_a_package_names_are_prepared(account, targets, tmp_path):
    package = register(account, CONTENT)
    prepared = prepare.resolve_package(Aws(), targets, package)
    template = tmp_path / "template.json"
    template.write_text("{}")
    execution = prepare.Execution("e", package, "now")
    decision, prod = Decision("deploy", package, "new"), targets.environment("prod")
    prepare.write_environment(tmp_path / "prod", template, prod, execution, decision, package, prepared)
    found = golden.load(tmp_path / "prod")
    assert found is not None and (found.body, list(found.answers)) == ("1,\u00e9\n2,f\n", ANSWERS)
    prepare.write_environment(tmp_path / "dev", template, prod, execution, decision, package, None)
    assert golden.load(tmp_path / "dev") is None


def test_a_package_without_golden_rows_is_deployed_and_that_is_said(account, targets, capsys):
    assert fetched(targets, account.register("Approved")) is None
    assert "names no golden rows" in capsys.readouterr().out


def test_rows_that_are_gone_do_not_hold_up_a_roll_back(account, targets, capsys):
    package = register(account, CONTENT)
    account.s3.delete_object(Bucket=BUCKET, Key=KEY)
    assert fetched(targets, package) is None
    assert "cannot be read" in capsys.readouterr().out


@pytest.mark.parametrize(
    "changed",
    [
        {**CONTENT, "rows": ["1,e", "2,f"]},
        {**CONTENT, "answers": [{**ANSWERS[0], "probability": 0.76}, ANSWERS[1]]},
        {**CONTENT, "accept": "text/csv"},
    ],
)
def test_rows_that_somebody_changed_are_refused(account, targets, changed):
    with pytest.raises(
        Refused, match=rf"is not what arn:\S+ records: its SHA-256 is {answers.digest(changed)}"
    ):
        fetched(targets, register(account, changed))


@pytest.mark.parametrize("content", [[], {}, {**CONTENT, "rows": ["1"]}, "text", {**CONTENT, "rows": None}])
def test_rows_of_another_form_are_refused(account, targets, content):
    with pytest.raises(Refused, match="is not in the expected form"):
        fetched(targets, register(account, content))


def test_rows_without_a_recorded_digest_are_refused(account, targets):
    with pytest.raises(Refused, match="GoldenRowsSha256 is None"):
        fetched(targets, account.register("Approved", GoldenRows=_placed(account)))


def _placed(account: SealedAccount) -> str:
    register(account, CONTENT)
    return f"s3://{BUCKET}/{KEY}"


def test_the_digest_is_the_one_that_the_evaluation_records():
    file = Path(__file__).parents[2] / "templates/python/model/golden.py"
    source = file.read_text(encoding="utf-8")
    start = source.index("def digest(")
    theirs: dict[str, Any] = {}
    exec("import hashlib, json\nfrom typing import Any\n" + source[start:], theirs)
    assert theirs["digest"](CONTENT) == answers.digest({**CONTENT, "sha256": "whatever"})


def differing(answers: Any, tolerance: float = 1e-4) -> list[str]:
    return differences(json.dumps(answers), ANSWERS, tolerance)


@pytest.mark.parametrize("wrapped", [False, True])
def test_the_same_answers_differ_in_nothing(wrapped):
    assert differing({"predictions": ANSWERS} if wrapped else ANSWERS) == []


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"label": "yes", "probability": 0.125}, 'row 2: label is "yes", "no" was measured'),
        ({"label": "no", "probability": 0.1252}, "row 2: probability is 0.1252, 0.125 was measured"),
        ({"label": "no", "probability": None}, "row 2: probability is null, 0.125 was measured"),
        ({"label": "no", "probability": float("nan")}, "row 2: probability is nan, 0.125 was measured"),
        ({"label": "no"}, "row 2: the answer is"),
        ({"label": "no", "probability": True}, "row 2: probability is true, 0.125 was measured"),
        ("no", "row 2: the answer is"),
    ],
)
def test_another_answer_is_told_by_row_and_name(second, said):
    [told] = differing([ANSWERS[0], second])
    assert told.startswith(said)


def test_numbers_may_differ_by_the_tolerance_relative_to_large_ones():
    def compared(now: float, measured: float) -> list[str]:
        kept = answers.parse({**CONTENT, "rows": ["1"], "answers": [{"value": measured}]})
        return differences(json.dumps([{"value": now}]), kept.answers, 0.001)

    assert compared(0.5009, 0.5) == [] and compared(0.5011, 0.5) != []
    assert compared(100_090, 100_000) == [] and compared(100_110, 100_000) != []
    assert compared(3, 3.0) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<html>", "the answer is not JSON"),
        ("[1]", "the answer does not have 2 predictions"),
        ("7", "the answer does not have 2 predictions"),
        ('{"error": "x"}', "the answer does not have 2 predictions"),
    ],
)
def test_an_answer_of_another_form_is_a_difference(body, said):
    assert differences(body, ANSWERS, 0) == [said]


def test_lists_are_compared_by_place():
    kept = answers.parse({**CONTENT, "rows": ["1"], "answers": [{"scores": [0.5, [1, 2]]}]})
    assert differences(json.dumps([{"scores": [0.5, [1, 3]]}]), kept.answers, 0) == [
        "row 1: scores[1][1] is 3, 2 was measured"
    ]


def test_an_endpoint_that_answers_golden_rows_with_an_error_fails(account, targets):
    client = boto3.client("sagemaker-runtime", region_name="eu-west-1")
    with Stubber(client) as stub:
        stub.add_client_error("invoke_endpoint", "ModelError", "no such column", 424)
        with pytest.raises(Refused, match=r"golden rows with an error: .*no such column"):
            smoke_test.compare(
                at_once(client, "churn"), "churn", "arn:1", answers.parse(CONTENT), targets.golden_tolerance
            )


def test_the_data_in_a_row_stays_out_of_the_message():
    kept = replace(answers.parse(CONTENT), rows=("secret,1", "secret,2"))
    assert not [told for told in differences("[0, 0]", kept.answers, 0) if "secret" in told]


@pytest.mark.parametrize(
    ("now", "measured"),
    [
        ([{"a": 1.0, "b": "x"}], [{"a": 1.00005, "b": "x"}]),
        ([{"a": 1.0, "b": "x"}], [{"a": 1.2, "b": "y"}]),
        ([{"a": 1.0}], [{"b": 1.0}]),
        ([[1, [2, None]]], [[1, [3, 0]]]),
        ([True], [1]),
        (["1"], [1]),
        ([1e6], [1e6 + 50]),
        ([1e6], [1e6 + 200]),
        ([float("nan")], [0.0]),
    ],
)
def test_a_local_run_says_the_same(now, measured, monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "runner"))
    local = importlib.import_module("local_runner.golden")
    assert local.differences(json.dumps(now), measured, 1e-4) == differences(json.dumps(now), measured, 1e-4)


def test_the_golden_rows_go_along_and_count_in_the_checksum(registries):
    uri = registries.put("runs/1/golden.json", b"rows")
    arn = registries.register(CustomerMetadataProperties={"GoldenRows": uri, "GoldenRowsSha256": "abc"})
    copy = registries.prepare(arn)
    metadata = describe(registries.target, copy.register(registries.target))["CustomerMetadataProperties"]
    assert metadata["GoldenRows"] != uri and metadata["GoldenRowsSha256"] == "abc"
    assert registries.content(metadata["GoldenRows"]) == b"rows"
    registries.put("runs/1/golden.json", b"others")
    assert registries.prepare(arn).checksum != copy.checksum


def test_golden_rows_that_are_gone_hold_up_no_copy(registries):
    uri = "s3://artifacts-eu/runs/1/golden.json"
    copy = registries.prepare(registries.register(CustomerMetadataProperties={"GoldenRows": uri}))
    metadata = describe(registries.target, copy.register(registries.target))["CustomerMetadataProperties"]
    assert metadata["GoldenRows"] == uri
    assert any("there is nothing at" in line for line in registries.said)
