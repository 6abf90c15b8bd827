"""
Work after a response: an internal extension of the function.

Lambda freezes an environment once the function has returned and every extension has asked for the next event.
So this one, a thread that is registered as an extension, asks only when the records of the request are handed
over, while the caller has had the response all along (Lambda guide, "Augment Lambda functions using Lambda
extensions"; AWS Compute Blog, "Performance and functionality improvements for AWS Lambda extensions": the
response is returned "without waiting for the extensions to finish"). Lambda bills that time.
"""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable

NAME = "predictions"

_VERSION = "2020-01-01"

_OK = 200

_IDENTIFIER = "Lambda-Extension-Identifier"

AGAIN_SECONDS = 0.1
"""After an answer of the runtime's API that is none."""


RESERVE_SECONDS = 0.3
"""Before the function's time is over: what is still running then ends the environment."""


class Afterwards:
    """The extension of one environment; `work` is done after each request, in the seconds it is given."""

    def __init__(self, address: str, work: Callable[[float], object], longest: float) -> None:
        self._address, self._work, self._longest = address, work, longest
        self._ended = threading.Semaphore(0)

    def start(self) -> bool:
        """Registers, which is possible only before the first request; whether it worked."""
        try:
            status, identifier, _ = self._ask(
                "POST",
                "register",
                {"Lambda-Extension-Name": NAME},
                json.dumps({"events": ["INVOKE"]}),
                timeout=2,
            )
        except (OSError, http.client.HTTPException):
            return False
        if status != _OK or not identifier:
            return False
        threading.Thread(target=self._run, args=(identifier,), daemon=True, name="afterwards").start()
        return True

    def request_ended(self) -> None:
        """The function is about to return."""
        self._ended.release()

    def _run(self, identifier: str) -> None:
        while True:
            try:
                status, _, event = self._ask("GET", "event/next", {_IDENTIFIER: identifier})
                left = json.loads(event)["deadlineMs"] / 1000 - time.time() - RESERVE_SECONDS
            except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
                status, left = 0, 0.0
            if status != _OK:  # not to ask again would keep the environment busy until the time-out
                threading.Event().wait(AGAIN_SECONDS)
                continue
            until = time.monotonic() + left
            if self._ended.acquire(timeout=max(0.0, left)):
                self._work(max(0.0, min(self._longest, until - time.monotonic())))

    def _ask(
        self,
        method: str,
        what: str,
        headers: dict[str, str],
        body: str | None = None,
        timeout: float | None = None,
    ) -> tuple[int, str | None, bytes]:
        """`event/next` answers when the next request comes, however long that takes."""
        connection = http.client.HTTPConnection(self._address, timeout=timeout)
        try:
            connection.request(method, f"/{_VERSION}/extension/{what}", body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheader(_IDENTIFIER), answer.read()
        finally:
            connection.close()
