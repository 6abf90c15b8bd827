"""Who started an execution of the deploy pipeline; moto knows no executions."""

from __future__ import annotations

from typing import Any

import pytest

from fakes import before_calls, service_error, validate

ALICE = "arn:aws:sts::123456789012:assumed-role/churn-main-releaser/alice"


class Starters:
    """Answers who it was, and whether that may be asked."""

    def __init__(self) -> None:
        self.denied = False
        self.asked: list[str] = []

    def answer(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        assert operation == "GetPipelineExecution", operation
        validate(client, operation, arguments)
        self.asked.append(arguments["pipelineExecutionId"])
        if self.denied:
            raise service_error(operation, "AccessDeniedException")
        trigger = {"triggerType": "StartPipelineExecution", "triggerDetail": ALICE}
        return {"pipelineExecution": {"trigger": trigger}}


@pytest.fixture(autouse=True)
def starters(monkeypatch: pytest.MonkeyPatch) -> Starters:
    found = Starters()
    before_calls(monkeypatch, "codepipeline", found.answer)
    return found
