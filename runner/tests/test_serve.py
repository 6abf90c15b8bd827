"""The serve command: a registered version answers as an endpoint does, and only this machine's own pages."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_runner.serve import LIMIT_BYTES
from local_runner.serve_page import page

from .conftest import Repository

CSV = {"Content-Type": "text/csv", "Accept": "text/csv"}


@dataclass
class Served:
    """A server in a process of its own, and what it has printed."""

    process: subprocess.Popen[str]
    lines: list[str]
    port: int

    def ask(
        self, method: str, path: str, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheader("Content-Type", ""), answer.read().decode()
        finally:
            connection.close()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=30)


def start(repository: Repository, *arguments: str) -> Served:
    process = repository.start("serve", "--port", "0", *arguments)
    lines: list[str] = []
    assert process.stdout
    first = process.stdout.readline()
    assert " is served at http://127.0.0.1:" in first, first + "".join(process.communicate(timeout=30))
    lines.append(first)
    threading.Thread(target=lambda: lines.extend(process.stdout or ()), daemon=True).start()
    return Served(process, lines, int(first.partition("127.0.0.1:")[2].partition(";")[0]))


@pytest.fixture
def trained(repository: Repository) -> Repository:
    for depth in (1, 2):
        repository.run("run", "--set", f"max_depth={depth}")
    return repository


@pytest.fixture
def served(trained: Repository) -> Iterator[Served]:
    server = start(trained)
    yield server
    if server.process.poll() is None:
        server.stop()


def test_it_answers_as_the_container_does_and_logs_request_and_answer(served: Served) -> None:
    assert "demo version 2 is served" in served.lines[0]
    assert served.ask("GET", "/ping")[0] == 200
    assert served.ask("POST", "/invocations", "1.5\n99.5\n", CSV) == (200, "text/csv", "0\n1\n")
    assert served.stop() == 0
    assert any("200" in line and "1.5 ..." in line and "-> 0 ..." in line for line in served.lines)
    assert served.lines[-1] == "stopped\n"
    assert any(
        line.strip()
        == f"curl --data-binary @FILE.csv -H 'Content-Type: text/csv' http://127.0.0.1:{served.port}"
        "/invocations"
        for line in served.lines
    )


def test_a_version_can_be_named(trained: Repository) -> None:
    server = start(trained, "demo/1")
    assert "demo version 1 is served" in server.lines[0]
    server.stop()


def test_requests_at_the_same_time_are_answered_one_after_another(served: Served) -> None:
    with ThreadPoolExecutor(8) as pool:
        bodies = [f"{i * 12.5}\n" for i in range(24)]
        answers = list(pool.map(lambda body: served.ask("POST", "/invocations", body, CSV)[2], bodies))
    alone = [served.ask("POST", "/invocations", body, CSV)[2] for body in bodies]
    assert answers == alone and set(answers) == {"0\n", "1\n"}


def test_an_answer_comes_in_one_piece(served: Served) -> None:
    """Of two pieces the second waits for the client's acknowledgement: 40 ms for each request."""
    body = b"1.5\n"
    request = (
        f"POST /invocations HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nContent-Type: text/csv\r\n"
        f"Accept: text/csv\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    with socket.create_connection(("127.0.0.1", served.port), 30) as connection:
        for _ in range(5):
            connection.sendall(request)
            answer = connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"\r\n\r\n0\n")


def test_what_the_model_code_raises_is_a_status_500_and_the_next_request_is_answered(served: Served) -> None:
    status, kind, text = served.ask("POST", "/invocations", "no number\n", CSV)
    assert (status, kind) == (500, "text/plain")
    assert "could not convert string to float" in text
    assert served.ask("POST", "/invocations", "1.5\n", CSV)[0] == 200


def test_other_paths_and_requests_without_or_with_too_long_a_length_are_refused(served: Served) -> None:
    assert served.ask("GET", "/other")[0] == 404
    assert served.ask("POST", "/other", "1\n", CSV)[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.putrequest("POST", "/invocations")
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    connection.putrequest("POST", "/invocations")
    connection.putheader("Content-Length", str(LIMIT_BYTES + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:PORT"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:PORT", "Origin": "http://localhost:PORT"}, 200),
        ({"Origin": "http://127.0.0.1:PORT"}, 200),
    ],
)
def test_pages_of_other_sites_get_no_answer(served: Served, headers: dict[str, str], status: int) -> None:
    own = {name: value.replace("PORT", str(served.port)) for name, value in headers.items()}
    assert served.ask("POST", "/invocations", "1.5\n", {**CSV, **own})[0] == status
    assert served.ask("GET", "/", None, own)[0] == status


def test_a_port_that_is_taken_is_named_with_the_remedy(trained: Repository, served: Served) -> None:
    said = trained.run("serve", "--port", str(served.port), code=1)
    assert f"port {served.port} cannot be used" in said and "choose another with --port" in said


def test_without_a_model_the_remedy_is_told(repository: Repository) -> None:
    assert (
        "There is no model to serve: the local registry is empty. Run the pipeline first"
        in repository.run("serve", code=1)
    )


def test_nothing_is_left_behind(trained: Repository) -> None:
    server = start(trained)
    assert list((trained.work / "tmp").glob("serve-*"))
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=30) == 0
    assert not list((trained.work / "tmp").glob("serve-*"))


def test_it_can_be_stopped_while_the_model_is_loaded_and_leaves_nothing(trained: Repository) -> None:
    process = trained.start("serve", "--port", "0")
    folder = trained.work / "tmp"
    for _ in range(600):
        if list(folder.glob("serve-*/jobs/serve/opt/ml/model/*")):
            break
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    output, problems = process.communicate(timeout=30)
    assert (process.returncode, output.splitlines()[-1], problems) == (0, "stopped", "")
    assert not list(folder.glob("serve-*"))


def test_a_model_that_cannot_be_loaded_says_why(trained: Repository) -> None:
    history = trained.work / "registry" / "demo" / "history.jsonl"
    event = json.loads(history.read_text().splitlines()[-1])
    container = event["package"]["InferenceSpecification"]["Containers"][0]
    event["version"], container["ModelDataUrl"] = 3, "s3://artifacts/demo/nowhere/model.tar.gz"
    with history.open("a") as file:
        file.write(json.dumps(event) + "\n")
    assert "nowhere" in trained.run("serve", "demo/3", code=1)


# The page


def test_the_page_has_a_field_for_each_column_whatever_their_names(tmp_path: Path) -> None:
    columns = [
        {"name": "age", "kind": "number", "categories": []},
        {"name": '<b>"plan"</b>', "kind": "category", "categories": ["basic", 'a "b" <c>']},
    ]
    (tmp_path / "schema.json").write_text(json.dumps({"columns": columns}))
    text = page("demo version 1", tmp_path).decode()
    assert text.count("data-column") == 2 + 1  # The script names it once.
    assert "<b>" not in text and "&lt;b&gt;&quot;plan&quot;&lt;/b&gt; (category)" in text
    assert '<option value="a &quot;b&quot; &lt;c&gt;">' in text


@pytest.mark.parametrize("schema", [None, "{}", "[1]", '{"columns": [1]}', "no JSON"])
def test_without_a_schema_the_page_takes_rows(tmp_path: Path, schema: str | None) -> None:
    if schema is not None:
        (tmp_path / "schema.json").write_text(schema)
    assert b'<textarea name="rows">' in page("demo version 1", tmp_path)
