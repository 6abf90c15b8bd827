"""A run with --no-register: an experiment that does everything but the entry in the registry."""

from __future__ import annotations

import json
from pathlib import Path

from .build import fail, get, pipeline, register
from .conftest import Repository, change, load


def page(repository: Repository) -> str:
    run: Path = repository.work / "runs" / str(repository.record()["executionId"])
    return (run / "report.html").read_text("utf-8")


def test_everything_runs_and_nothing_is_put_into_the_registry(repository: Repository) -> None:
    repository.run()
    history = repository.work / "registry" / "demo" / "history.jsonl"
    before = history.read_bytes()
    output = repository.run("run", "--no-register", "--set", "max_depth=2")
    assert history.read_bytes() == before
    record, register = repository.record(), repository.steps()["Register"]
    assert (record["status"], record["registered"], record["registers"]) == ("Succeeded", None, False)
    assert (register["status"], register["failureReason"]) == ("Skipped", "not registered: --no-register")
    assert repository.steps()["CheckQuality"]["outcome"] == "True"
    assert "nothing was registered: --no-register" in output and "to approve it" not in output
    assert any(line.startswith("Skipped") and "not registered" in line for line in output.splitlines())


def test_the_model_answers_the_sample_request_as_one_that_is_registered(repository: Repository) -> None:
    answers = []
    for options in ([], ["--no-register"]):
        repository.run("run", *options)
        answer = repository.record()["sampleAnswer"]
        answers.append((answer["request"], answer["response"]))
    assert answers[0] == answers[1] and answers[0][1]


def test_the_report_says_that_it_was_an_experiment(repository: Repository) -> None:
    repository.run("run", "--no-register")
    text = page(repository)
    assert "Experiment succeeded" in text and "nothing was registered: this run is an experiment" in text
    assert "Nothing was put into the registry: the run was started with --no-register." in text
    repository.run()
    assert "no-register" not in page(repository)


def test_a_gate_that_is_missed_still_fails_an_experiment(repository: Repository) -> None:
    output = repository.run("run", "--no-register", "--set", "QualityThreshold=0.99", code=1)
    assert "is below QualityThreshold 0.99" in output
    assert "--no-register" in repository.record()["command"]


def test_the_command_for_one_step_keeps_it(repository: Repository) -> None:
    repository.code("train.py", "raise SystemExit('error: no rows')\n")
    output = repository.run("run", "--no-register", code=1)
    (command,) = [line for line in output.splitlines() if "--only Train" in line]
    assert command.endswith("--no-register")


def test_what_needs_the_version_is_skipped(repository: Repository) -> None:
    def after(steps: dict[str, dict[str, object]]) -> None:
        branch = steps["CheckQuality"]["Arguments"]["IfSteps"]  # type: ignore[index]
        branch.append(fail("After", get("Steps.Register.ModelPackageArn")))

    repository.write("definition.json", change(load("core"), after))
    repository.run("run", "--no-register")
    assert repository.states()["After"] == "Skipped"


def test_in_a_for_each_the_other_iterations_go_on(repository: Repository) -> None:
    repository.run()
    (entry,) = repository.record()["registered"]
    body = [register("Again", entry["modelDataUrl"])]
    arguments = {"IterableItems": json.dumps([1, 2]), "MaxConcurrency": 1, "ForEachBody": body}
    loop = {"Name": "Each", "Type": "ForEach", "Arguments": arguments}
    repository.write("definition.json", pipeline(loop))
    repository.run("run", "--no-register")
    assert repository.states() == {"Each": "Succeeded", "Again-0": "Skipped", "Again-1": "Skipped"}
    assert not (repository.work / "registry" / "group").exists()
