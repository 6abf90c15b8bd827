"""GitHub's own reading of workflows, as the simulator asks for it, and what is an error."""

from __future__ import annotations

import pytest

from values import JourneyError
from workflow_events import Event, inputs_of, starts, wanted
from workflow_language import Language, WorkflowError
from workflows import read

JOB = "jobs: {a: {runs-on: ubuntu-24.04, steps: [{run: 'true'}]}}"
EVERYTHING = {"success": True, "failure": False, "cancelled": False, "always": True}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("success()", True),
        ("failure() || cancelled()", False),
        ("always() && github.ref == 'refs/heads/MAIN'", True),
        ("!cancelled() && needs.take.outputs.request != ''", True),
        ("needs.take.outputs.nothing == ''", True),
        ("contains(fromJSON('[\"a\", \"b\"]'), 'b')", True),
        ("contains(needs.*.result, 'success')", True),
        ("startsWith(github.ref, 'refs/tags/')", False),
        ("'false'", True),
        ("''", False),
        ("0", False),
        ("github.missing.deeper", False),
        ("1 == '1' && '' == null && true == 1", True),
    ],
)
def test_conditions(language: Language, condition: str, holds: bool) -> None:
    """Of GitHub's documentation, "Evaluate expressions in workflows and actions"."""
    needs = {"take": {"result": "success", "outputs": {"request": "x"}}}
    contexts = {"github": {"ref": "refs/heads/main"}, "needs": needs}
    assert language.holds(condition, contexts, EVERYTHING) is holds


@pytest.mark.parametrize("condition", ["nope()", "nope.x", "success(", "needs..x", "'a", "fromJSON('{')", "1 +1"])
def test_unknown(language: Language, condition: str) -> None:
    with pytest.raises(WorkflowError, match="GitHub cannot evaluate"):
        language.holds(condition, {"needs": {}}, EVERYTHING)


def test_reading(language: Language) -> None:
    found = read(language, ".github/workflows/x.yml", f"on: {{push: {{branches: [main]}}}}\npermissions: {{}}\n{JOB}")
    assert (found.file, found.permissions) == ("x.yml", {})
    assert found.jobs["a"].condition == found.jobs["a"].steps[0].condition == "success()"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"{JOB}", "Required property is missing: on"),
        (f"on: push\nonn: 1\n{JOB}", "onn"),
        ("on: push\njobs: {a: {runs-on: x, steps: [{run: x, uses: y}]}}", "uses"),
        ("on: push\njobs: {a: {runs-on: x, if: '${{ steps.b }}', steps: [{run: x}]}}", "steps"),
        ("on: push\njobs: {a: {runs-on: x, needs: b, steps: [{run: x}]}}", "no dependencies"),
        ("on: push\njobs: {a: {runs-on: x, steps: [{run: '${{ nope.x }}'}]}}", "nope"),
        ("on: push\njobs: {a: {runs-on: x, strategy: {matrix: {v: [1]}}, steps: [{run: x}]}}", "strategy, which"),
        ("on: push\njobs: {a: {runs-on: x, services: {b: {image: c}}, steps: [{run: x}]}}", "services, which"),
        ("on: push\npermissions: {contents: maybe}\njobs: {a: {runs-on: x, steps: [{run: x}]}}", "maybe"),
    ],
)
def test_what_is_no_workflow(language: Language, text: str, said: str) -> None:
    with pytest.raises(WorkflowError, match=said):
        read(language, ".github/workflows/x.yml", text)


@pytest.mark.parametrize(
    ("patterns", "name", "matches"),
    [
        (["main"], "main", True),
        (["main"], "mainly", False),
        (["release/*"], "release/1", True),
        (["release/*"], "release/1/2", False),
        (["release/**"], "release/1/2", True),
        (["**"], "a/b", True),
        (["**/*.py"], "a.py", True),
        (["**", "!docs/**"], "docs/a", False),
        (["!docs/**", "**"], "docs/a", True),
    ],
)
def test_filters(patterns: list[str], name: str, matches: bool) -> None:
    """Of GitHub's documentation, "Workflow syntax", filter pattern cheat sheet."""
    assert wanted(patterns, name) is matches


def test_events(language: Language) -> None:
    on = "{push: {branches: [main], paths: ['model/**']}, repository_dispatch: {types: [deploy-main]}, "
    on += "schedule: [{cron: '41 * * * *'}], pull_request: {branches: [main]}}"
    found = read(language, ".github/workflows/x.yml", f"on: {on}\n{JOB}")
    push = Event("push", "refs/heads/main", "0", "a", changed=("model/train.py", "README.md"))
    assert starts(found, push)
    assert not starts(found, Event("push", "refs/heads/other", "0", "a", changed=("model/train.py",)))
    assert not starts(found, Event("push", "refs/heads/main", "0", "a", changed=("README.md",)))
    assert starts(found, Event("repository_dispatch", "refs/heads/main", "0", "a", {"action": "deploy-main"}))
    assert not starts(found, Event("repository_dispatch", "refs/heads/main", "0", "a", {"action": "other"}))
    assert starts(found, Event("schedule", "refs/heads/main", "0", "a", {"schedule": "41 * * * *"}))
    asked = Event("pull_request", "refs/pull/1/merge", "0", "a", {"action": "opened"}, base_ref="main")
    assert starts(found, asked)
    assert not starts(found, Event("workflow_dispatch", "refs/heads/main", "0", "a"))


def test_inputs(language: Language) -> None:
    on = "{workflow_dispatch: {inputs: {request: {type: string}, sure: {type: boolean, default: true}, "
    on += "where: {type: choice, options: [a, b], required: true}}}}"
    found = read(language, ".github/workflows/x.yml", f"on: {on}\n{JOB}")
    assert inputs_of(found, {"where": "a"}) == {"request": "", "sure": True, "where": "a"}
    for wrong in ({}, {"where": "c"}, {"where": "a", "other": "1"}):
        with pytest.raises(ValueError, match="nput"):
            inputs_of(found, wrong)


def test_patterns_that_are_not_known() -> None:
    with pytest.raises(JourneyError, match="not known here"):
        wanted(["v[0-9]+"], "v1")
