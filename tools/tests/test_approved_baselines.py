"""What monitors compare with is what the package records, and every environment with monitors gets it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import answers
import pytest

import approved_baselines
import prepare
from aws import Aws
from fakes import before_calls, service_error
from monitored import BUILT, FILES, Monitored
from package_request import EVALUATION_ROWS, MODEL_SCHEMA
from targets import Refused
from test_contracts import SCHEMA


@pytest.fixture
def monitored(account: Any, targets_file: Path, monkeypatch: pytest.MonkeyPatch) -> Monitored:
    return Monitored(account, targets_file, monkeypatch)


def brought(monitored: Monitored, package: str, environment: str = "prod") -> dict[str, bytes]:
    """What the preparation of a deployment leaves in the bucket of prod."""
    prepared = prepare.resolve_package(monitored.aws, monitored.targets, package)
    prepare.bring_baseline(monitored.aws, monitored.targets.environment(environment), prepared)
    return monitored.stored()


def named(monitored: Monitored) -> dict[str, str]:
    """The metadata of a package with a schema."""
    uri = monitored.put("schema.json", json.dumps(SCHEMA).encode())
    return {MODEL_SCHEMA: uri, f"{MODEL_SCHEMA}Sha256": answers.digest(SCHEMA)}


def test_all_that_a_version_names_is_brought_below_it_with_what_belongs_to_it(monitored):
    package = monitored.register(**named(monitored))
    found = brought(monitored, package)
    folder = "baselines/churn-main/1"
    record = json.loads(found.pop(f"{folder}/baseline.json"))
    schema = found[f"{folder}/schema.json"]
    assert json.loads(schema) == SCHEMA
    assert found == {
        f"{folder}/{name}": content for name, content in [*FILES.items(), ("schema.json", schema)]
    }
    assert record == {
        "format": 1,
        "package": package,
        "group": "churn-main",
        "version": 1,
        "commit": "0123abc",
        "sha256": {
            name.rpartition("/")[2]: hashlib.sha256(content).hexdigest() for name, content in found.items()
        },
    }


def test_what_belongs_to_it_is_said_last_so_that_nobody_finds_half_of_it(monitored, monkeypatch):
    package, puts = monitored.register(), []

    def spoilt(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "PutObject" and arguments["Key"].startswith("baselines/"):
            puts.append(arguments["Key"].rpartition("/")[2])
            assert arguments["ServerSideEncryption"] == "aws:kms"
            assert arguments["SSEKMSKeyId"] == monitored.prod.key
            if len(puts) == 3:
                raise service_error(operation, "SlowDown")
        return real(client, operation, arguments)

    before_calls(monkeypatch, "s3", spoilt)
    with pytest.raises(Exception, match="SlowDown"):
        brought(monitored, package)
    assert len(monitored.stored()) == 2
    assert "baselines/churn-main/1/baseline.json" not in monitored.stored()


def test_it_is_brought_again_by_the_next_preparation_and_no_third_time(monitored, capsys):
    package = monitored.register()
    whole = brought(monitored, package)
    record = "baselines/churn-main/1/baseline.json"
    monitored.account.s3.delete_object(Bucket=monitored.prod.deployment_bucket, Key=record)
    assert brought(monitored, package) == whole
    assert capsys.readouterr().out.count("published, with") == 2
    assert brought(monitored, package) == whole
    assert "already exists" in capsys.readouterr().out


@pytest.mark.parametrize("name", [*FILES])
def test_a_file_that_was_changed_is_refused(monitored, name):
    package = monitored.register()
    monitored.put(name, FILES[name] + b" ")
    with pytest.raises(Refused, match=r"is not what .*/1 records: its SHA-256 is [0-9a-f]{64}"):
        brought(monitored, package)
    assert monitored.stored() == {}


def test_files_that_change_their_places_are_refused(monitored):
    package = monitored.register()
    monitored.put("statistics.json", FILES["constraints.json"])
    monitored.put("constraints.json", FILES["statistics.json"])
    with pytest.raises(Refused, match=r"statistics\.json and .*constraints\.json is not what"):
        brought(monitored, package)


def test_rows_without_their_digest_are_refused(monitored):
    package = monitored.register(**{f"{EVALUATION_ROWS}Sha256": ""})
    with pytest.raises(Refused, match="EvaluationRowsSha256 has none"):
        brought(monitored, package)


@pytest.mark.parametrize(
    "gone", [{"statistics.json"}, {"model_quality_constraints.json"}, {"evaluation.csv.gz"}]
)
def test_what_a_version_does_not_name_is_left_out_with_a_word(monitored, capsys, gone):
    found = brought(monitored, monitored.register(*gone))
    pairs = [names for _, *names in approved_baselines.PAIRS if gone & {*names}]
    left_out = gone.union(*pairs)
    kept = {key.rpartition("/")[2] for key in found}
    assert kept == {*FILES, "baseline.json"} - left_out
    assert "so monitors do not compare with it" in capsys.readouterr().out


def test_what_cannot_be_read_or_is_too_large_blocks_no_deployment(monitored, capsys, monkeypatch):
    package = monitored.register()
    monitored.account.s3.delete_object(Bucket=BUILT, Key="runs/1/constraints.json")
    monkeypatch.setattr(approved_baselines, "LIMIT", 101)
    names = {key.rpartition("/")[2] for key in brought(monitored, package)}
    assert not names & {"statistics.json", "constraints.json", "evaluation.csv.gz"}
    said = capsys.readouterr().out
    assert "constraints.json cannot be read" in said and "it has more than 101 bytes" in said


def gone(monitored: Monitored, *names: str) -> None:
    """Files of the pipeline that have expired since."""
    for name in names:
        monitored.account.s3.delete_object(Bucket=BUILT, Key=f"runs/1/{name}")


@pytest.mark.parametrize(
    "names", [{"constraints.json"}, {"model_quality.json"}, {"evaluation.csv.gz"}, {"schema.json"}, {*FILES}]
)
def test_what_an_earlier_deployment_brought_stays_where_it_cannot_be_read_any_more(monitored, capsys, names):
    package = monitored.register(**named(monitored))
    whole = brought(monitored, package)
    gone(monitored, *names)
    assert brought(monitored, package) == whole
    said = capsys.readouterr().out
    assert "cannot be read" in said and "of an earlier deployment" in said and "already exists" in said


def test_a_version_without_digests_keeps_what_was_taken_as_it_was(monitored):
    package = monitored.register(**{approved_baselines.SHA256: ""})
    whole = brought(monitored, package)
    gone(monitored, "statistics.json")
    assert brought(monitored, package) == whole


@pytest.mark.parametrize("spoilt", ["file", "digest", "package", "named"])
def test_nothing_stays_that_is_not_what_the_package_records(monitored, spoilt):
    package = monitored.register()
    folder, bucket = "baselines/churn-main/1", monitored.prod.deployment_bucket
    record = json.loads(brought(monitored, package)[f"{folder}/baseline.json"])
    other = b"other rows"
    if spoilt in ("file", "digest"):
        monitored.account.s3.put_object(Bucket=bucket, Key=f"{folder}/evaluation.csv.gz", Body=other)
    if spoilt == "digest":
        record["sha256"]["evaluation.csv.gz"] = hashlib.sha256(other).hexdigest()
    if spoilt == "package":
        record["package"] = record["package"].replace("/churn-main/", "/churn-other/")
    text = json.dumps(record).encode()
    monitored.account.s3.put_object(Bucket=bucket, Key=f"{folder}/baseline.json", Body=text)
    gone(monitored, "evaluation.csv.gz")
    prepared = prepare.resolve_package(monitored.aws, monitored.targets, package)
    if spoilt == "named":
        prepared = replace(prepared, baseline=replace(prepared.baseline, unread={}))
    prepare.bring_baseline(monitored.aws, monitored.prod, prepared)
    names = json.loads(monitored.stored()[f"{folder}/baseline.json"])["sha256"]
    assert {*names} == {*FILES} - {"evaluation.csv.gz"}


def test_a_version_of_before_there_were_digests_is_taken_as_it_is_and_that_is_said(monitored, capsys):
    rows = {EVALUATION_ROWS: "", f"{EVALUATION_ROWS}Sha256": ""}
    package = monitored.register("model_quality.json", **{approved_baselines.SHA256: ""}, **rows)
    found = brought(monitored, package)
    assert {key.rpartition("/")[2] for key in found} == {
        "statistics.json",
        "constraints.json",
        "baseline.json",
    }
    assert "records no BaselineSha256" in capsys.readouterr().out


def test_an_environment_without_monitors_gets_nothing_and_nothing_is_read_for_it(monitored):
    package = monitored.register()
    assert brought(monitored, package, "staging") == {}
    none = replace(
        monitored.targets,
        environments=tuple(replace(e, monitoring=False) for e in monitored.targets.environments),
    )
    assert prepare.resolve_package(Aws(), none, package).baseline is None


def test_the_preparation_of_a_deployment_brings_it_to_the_environment_with_monitors(
    monitored, assembly, targets_file, tmp_path, monkeypatch
):
    monkeypatch.setattr(prepare, "TOOLS", targets_file.parent)
    staging = monitored.targets.environment("staging").deployment_bucket
    if staging not in [b["Name"] for b in monitored.account.s3.list_buckets()["Buckets"]]:
        where = {"LocationConstraint": "eu-west-1"}
        monitored.account.s3.create_bucket(Bucket=staging, CreateBucketConfiguration=where)
    package = monitored.register()
    execution = prepare.Execution("e", package, "2026-01-02T00:00:00.0Z")
    prepare.prepare(monitored.aws, assembly, tmp_path, execution)
    assert json.loads(monitored.stored()["baselines/churn-main/1/baseline.json"])["package"] == package
    found = monitored.account.s3.list_objects_v2(Bucket=staging).get("Contents", [])
    assert not [one["Key"] for one in found if one["Key"].startswith("baselines/")]
