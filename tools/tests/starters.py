"""Who starts, and started, executions of the deploy pipeline; moto knows no executions."""

from __future__ import annotations

from typing import Any

import pytest

from fakes import before_calls, service_error, validate

ALICE = "arn:aws:sts::123456789012:assumed-role/churn-main-releaser/alice"


class Starters:
    """Answers who it was, and whether that may be asked; starts executions, one for each token."""

    def __init__(self) -> None:
        self.denied = False
        self.asked: list[str] = []
        self.started: list[dict[str, Any]] = []

    def answer(self, _: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        if operation == "StartPipelineExecution":
            return self._start(operation, arguments)
        assert operation == "GetPipelineExecution", operation
        self.asked.append(arguments["pipelineExecutionId"])
        if self.denied:
            raise service_error(operation, "AccessDeniedException")
        trigger = {"triggerType": "StartPipelineExecution", "triggerDetail": ALICE}
        return {"pipelineExecution": {"trigger": trigger}}

    def _start(self, operation: str, arguments: dict[str, Any]) -> dict[str, str]:
        if self.denied:
            raise service_error(operation, "AccessDeniedException")
        tokens = [a["clientRequestToken"] for a in self.started]
        if arguments["clientRequestToken"] not in tokens:
            self.started.append(arguments)
            tokens.append(arguments["clientRequestToken"])
        return {"pipelineExecutionId": f"return-{tokens.index(arguments['clientRequestToken']) + 1}"}


@pytest.fixture(autouse=True)
def starters(monkeypatch: pytest.MonkeyPatch) -> Starters:
    found = Starters()
    before_calls(monkeypatch, "codepipeline", found.answer)
    return found
