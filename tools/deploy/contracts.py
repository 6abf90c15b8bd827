"""
Contracts: what requests to an API must be, by the package that is deployed.

The evaluation of a version writes the columns of its model down, and the package names the object and the
digest of its content, as it does with golden rows. A document of both goes into the bucket of each
environment that has an API, under the hash of its content; a version of the API's handler is bound to that
hash.
"""

from __future__ import annotations

import json
from typing import Any

from answers import digest
from api.contract import Contract
from api.document import Document, key_of

import registered
from assets import is_there
from package_request import MODEL_SCHEMA
from registry import Package
from seal import AGAIN
from targets import Environment, Refused, Targets

SHA256 = f"{MODEL_SCHEMA}Sha256"
"""Where the metadata of a package has the digest of its schema."""

LIMIT = 6 * 1024 * 1024
"""Bytes of a schema that are read; its size is that of its categories."""


def fetch(s3: Any, package: Package) -> dict[str, Any] | None:
    """
    The schema that a package names, as it was registered; None, and a word about it, without any.

    One that cannot be read must not block a rollback; one that was changed must not be trusted.
    """
    uri, recorded = package.metadata.get(MODEL_SCHEMA), package.metadata.get(SHA256)
    if not uri:
        print(f"{package.arn} names no schema, so an API takes any request of the smoke test's content type")
        return None
    content = registered.read(
        s3, uri, LIMIT, f"The schema in {uri} cannot be read, so an API does not check requests"
    )
    if content is None:
        return None
    try:
        found: dict[str, Any] = json.loads(content)
        Contract.of(found)
    except ValueError as error:
        raise Refused(
            f"{uri}, the schema of {package.arn}, is not in the expected form ({error}). {AGAIN}"
        ) from error
    if (now := digest(found)) != recorded:
        raise Refused(
            f"{uri} is not what {package.arn} records: its SHA-256 is {now}, {SHA256} is {recorded}. "
            f"Find out who changed it. {AGAIN}"
        )
    return found


def document(targets: Targets, schema: dict[str, Any] | None, golden: dict[str, Any] | None) -> Document:
    """What a package says about its model; the same for every environment."""
    test = targets.smoke_test
    return Document(
        schema=schema,
        golden=golden,
        golden_tolerance=targets.golden_tolerance,
        model_name=targets.registry.rpartition("/")[2],
        content_types=(test.content_type,),
        accepts=(test.accept,),
    )


def check_omitted(environment: Environment, package: str, schema: dict[str, Any] | None) -> None:
    """
    Refuses names of columns that the model does not have: the column that is meant would be stored. Names are
    exact; without a schema no row is kept.
    """
    if not environment.api or schema is None:
        return
    names = Contract.of(schema).names
    if unknown := [name for name in environment.api.omit_columns if name not in names]:
        raise Refused(
            f"{environment.name}: api.predictionLog.omitColumns names "
            f"{', '.join(repr(name) for name in unknown)}, which {package} does not have: a column that must "
            f"not be stored would be. Its columns are {', '.join(names)}. Names are exact: correct the "
            "option, or remove the name from it."
        )


def publish(s3: Any, environment: Environment, made: Document) -> str:
    """Puts a document into the environment's bucket, unless it is there; its hash."""
    key = key_of(made.sha256)
    if is_there(s3, environment, key):
        print(f"{environment.name}: {key} already exists")
        return made.sha256
    s3.put_object(
        Bucket=environment.deployment_bucket,
        Key=key,
        Body=made.content(),
        ContentType="application/json",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=environment.key,
        ExpectedBucketOwner=environment.account,
    )
    print(f"{environment.name}: {key} published")
    return made.sha256
