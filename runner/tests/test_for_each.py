"""ForEach steps and run conditions, as SDK 3.27 writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local_runner.definition import parse
from local_runner.errors import DefinitionError

from .build import at_least, condition, fail, get, pipeline, processing
from .conftest import Repository

ITEM = "import json, os, sys\nd = os.environ['SM_PROCESSING_DIR'] + '/out/score.json'\n"
SCORE = ITEM + "open(d, 'w').write(json.dumps({'score': len(sys.argv[1])}))"
FILES = [("Score", "out", "score.json")]


def for_each(items: Any, *body: dict[str, Any], **more: Any) -> dict[str, Any]:
    arguments = {"IterableItems": items, "MaxConcurrency": 2, "ForEachBody": list(body), **more}
    return {"Name": "Each", "Type": "ForEach", "Arguments": arguments}


def score(name: str = "Score", item: Any = None) -> dict[str, Any]:
    step = processing(
        name, SCORE, outputs=["out"], files=FILES, arguments=[item or get("ForEach.CurrentItem")]
    )
    uri = {"Std:Join": {"On": "/", "Values": ["s3://b", name, get("ForEach.CurrentItem")]}}
    step["Arguments"]["ProcessingOutputConfig"]["Outputs"][0]["S3Output"]["S3Uri"] = uri
    return step


def test_the_body_runs_for_every_item_and_later_steps_see_what_came_of_each(repository: Repository) -> None:
    selector = {"Pick": "MaxBy", "Field": get("IterationOutput.Score.Environment.LENGTH")}
    body = score()
    body["Arguments"]["Environment"] = {
        "LENGTH": {"Std:Join": {"On": "", "Values": ["1", get("ForEach.CurrentItem")]}}
    }
    chosen = processing(
        "Chosen", "import sys; print('chosen', sys.argv[1:])",
        arguments=[
            get("Steps.Each.Selected.Environment.LENGTH"),
            get("Steps.Each.IterationOutputs[1].Score.Environment.LENGTH"), get("Steps.Each.Status"),
        ],
    )  # fmt: skip
    gate = condition("Gate", at_least(get("Steps.Each.SucceededStepCount"), 3), [], [fail("No")])
    repository.write(
        "definition.json",
        pipeline(
            for_each(get("Parameters.items"), body, Selector=selector), chosen, gate, items='["1", "33", "2"]'
        ),
    )
    output = repository.run()
    assert "chosen ['133', '133', 'Succeeded']" in output
    assert {"Score-0", "Score-1", "Score-2"} <= set(repository.states())
    assert json.loads(repository.object("s3://b/Score/33/score.json").read_text()) == {"score": 2}


def test_an_item_in_json_is_looked_into_and_a_body_may_have_several_steps(repository: Repository) -> None:
    first = processing(
        "First", "import sys; print('first', sys.argv[1])", arguments=[get("ForEach.CurrentItem.name")]
    )
    second = processing(
        "Second", "import sys; print('second', sys.argv[1])", arguments=[get("Steps.First.Environment.N")]
    )
    first["Arguments"]["Environment"] = {"N": get("ForEach.CurrentItem['name']")}
    repository.write("definition.json", pipeline(for_each(['{"name": "a"}', '{"name": "b"}'], second, first)))
    output = repository.run()
    assert all(f"{step} {name}" in output for step in ("first", "second") for name in "ab")


def test_one_item_that_fails_is_named_and_can_be_run_again(repository: Repository) -> None:
    bad = processing(
        "Item", "import sys; sys.exit('error: no ' + sys.argv[1])", arguments=[get("ForEach.CurrentItem")]
    )
    repository.write("definition.json", pipeline(for_each(["a"], bad)))
    output = repository.run("run", code=1)
    assert (
        "step Each (ForEach) failed: Item-0: error: no a (exit code 1)" in output and "--only Each" in output
    )
    assert repository.states() == {"Each": "Failed", "Item-0": "Failed"}


def test_a_body_that_cannot_be_run_here_is_not_emulated(repository: Repository) -> None:
    call = {"Name": "Call", "Type": "Lambda", "Arguments": {}, "FunctionArn": "arn"}
    repository.write("definition.json", pipeline(for_each(["a"], call)))
    repository.run("run", code=3)
    assert "its body has step Call" in repository.steps()["Each"]["failureReason"]


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (for_each(["a"], fail("No")), "a step of type Fail is not allowed in a ForEach body"),
        (for_each(["a"]), "needs steps in its body"),
    ],
)
def test_a_body_is_checked(step: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=message):
        parse(pipeline(step))


def test_an_item_outside_of_a_body_is_refused(repository: Repository) -> None:
    repository.write(
        "definition.json", pipeline(processing("A", "1", arguments=[get("ForEach.CurrentItem")]))
    )
    assert "has a value only in the body of a ForEach step" in repository.run("run", code=1)


BAD = processing("Bad", "raise SystemExit('error: broken')")


def after(name: str, trigger: str, step: str = "Bad", arguments: Any = ()) -> dict[str, Any]:
    return processing(
        name,
        "import sys; print(sys.argv[1:])",
        arguments=arguments,
        DependsOn=[{"Step": step, "Trigger": trigger}],
    )


def test_a_step_that_waits_for_a_failure_runs_and_the_run_says_that_something_failed(
    repository: Repository,
) -> None:
    tell = after("Tell", "Failed", arguments=[get("Steps.Bad.FailureReason")])
    steps = [
        BAD,
        tell,
        after("Always", "Any"),
        processing("Next", "1", DependsOn=["Bad"]),
        processing("Last", "1", DependsOn=["Next"]),
    ]
    repository.write("definition.json", pipeline(*steps))
    output = repository.run("run", code=1)
    assert repository.record()["status"] == "CompletedWithFailures"
    assert repository.states() == {
        "Bad": "Failed", "Tell": "Succeeded", "Always": "Succeeded", "Next": "Skipped", "Last": "Skipped"
    }  # fmt: skip
    assert repository.steps()["Next"]["failureReason"] == "step Bad failed"
    assert "Tell | ['error: broken (exit code 1)']" in output and "step Bad (Processing) failed" in output


def test_a_step_that_waits_for_a_failure_is_skipped_where_there_is_none(repository: Repository) -> None:
    good = processing("Good", "1")
    repository.write(
        "definition.json", pipeline(good, after("Tell", "Failed", "Good"), after("Always", "Any", "Good"))
    )
    repository.run()
    assert repository.states() == {"Good": "Succeeded", "Tell": "Skipped", "Always": "Succeeded"}


def test_whether_a_step_that_was_not_emulated_fails_is_not_known(repository: Repository) -> None:
    call = {"Name": "Call", "Type": "Lambda", "Arguments": {}}
    repository.write(
        "definition.json", pipeline(call, after("Tell", "Failed", "Call"), after("Always", "Any", "Call"))
    )
    repository.run("run", code=3)
    assert repository.states() == {"Call": "NotEmulated", "Tell": "NotEmulated", "Always": "Succeeded"}
