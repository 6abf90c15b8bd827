"""What a run says about itself: not emulated is no failure and no success, and the step that failed first is named."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local_runner.execution import Execution
from local_runner.steps import StepFailure

from .build import (
    IMAGE,
    at_least,
    condition,
    fail,
    get,
    model,
    pipeline,
    processing,
    register,
    training,
    transform,
)
from .conftest import Repository, change, load

ARTIFACT = get("Steps.Train.ModelArtifacts.S3ModelArtifacts")
PACKAGE = "arn:aws:sagemaker:us-east-1:111122223333:model-package/group/3"


def built_in(steps: dict[str, Any]) -> None:
    del steps["Train"]["Arguments"]["HyperParameters"]["sagemaker_program"]


def test_a_built_in_algorithm_is_not_emulated_and_neither_is_what_needs_its_model(
    repository: Repository,
) -> None:
    repository.write("definition.json", change(load("core"), built_in))
    output = repository.run("run", code=3)
    states = repository.states()
    assert states.pop("Preprocess") == "Succeeded" and set(states.values()) == {"NotEmulated"}
    reason = repository.steps()["Train"]["failureReason"]
    assert "it runs the built-in algorithm of 683313688378" in reason and "sagemaker_program" in reason
    assert "\nIncomplete in " in output and repository.record()["status"] == "Incomplete"
    assert repository.record()["failureReason"] is None and repository.record()["registered"] is None


MODEL = "import os\nopen(os.environ['SM_MODEL_DIR'] + '/model.bin', 'w').write('1')"


@pytest.mark.parametrize(
    ("steps", "name", "reason"),
    [
        ([processing("A", None)], "A", "it has no ContainerEntrypoint: what the image"),
        ([model("A", None, ModelPackageName=PACKAGE)], "A", "PrimaryContainer.ModelPackageName needs SageMaker"),
        ([register("A", None, ModelPackageName="old")], "A", "ModelPackageName needs SageMaker"),
        ([training("Train", {}, None)], "Train", "it runs the built-in algorithm of"),
        (
            [training("Train", {}, MODEL), model("M", ARTIFACT), transform("A", "M", "s3://b/data")],
            "A", "no code/inference.py",
        ),
        (
            [processing("A", None, extra={
                "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["/opt/program/run"]},
            })],
            "A", "the entry point '/opt/program/run' is inside the image",
        ),
        (
            [processing("A", None, extra={
                "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["python3", "/app/run.py"]},
            })],
            "A", "the entry point '/app/run.py' is inside the image",
        ),
    ],
)  # fmt: skip
def test_what_only_sagemaker_has_is_not_emulated_with_the_reason(
    repository: Repository, steps: list[dict[str, Any]], name: str, reason: str
) -> None:
    repository.object("s3://b/data").mkdir(parents=True)
    (repository.object("s3://b/data") / "a.csv").write_text("1\n")
    repository.write("definition.json", pipeline(*steps))
    repository.run("run", code=3)
    assert repository.states()[name] == "NotEmulated"
    assert reason in repository.steps()[name]["failureReason"]


def test_a_branch_that_is_not_taken_leaves_nothing_out(repository: Repository) -> None:
    call = {"Name": "Call", "Type": "Lambda", "Arguments": {}}
    repository.write("definition.json", pipeline(condition("If", at_least(1, 2), [call], [])))
    repository.run()
    assert repository.record()["status"] == "Succeeded"


def test_of_two_that_fail_the_first_is_blamed_whatever_its_place(repository: Repository) -> None:
    signs = repository.root
    wait = f"import os, time\nwhile not os.path.exists('{signs}/gone'): time.sleep(0.01)\n"
    late = "import signal, time, sys\nsignal.signal(signal.SIGTERM, lambda *_: sys.exit('error: second'))\n"
    slow = processing("Slow", f"{late}open('{signs}/ready', 'w')\ntime.sleep(60)")
    first = processing(
        "First", wait.replace("gone", "ready") + "sys = __import__('sys'); sys.exit('error: first')"
    )
    repository.write("definition.json", pipeline(slow, first))
    output = repository.run("run", "--jobs", "2", code=1)
    assert repository.states() == {"Slow": "Stopped", "First": "Failed"}
    assert (
        "error: step First (Processing) failed: error: first" in output
        and repository.record()["failedStep"] == "First"
    )


class Step:
    """What `Execution` needs to know of a run, for the order of two events."""

    def __init__(self) -> None:
        self.states: dict[str, dict[str, Any]] = {}

    def end_step(self, name: str, status: str, **fields: Any) -> None:
        self.states[name] = {"status": status, **fields}

    def step(self, name: str) -> dict[str, Any]:
        return self.states.get(name, {"status": "NotStarted"})

    step_ended = stop_all = close = set = end_step


@pytest.mark.parametrize(("late", "states"), [(-0.2, ("Failed", "B")), (1.0, ("Stopped", "A"))])
def test_the_time_of_a_failure_counts_not_when_it_is_heard_of(late: float, states: tuple[str, str]) -> None:
    from unittest.mock import MagicMock

    record: Any = Step()
    execution = Execution(MagicMock(steps={}), {}, MagicMock(), record, MagicMock(), MagicMock())
    now = time.monotonic()
    execution._finish("A", StepFailure("a", None, now))
    execution._finish("B", StepFailure("b", None, time.monotonic() + late))
    assert record.states["A"]["status"] == "Failed" and record.states["B"]["status"] == states[0]
    assert execution.failure is not None and execution.failure[0] == states[1]


def test_a_transform_whose_server_is_ended_says_stopped(repository: Repository) -> None:
    """Its error, a server that is gone, comes from having been ended."""
    source = (repository.build / "code" / "inference.py").read_text()
    slow = (
        "\n\ndef predict_fn(values, threshold):\n    import time\n"
        f"    open('{repository.root}/ready', 'w')\n    time.sleep(60)\n"
    )
    repository.code("inference.py", source + slow)

    def edit(steps: dict[str, Any]) -> None:
        wait = (
            f"import os, time\nwhile not os.path.exists('{repository.root}/ready'): time.sleep(0.01)\n"
            "raise SystemExit('error: first')"
        )
        kept.extend(
            [
                steps["Preprocess"],
                steps["Train"],
                steps["CreateModel"],
                steps["BatchScore"],
                processing("Z", wait),
            ]
        )

    kept: list[dict[str, Any]] = []
    repository.write("definition.json", {**change(load("everything"), edit), "Steps": kept})
    repository.run("run", "--jobs", "3", code=1)
    assert repository.states()["BatchScore"] == "Stopped" and repository.record()["failedStep"] == "Z"


def test_the_word_is_in_the_list_of_runs_and_in_the_report(repository: Repository) -> None:
    repository.write("definition.json", pipeline({"Name": "Call", "Type": "Lambda", "Arguments": {}}))
    repository.run("run", code=3)
    assert "Incomplete" in repository.run("runs")
    page = Path(repository.work, "runs", repository.record()["executionId"], "report.html").read_text()
    assert "Incomplete" in page and "Succeeded" not in page.partition("<h2")[0]


def test_a_failure_that_nobody_waits_for_still_ends_the_run(repository: Repository) -> None:
    repository.write(
        "definition.json", pipeline(fail("No", "stop here"), processing("After", "1", DependsOn=["No"]))
    )
    assert "step No (Fail) failed: stop here" in repository.run("run", code=1)
    assert json.loads(json.dumps(repository.record()))["status"] == "Failed"
