"""
The handler under load: several processes with several environments each, one endpoint on loopback that is
slow, errs, answers garbage, hangs and breaks off. A short run takes some seconds, TEST_LONG=true a minute.
"""

from __future__ import annotations

import collections
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from api.document import Document

from api_fixtures import SCHEMA, SETTINGS, VARIABLES
from runtime_server import RuntimeServer
from short_run import LONG
from test_api_handler import ROOT, handler_files

PROCESSES, THREADS = 4, 6
REQUESTS = 6000 if LONG else 500
"""Of each process."""

WANTED = 300
"""
Requests a second on two cores: by the time of processors that they took, since a short run shares them with
other tests; by the clock in a long one.
"""

GROWTH = 24 * 1024
"""KB by which a process may grow after the first quarter of its requests."""

STATUSES = {
    "ok": {200}, "slow": {200}, "refuse": {400}, "err": {502}, "throttle": {503}, "throttleOnce": {200},
    "closeOnce": {200}, "close": {502}, "cut": {502}, "garbage": {502}, "hang": {504},
}  # fmt: skip


@pytest.fixture
def server():
    server = RuntimeServer(seconds=0.01, keep_requests=False)
    server.predicts = True
    yield server
    server.stop()


def deployed(folder: Path, server: RuntimeServer) -> dict[str, str]:
    """The handler as it is deployed, and its variables."""
    for file in [*handler_files(), Path(__file__).with_name("api_load_worker.py")]:
        shutil.copy(file, folder)
    shutil.copytree(
        ROOT / "runner/local_runner/api", folder / "api", ignore=shutil.ignore_patterns("__pycache__")
    )
    settings = {**SETTINGS, "timeoutSeconds": 1, "stream": "predictions"}
    (folder / "settings.json").write_text(json.dumps(settings))
    document = Document(SCHEMA, None, 0.001, "churn")
    server.contract = document.content()
    return {
        **VARIABLES,
        "PATH": os.environ["PATH"],
        "CONTRACT": document.sha256,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ENDPOINT_URL": server.url,
    }


def started_with(arguments: list[str], folder: Path, environment: dict[str, str]) -> subprocess.Popen[str]:
    """A process of the load."""
    return subprocess.Popen(
        [sys.executable, "api_load_worker.py", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_no_request_is_lost_and_what_reached_the_endpoint_is_what_the_answers_say(tmp_path, server):
    environment = deployed(tmp_path, server)
    with contextlib.ExitStack() as running:
        arguments = [[str(tmp_path), f"w{i}", str(THREADS), str(REQUESTS), str(i)] for i in range(PROCESSES)]
        workers = [running.enter_context(started_with(given, tmp_path, environment)) for given in arguments]
        for worker in workers:
            assert worker.stdout and worker.stdout.readline() == "ready\n"
        before = server.seen.arrived.total()
        started = time.monotonic()
        for worker in workers:
            assert worker.stdin
            worker.stdin.write("go\n")
            worker.stdin.flush()
        told = [worker.communicate(timeout=400)[0].splitlines() for worker in workers]
        seconds = time.monotonic() - started
        assert [worker.returncode for worker in workers] == [0] * PROCESSES
    answers = [json.loads(line) for lines in told for line in lines[:-1]]
    ends = [json.loads(lines[-1]) for lines in told]
    lines = [json.loads(line) for i in range(PROCESSES) for line in (tmp_path / f"w{i}.log").open()]
    requests = {
        line["inferenceId"]: line for line in lines if line["message"] == "answered" and "inferenceId" in line
    }

    # Each request has exactly one answer, and one line.
    statuses = {identifier: status for identifier, status, _ in answers}
    assert len(answers) == len(statuses) == PROCESSES * REQUESTS
    answered = [line for line in lines if line["message"] == "answered"]
    assert len(answered) == PROCESSES * (REQUESTS + 1)

    # What a request is told is what the endpoint did with it, and nobody gets the answer of another one.
    unasked = {line["requestId"] for line in answered if line.get("why") == "breaker open"}
    for identifier, status, body in answers:
        if identifier not in unasked:
            assert status in STATUSES[identifier.partition("-")[0]], (identifier, status)
        if status == 200:
            assert [row["id"]["customer"] for row in json.loads(body)["predictions"]] == [identifier] * 2

    # What reached the endpoint is what the lines say, request by request.
    attempts = collections.Counter(
        {name: line["attempts"] for name, line in requests.items() if line["attempts"]}
    )
    assert attempts == server.seen.arrived

    # Predictions are kept once each, or counted as not kept.
    predicted = {name for name, line in requests.items() if line["status"] == 200}
    kept = server.seen.records
    assert set(kept) <= predicted
    assert all(count <= 2 for count in kept.values())
    not_kept = sum(line.get("PredictionsNotKept", 0) for line in lines)
    assert kept.total() + not_kept == 2 * len(predicted)

    # Memory and concurrency are bounded: each environment and each stream has a connection; those that the
    # handler gave up stay open at the endpoint, which hangs.
    for end in ends:
        assert end["memory"][-1] - end["memory"][0] < GROWTH, end
        assert end["threads"] <= 3, end
    counted = collections.Counter(statuses.values())
    assert server.seen.most_open <= PROCESSES * (THREADS + 2) + counted[504]

    rate = len(answers) / max(end["seconds"] for end in ends)
    capacity = 2 * len(answers) / sum(end["cpu"] for end in ends)
    print(
        f"\n{len(answers)} requests in {seconds:.1f} s: {rate:.0f} a second here, room for {capacity:.0f} on "
        f"two cores; statuses {dict(sorted(counted.items()))}; "
        f"{server.seen.arrived.total() - before} invocations, at most {server.seen.most_open} connections; "
        f"breaker open for {len(unasked)}; "
        f"{kept.total()} records kept, {not_kept:.0f} not; "
        f"largest process {max(end['memory'][-1] for end in ends) / 1024:.0f} MB"
    )
    assert capacity >= WANTED
    if LONG:
        assert rate >= WANTED
