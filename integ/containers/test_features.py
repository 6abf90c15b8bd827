"""Features of the user's own under the images' toolkits: trained, served, and failing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.test_inference import GOOD

from conftest import FRAMEWORKS, MODEL, OFFLINE, Train, prepare, serving

CSV = {"Content-Type": "text/csv", "Accept": "text/csv"}
STATES = {
    "features.json": "target.groupby(train['city']).mean().to_dict()",
    "features.pickle": "target.groupby(train['city']).mean()",
}


def features(state: str) -> str:
    """The content of a features.py."""
    return f"""import numpy as np
import pandas as pd


def fit(train, target):
    return {state}


def transform(frame, state):
    if (frame["age"] > 1000).any():
        raise RuntimeError("nobody is that old")
    made = frame.assign(rate=frame["city"].map(dict(state)), log=np.log1p(frame["age"]))
    made["band"] = pd.cut(frame["income"], [-np.inf, 45, 55, np.inf], labels=["low", "mid", "high"])
    return made.drop(columns="city")
"""


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("state", STATES)
def test_what_is_served_is_what_the_scripts_answer(
    train: Train, tmp_path: Path, framework: str, state: str
) -> None:
    content = features(STATES[state])
    code = tmp_path / "code"
    shutil.copytree(MODEL, code, ignore=shutil.ignore_patterns("__pycache__"))
    (code / "features.py").write_text(content, encoding="utf-8")
    data = prepare(tmp_path / "prepared", code=code)
    trained = train(framework, changes={"features.py": content}, data=data)
    assert trained.code == 0, trained.log
    model = trained.ml / "model"
    assert (model / state).is_file() and (model / "code" / "features.py").read_text("utf-8") == content

    container, variables = serving(tmp_path / "served", framework, model)
    with container.server({**variables, **OFFLINE}) as server:
        assert server.started, server.log
        status, kind, text = server.send(GOOD.encode(), CSV)
        assert (status, kind) == (200, "text/csv"), text
        assert text.splitlines() == asked(code, model, GOOD)
        status, kind, text = server.send(b"4000,51.5,Oslo,True\n", CSV)
        assert (status, kind) == (500, "text/plain")
        assert text == "model/features.py, line 11: transform failed with RuntimeError: nobody is that old\n"
        status, _, text = server.send(b"old,51.5,Oslo,True\n", CSV)
        assert status == 400 and "'age' is 'old'" in text


def asked(code: Path, model: Path, body: str) -> list[str]:
    """The answer of the scripts in a process of their own, without a server."""
    program = (
        "import json, sys; import inference as i; model = i.model_fn(sys.argv[1]); "
        "found = i.predict_fn(i.input_fn(sys.argv[2], 'text/csv'), model); "
        "print(json.dumps(i.output_fn(found, 'text/csv')[0]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(model), body],
        cwd=code,
        capture_output=True,
        text=True,
        check=True,
    )
    answer: str = json.loads(done.stdout)
    return answer.splitlines()
