"""The model's interface, as the contract document of its package has it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.document import NONE, Document, key_of, read
from api.exchange import Model, QueuedModel
from api.predictions import About, PredictionLog
from api.service import Service
from api.service import Settings as ServiceSettings

from settings import Settings

CONTRACT_FILE = "contract.json"
"""The document beside the handler: of an API that no delivery deploys, which has no bucket of contracts."""

UNKNOWN = Document(schema=None, golden=None, golden_tolerance=0, model_name="")
"""Where no package is deployed that says anything."""


def read_contract(s3: Any, settings: Settings) -> Document:
    """The contract document. Raises ValueError for one that is not what its name says."""
    digest = settings.contract
    if digest is None:
        return UNKNOWN
    beside = Path(__file__).parent / CONTRACT_FILE
    content: bytes = (
        beside.read_bytes()
        if beside.is_file()
        else s3.get_object(Bucket=settings.deployment_bucket, Key=key_of(digest))["Body"].read()
    )
    return read(content, digest)


def make_service(
    settings: Settings,
    document: Document,
    model: Model | QueuedModel,
    log: PredictionLog,
    report: Callable[[BaseException], None],
) -> Service:
    """The model's interface, by its contract document."""
    about = About(
        project=settings.project,
        group=settings.group,
        environment=settings.environment,
        package=settings.package,
        endpoint=settings.endpoint,
        version=settings.version,
        model_name=document.model_name,
        contract=settings.contract or NONE,
        release=settings.release_id or NONE,
    )
    set_to = ServiceSettings(
        path=settings.path,
        kind=settings.kind,
        max_payload_bytes=settings.max_payload_bytes,
        content_types=document.content_types or ServiceSettings.content_types,
        accepts=document.accepts or ServiceSettings.accepts,
        security="+".join([settings.authorization.type, *(["key"] if settings.needs_key else [])]),
        omit_columns=settings.omit_columns,
        title=document.model_name or ServiceSettings.title,
    )
    return Service(document.contract, model, log, about, set_to, report)
