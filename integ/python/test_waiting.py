"""`start --wait` follows an execution to its end; moto's succeed at once, so here the states are made up."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from conftest import Repository


class Client:
    """Answers with one state after another."""

    def __init__(self, *states: tuple[str, str | None]) -> None:
        self.states = list(states)

    def start_pipeline_execution(self, **_: Any) -> dict[str, str]:
        return {"PipelineExecutionArn": "arn:execution"}

    def describe_pipeline_execution(self, **_: Any) -> dict[str, str]:
        status, reason = self.states.pop(0)
        return {"PipelineExecutionStatus": status} | ({"FailureReason": reason} if reason else {})


def wait_for(repository: Repository, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    from pipelines import deploy
    from pipelines.compiler import State

    monkeypatch.setattr(deploy, "POLL_SECONDS", 0)
    state: Any = State(repository.root)
    state.output.mkdir(parents=True)
    (state.output / "definition.json").write_text(json.dumps({"Parameters": []}), encoding="utf-8")
    deploy.start(state, SimpleNamespace(client=lambda _: client), wait=True)


def test_it_waits_until_the_execution_succeeded(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    client = Client(("Executing", None), ("Executing", None), ("Succeeded", None))
    wait_for(repository, monkeypatch, client)
    assert client.states == []
    assert capsys.readouterr().err == "Executing\nSucceeded\n"


@pytest.mark.parametrize("end", ["Failed", "Stopped"])
def test_any_other_end_is_an_error_with_its_reason(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    from pipelines.errors import PipelineError

    client = Client(("Executing", None), (end, "Quality gate: rmse is 90 but must be <= 75"))
    with pytest.raises(PipelineError, match=f"arn:execution: {end}: Quality gate: rmse is 90"):
        wait_for(repository, monkeypatch, client)
