"""What the variables of an execution of the deploy pipeline say, and which do not go together."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

import prepare
from aws import Aws
from targets import KEEP_LIVE, Refused


@pytest.fixture
def read(account: Any, targets_file: Path, monkeypatch: pytest.MonkeyPatch):
    targets = Aws().targets(targets_file)

    def execution(package: str = KEEP_LIVE, retry_in: str = "none", roll_back_in: str = "none") -> Any:
        for name, value in {
            "MODEL_PACKAGE": package,
            "RETRY_IN": retry_in,
            "ROLL_BACK_IN": roll_back_in,
            "EXECUTION_ID": "e",
        }.items():
            monkeypatch.setitem(os.environ, name, value)
        return prepare.read_execution(targets, "now")

    return execution


def test_variables_name_environments(read):
    assert (read().retry_in, read().roll_back_in) == ((), ())
    assert read("arn", retry_in="staging, prod").retry_in == ("staging", "prod")
    assert read(roll_back_in="prod").roll_back_in == ("prod",)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            {"roll_back_in": "production"},
            r"RollBackIn is 'production'. It must name environments .*staging, prod",
        ),
        ({"package": "arn", "retry_in": ","}, "RetryIn is ','"),
        ({"retry_in": "prod"}, "RetryIn needs the package"),
        ({"package": "arn", "roll_back_in": "prod"}, "RollBackIn goes with no other variable"),
        ({"retry_in": "staging", "roll_back_in": "prod", "package": "arn"}, "goes with no other variable"),
    ],
)
def test_variables_that_do_not_go_together_are_refused(read, values, message):
    with pytest.raises(Refused, match=message):
        read(**values)
