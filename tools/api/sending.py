"""
Sends a signed request of the SDK over a kept connection, within the time that is left for it.

The SDK has one time-out for all requests of a client, for each read of a socket. Here each request has its
own, for all of it; and an error says whether anything was sent, which decides whether to ask again.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib
import io
import os
import select
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

_awsrequest: Any = importlib.import_module("botocore.awsrequest")
_httpsession: Any = importlib.import_module("botocore.httpsession")

CONNECT_SECONDS = 2.0
"""How long to wait for a connection; an endpoint of AWS in the same region takes milliseconds."""

LARGEST_ANSWER = 6 * 1024 * 1024
"""Bytes of an answer; a function cannot return more (Lambda guide, quotas)."""

KEPT = 4
"""Connections that are kept; one environment of a function answers one request at a time."""

_PIECE = 64 * 1024


class NotSent(Exception):
    """No connection came about, so nothing was sent."""


class Closed(Exception):
    """The connection broke before the whole answer was there."""


class TimedOut(Exception):
    """The time was over; the endpoint may still be working on the request."""


class Garbled(Exception):
    """What came is no answer in HTTP, or too large a one."""


class _Body(io.BytesIO):
    """An answer as the SDK reads it."""

    def stream(self, *_: Any, **__: Any) -> Iterator[bytes]:
        yield self.getvalue()


class Sender:
    """Hangs itself before the sending of a client; `deadline` gives the end of the request at hand."""

    def __init__(self, deadline: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
        self._deadline, self._clock = deadline, clock
        self._lock = threading.Lock()
        self._kept: dict[tuple[str, str], list[http.client.HTTPConnection]] = {}
        self._tls: ssl.SSLContext | None = None

    def serve(self, client: Any) -> None:
        """Sends all requests of a client from now on."""
        client.meta.events.register(f"before-send.{client.meta.service_model.service_name}", self._send)

    def _send(self, request: Any, **_: Any) -> Any:
        address = urlsplit(request.url)
        where = (address.scheme, address.netloc)
        target = f"{address.path or '/'}{f'?{address.query}' if address.query else ''}"
        connection = self._taken(where)
        try:
            self._connect(connection)
            answer = self._exchange(connection, request, target)
        except BaseException:
            connection.close()
            raise
        self._keep(where, connection)
        return answer

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        if connection.sock is not None:
            return
        connection.timeout = min(CONNECT_SECONDS, self._left())
        try:
            connection.connect()
        except (OSError, ssl.CertificateError) as error:
            raise NotSent(type(error).__name__) from error

    def _exchange(self, connection: http.client.HTTPConnection, request: Any, target: str) -> Any:
        sock = connection.sock
        try:
            sock.settimeout(self._left())
            connection.request(request.method, target, request.body, dict(request.headers.items()))
            sock.settimeout(self._left())
            answer = connection.getresponse()
            body = self._read(answer, sock)
        except TimeoutError as error:
            raise TimedOut("the endpoint did not answer in time") from error
        except (http.client.IncompleteRead, OSError) as error:  # RemoteDisconnected is an OSError
            raise Closed(type(error).__name__) from error
        except (http.client.HTTPException, ValueError) as error:
            raise Garbled(type(error).__name__) from error
        headers = _awsrequest.HeadersDict(answer.headers.items())
        return _awsrequest.AWSResponse(request.url, answer.status, headers, _Body(body))

    def _read(self, answer: http.client.HTTPResponse, sock: Any) -> bytes:
        expected = answer.length
        pieces: list[bytes] = []
        size = 0
        while expected is None or size < expected:
            with contextlib.suppress(OSError):  # where the last piece has come, the socket may be closed
                sock.settimeout(self._left())
            piece = answer.read1(_PIECE)
            if not piece:
                break
            size += len(piece)
            if size > LARGEST_ANSWER:
                raise Garbled(f"the answer has more than {LARGEST_ANSWER} bytes")
            pieces.append(piece)
        if expected is not None and size < expected:
            raise Closed(f"{size} of {expected} bytes")
        answer.close()
        return b"".join(pieces)

    def _left(self) -> float:
        left = self._deadline() - self._clock()
        if left <= 0:
            raise TimedOut("the time is over")
        return left

    def _taken(self, where: tuple[str, str]) -> http.client.HTTPConnection:
        """A connection that the other side has not closed meanwhile, as far as one can see; or a new one."""
        while True:
            with self._lock:
                kept = self._kept.get(where)
                connection = kept.pop() if kept else None
            if connection is None:
                return self._made(*where)
            if connection.sock is not None and not select.select([connection.sock], [], [], 0)[0]:
                return connection
            connection.close()

    def _made(self, scheme: str, place: str) -> http.client.HTTPConnection:
        if scheme == "http":
            return http.client.HTTPConnection(place)
        if self._tls is None:
            authorities = os.environ.get("AWS_CA_BUNDLE") or _httpsession.get_cert_path(True)
            self._tls = ssl.create_default_context(cafile=authorities)
        return http.client.HTTPSConnection(place, context=self._tls)

    def _keep(self, where: tuple[str, str], connection: http.client.HTTPConnection) -> None:
        with self._lock:
            kept = self._kept.setdefault(where, [])
            if connection.sock is not None and len(kept) < KEPT:
                kept.append(connection)
                return
        connection.close()
