"""Asks a model server for some seconds: `load.py URL BODY_FILE SECONDS CLIENTS`; prints rate and times as JSON.

Each client has one connection and sends the next request when the answer is there.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlparse

HEADERS = {"Content-Type": "text/csv", "Accept": "text/csv"}


def ask(host: str, body: bytes, end: float, times: list[float]) -> None:
    """Send requests until the end; how long each took."""
    connection = http.client.HTTPConnection(host, timeout=30)
    while time.monotonic() < end:
        begin = time.perf_counter()
        connection.request("POST", "/invocations", body, HEADERS)
        answer = connection.getresponse()
        content = answer.read()
        times.append(time.perf_counter() - begin)
        if answer.status != 200:
            raise SystemExit(f"status {answer.status}: {content[:200]!r}")


def main() -> None:
    """Warm up, ask, print."""
    url, file, seconds, clients = sys.argv[1:5]
    host, body = urlparse(url).netloc, Path(file).read_bytes()
    ask(host, body, time.monotonic() + 1, [])
    each: list[list[float]] = [[] for _ in range(int(clients))]
    begin = time.monotonic()
    threads = [
        threading.Thread(target=ask, args=(host, body, begin + float(seconds), times)) for times in each
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.monotonic() - begin
    times = sorted(value for one in each for value in one)
    p99 = times[int(len(times) * 0.99)]
    print(json.dumps({"rate": len(times) / took, "p50": times[len(times) // 2], "p99": p99}))


if __name__ == "__main__":
    main()
