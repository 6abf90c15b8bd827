"""
A make-believe SageMaker runtime on loopback, which speaks the HTTP form of InvokeEndpoint and misbehaves;
beside it as much of S3 as a contract needs, and of Firehose as records do.

What it does with a request is told by the beginning of its inference ID, so that a caller knows what to
expect; it counts what reaches it by that ID.
"""

from __future__ import annotations

import asyncio
import base64
import collections
import json
import threading
from dataclasses import dataclass, field
from typing import Any

SLOW_SECONDS = 0.2
HANG_SECONDS = 30.0


@dataclass
class Seen:
    """What reached the endpoint."""

    arrived: collections.Counter[str] = field(default_factory=collections.Counter)
    requests: list[dict[str, Any]] = field(default_factory=list)
    records: collections.Counter[str] = field(default_factory=collections.Counter)
    """Of predictions, by inference ID."""
    batches: int = 0
    connections: int = 0
    open: int = 0
    most_open: int = 0


class RuntimeServer:
    """Answers in a thread of its own; `seconds` is what an invocation usually takes."""

    def __init__(self, seconds: float = 0.0, *, keep_requests: bool = True) -> None:
        self.seen = Seen()
        self.predicts = False
        """Whether it answers as a model does, and not with what it was sent."""
        self.contract = b""
        self._seconds, self._keep = seconds, keep_requests
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._stopping: asyncio.Event
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        assert started.wait(5)

    @property
    def port(self) -> int:
        assert self._server
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)

    def _run(self, started: threading.Event) -> None:
        async def serve() -> None:
            self._stopping = asyncio.Event()
            self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0, limit=2**24)
            started.set()
            await self._stopping.wait()
            self._server.close()

        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(serve())
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.seen.connections += 1
        self.seen.open += 1
        self.seen.most_open = max(self.seen.most_open, self.seen.open)
        try:
            while await self._request(reader, writer):
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.seen.open -= 1
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection stays."""
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode().rstrip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if first.startswith("GET "):
            _plain(writer, "application/json", self.contract)
            return True
        if headers.get("x-amz-target", "").endswith("PutRecordBatch"):
            await self._keep_records(json.loads(body)["Records"], writer)
            return True
        identifier = headers.get("x-amzn-sagemaker-inference-id", "")
        self.seen.arrived[identifier] += 1
        if self._keep:
            self.seen.requests.append({"first": first, "headers": headers, "body": body})
        return await self._react(identifier, body, headers, writer)

    async def _react(
        self, identifier: str, body: bytes, headers: dict[str, str], writer: asyncio.StreamWriter
    ) -> bool:
        mode = identifier.partition("-")[0]
        again = self.seen.arrived[identifier] > 1
        if self._seconds:
            await asyncio.sleep(self._seconds)
        if mode == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if mode == "hang" or (mode == "closeHang" and again):
            await asyncio.sleep(HANG_SECONDS)
            return False
        if mode == "close" or (mode in ("closeOnce", "closeHang") and not again):
            return False
        if mode == "cut":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: 100\r\n\r\nhalf")
            return False
        if mode == "garbage":
            writer.write(b"\x00\x01 this is no HTTP\r\n\r\n")
            return False
        if mode == "drip":
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/csv\r\ncontent-length: 100000\r\n\r\n")
            for _ in range(100):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.1)
            return False
        if mode == "notJson":
            _error(writer, 400, "", b"<html>no</html>")
            return True
        if mode in _ERRORS or (mode == "throttleOnce" and not again):
            status, kind, content = _ERRORS.get(mode) or _ERRORS["throttle"]
            _error(writer, status, kind, json.dumps(content).encode())
            return True
        answer = _predictions(identifier, body) if self.predicts else identifier.encode() + b":" + body
        if mode == "huge":
            answer = b"x" * (7 * 1024 * 1024)
        _plain(writer, headers.get("accept", "text/csv"), answer)
        return mode != "last"

    async def _keep_records(self, records: list[dict[str, str]], writer: asyncio.StreamWriter) -> None:
        """Every fourth batch is slow, and of every tenth one record is refused."""
        self.seen.batches += 1
        if self.seen.batches % 4 == 0:
            await asyncio.sleep(0.05)
        refused = 0 if self.seen.batches % 10 == 0 else -1
        outcomes: list[dict[str, str]] = []
        for number, record in enumerate(records):
            if number == refused:
                outcomes.append({"ErrorCode": "ServiceUnavailableException", "ErrorMessage": "no"})
                continue
            content = json.loads(base64.b64decode(record["Data"]))
            self.seen.records[content["inferenceId"]] += 1
            outcomes.append({"RecordId": "1"})
        answer = {"FailedPutCount": int(refused == 0), "RequestResponses": outcomes}
        _plain(writer, "application/x-amz-json-1.1", json.dumps(answer).encode())


def _predictions(identifier: str, body: bytes) -> bytes:
    """What a model says that gives back who asked."""
    rows = json.loads(body)["instances"]
    said = {"label": "yes", "probability": 0.75, "id": {"customer": identifier}}
    return json.dumps({"predictions": [said for _ in rows]}).encode()


def _plain(writer: asyncio.StreamWriter, kind: str, body: bytes) -> None:
    writer.write(
        f"HTTP/1.1 200 OK\r\nx-amzn-RequestId: r\r\ncontent-type: {kind}\r\n"
        f"content-length: {len(body)}\r\n\r\n".encode()
        + body
    )


def _of_model(status: int, message: str) -> tuple[int, str, dict[str, Any]]:
    content = {
        "Message": f'Received client error ({status}) from primary with message "{message}".',
        "OriginalMessage": message,
        "OriginalStatusCode": status,
        "LogStreamArn": "",
    }
    return 424, "ModelError", content


_ERRORS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "refuse": _of_model(400, "row 1, column 'age' is 'x', not a finite number"),
    "teapot": _of_model(418, "short and stout"),
    "err": _of_model(500, "Traceback with a caller's data"),
    "throttle": (400, "ThrottlingException", {"message": "Rate exceeded"}),
    "throttled429": (429, "ThrottlingException", {"message": "Rate exceeded"}),
    "cold": (429, "ModelNotReadyException", {"Message": "starting"}),
    "unavailable": (503, "ServiceUnavailable", {"Message": "busy"}),
    "internal": (500, "InternalFailure", {"Message": "oh"}),
    "missing": (400, "ValidationError", {"Message": "Endpoint churn-prod of account not found."}),
    "denied": (403, "AccessDeniedException", {"Message": "not authorized"}),
}


def _error(writer: asyncio.StreamWriter, status: int, kind: str, body: bytes) -> None:
    named = f"x-amzn-errortype: {kind}\r\n" if kind else ""
    writer.write(
        f"HTTP/1.1 {status} Error\r\n{named}content-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n".encode()
        + body
    )
