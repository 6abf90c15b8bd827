"""The artifact behind the images' servers, over HTTP, with no network: good requests and bad ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from tests.test_inference import BAD, GOOD

from conftest import FRAMEWORKS, OFFLINE, Trained, serving
from image import Server

Find = Callable[[str], Trained]
CSV = {"Content-Type": "text/csv", "Accept": "text/csv"}


@pytest.fixture(scope="module", params=FRAMEWORKS)
def server(
    request: pytest.FixtureRequest, trained: Find, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """A server of each image with a trained model."""
    framework = request.param
    root = tmp_path_factory.mktemp(f"serve-{framework}")
    container, variables = serving(root, framework, trained(framework).ml / "model")
    with container.server(variables) as started:
        assert started.started, started.log
        yield started


def test_without_the_variable_no_server_starts_offline(trained: Find, tmp_path: Path) -> None:
    container, variables = serving(tmp_path, "xgboost", trained("xgboost").ml / "model")
    with container.server({k: v for k, v in variables.items() if k not in OFFLINE}) as server:
        assert not server.started
        assert "InstallModuleError" in server.log


def test_csv_and_json_get_the_same_answer(server: Server) -> None:
    rows = [[40, 51.5, "Oslo", True], [25, None, "Rome", False]]
    status, kind, text = server.send(GOOD.encode(), CSV)
    assert (status, kind) == (200, "text/csv")
    lines = [line.split(",") for line in text.splitlines()]
    requests = [
        (GOOD, "text/csv; charset=utf-8"),
        (json.dumps({"instances": rows}), "application/json"),
        (json.dumps(rows), "application/json; charset=utf-8"),
        ("\ufeff" + GOOD, "text/csv"),
        ("\ufeff" + GOOD, "text/csv; charset=utf-8"),
        ("\ufeff" + json.dumps(rows), "application/json"),
    ]
    for body, content_type in requests:
        headers = {"Content-Type": content_type, "Accept": "application/json"}
        status, kind, text = server.send(body.encode(), headers)
        assert (status, kind) == (200, "application/json"), (body, content_type, text)
        answers = json.loads(text)["predictions"]
        assert [[a["label"], str(a["probability"])] for a in answers] == lines


@pytest.mark.parametrize("accept", [None, "*/*", ""])
def test_without_an_accept_header_the_answer_is_json(server: Server, accept: str | None) -> None:
    headers = {"Content-Type": "text/csv"} | ({} if accept is None else {"Accept": accept})
    status, kind, text = server.send(GOOD.encode(), headers)
    assert (status, kind) == (200, "application/json")
    assert len(json.loads(text)["predictions"]) == 2


BY_THE_SERVER = {"no content type"}  # it takes such a request for JSON


@pytest.mark.parametrize("case", [*BAD, "accept"])
def test_a_bad_request_is_refused_with_its_status_and_one_sentence(server: Server, case: str) -> None:
    body, content_type, expected, _ = BAD.get(case, (GOOD, "text/csv", HTTPStatus.NOT_ACCEPTABLE, ""))
    headers = {"Content-Type": content_type, "Accept": "image/png" if case == "accept" else "text/csv"}
    if case in BY_THE_SERVER:
        expected = HTTPStatus.BAD_REQUEST
    status, kind, text = server.send(body if isinstance(body, bytes) else body.encode(), headers)
    assert (status, kind) == (int(expected), "text/plain"), text
    assert text.count("\n") == 1 and "Traceback" not in text
