"""People's programs that call an API all the time, and what they got."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from api_gateway import Answer, Caller, Request
from facts import Environment
from fronts import Fronts
from journey import expect

SECONDS = 30
"""Between two requests of each caller."""
TOKEN = {"iss": "https://login.example.org", "aud": "churn", "sub": "caller"}
USER = "arn:aws:iam::999999999999:user/caller"
KEY = "billing"


@dataclass
class Callers:
    """Callers of one environment's API."""

    fronts: Fronts
    environment: Environment
    rows: list[list[Any]]
    """What each request asks about."""
    got: list[Answer] = field(default_factory=list)
    calling: bool = False
    also: Callable[[], None] = lambda: None
    """Happens with each request."""

    def begin(self) -> None:
        """They begin to call, again and again, whenever time passes."""
        self.calling = True
        self._next()

    def end(self) -> list[Answer]:
        """They stop; what they got since they began."""
        self.calling = False
        got, self.got = self.got, []
        return got

    def _next(self) -> None:
        if self.calling:
            self.got.append(self.ask())
            self.also()
            self.fronts.clock.after(SECONDS, self._next)

    def ask(self, rows: list[list[Any]] | None = None) -> Answer:
        """One request for a prediction."""
        body = json.dumps({"instances": rows or self.rows}).encode()
        return self.send("POST", f"/{self.environment.front.path}", body)

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """One request, with all that the API asks for."""
        headers = {"Content-Type": "application/json"} if body else {}
        return self.send_as(caller(self.environment), method, path, body, headers)

    def send_as(self, who: Caller, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        """One request by somebody."""
        request = Request(method, path, body, headers, who)
        return self.fronts.apis.call(self.environment.place, self.environment.front.name, request)


def caller(environment: Environment) -> Caller:
    """Somebody who may call."""
    if environment.front.per_release:
        return Caller(user=USER, key=f"{environment.front.name}-{KEY}")
    return Caller(claims={**TOKEN, "exp": time.time() + 3600})


def strangers(callers: Callers) -> None:
    """Nobody else gets an answer of the model."""
    environment = callers.environment
    body = json.dumps({"instances": callers.rows}).encode()
    before = len(callers.fronts.lambdas.invoked)
    wrong = (
        [Caller(), Caller(user=USER), Caller(key=f"{environment.front.name}-{KEY}")]
        if environment.front.per_release
        else [
            Caller(), Caller(user=USER), Caller(claims={**TOKEN, "exp": time.time() - 1}),
            Caller(claims={**TOKEN, "aud": "other", "exp": time.time() + 3600}),
            Caller(claims={**TOKEN, "iss": "https://other.example.org", "exp": time.time() + 3600}),
        ]
    )  # fmt: skip
    for who in wrong:
        answer = callers.send_as(who, "POST", f"/{environment.front.path}", body, {"Content-Type": "application/json"})
        expect(answer.status in (401, 403), f"{environment.front.name} answers {answer.status} to {who}")
        expect(not answer.version, f"a version of the handler was called by {who}")
    expect(len(callers.fronts.lambdas.invoked) == before, "a stranger reached the handler")
