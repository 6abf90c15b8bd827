"""features.py as a file, and the state that its `fit` found out: what is called, and what is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import engineering
from job import UserError

PLAIN = {
    "the template": None,
    "with a docstring": "def fit(a, b):\n    return {}\n\ndef transform(x, s):\n    'Why.'\n    return x\n",
}
OWN = {
    "a change": "def transform(frame, state):\n    frame['b'] = 1\n    return frame\n",
    "a decorator": "def twice(f):\n    return f\n\n@twice\ndef transform(frame, state):\n    return frame\n",
    "defined again": "def transform(frame, state):\n    return frame\n\ntransform = len\n",
    "the state": "def transform(frame, state):\n    return state\n",
    "a condition": "if True:\n    def transform(frame, s):\n        return frame\nelse:\n    transform = 1\n",
}


@pytest.mark.parametrize("case", PLAIN | OWN)
def test_only_features_that_return_their_frame_are_not_called(tmp_path: Path, case: str) -> None:
    content = (PLAIN | OWN)[case]
    if content is None:
        assert engineering.FILE.is_file() and engineering._returns_its_frame(engineering.FILE)
        return
    (tmp_path / "features.py").write_text(content, encoding="utf-8")
    assert engineering._returns_its_frame(tmp_path / "features.py") is (case in PLAIN)


def test_without_the_file_columns_are_the_features(tmp_path: Path) -> None:
    assert engineering._returns_its_frame(tmp_path / "features.py")


class Codes:
    """A state that JSON has no form for."""

    def __init__(self, values: dict[int, str]) -> None:
        self.values = values


STATES: dict[str, tuple[Any, str]] = {
    "numbers and texts": ({"a": [1, 2.5, "x", None, True], "b": {"c": 0.1 + 0.2}}, "features.json"),
    "numpy's float": ({"a": np.float64(0.1)}, "features.json"),
    "nothing": (None, "features.json"),
    "whole numbers as keys": ({1: "a", 2: "b"}, "features.pickle"),
    "a tuple": ((1, 2), "features.pickle"),
    "a missing value": ({"a": float("nan")}, "features.pickle"),
    "a series": (pd.Series([1.5, 2.5], index=["a", "b"]), "features.pickle"),
    "an object": (Codes({1: "a"}), "features.pickle"),
}


@pytest.mark.parametrize("case", STATES)
def test_a_state_comes_back_as_it_was(tmp_path: Path, case: str) -> None:
    state, file = STATES[case]
    used = engineering.saved(state, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [file]
    (tmp_path / "copy").mkdir()
    engineering.copied(tmp_path, tmp_path / "copy")
    for again in (used, engineering.loaded(tmp_path), engineering.loaded(tmp_path / "copy")):
        if isinstance(state, Codes):
            assert again.values == state.values
        else:
            assert repr(again) == repr(state) or again == state


def test_a_state_that_cannot_be_kept_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="what fit returned cannot be kept with the model"):
        engineering.saved(lambda: 1, tmp_path)
    assert list(tmp_path.iterdir()) == []
