"""
One process of the load: environments of the handler, each in a thread, each with one request at a time.

Usage: api_load_worker.py FOLDER NAME THREADS REQUESTS SEED. FOLDER holds the handler as deployed. Writes a
line for each request and one at the end; the handler's own lines go to FOLDER/NAME.log.
"""

from __future__ import annotations

import contextlib
import json
import random
import resource
import sys
import threading
import time
from pathlib import Path
from typing import Any

MIX = {
    "ok": 800, "slow": 40, "refuse": 40, "err": 30, "throttle": 15, "throttleOnce": 20, "closeOnce": 20,
    "close": 5, "cut": 5, "garbage": 15, "hang": 10,
}  # fmt: skip
"""Out of a thousand requests."""


class Context:
    aws_request_id = "load"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


def event_of(identifier: str) -> dict[str, Any]:
    rows = [[identifier, 31, "a"], [identifier, 32, "b"]]
    return {
        "version": "2.0",
        "routeKey": "POST /predict",
        "rawPath": "/predict",
        "headers": {"content-type": "application/json", "x-inference-id": identifier},
        "requestContext": {
            "authorizer": {"iam": {"userArn": "arn:aws:iam::333333333333:role/caller"}},
            "domainName": "a.execute-api.eu-west-1.amazonaws.com",
            "http": {"method": "POST", "path": "/predict"},
            "requestId": identifier,
            "stage": "$default",
        },
        "body": json.dumps({"instances": rows}),
        "isBase64Encoded": False,
    }


def main() -> None:
    folder, name, threads, requests, seed = Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:6])
    sys.path.insert(0, str(folder))
    out = sys.stdout
    log = (folder / f"{name}.log").open("w")
    with contextlib.redirect_stdout(log):
        work(name, threads, requests, seed, out)
    log.close()


def work(name: str, threads: int, requests: int, seed: int, out: Any) -> None:
    import handler

    chance = random.Random(seed)
    modes = chance.choices(list(MIX), weights=list(MIX.values()), k=requests)
    waiting = iter([f"{mode}-{name}-{number}" for number, mode in enumerate(modes)])
    lock, found, memory = threading.Lock(), [], []
    handler.answer(event_of(f"ok-{name}-first"), Context())  # what an environment does as it starts
    print("ready", file=out, flush=True)
    sys.stdin.readline()
    started, used = time.monotonic(), time.process_time()

    def environment() -> None:
        while True:
            with lock:
                identifier = next(waiting, None)
                if len(found) in (requests // 4, requests - 1):
                    memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
            if identifier is None:
                return
            answer = handler.answer(event_of(identifier), Context())
            with lock:
                found.append((identifier, answer["statusCode"], answer["body"]))

    running = [threading.Thread(target=environment) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    seconds = time.monotonic() - started
    stream = handler._handler()._stream
    until = time.monotonic() + 10
    while stream is not None and not stream.flush(0.2) and time.monotonic() < until:
        pass
    for identifier, status, body in found:
        print(json.dumps([identifier, status, body if status == 200 else ""]), file=out)
    most = [thread.name for thread in threading.enumerate()]
    end = {"seconds": seconds, "cpu": time.process_time() - used, "memory": memory, "threads": len(most)}
    print(json.dumps(end), file=out, flush=True)


if __name__ == "__main__":
    main()
