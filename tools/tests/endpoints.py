"""Lists of models and endpoint configurations, which moto lacks or does not filter, with own times."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.sagemaker.models import sagemaker_backends

from account import ACCOUNT, REGION
from fakes import before_calls, service_error, validate

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


class Listed:
    """What is listed, in pages of one entry; each thing a second after the one before."""

    def __init__(self) -> None:
        self.refuses = ""
        """An operation that the role may not call."""
        self.asked: list[tuple[str, str]] = []
        """Operations with the name that was looked for."""
        self.seconds: dict[str, int] = {}
        """When something was made, where that is not the order of its number."""

    def answer(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == self.refuses:
            raise service_error(operation, "AccessDeniedException", "not allowed")
        if operation not in ("ListModels", "ListEndpointConfigs"):
            return real(client, operation, arguments)
        validate(client, operation, arguments)
        wanted = arguments.get("NameContains", "")
        self.asked.append((operation, wanted))
        backend = sagemaker_backends[ACCOUNT][REGION]
        models = operation == "ListModels"
        key, word = ("Models", "Model") if models else ("EndpointConfigs", "EndpointConfig")
        known = [n for n in (backend._models if models else backend.endpoint_configs) if wanted in n]
        at = int(arguments.get("NextToken", 0))
        page = [
            {
                f"{word}Name": name,
                f"{word}Arn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{word_of(models)}/{name}",
                "CreationTime": EPOCH
                + timedelta(seconds=self.seconds.get(name, int(name.rsplit("-", 1)[-1]))),
            }
            for name in known[at : at + 1]
        ]
        return {key: page, **({"NextToken": str(at + 1)} if at + 1 < len(known) else {})}


def word_of(models: bool) -> str:
    """The resource type in ARNs."""
    return "model" if models else "endpoint-config"


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Listed:
    found = Listed()
    before_calls(monkeypatch, "sagemaker", found.answer)
    return found
