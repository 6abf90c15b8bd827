"""Retry policies: what is tried again, how often, and how long after."""

from __future__ import annotations

from typing import Any

import pytest

from local_runner.pipeline import RetryPolicy
from local_runner.steps import _retry_after

from .conftest import Repository, change, load

KIND = "SageMaker.JOB_INTERNAL_ERROR"


def policy(**values: Any) -> RetryPolicy:
    fields = {
        "exception_types": (KIND,),
        "interval": 2.0,
        "backoff": 3.0,
        "max_attempts": 3,
        "expire_after": None,
    }
    return RetryPolicy(**{**fields, **values})


@pytest.mark.parametrize(
    ("policies", "kind", "attempt", "elapsed", "wait"),
    [
        ((policy(),), KIND, 1, 0, 2),
        ((policy(),), KIND, 2, 0, 6),
        ((policy(),), KIND, 3, 0, 18),
        ((policy(),), KIND, 4, 0, None),
        ((policy(),), "AlgorithmError", 1, 0, None),
        ((), KIND, 1, 0, None),
        ((policy(max_attempts=None, expire_after=60),), KIND, 3, 41, 18),
        ((policy(max_attempts=None, expire_after=60),), KIND, 3, 43, None),
        ((policy(exception_types=("Step.THROTTLING",)), policy(interval=7)), KIND, 1, 0, 7),
    ],
)
def test_waits_grow_until_attempts_or_time_run_out(
    policies: tuple[RetryPolicy, ...], kind: str, attempt: int, elapsed: float, wait: float | None
) -> None:
    assert _retry_after(policies, kind, attempt, elapsed) == wait


def with_short_waits() -> dict[str, Any]:
    def edit(steps: dict[str, Any]) -> None:
        steps["Train"]["RetryPolicies"][0]["IntervalSeconds"] = 0

    return change(load("core"), edit)


def test_a_killed_job_is_tried_again_and_the_attempts_are_recorded(repository: Repository) -> None:
    repository.write("definition.json", with_short_waits())
    source = (repository.build / "code" / "train.py").read_text()
    mark = repository.root / "died"
    dies = (
        f"import os, pathlib\nif not pathlib.Path({str(mark)!r}).exists():\n"
        f"    pathlib.Path({str(mark)!r}).touch()\n"
    )
    repository.code("train.py", dies + "    os.kill(os.getpid(), 9)\n" + source)
    repository.run()
    step = repository.steps()["Train"]
    assert (step["status"], step["attempts"]) == ("Succeeded", 2)
    assert step["notes"][0].startswith(f"Attempt 1 failed ({KIND}: its process was killed by SIGKILL")


def test_attempts_run_out(repository: Repository) -> None:
    repository.write("definition.json", with_short_waits())
    repository.code("train.py", "import os\nos.kill(os.getpid(), 9)\n")
    repository.run("run", code=1)
    assert repository.steps()["Train"]["attempts"] == 3


def test_an_error_of_the_script_is_not_tried_again(repository: Repository) -> None:
    repository.write("definition.json", with_short_waits())
    repository.code("train.py", "raise SystemExit('error: wrong label')\n")
    repository.run("run", code=1)
    assert repository.steps()["Train"]["attempts"] == 1
