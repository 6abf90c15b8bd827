"""Runs of workflows: order, conditions, what steps tell, artifacts, environments, groups, another attempt."""

from __future__ import annotations

import pytest
from played import begin, job, results, workflow

from github import Github
from values import JourneyError
from workflow_language import WorkflowError

UPLOAD = "actions/upload-artifact@043fb46d1a93c77aae656e7c1c64a875d1fc6a0a"
DOWNLOAD = "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c"
CHECKOUT = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"


def test_order_and_conditions(github: Github) -> None:
    text = workflow(
        a=job(), b=job("a", run="exit 3"), c=job("b"), d=job("b", "failure()"), e=job("c", "always()"), f=job("e"),
        g=job("a, c", "!cancelled() && needs.c.result == 'skipped'"),
    )  # fmt: skip
    _, run = begin(github, text)
    assert results(run) == {
        "a": "success", "b": "failure", "c": "skipped", "d": "success", "e": "success",
        # What was skipped far above skips it too, although what it needs has succeeded.
        "f": "skipped", "g": "success",
    }  # fmt: skip
    assert (run.conclusion, "exit code 3" in run.message) == ("failure", True)


STEPS = """
on: push
env: {WHERE: workflow}
defaults: {run: {shell: bash}}
jobs:
  tell:
    runs-on: ubuntu-24.04
    env: {WHERE: job, OF: "${{ github.event_name }}"}
    outputs:
      word: ${{ steps.words.outputs.word }}
      text: ${{ steps.words.outputs.text }}
      hidden: ${{ steps.words.outputs.hidden }}
    steps:
      - id: words
        env: {WHERE: step}
        run: |
          echo "word=$WHERE-$OF" >> "$GITHUB_OUTPUT"
          printf 'text<<END\\none\\ntwo\\nEND\\n' >> "$GITHUB_OUTPUT"
          echo "LATER=$WHERE" >> "$GITHUB_ENV"
          echo "$RUNNER_TEMP/own" >> "$GITHUB_PATH"
          mkdir "$RUNNER_TEMP/own"
          printf '#!/bin/sh\\necho mine' > "$RUNNER_TEMP/own/mine"; chmod +x "$RUNNER_TEMP/own/mine"
          echo "# Told" >> "$GITHUB_STEP_SUMMARY"
          echo "::add-mask::sesame"
          echo "hidden=open sesame" >> "$GITHUB_OUTPUT"
          echo "says sesame"
      - run: |
          test "$WHERE-$LATER-$(mine)" = job-step-mine
          test "$GITHUB_REPOSITORY_ID-$GITHUB_RUN_ATTEMPT-$GITHUB_REF_NAME" = 42-1-main
          test -z "${AWS_ACCESS_KEY_ID-}${ACTIONS_ID_TOKEN_REQUEST_TOKEN-}"
          test "${{ env.LATER }}-${{ steps.words.outcome }}" = step-success
      - id: fails
        continue-on-error: true
        run: "false | true"
      - run: test "${{ steps.fails.outcome }}-${{ steps.fails.conclusion }}-${{ job.status }}" = failure-success-success
      - run: exit 4
      - run: exit 5
      - if: failure()
        run: echo cleaned
  hear:
    needs: tell
    if: always()
    runs-on: ubuntu-24.04
    steps:
      - env: {WORD: "${{ needs.tell.outputs.word }}", TEXT: "${{ needs.tell.outputs.text }}"}
        run: test "$WORD/$TEXT" = "$(printf 'step-push/one\\ntwo')"
"""


def test_steps(github: Github) -> None:
    _, run = begin(github, STEPS)
    told = run.jobs["tell"]
    assert results(run) == {"tell": "failure", "hear": "success"}, run.message
    assert "exit code 4" in told.message and "exit code 5" not in told.message
    assert "cleaned" in told.log and told.summary == "# Told\n"
    assert told.outputs["hidden"] == "" and "sesame" not in told.log.replace("add-mask", "") and "says ***" in told.log
    assert [outcome for _, outcome in told.steps] == [
        "success", "success", "failure", "success", "failure", "skipped", "success",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('echo "word" >> "$GITHUB_OUTPUT"', "Invalid format 'word'"),
        ("printf 'a<<END\\nb\\n' >> \"$GITHUB_OUTPUT\"", "Matching delimiter not found 'END'"),
        ('echo "NODE_OPTIONS=--require x" >> "$GITHUB_ENV"', "Can't store NODE_OPTIONS"),
    ],
)
def test_what_a_step_must_not_tell(github: Github, line: str, said: str) -> None:
    text = f"on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          {line}\n"
    _, run = begin(github, text)
    assert said in run.message


def test_no_untrusted_text_becomes_a_command(github: Github) -> None:
    """The simulator runs what an expression leaves in a script, as GitHub does; a variable keeps it as it is."""
    text = """
on: push
jobs:
  a:
    runs-on: x
    steps:
      - run: echo "${{ github.event.head }}"
      - env: {HEAD: "${{ vars.TITLE }}"}
        run: echo "$HEAD"
      - run: echo "${{ vars.TITLE }}"
"""
    _, run = begin(github, text, variables={"TITLE": "$(echo injected | tr a-z A-Z)"})
    assert run.log.splitlines() == ["", "$(echo injected | tr a-z A-Z)", "INJECTED"]


ARTIFACTS = f"""
on: push
jobs:
  make:
    runs-on: x
    outputs:
      id: ${{{{ steps.keep.outputs.artifact-id }}}}
      digest: ${{{{ steps.keep.outputs.artifact-digest }}}}
    steps:
      - run: mkdir -p out/deep && echo one > out/deep/a.txt && echo secret > out/.hidden
      - id: keep
        uses: {UPLOAD}
        with: {{name: made, path: out, if-no-files-found: error}}
      - uses: {UPLOAD}
        continue-on-error: true
        id: again
        with: {{name: made, path: out}}
      - run: test "${{{{ steps.again.outcome }}}}" = failure
  take:
    needs: make
    runs-on: x
    steps:
      - uses: {DOWNLOAD}
        with: {{artifact-ids: "${{{{ needs.make.outputs.id }}}}", path: in}}
      - run: test "$(cat in/deep/a.txt)" = one && test ! -e in/.hidden
      - uses: {DOWNLOAD}
        with: {{name: other}}
"""


def test_artifacts(github: Github) -> None:
    _, run = begin(github, ARTIFACTS)
    assert results(run) == {"make": "success", "take": "failure"}
    assert "Artifact not found: other" in run.message
    [kept] = run.artifacts
    assert run.jobs["make"].outputs == {"id": str(kept.identity), "digest": kept.digest}


def test_checkout(github: Github) -> None:
    text = f"""
on: push
permissions: {{contents: read}}
jobs:
  a:
    runs-on: x
    steps:
      - uses: {CHECKOUT}
      - run: test "$(cat model/a.py)" = "print()" && test -e "$RUNNER_TEMP/git-credentials.config"
  b:
    runs-on: x
    steps:
      - uses: {CHECKOUT}
        with: {{persist-credentials: false, path: at}}
      - run: test -e model/a.py || test -e at/model/a.py && test ! -e "$RUNNER_TEMP/git-credentials.config"
  c:
    runs-on: x
    permissions: {{}}
    steps: [{{uses: {CHECKOUT}}}]
"""
    _, run = begin(github, text, {"model/a.py": "print()"})
    assert results(run) == {"a": "success", "b": "success", "c": "failure"}, run.message


@pytest.mark.parametrize(
    ("uses", "given", "said"),
    [
        ("actions/checkout@v7", "{}", "names no commit"),
        (f"actions/cache@{'0' * 40}", "{path: x}", "not known here"),
        (CHECKOUT, "{ssh-key: x}", "is given ssh-key"),
    ],
)
def test_unknown_actions(github: Github, uses: str, given: str, said: str) -> None:
    text = f"on: push\njobs: {{a: {{runs-on: x, steps: [{{uses: {uses}, with: {given}}}]}}}}"
    with pytest.raises(JourneyError, match=said):
        begin(github, text)


def test_again(github: Github) -> None:
    """Failed jobs run again, with those after them; the others keep their outputs and what they kept."""
    text = f"""
on: push
jobs:
  make:
    runs-on: x
    outputs: {{id: "${{{{ steps.keep.outputs.artifact-id }}}}"}}
    steps:
      - run: echo "$GITHUB_RUN_ATTEMPT" > made.txt
      - id: keep
        uses: {UPLOAD}
        with: {{name: made, path: made.txt}}
  use:
    needs: make
    runs-on: x
    steps:
      - uses: {DOWNLOAD}
        with: {{artifact-ids: "${{{{ needs.make.outputs.id }}}}"}}
      - run: test "$(cat made.txt)-$GITHUB_RUN_ATTEMPT" = 1-2
  after:
    needs: use
    runs-on: x
    steps: [{{run: "true"}}]
"""
    _, run = begin(github, text)
    assert results(run) == {"make": "success", "use": "failure", "after": "skipped"}
    github.again(run, "developer")
    github.settle()
    assert results(run) == {"make": "success", "use": "success", "after": "success"}, run.message
    assert (run.attempt, run.conclusion, len(run.artifacts)) == (2, "success", 1)


def test_all_again(github: Github) -> None:
    """Also what has succeeded runs again."""
    text = workflow(a=job(run='echo "attempt $GITHUB_RUN_ATTEMPT"'), b=job("a", run='test "$GITHUB_RUN_ATTEMPT" = 2'))
    _, run = begin(github, text)
    github.again(run, "developer", everything=True)
    github.settle()
    assert (run.jobs["a"].log, run.conclusion) == ("attempt 2\n", "success"), run.message


def test_programs_in_python(github: Github) -> None:
    """On the command line, in the input and as a module they are what they are where Python itself is started."""
    text = """
on: push
jobs:
  a:
    runs-on: x
    steps:
      - run: |
          python3 -c 'import sys; print(__name__, *sys.argv)' one two
          echo 'import sys; print(__name__, *sys.argv)' | python3 -
          echo told > told.txt
          python3 -m zipfile -c made.zip told.txt && python3 -m zipfile -e made.zip out && cat out/told.txt
          python3 -c 'raise SystemExit(3)' || echo "ended with $?"
"""
    _, run = begin(github, text)
    assert run.log.splitlines() == ["__main__ -c one two", "__main__ -", "told", "ended with 3"], run.message


def test_a_broken_workflow_is_an_error(github: Github) -> None:
    with pytest.raises(WorkflowError, match="nope"):
        begin(github, "on: push\njobs: {a: {runs-on: x, steps: [{run: 'echo ${{ nope.x }}'}]}}")
