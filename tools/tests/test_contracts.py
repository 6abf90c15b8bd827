"""What requests to an API must be is what the package records, and every environment with an API gets it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import answers
import pytest
from api.document import read

import contracts
import prepare
from aws import Aws
from decide import Decision
from package_groups import describe
from package_request import MODEL_SCHEMA
from seals import SealedAccount
from targets import Api, Environment, Refused, Targets

SCHEMA: dict[str, Any] = {
    "version": 2,
    "problem_type": "binary",
    "target": "churn",
    "missing_tokens": None,
    "labels": ["no", "yes"],
    "columns": [
        {"name": "age", "kind": "number", "missing": False, "categories": [], "buckets": 0},
        {"name": "citt\u00e0", "kind": "category", "missing": True, "categories": ["Roma"], "buckets": 4},
    ],
}
BUCKET, KEY = "schemas", "runs/1/Evaluate/evaluation/schema.json"
API = Api(
    api_name="churn-main-prod-api",
    function="churn-main-prod-api",
    alias="live",
    application="app",
    deployment_group="group",
    before_traffic="before",
    after_traffic="after",
    deployment_config="config",
    role="role",
    release="in-place",
)


@pytest.fixture
def targets(account: SealedAccount, targets_file: Path) -> Targets:
    """Production has an API, staging has none."""
    found = Aws().targets(targets_file)
    environments = tuple(replace(e, api=API if e.name == "prod" else None) for e in found.environments)
    return replace(found, environments=environments)


@pytest.fixture
def prod(account: SealedAccount, targets: Targets) -> Environment:
    found = targets.environment("prod")
    account.s3.create_bucket(
        Bucket=found.deployment_bucket,
        CreateBucketConfiguration={"LocationConstraint": account.s3.meta.region_name},
    )
    return found


def register(account: SealedAccount, content: Any, **metadata: str) -> str:
    """A package whose schema is this content."""
    if BUCKET not in [b["Name"] for b in account.s3.list_buckets()["Buckets"]]:
        where = {"LocationConstraint": account.s3.meta.region_name}
        account.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    account.s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(content).encode())
    known = {
        MODEL_SCHEMA: f"s3://{BUCKET}/{KEY}", contracts.SHA256: answers.digest(SCHEMA), **metadata,
    }  # fmt: skip
    return account.register("Approved", **known)


def stored(account: SealedAccount, environment: Environment) -> dict[str, bytes]:
    found = account.s3.list_objects_v2(Bucket=environment.deployment_bucket).get("Contents", [])
    return {
        o["Key"]: account.s3.get_object(Bucket=environment.deployment_bucket, Key=o["Key"])["Body"].read()
        for o in found
    }


def test_the_contract_of_a_package_is_stored_under_its_hash_and_its_handler_is_bound_to_it(
    account, targets, prod, tmp_path
):
    package = register(account, SCHEMA)
    prepared = prepare.resolve_package(Aws(), targets, package)
    sha256 = prepare.contract_for(Aws(), targets, prod, prepared)
    [(key, content)] = stored(account, prod).items()
    assert key == f"contracts/{sha256}.json" and hashlib.sha256(content).hexdigest() == sha256
    document = read(content, sha256)
    assert document.schema == SCHEMA and document.model_name == "churn-main"
    assert document.contract is not None and document.contract.names == ("age", "citt\u00e0")

    template = tmp_path / "template.json"
    template.write_text("{}")
    execution, decision = prepare.Execution("e", package, "now"), Decision("deploy", package, "new")
    for environment in targets.environments:
        prepare.write_environment(
            tmp_path / environment.name, template, environment, execution, decision, package, prepared, sha256
        )
    given = {
        e.name: json.loads((tmp_path / e.name / "configuration.json").read_text())["Parameters"]
        for e in targets.environments
    }
    assert given["prod"]["Contract"] == sha256 and "Contract" not in given["staging"]


def test_a_contract_that_is_there_is_not_written_again_and_two_deployments_have_the_same(
    account, targets, prod, capsys
):
    prepared = prepare.resolve_package(Aws(), targets, register(account, SCHEMA))
    again = prepare.resolve_package(Aws(), targets, register(account, dict(reversed(SCHEMA.items()))))
    assert len({prepare.contract_for(Aws(), targets, prod, one) for one in (prepared, again)}) == 1
    assert len(stored(account, prod)) == 1 and "already exists" in capsys.readouterr().out


def test_an_environment_without_an_api_or_a_model_has_no_contract(account, targets, prod):
    prepared = prepare.resolve_package(Aws(), targets, register(account, SCHEMA))
    assert prepare.contract_for(Aws(), targets, targets.environment("staging"), prepared) == "none"
    assert prepare.contract_for(Aws(), targets, prod, None) == "none"
    assert stored(account, prod) == {}


@pytest.mark.parametrize("name", ["citta", "Age", "age ", "churn"])
def test_a_name_that_is_no_column_stores_nothing_silently(account, targets, prod, name):
    prepared = prepare.resolve_package(Aws(), targets, register(account, SCHEMA))
    wrong = replace(prod, api=replace(API, omit_columns=("age", name)))
    with pytest.raises(Refused) as refusal:
        prepare.contract_for(Aws(), targets, wrong, prepared)
    assert f"prod: api.predictionLog.omitColumns names {name!r}, which arn:" in str(refusal.value)
    assert "Its columns are age, citt\u00e0." in str(refusal.value)
    assert stored(account, prod) == {}
    right = replace(prod, api=replace(API, omit_columns=("age", "citt\u00e0")))
    assert prepare.contract_for(Aws(), targets, right, prepared) != "none"


def test_without_a_schema_no_row_is_kept_and_no_name_is_wrong(account, targets, prod):
    prepared = prepare.resolve_package(Aws(), targets, account.register("Approved"))
    named = replace(prod, api=replace(API, omit_columns=("name",)))
    assert prepare.contract_for(Aws(), targets, named, prepared) != "none"


def test_without_any_api_no_schema_is_read(account, targets_file):
    changed = register(account, {**SCHEMA, "labels": ["a", "b"]})
    assert prepare.resolve_package(Aws(), Aws().targets(targets_file), changed).schema is None


def test_a_package_without_a_schema_has_a_contract_that_names_the_smoke_test_s_types(
    account, targets, prod, capsys
):
    prepared = prepare.resolve_package(Aws(), targets, account.register("Approved"))
    assert "names no schema" in capsys.readouterr().out
    sha256 = prepare.contract_for(Aws(), targets, prod, prepared)
    document = read(stored(account, prod)[f"contracts/{sha256}.json"], sha256)
    assert document.contract is None
    assert document.content_types == (targets.smoke_test.content_type,)
    assert document.accepts == (targets.smoke_test.accept,)


def test_a_schema_that_is_gone_does_not_block_a_rollback(account, targets, capsys):
    package = register(account, SCHEMA)
    account.s3.delete_object(Bucket=BUCKET, Key=KEY)
    assert prepare.resolve_package(Aws(), targets, package).schema is None
    assert "cannot be read, so an API does not check requests" in capsys.readouterr().out


def test_a_schema_that_was_changed_is_refused(account, targets):
    package = register(account, {**SCHEMA, "labels": ["yes", "no"]})
    with pytest.raises(
        Refused, match=r"is not what .* records: its SHA-256 is [0-9a-f]{64}, ModelSchemaSha256"
    ):
        prepare.resolve_package(Aws(), targets, package)


def test_a_schema_without_a_recorded_digest_is_refused(account, targets):
    package = register(account, SCHEMA)
    bare = account.register("Approved", **{MODEL_SCHEMA: f"s3://{BUCKET}/{KEY}"})
    assert prepare.resolve_package(Aws(), targets, package).schema == SCHEMA
    with pytest.raises(Refused, match="ModelSchemaSha256 is None"):
        prepare.resolve_package(Aws(), targets, bare)


@pytest.mark.parametrize("content", [{}, [1], "text", {**SCHEMA, "version": 3}, {**SCHEMA, "columns": []}])
def test_a_schema_of_another_form_is_refused(account, targets, content):
    package = register(account, content)
    with pytest.raises(Refused, match="is not in the expected form"):
        prepare.resolve_package(Aws(), targets, package)


def test_a_document_is_read_only_under_its_own_hash(account, targets):
    made = contracts.document(targets, SCHEMA, None)
    assert read(made.content(), made.sha256).content() == made.content()
    with pytest.raises(ValueError, match="its SHA-256 is"):
        read(made.content() + b" ", made.sha256)


def test_the_schema_goes_along_with_a_copy_and_counts_in_its_checksum(registries):
    uri = registries.put("runs/1/schema.json", b"columns")
    arn = registries.register(CustomerMetadataProperties={MODEL_SCHEMA: uri, contracts.SHA256: "abc"})
    copy = registries.prepare(arn)
    metadata = describe(registries.target, copy.register(registries.target))["CustomerMetadataProperties"]
    assert metadata[MODEL_SCHEMA] != uri and metadata[contracts.SHA256] == "abc"
    assert metadata[MODEL_SCHEMA].endswith("/schema.json"), "the preparation may read only files of this name"
    assert registries.content(metadata[MODEL_SCHEMA]) == b"columns"
    registries.put("runs/1/schema.json", b"others")
    assert registries.prepare(arn).checksum != copy.checksum
