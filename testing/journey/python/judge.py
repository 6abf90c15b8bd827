"""Asks the judge, who evaluates the synthesized policies, whether a principal may make calls."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from permissions import Call
from values import Denied, JourneyError


class Judge:
    """A judge at an address on loopback; without one everything is allowed, which only the first steps of a test
    want."""

    def __init__(self, url: str | None) -> None:
        self.questions = 0
        self._address = urlsplit(url) if url else None
        self._connection: http.client.HTTPConnection | None = None

    def ask(self, principal: str, calls: Iterable[Call], outsider: bool = False) -> None:
        """Raises Denied for the first call that is not allowed; an outsider's own policies allow him everything."""
        asked = list(calls)
        self.questions += len(asked)
        for call in asked if self._address else []:
            answer = self._post(principal, call, outsider)
            if not answer["allowed"]:
                raise Denied(principal, call.action, call.resource, str(answer.get("reason")))

    def claims(self, issuer: str = "") -> list[str]:
        """The claims of identity tokens, GitHub's unless said, of which STS makes condition keys."""
        found = self._request("GET", f"/claims/{issuer}" if issuer else "/claims")["claims"]
        assert isinstance(found, list)
        return found

    def _post(self, principal: str, call: Call, outsider: bool) -> dict[str, object]:
        question = {
            "principal": principal,
            "outsider": outsider,
            "calls": [{"action": call.action, "resource": call.resource, "context": call.context}],
        }
        return self._request("POST", "/evaluate", json.dumps(question))

    def _request(self, method: str, path: str, question: str = "") -> dict[str, object]:
        assert self._address and self._address.hostname
        connection = http.client.HTTPConnection(self._address.hostname, self._address.port or 80, timeout=60)
        try:
            connection.request(method, path, question, {"Content-Type": "application/json"})
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise JourneyError(f"the judge cannot answer {question or path}: {body.decode()[:500]}")
        answer: dict[str, object] = json.loads(body)
        return answer
