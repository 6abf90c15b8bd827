"""An API takes what the model takes: the same verdict on thousands of made-up requests, with its own code.

`npm test` takes some hundreds, picked by the commit or TEST_SEED; TEST_LONG=true all of them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from local_runner.api.contract import Checked, Contract
from local_runner.api.predictions import About
from local_runner.api.service import Answer, Request, Response, Service, Settings
from openapi_spec_validator import validate

import data_settings
import engineering
import inference
from made_up_requests import MadeUp
from refusal import Refusal
from tests.workbench import Workbench, table

LONG = os.environ.get("TEST_LONG") == "true"
REQUESTS = 10_000 if LONG else 700
ABOUT = About("churn", "main", "prod", "arn:package", "churn-prod", "7")
NAMED = re.compile(r"^row (\d+), column (?:'(.*?)'|\"(.*?)\") (?:is|has)", re.DOTALL)
OWN_FEATURES = """
import numpy as np

def fit(train, target):
    return {"mean": float(train["income"].mean())}

def transform(frame, state):
    made = frame.drop(columns=["city"])
    made["rich"] = frame["income"].fillna(0.0) > state["mean"]
    made["initial"] = frame["city"].str[:1]
    return made
"""


def seed() -> str:
    """What the requests are picked by, as `testing/selection.ts` has it."""
    if LONG:
        return "all"
    command = ["git", "rev-parse", "--short=8", "HEAD"]
    where = Path(__file__).parent
    return os.environ.get("TEST_SEED") or subprocess.check_output(command, cwd=where, text=True).strip()


def wide(problem: str) -> pd.DataFrame:
    """A table with every kind of column, and names that need care."""
    frame = table(problem)
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(len(frame)) * 3, unit="D")
    frame.insert(0, "customer_id", [f"c-{i}" for i in range(len(frame))])
    frame["since"] = days.strftime("%Y-%m-%d")
    frame["left/at~"] = np.where(np.arange(len(frame)) % 9 == 0, "", days.strftime("%Y-%m-%dT%H:%M:%SZ"))
    frame["always"] = "same"
    frame["2021"] = np.arange(len(frame)) % 7
    frame["plan"] = np.where(np.arange(len(frame)) % 8 == 0, "", np.where(frame["age"] > 40, "a", "b\u00e9"))
    return frame


def one(kind: str) -> pd.DataFrame:
    """A table with a single column beside the target."""
    frame = table("binary")
    column = {"number": "income", "category": "city"}[kind]
    return frame[[column, "outcome"]]


@dataclass(frozen=True)
class Case:
    """A model to be made: its data and the settings that they are read with."""

    problem: str
    frame: pd.DataFrame
    settings: dict[str, Any] = field(default_factory=dict)
    features: str = ""


CASES = {
    "binary": Case("binary", wide("binary"), {"id_columns": ("customer_id",)}),
    "multiclass": Case("multiclass", wide("multiclass")),
    "regression": Case("regression", wide("regression"), {"id_columns": ("customer_id", "age")}),
    "own missing tokens": Case(
        "binary", wide("binary"), {"missing_tokens": ("-1", "unknown", "true"), "drop_columns": ("age",)}
    ),
    "own features": Case("binary", table("binary"), features=OWN_FEATURES),
    "one number": Case("binary", one("number")),
    "one category": Case("binary", one("category")),
    "numbers only": Case("regression", table("regression")[["age", "income", "outcome"]]),
}


@dataclass(frozen=True)
class Trained:
    """A trained model and the contract of its schema."""

    model: inference.Model
    contract: Contract

    def ask(self, body: bytes | str, content_type: str, accept: str) -> bytes | Refusal:
        """What the model's own code says."""
        try:
            request = inference.input_fn(body, content_type)
            answer, _ = inference.output_fn(inference.predict_fn(request, self.model), accept)
        except Refusal as refusal:
            return refusal
        return str(answer).encode()


@pytest.fixture(scope="module", params=CASES)
def trained(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    case = CASES[request.param]
    root = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as patch:
        if case.features:
            (root / "features.py").write_text(case.features, encoding="utf-8")
            patch.syspath_prepend(root)
            patch.setattr(engineering, "FILE", root / "features.py")
            patch.delitem(sys.modules, "features", raising=False)
        bench = Workbench(root, patch)
        if case.features:
            bench.with_own_features()
        bench.use(data_settings.Data(**case.settings))
        bench.give(case.frame)
        bench.preprocess(case.problem)
        bench.train("sklearn")
        schema = json.loads((bench.model / "schema.json").read_text(encoding="utf-8"))
        assert bool(case.features) == bool(schema["made"])
        yield Trained(inference.model_fn(str(bench.model)), Contract.of(schema))
        sys.modules.pop("features", None)


class Served:
    """The model behind a service, which counts what reaches it."""

    def __init__(self, trained: Trained) -> None:
        self._trained = trained
        self.kept: list[dict[str, Any]] = []
        self.errors: list[BaseException] = []
        self.asked = 0
        self.service = Service(
            trained.contract, self, self, ABOUT, Settings("predict"), report=self.errors.append
        )

    def predict(
        self, body: bytes, content_type: str, accept: str, inference_id: str, deadline: float
    ) -> Answer:
        self.asked += 1
        answer = self._trained.ask(body, content_type, accept)
        assert isinstance(answer, bytes), f"a request that passed the check was refused: {answer}"
        return Answer(accept, answer)

    def keep(self, make: Callable[[], Sequence[dict[str, Any]]], rows: int) -> None:
        found = make()
        assert len(found) == rows
        self.kept.extend(found)

    def post(self, body: bytes, content_type: str, accept: str) -> Response:
        headers = {"content-type": content_type, "accept": accept}
        return self.service.answer(Request("POST", "/predict", headers, body, "id-1", time.monotonic() + 60))


def is_strict(body: bytes, content_type: str) -> Any:
    """The payload of a request in JSON as RFC 8259 has it; None for any other, and for one with U+FFFD.

    The servers of the containers put that for what is not UTF-8, so nobody can tell the two apart.
    """

    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    if content_type.split(";")[0].lower() != "application/json":
        return None
    try:
        text = body.decode().removeprefix("\ufeff")
        payload = None if "\ufffd" in text else json.loads(text, parse_constant=refuse)
        json.dumps(payload, ensure_ascii=False).encode()
    except ValueError:
        return None
    return payload


def test_the_check_and_the_model_agree_on_every_request(
    trained: Trained, request: pytest.FixtureRequest
) -> None:
    made = MadeUp(trained.contract, f"{seed()} {request.node.name}")
    served, said = Served(trained), Counter[str]()
    validator = jsonschema.Draft202012Validator(trained.contract.json_schema(), format_checker=FORMATS)
    for number in range(REQUESTS // len(CASES)):
        body, content_type = made.request()
        accept = ("application/json", "text/csv")[number % 2]
        own = trained.ask(body, content_type, accept)
        where = f"request {number}: {content_type!r} {body!r}"
        # The server of the container decodes exactly these types, and leaves the others as they came.
        decoded = body.decode("utf-8", "replace")
        assert _same(trained.ask(decoded, content_type, accept), own), where
        checked = trained.contract.check(body, content_type)
        assert checked.is_taken == isinstance(own, bytes), f"{where}: {own}, {checked.problems}"
        reply = served.post(body, content_type, accept)
        said[f"{content_type.lower()[:8]} {reply.status}"] += 1
        if isinstance(own, bytes):
            assert (reply.status, reply.body) == (200, own), where
        else:
            _refused_alike(own, checked, reply, where)
        if (payload := is_strict(body, content_type)) is not None:
            assert validator.is_valid(payload) == checked.is_taken, f"{where}: {checked.problems}"
    assert served.errors == []
    assert served.asked == sum(n for kind, n in said.items() if kind.endswith("200"))
    for kind in ("text/csv", "applicat"):
        assert said[f"{kind} 200"] and said[f"{kind} 400"], said
    _records_are_whole(served, trained.contract)


def _same(one: bytes | Refusal, other: bytes | Refusal) -> bool:
    if isinstance(one, Refusal) and isinstance(other, Refusal):
        return (one.status, str(one)) == (other.status, str(other))
    return one == other


def _refused_alike(own: Refusal, checked: Checked, reply: Response, where: str) -> None:
    """The same status, a problem, and the field that the model itself names is among those that are named."""
    problem = json.loads(reply.body)
    assert reply.status == problem["status"] == own.status, f"{where}: {own}, {problem}"
    assert reply.headers["Content-Type"] == "application/problem+json"
    named = NAMED.match(str(own))
    if named and len(checked.problems) < 20:
        field_ = named[2] if named[2] is not None else named[3]
        assert (int(named[1]), field_.encode().decode("unicode_escape", "replace")) in {
            (p.row, (p.field or "").encode().decode("unicode_escape", "replace")) for p in checked.problems
        }, f"{where}: {own}, {checked.problems}"


FORMATS = jsonschema.FormatChecker(())


@FORMATS.checks("cell-number")
def _is_within_floats(text: Any) -> bool:
    """What no pattern says about a number; the patterns name the texts that are none."""
    if not isinstance(text, str) or not re.match(r"[+-]?\.?[0-9]", text.strip()):
        return True
    try:
        return bool(abs(np.float64(text.strip())) <= np.finfo(np.float32).max)
    except ValueError:
        return True


@FORMATS.checks("cell-date")
def _is_a_day(text: Any) -> bool:
    """Likewise about a date."""
    if not isinstance(text, str) or not re.match("[0-9]{4}.*[^0-9]", text.strip()):
        return True
    try:
        datetime.fromisoformat(text.strip())
    except ValueError:
        return False
    return True


def _at(payload: Any, pointer: str) -> Any:
    """What a JSON pointer leads to (RFC 6901)."""
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        payload = payload[int(name)] if isinstance(payload, list) else payload[name]
    return payload


def _records_are_whole(served: Served, contract: Contract) -> None:
    used = [column.name for column in contract.columns if column.is_used]
    assert served.kept
    for record in served.kept:
        assert list(record["features"]) == used and record["inferenceId"] == "id-1"
        assert ("value" in record) == (not contract.labels)
        if contract.labels:
            assert record["prediction"] in contract.labels and 0 <= record["probability"] <= 1
        assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_its_pointers_lead_to_the_values_that_are_wrong(trained: Trained) -> None:
    made = MadeUp(trained.contract, f"{seed()} pointers")
    found = 0
    for _ in range(REQUESTS // len(CASES)):
        body, content_type = made.request()
        if (payload := is_strict(body, content_type)) is None:
            continue
        for problem in trained.contract.check(body, content_type).problems:
            if problem.pointer is not None and problem.field and "is missing" not in problem.detail:
                value, found = _at(payload, problem.pointer), found + 1
                assert not isinstance(value, (list, dict)), problem
    assert found


def test_its_documents_are_valid_and_its_examples_are_requests(trained: Trained) -> None:
    contract = trained.contract
    jsonschema.Draft202012Validator.check_schema(contract.json_schema())
    for security in (None, "iam", "jwt", "none", "iam+key"):
        document = contract.openapi("predict", "Churn", "7", security)
        validate(document)
        content = document["paths"]["/predict"]["post"]["requestBody"]["content"]
        for kind, media in content.items():
            example = media["example"]
            body = example if isinstance(example, str) else json.dumps(example)
            answer = trained.ask(body, kind, kind)
            assert isinstance(answer, bytes), answer
            if kind == "application/json":
                answers = {
                    "$ref": "#/components/schemas/Answer",
                    "components": document["components"],
                }
                jsonschema.Draft202012Validator(answers).validate(json.loads(answer))
    validate(contract.openapi("predict", "Churn", "7", "iam", asynchronous=True))
