"""The handler's model: an endpoint on loopback that answers, refuses, hangs, breaks off, talks nonsense."""

from __future__ import annotations

import datetime
import itertools
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from api.exchange import Answer, NotAnswered
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

import model
from api_fixtures import request
from breaker import Breaker
from model import Endpoint, deadline_of_request, runtime_client
from runtime_server import RuntimeServer
from sending import Sender
from trace_context import parse

NUMBERS = itertools.count()

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def server(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    server = RuntimeServer()
    yield server
    server.stop()


def endpoint(server: RuntimeServer | str, **more: Any) -> Endpoint:
    url = server if isinstance(server, str) else server.url
    client = runtime_client(Sender(deadline_of_request), endpoint_url=url)
    return Endpoint(client, "churn-dev", **{"breaker": Breaker(failures=10_000), **more})


def ask(asked: Endpoint, mode: str = "ok", seconds: float = 1.0) -> tuple[Any, Any]:
    """What comes of a request that is called so, and what was noted about it."""
    with request(seconds) as observed:
        try:
            name = f"{mode}-{next(NUMBERS)}"
            return asked.predict(b"1,2\n", "text/csv", "text/csv", name, observed.deadline), observed
        except NotAnswered as refusal:
            return refusal, observed


def test_a_request_reaches_the_endpoint_as_sagemaker_wants_it_and_the_answer_comes_back(server):
    with request() as observed:
        observed.trace = parse(TRACE)
        answer = endpoint(server).predict(b"1,2\n", "text/csv", "application/json", "ok-a", observed.deadline)
    assert answer == Answer("application/json", b"ok-a:1,2\n")
    [seen] = server.seen.requests
    assert seen["first"] == "POST /endpoints/churn-dev/invocations HTTP/1.1"
    assert seen["body"] == b"1,2\n"
    assert {
        name: seen["headers"][name] for name in seen["headers"] if name.startswith(("x-amzn", "content-t"))
    } == {
        "content-type": "text/csv",
        "x-amzn-sagemaker-inference-id": "ok-a",
        "x-amzn-sagemaker-custom-attributes": f"traceparent={TRACE}",
    }
    assert seen["headers"]["accept"] == "application/json"
    assert seen["headers"]["authorization"].startswith("AWS4-HMAC-SHA256 ")
    assert (observed.attempts, observed.inference_id) == (1, "ok-a")
    assert observed.model_seconds is not None


@pytest.mark.parametrize(
    ("mode", "kind", "attempts"),
    [
        ("throttle", "busy", 3),
        ("throttled429", "busy", 3),
        ("cold", "busy", 3),
        ("unavailable", "busy", 3),
        ("internal", "failed", 3),
        ("close", "failed", 3),
        ("cut", "failed", 3),
        ("err", "failed", 1),
        ("missing", "failed", 1),
        ("denied", "failed", 1),
        ("garbage", "failed", 1),
        ("notJson", "failed", 1),
        ("huge", "failed", 1),
        ("hang", "timeout", 1),
        ("drip", "timeout", 1),
    ],
)
def test_what_is_safe_is_sent_again_and_nothing_else(server, mode, kind, attempts):
    refusal, observed = ask(endpoint(server, sleep=lambda _: None), mode)
    assert (refusal.kind, str(refusal)) == (kind, "")
    assert observed.attempts == attempts == sum(server.seen.arrived.values())


@pytest.mark.parametrize("mode", ["throttleOnce", "closeOnce"])
def test_a_second_attempt_that_is_answered_is_the_answer(server, mode):
    answer, observed = ask(endpoint(server), mode)
    assert answer.body.startswith(mode.encode())
    assert observed.attempts == 2


@pytest.mark.parametrize(("mode", "status", "words"), [("refuse", 400, "'age'"), ("teapot", 418, "stout")])
def test_a_request_that_the_model_refuses_is_refused_in_its_own_words(server, mode, status, words):
    refusal, _ = ask(endpoint(server), mode)
    assert (refusal.kind, refusal.status) == ("refused", status)
    assert words in str(refusal)


def test_an_error_of_the_model_keeps_its_words_to_itself(server):
    refusal, _ = ask(endpoint(server), "err")
    assert "Traceback" not in str(refusal)


@pytest.mark.parametrize("mode", ["hang", "drip", "closeHang"])
def test_the_time_for_a_request_is_for_all_of_it(server, mode):
    started = time.monotonic()
    refusal, _ = ask(endpoint(server), mode, seconds=0.5)
    assert refusal.kind == "timeout"
    assert time.monotonic() - started < 0.8


def test_pauses_have_full_jitter_and_grow(server):
    asked: list[tuple[float, float]] = []
    pauses: list[float] = []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return high

    ask(endpoint(server, sleep=pauses.append, jitter=jitter), "throttle", seconds=5)
    assert asked == [(0, model.BASE_SECONDS), (0, 2 * model.BASE_SECONDS), (0, 4 * model.BASE_SECONDS)]
    assert pauses == [model.BASE_SECONDS, 2 * model.BASE_SECONDS]


def test_nothing_is_sent_again_that_could_not_be_answered_in_time(server):
    refusal, observed = ask(endpoint(server, jitter=lambda _, high: 5.0), "throttle", seconds=1)
    assert (refusal.kind, observed.attempts) == ("busy", 1)


def test_without_time_nothing_is_asked(server):
    refusal, observed = ask(endpoint(server), seconds=0.01)
    assert (refusal.kind, observed.attempts, server.seen.connections) == ("timeout", 0, 0)


def test_where_nobody_listens_nothing_was_sent(server):
    asked = endpoint(server)
    server.stop()
    refusal, observed = ask(asked)
    assert (refusal.kind, observed.attempts) == ("failed", 3)
    assert observed.why == "NotSent: ConnectionRefusedError"


def test_connections_are_kept_and_one_that_was_closed_meanwhile_is_not_used(server):
    asked = endpoint(server)
    for _ in range(5):
        assert isinstance(ask(asked)[0], Answer)
    assert server.seen.connections == 1
    ask(asked, "last")
    time.sleep(0.05)
    for _ in range(3):
        answer, observed = ask(asked)
        assert isinstance(answer, Answer) and observed.attempts == 1
    assert server.seen.connections == 2


def test_an_answer_after_its_time_is_nobody_elses(server):
    asked = endpoint(server)
    for _ in range(3):
        assert ask(asked, "slow", seconds=0.1)[0].kind == "timeout"
        answer, _ = ask(asked, "ok")
        assert answer.body.startswith(b"ok-")


class TestBreaker:
    """What happens to requests while an endpoint fails again and again."""

    def setup_method(self) -> None:
        self.now = 100.0
        self.breaker = Breaker(failures=3, seconds=5, clock=lambda: self.now, jitter=lambda: 0.0)

    def test_it_opens_after_consecutive_failures_lets_one_try_and_closes_when_that_is_answered(self, server):
        asked = endpoint(server, breaker=self.breaker)
        for _ in range(3):
            assert ask(asked, "err")[0].kind == "failed"
        refusal, observed = ask(asked)
        assert (refusal.kind, observed.attempts, observed.why) == ("busy", 0, "breaker open")
        assert observed.retry_after == 5
        self.now += 5
        assert isinstance(ask(asked)[0], Answer)
        assert isinstance(ask(asked)[0], Answer)
        assert sum(server.seen.arrived.values()) == 5

    def test_a_failed_try_opens_it_again(self, server):
        asked = endpoint(server, breaker=self.breaker)
        for _ in range(3):
            ask(asked, "garbage")
        self.now += 5
        assert ask(asked, "err")[0].kind == "failed"
        assert ask(asked)[1].why == "breaker open"

    def test_only_one_request_tries(self):
        for _ in range(3):
            self.breaker.failed()
        self.now += 6
        assert self.breaker.wait() is None
        assert self.breaker.wait() == 5
        self.breaker.succeeded()
        assert self.breaker.wait() is None
        assert self.breaker.wait() is None

    @pytest.mark.parametrize("mode", ["refuse", "ok"])
    def test_an_answer_between_failures_keeps_it_closed(self, server, mode):
        asked = endpoint(server, breaker=self.breaker)
        for _ in range(4):
            ask(asked, "err")
            ask(asked, mode)
            ask(asked, "err")
            ask(asked, mode)
        assert ask(asked)[1].why is None

    def test_throttling_does_not_open_it(self, server):
        asked = endpoint(server, breaker=self.breaker, sleep=lambda _: None)
        for _ in range(5):
            assert ask(asked, "throttle")[1].attempts == 3

    def test_a_try_that_ends_without_an_outcome_leaves_the_next_one_to_try(self):
        for _ in range(3):
            self.breaker.failed()
        self.now += 6
        assert self.breaker.wait() is None
        self.breaker.unknown()
        assert self.breaker.wait() is None


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "certificate.pem", folder / "key.pem"
    public.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return public, private


class _Greeting(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-type", "text/csv")
        self.send_header("content-length", "3")
        self.end_headers()
        self.wfile.write(b"yes")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("trusted", [True, False])
def test_only_an_endpoint_with_a_certificate_that_is_trusted_is_asked(tmp_path, monkeypatch, server, trusted):
    public, private = _certificate(tmp_path)
    secure = HTTPServer(("127.0.0.1", 0), _Greeting)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(public, private)
    secure.socket = tls.wrap_socket(secure.socket, server_side=True)
    monkeypatch.setattr(secure, "handle_error", lambda *_: None)
    thread = threading.Thread(target=secure.serve_forever, daemon=True)
    thread.start()
    if trusted:
        monkeypatch.setenv("AWS_CA_BUNDLE", str(public))
    try:
        answer, observed = ask(endpoint(f"https://127.0.0.1:{secure.server_port}"), seconds=2)
        if trusted:
            assert answer == Answer("text/csv", b"yes")
        else:
            assert (answer.kind, observed.why) == ("failed", "NotSent: SSLCertVerificationError")
    finally:
        secure.shutdown()
        thread.join()
        secure.server_close()
