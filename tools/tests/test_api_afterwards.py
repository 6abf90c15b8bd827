"""The internal extension, against a stand-in for the API that Lambda gives extensions (Extensions API)."""

from __future__ import annotations

import json
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from afterwards import Afterwards


class Lambda:
    """Registers extensions, gives them events, and notes when each asked for the next one."""

    def __init__(self) -> None:
        self.registered: list[tuple[dict[str, str], Any]] = []
        self.status = 200
        self.events: queue.Queue[tuple[int, bytes]] = queue.Queue()
        self.asked = threading.Semaphore(0)
        outer = self

        class Api(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/2020-01-01/extension/register"
                body = self.rfile.read(int(self.headers["content-length"]))
                outer.registered.append((dict(self.headers), json.loads(body)))
                self._answer(outer.status, b"{}")

            def do_GET(self) -> None:
                assert self.path == "/2020-01-01/extension/event/next"
                assert self.headers["Lambda-Extension-Identifier"] == "e-1"
                outer.asked.release()
                self._answer(*outer.events.get())

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Lambda-Extension-Identifier", "e-1")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.address = f"127.0.0.1:{self.server.server_port}"

    def invoke(self, seconds: float = 30) -> None:
        event = {"eventType": "INVOKE", "deadlineMs": int((time.time() + seconds) * 1000), "requestId": "r"}
        self.events.put((200, json.dumps(event).encode()))


@pytest.fixture
def runtime():
    runtime = Lambda()
    yield runtime
    runtime.server.shutdown()
    runtime.server.server_close()


def test_it_registers_for_requests_and_asks_for_the_first_one_at_once(runtime):
    assert Afterwards(runtime.address, lambda _: None, 3).start()
    [(headers, body)] = runtime.registered
    assert headers["Lambda-Extension-Name"] == "predictions"
    # An internal extension cannot register for SHUTDOWN (Lambda guide, Extensions API).
    assert body == {"events": ["INVOKE"]}
    assert runtime.asked.acquire(timeout=5)


def test_the_environment_is_kept_until_the_work_after_a_request_is_done(runtime):
    working, released, given = threading.Event(), threading.Event(), []

    def work(seconds: float) -> None:
        given.append(seconds)
        working.set()
        assert released.wait(5)

    made = Afterwards(runtime.address, work, 3)
    made.start()
    assert runtime.asked.acquire(timeout=5)
    runtime.invoke()
    assert not working.wait(0.1)
    made.request_ended()
    assert working.wait(5)
    assert not runtime.asked.acquire(timeout=0.1)
    released.set()
    assert runtime.asked.acquire(timeout=5)
    assert given == [3]


def test_a_request_that_is_answered_before_the_event_comes_is_not_waited_for(runtime):
    done = threading.Semaphore(0)
    made = Afterwards(runtime.address, lambda _: done.release(), 3)
    made.start()
    for _ in range(3):
        made.request_ended()
        runtime.invoke()
        assert done.acquire(timeout=5)


def test_the_work_has_no_more_time_than_the_function(runtime):
    given: queue.Queue[float] = queue.Queue()
    made = Afterwards(runtime.address, given.put, 3)
    made.start()
    made.request_ended()
    runtime.invoke(seconds=1)
    assert 0 < given.get(timeout=5) <= 0.7


def test_a_request_that_never_ends_is_waited_for_until_the_functions_time_is_over(runtime):
    made = Afterwards(runtime.address, lambda _: pytest.fail("nothing ended"), 3)
    made.start()
    assert runtime.asked.acquire(timeout=5)
    runtime.invoke(seconds=0.5)
    assert runtime.asked.acquire(timeout=5)


@pytest.mark.parametrize("nonsense", [(500, b"{}"), (200, b"no JSON"), (200, b"{}"), (200, b"[]")])
def test_an_answer_that_is_none_ends_nothing(runtime, monkeypatch, nonsense):
    given: queue.Queue[float] = queue.Queue()
    made = Afterwards(runtime.address, given.put, 3)
    made.start()
    made.request_ended()
    runtime.events.put(nonsense)
    runtime.invoke()
    assert given.get(timeout=5) == 3


def test_where_it_cannot_be_registered_it_says_so(runtime):
    runtime.status = 403
    assert not Afterwards(runtime.address, lambda _: None, 3).start()
    assert not Afterwards("127.0.0.1:1", lambda _: None, 3).start()
