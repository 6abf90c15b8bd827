"""The runner's model server and the toolkit's own answer the same requests with the same status and body.

One script answers with whatever expression a request holds, so that each row of a table is one answer of an
`output_fn`; another has no function but `model_fn`, so that the images' defaults answer (imitated, see
`imitated.py`; the runner's are its own).
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import FRAMEWORKS, SERVED
from image import Container, Server

WORKER = Path(__file__).parents[2] / "runner" / "local_runner" / "serving" / "worker.py"
BROKEN = (500, "", "")
Reply = tuple[int, str, str]
Ask = Callable[[bytes, Mapping[str, str]], Reply]

ECHO = """
import os, pathlib
import numpy as np
def model_fn(model_dir): return model_dir
def input_fn(body, content_type):
    return body if isinstance(body, str) else body.decode(), type(body), content_type
def predict_fn(data, model): return data
def output_fn(data, accept):
    body, kind, content_type = data
    return eval(body)
"""
ANSWERS = [
    "'x'", "b'x'", "('x', 'text/plain')", "('é', 'text/csv; charset=utf-8')", "('x', None)", "('x',)", "()",
    "('x', 'text/csv', 3)", "(None, 'text/csv')", "(['a', 'b'], 'text/csv')", "([], 'text/csv')",
    "({'a': 1}, 'text/csv')", "(3, 'text/csv')", "(np.array([1.0]), 'text/csv')", "(iter([1]), 'text/csv')",
    "iter(['a', 'b'])", "None", "3", "np.float64(3)", "np.array([1.0, 2.0])", "[1.0]", "[]",
    "[np.float64(1)]", "[np.float32(1)]", "[0.1, {'z': 1, 'b': 'é'}]", "{'b': 1, 'a': 2}", "bytearray(b'x')",
    "1 / 0",
    "repr((kind, content_type, accept))", "os.path.basename(os.path.dirname(__file__))",
    "open('beside.txt').read()", "(pathlib.Path(__file__).parent / 'beside.txt').read_text()",
]  # fmt: skip
HEADERS: list[dict[str, str]] = [
    {}, {"Accept": "*/*"}, {"Accept": ""}, {"Accept": "text/csv"}, {"Accept": "text/csv, */*"},
    {"Content-Type": "text/csv"}, {"Content-Type": "text/csv; charset=utf-8"}, {"Content-Type": "image/png"},
    {"Content-Type": "application/json"},
]  # fmt: skip

DEFAULTS = {
    "xgboost": """
import numpy as np, xgboost
def model_fn(model_dir):
    data, label = np.arange(40.0).reshape(20, 2), np.arange(20.0)
    data[15:] = np.nan  # so that a missing value is not answered like a small one
    return xgboost.train({"nthread": 1}, xgboost.DMatrix(data, label=label), 3)
""",
    "sklearn": """
import numpy as np
from sklearn.linear_model import LinearRegression
def model_fn(model_dir):
    data = np.arange(40.0).reshape(20, 2)
    return LinearRegression().fit(data, data[:, 0])
""",
}
BODIES: list[tuple[str, bytes]] = [
    ("text/csv", b"0.1,0.2\n0.3,0.4"), ("application/json", b"[[0.1, 0.2]]"),
    ("text/csv", b"1,2\n3,4"), ("text/csv", b"1,2\n3,4\n"), ("text/csv", b"1,2"), ("text/csv", b"1;2\n3;4"),
    ("text/csv", b"1,\n3,4"), ("text/csv", b"1,2\n,"), ("text/csv", b"a,b\n1,2"), ("text/csv", b"5"),
    ("text/csv", b""),
    ("text/csv", b"1,2\n3"), ("text/csv", b'"1","2"\n"3","4"'), ("text/csv", b"1\t2\n3\t4"),
    ("text/csv; charset=utf-8", b"1,2\n3,4"), ("TEXT/CSV", b"1,2\n3,4"),
    ("text/libsvm", b"0 1:1 2:2\n0 1:3 2:4"), ("text/x-libsvm", b"0:1 1:2\n0:3"), ("text/libsvm", b"0 1:1"),
    ("text/libsvm", b"0"), ("text/libsvm", b"1 a:b"), ("application/json", b"[[1, 2], [3, 4]]"),
    ("application/json", b"[1, 2]"), ("application/json", b'{"instances": [[1, 2]]}'),
    ("application/json", b"{"),
    ("", b"[[1, 2]]"), ("application/x-npy", b"npy"), ("application/x-npy", b"broken"),
    ("application/octet-stream", b"1,2"), ("image/png", b"1,2"),
]  # fmt: skip
ACCEPTS = ["text/csv", "application/json", "application/x-npy", "text/csv; charset=utf-8", "image/png"]


@dataclass
class Worker:
    """The process that the runner asks; it gets what the runner's own side of it would send."""

    process: subprocess.Popen[bytes]

    def ask(self, body: bytes, headers: Mapping[str, str]) -> Reply:
        """Status, content type and text of an answer."""
        assert self.process.stdin and self.process.stdout
        header = {"contentType": headers.get("Content-Type", ""), "accept": headers.get("Accept", "")}
        self.process.stdin.write(json.dumps({"length": len(body), **header}).encode() + b"\n" + body)
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        text = self.process.stdout.read(answer.get("length", 0))
        if "error" in answer:
            return int(answer["status"]), "", ""
        return answer["status"], answer["accept"].partition(";")[0], text.decode("utf-8", "replace")


@contextmanager
def both(root: Path, framework: str, script: str) -> Iterator[tuple[Ask, Ask]]:
    """A server of the image and the runner's, with one script."""
    container = Container(root, framework)
    code = container.ml / "model" / "code"
    code.mkdir(parents=True)
    (code / "inference.py").write_text(script)
    (code / "beside.txt").write_text("beside")
    variables = {**SERVED, "SAGEMAKER_SUBMIT_DIRECTORY": str(code)}
    with container.server(variables) as server:
        assert server.started, server.log
        # The toolkit has put the code there by now, and so does the runner.
        arguments = [str(container.ml / "model"), str(container.ml / "code"), "inference", framework, "image"]
        pipe = subprocess.PIPE
        with subprocess.Popen(
            [sys.executable, str(WORKER), *arguments],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            cwd="/", stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL,
        ) as process:  # fmt: skip
            assert process.stdin and process.stdout
            with closing(process.stdin):
                assert json.loads(process.stdout.readline()) == {"ready": True}
                yield asked(server), Worker(process).ask


def asked(server: Server) -> Ask:
    """The toolkit's server; a page about an error and an answer that breaks off are both status 500."""

    def ask(body: bytes, headers: Mapping[str, str]) -> Reply:
        try:
            status, kind, text = server.send(body, {"Accept": "", **headers})
        except (http.client.IncompleteRead, ConnectionError):
            return BROKEN
        return BROKEN if status == 500 else (status, kind, text)

    return ask


@pytest.fixture(scope="module", params=FRAMEWORKS)
def echo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Ask, Ask]]:
    """Both servers, with a script that answers what it is told to."""
    with both(tmp_path_factory.mktemp("echo"), request.param, ECHO) as pair:
        yield pair


@pytest.fixture(scope="module", params=FRAMEWORKS)
def defaults(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Ask, Ask]]:
    """Both servers, with a script that has no function but `model_fn`."""
    with both(tmp_path_factory.mktemp("defaults"), request.param, DEFAULTS[request.param]) as pair:
        yield pair


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_of_output_fn_is_sent_alike(echo: tuple[Ask, Ask], answer: str) -> None:
    toolkit, runner = echo
    headers = {"Content-Type": "text/csv", "Accept": "text/csv"}
    assert runner(answer.encode(), headers) == toolkit(answer.encode(), headers)


@pytest.mark.parametrize("headers", HEADERS, ids=str)
def test_headers_reach_the_functions_alike(echo: tuple[Ask, Ask], headers: dict[str, str]) -> None:
    toolkit, runner = echo
    body = b"repr((kind, content_type, accept))"
    told = toolkit(body, headers)
    assert told[0] == 200
    assert runner(body, headers) == told


@pytest.mark.parametrize(("content_type", "body"), BODIES, ids=str)
def test_what_an_image_does_without_input_fn_is_alike(
    defaults: tuple[Ask, Ask], content_type: str, body: bytes
) -> None:
    toolkit, runner = defaults
    if body == b"npy":
        body = npy([[1.0, 2.0], [3.0, 4.0]])
    headers = {"Content-Type": content_type, "Accept": "text/csv"}
    ours, theirs = runner(body, headers), toolkit(body, headers)
    assert ours[:2] == theirs[:2]
    # Two processes may add numbers in another order: the last of seventeen digits differs now and then.
    assert numbers(ours[2]) == pytest.approx(numbers(theirs[2]), rel=1e-12)


def numbers(text: str) -> list[float]:
    """The numbers of an answer; anything else in it fails."""
    return [float(cell) for line in text.split() for cell in line.split(",")]


@pytest.mark.parametrize("accept", ACCEPTS)
def test_what_an_image_does_without_output_fn_is_alike(defaults: tuple[Ask, Ask], accept: str) -> None:
    toolkit, runner = defaults
    headers = {"Content-Type": "text/csv", "Accept": accept}
    assert runner(b"1,2\n3,4", headers) == toolkit(b"1,2\n3,4", headers)


def npy(values: Any) -> bytes:
    """Values as a file of numpy."""
    import io

    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, np.array(values))
    return buffer.getvalue()
