"""The pull-request command: this branch beside its target, each in a working tree of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from markdown_it import MarkdownIt

from local_runner.pull_request.markdown import block, table, text
from local_runner.pull_request.target import COMMAND_VARIABLE

from .conftest import RUNNER, Repository

SUMMARY = "build/pull-request/summary.md"
# What is compiled is committed here: compiling is not the runner's work.
RUN = f"PYTHONPATH={RUNNER} {sys.executable} -m local_runner run --no-register"
GFM = MarkdownIt("gfm-like", {"linkify": False})


@pytest.fixture
def branch(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A branch that parted from main; main has gone on since."""
    monkeypatch.setenv(COMMAND_VARIABLE, RUN)
    git(repository, "init", "--quiet", "--initial-branch=main")
    (repository.root / ".gitignore").write_text("/.local/\n/build/pull-request/\n")
    commit(repository, "first")
    git(repository, "checkout", "--quiet", "-b", "feature")
    git(repository, "checkout", "--quiet", "main")
    definition = read(repository)
    default(definition, "max_depth")["DefaultValue"] = 9
    repository.write("definition.json", definition)
    commit(repository, "main goes on")
    git(repository, "checkout", "--quiet", "feature")
    return repository


def git(repository: Repository, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *arguments]
    done = subprocess.run(command, cwd=repository.root, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(repository: Repository, message: str) -> None:
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", message)


def read(repository: Repository) -> dict[str, Any]:
    return dict(json.loads((repository.build / "definition.json").read_text()))


def default(definition: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [item for item in definition["Parameters"] if item["Name"] == name]
    assert isinstance(found, dict)
    return found


def change(repository: Repository, name: str, value: Any) -> None:
    definition = read(repository)
    default(definition, name)["DefaultValue"] = value
    repository.write("definition.json", definition)


def measure(repository: Repository, accuracy: float, deviation: float = 0.01, data: str = "d1") -> None:
    """Make the evaluation say so."""
    metric = {"value": accuracy, "standard_deviation": deviation}
    report = {"binary_classification_metrics": {"accuracy": metric}}
    lineage = {"data_version": data, "rows": 97, "split": {"seed": 1}}
    repository.code(
        "evaluate.py",
        "import json, os\nfrom pathlib import Path\n"
        "folder = Path(os.environ.get('SM_PROCESSING_DIR', '/opt/ml/processing')) / 'evaluation'\n"
        f"(folder / 'evaluation.json').write_text(json.dumps({report!r}))\n"
        f"(folder / 'lineage.json').write_text(json.dumps({lineage!r}))\n"
        "(folder / 'sample_request.csv').write_text('1\\n')\n",
    )


def compare(repository: Repository, *arguments: str, code: int = 0) -> str:
    output = repository.run("pull-request", *arguments, code=code)
    summary = (repository.root / SUMMARY).read_text()
    assert summary in output
    return summary


def rows(summary: str, first: str) -> list[list[str]]:
    """Return the cells of the table whose head begins so, as a renderer of Markdown sees them."""
    tokens = GFM.parse(summary)
    tables: list[list[list[str]]] = []
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif token.type in ("th_open", "td_open"):
            children = tokens[index + 1].children or []
            tables[-1][-1].append("".join(child.content for child in children))
    (found,) = [one for one in tables if one[0][0] == first]
    return found


def test_metrics_stand_beside_each_other_with_their_difference_and_the_gate(branch: Repository) -> None:
    measure(branch, 0.95)
    commit(branch, "measured")
    git(branch, "branch", "--force", "main")
    measure(branch, 0.85)
    head, metric = rows(compare(branch), "Metric")
    assert head == [
        "Metric",
        f"main at {git(branch, 'rev-parse', 'HEAD')[:12]}",
        "This branch",
        "Difference",
        "Quality gate",
    ]
    assert metric == [
        "accuracy", "0.9500 ± 0.0164", "0.8500 ± 0.0164", "\u22120.1000 (\u22120.1233 to \u22120.0767), worse", "≥ 0.6: met",
    ]  # fmt: skip


def test_a_parameter_is_compared_with_where_the_branches_parted(branch: Repository) -> None:
    change(branch, "max_depth", 5)
    assert rows(compare(branch), "Parameter")[1:] == [["max_depth", "3", "5"]]


def test_nothing_changed_is_said(branch: Repository) -> None:
    summary = compare(branch)
    assert "No parameter differs." in summary and "No step of the compiled definition differs." in summary
    assert "Code, images and data are the same." in summary


def test_steps_that_came_went_and_changed_are_named(branch: Repository) -> None:
    definition = read(branch)
    added = json.loads(json.dumps(definition["Steps"][0]).replace("Preprocess", "Look"))
    definition["Steps"].insert(0, added)
    definition["Steps"][2]["Arguments"]["StoppingCondition"] = {"MaxRuntimeInSeconds": 60}
    gate = definition["Steps"][-1]
    gate["Arguments"]["IfSteps"] = []
    branch.write("definition.json", definition)
    summary = compare(branch)
    assert "- Step added: Look (Processing)" in summary
    assert "- Step removed: Register (RegisterModel)" in summary
    places = {row[0]: row[1:] for row in rows(summary, "In a step")}
    assert places["Train: StoppingCondition.MaxRuntimeInSeconds"][1] == "60"


def test_a_missed_gate_is_shown_and_fails(branch: Repository) -> None:
    change(branch, "QualityThreshold", 0.999)
    summary = compare(branch, code=1)
    assert "**Quality gate missed**: accuracy" in summary and "The run of this branch failed" in summary
    assert rows(summary, "Parameter")[1] == ["QualityThreshold", "0.6", "0.999"]


def test_a_target_that_misses_its_gate_is_compared_and_fails_nothing(branch: Repository) -> None:
    change(branch, "QualityThreshold", 0.999)
    commit(branch, "too much")
    git(branch, "branch", "--force", "main")
    change(branch, "QualityThreshold", 0.5)
    assert rows(compare(branch), "Metric")[1][0] == "accuracy"


@pytest.mark.parametrize("broken", ["first pull request", "broken"])
def test_a_target_that_cannot_run_says_so_and_fails_nothing(branch: Repository, broken: str) -> None:
    if broken == "broken":
        text = (branch.build / "definition.json").read_text()
        (branch.build / "definition.json").write_text(text[:100])
    else:
        git(branch, "rm", "--quiet", "-r", "--cached", "build")
    git(branch, "commit", "--quiet", "--all", "--message", "broken")
    git(branch, "branch", "--force", "main")
    if broken == "broken":
        (branch.build / "definition.json").write_text(text)
    summary = compare(branch)
    assert "could not be run, so nothing is compared" in summary
    assert ("is not JSON" if broken == "broken" else "There is no pipeline definition") in summary
    assert [len(row) for row in rows(summary, "Metric")] == [3, 3]


def test_both_run_on_the_data_of_this_branch(branch: Repository) -> None:
    (branch.root / "data" / "data.csv").write_text("target,x\n" + "0,1\n1,99\n" * 40)
    definition, manifest = read(branch), json.loads((branch.build / "manifest.json").read_text())
    for name in list(manifest["mounts"]):
        manifest["mounts"][name.replace("0011223344556677", "8899aabbccddeeff")] = manifest["mounts"].pop(
            name
        )
    branch.write("manifest.json", manifest)
    item = default(definition, "InputDataUrl")
    item["DefaultValue"] = item["DefaultValue"].replace("0011223344556677", "8899aabbccddeeff")
    branch.write("definition.json", definition)
    summary = compare(branch)
    assert "both runs used that of this branch" in summary
    theirs = json.loads(next(branch.work.glob("pull-request/target/.local/runs/*/run.json")).read_text())
    values = {item["name"]: item["value"] for item in theirs["parameters"]}
    assert values["InputDataUrl"] == str(branch.root / "data" / "data.csv")


def test_of_other_test_rows_no_difference_is_told(branch: Repository) -> None:
    measure(branch, 0.95)
    commit(branch, "measured")
    git(branch, "branch", "--force", "main")
    measure(branch, 0.85, data="d2")
    summary = compare(branch)
    assert "Not the same test rows" in summary and rows(summary, "Metric")[1][3] == "\u2013"


def test_the_second_comparison_uses_the_same_working_tree(branch: Repository) -> None:
    compare(branch)
    tree = branch.work / "pull-request" / "target"
    (tree / ".local" / "kept").write_text("")
    (tree / "left-over").write_text("")
    (tree / "build" / "pipeline" / "manifest.json").write_text("{}")
    compare(branch)
    assert (tree / ".local" / "kept").exists() and not (tree / "left-over").exists()
    assert len(list((tree / ".local" / "runs").iterdir())) == 2
    git(branch, "worktree", "remove", "--force", str(tree))
    compare(branch)


def test_a_hook_of_the_repository_is_not_run(branch: Repository) -> None:
    hook = branch.root / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch hooked\nexit 1\n")
    hook.chmod(0o755)
    compare(branch)
    assert not list(branch.root.rglob("hooked"))


def test_data_that_is_not_here_is_not_fetched_by_a_check(branch: Repository) -> None:
    change(branch, "InputDataUrl", "s3://elsewhere/rows.csv")
    assert "there is nothing at s3://elsewhere/rows.csv" in branch.run("pull-request", code=1)
    summary = compare(branch, "--offline")
    assert "Not run: the data is in s3://elsewhere/rows.csv" in summary and "pullRequests.data" in summary
    named = compare(branch, "--offline", "--data", "data/data.csv")
    assert rows(named, "Metric")[1][0] == "accuracy"


def test_the_summary_of_a_job_gets_it_too(branch: Repository) -> None:
    summary = branch.root / "job.md"
    summary.write_text("before\n")
    compare(branch, "--summary", "job.md")
    assert summary.read_text() == "before\n" + (branch.root / SUMMARY).read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--target", "nowhere"], "--target nowhere: git knows no such branch or commit here"),
        (["--target", "--help-me"], None),
        (["--target=--all"], "git knows no such branch"),
        (["--data", "nowhere.csv"], "--data nowhere.csv: there is no such file or directory"),
        (["--output", "data"], "this is a directory; name a file in it"),
    ],
)
def test_what_is_wrong_is_told(branch: Repository, arguments: list[str], message: str | None) -> None:
    output = branch.run("pull-request", *arguments, code=1 if message else 2)
    assert (message or "--target") in output


def test_histories_without_a_common_commit_are_told(branch: Repository) -> None:
    git(branch, "checkout", "--quiet", "--orphan", "other")
    git(branch, "commit", "--quiet", "--message", "alone")
    assert "no commit in common" in branch.run("pull-request", code=1)


def test_a_branch_of_the_origin_goes_before_one_of_this_clone(branch: Repository) -> None:
    git(branch, "update-ref", "refs/remotes/origin/main", "main~1")
    change(branch, "max_depth", 4)
    commit(branch, "deeper")
    git(branch, "branch", "--force", "main")
    assert rows(compare(branch), "Parameter")[1] == ["max_depth", "3", "4"]


@pytest.mark.parametrize(
    "hostile",
    [
        "a | b", "`code`", "<script>alert(1)</script>", "[a](https://example.com)", "![x](y)", "*b* _i_ __b__",
        "~~s~~", "$x$", "&lt;b&gt;", "&#60;", "\\| \\", "# no head", "- no item", "a\nb", "x__y__z", "_",
    ],
)  # fmt: skip
def test_a_text_of_a_run_is_nothing_but_text(hostile: str) -> None:
    cells = rows("\n".join(table(["A", "B"], [[text(hostile), "2"]])), "A")
    assert cells[1] == [" ".join(hostile.split()), "2"]
    (inline,) = [token for token in GFM.parse(f"Said: {text(hostile)}") if token.type == "inline"]
    assert {child.type for child in inline.children or []} <= {"text", "text_special"}


def test_output_stays_in_its_block() -> None:
    lines = ["```", "````", "<b>", "\x1b[31mred\x1b[0m"]
    (token,) = GFM.parse("\n".join(block(lines)))
    assert (token.type, token.content) == ("fence", "```\n````\n<b>\nred\n")
