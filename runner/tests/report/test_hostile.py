"""What stands in names, values and logs is shown as text; nothing missing or wrong breaks the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.locks import hold, release
from local_runner.report import ReportError, render

from .make_runs import successful, unfinished
from .reading import Page
from .records import at, evaluation, run, save, step

ATTACK = "<script>alert(1)</script>\"' onload='x' --> ]]> </style></title> &amp;"


def poisoned(value: Any) -> Any:
    """Return a record with the attack in every text that is not structure."""
    if isinstance(value, dict):
        keep = {
            "executionId",
            "status",
            "startTime",
            "endTime",
            "path",
            "log",
            "type",
            "version",
            "creationTime",
        }
        return {key: each if key in keep else poisoned(each) for key, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each) for each in value]
    return value + ATTACK if isinstance(value, str) else value


def test_hostile_text_everywhere_stays_text(tmp_path: Path) -> None:
    identity = successful(tmp_path, "binary", "20261121T120000-aaaa")
    path = tmp_path / "runs" / identity / "run.json"
    path.write_text(json.dumps(poisoned(json.loads(path.read_text()))))
    for log in path.parent.glob("steps/*/log.txt"):
        log.write_text(ATTACK)
    harmless = Page(render(tmp_path, identity))
    names = {element.name for element in harmless.root.all()}
    assert "script" not in names
    assert not [each for each in harmless.root.all() if "onload" in each.attributes]
    assert harmless.root.text.count("<script>alert(1)</script>") > 40
    assert len(harmless.root.all("style")) == 1


def test_control_characters_never_reach_the_page(tmp_path: Path) -> None:
    identity = "20261121T120000-aaaa"
    name = "Tr\x00ain\x1b[31m red\x1b[0m \u202egnp.exe \ud800 中文 \U0001d518 é\x07"
    record = run(identity, [step("Train", "Training", 0.1, 1.0, displayName=name, failureReason=name)])
    log = "\x1b]0;title\x07\x1b[32mgreen\x1b[0m\r\n 10%\r 50%\r100% done\n\x00\x01\x9b31mend\u2028\ud83d\n"
    save(tmp_path, record, {"Train": log})
    source = render(tmp_path, identity)
    source.encode("utf-8")
    assert not [character for character in source if ord(character) < 32 and character not in "\n\t"]
    assert not [
        character
        for character in source
        if 0x7F <= ord(character) < 0xA0 or 0x202A <= ord(character) <= 0x202E
    ]
    assert "green\n100% done\n" in source
    assert "[31m" not in source
    assert "title\x07" not in source
    assert "Tr\ufffdain red \ufffdgnp.exe \ufffd 中文 \U0001d518 é\ufffd" in source


@pytest.mark.parametrize(
    "token", ["NaN", "Infinity", "-Infinity", '"NaN"', "null", '"x"', "[]", "1e400", "{}", "true"]
)
def test_numbers_that_are_none_are_said_to_be_none(tmp_path: Path, token: str) -> None:
    identity = "20261121T120000-aaaa"
    output = evaluation(tmp_path, identity, {})
    directory = tmp_path / output["path"]
    entry = f'{{"value": {token}, "standard_deviation": {token}}}'
    (directory / "evaluation.json").write_text(
        f'{{"binary_classification_metrics": {{"accuracy": {entry}, '
        f'"confusion_matrix": {{"0": {{"0": {token}}}}},'
        f' "receiver_operating_characteristic_curve": {{"false_positive_rates": [0, {token}, 1], '
        f'"true_positive_rates": [0, {token}, 1]}}}}}}'
    )
    (directory / "details.json").write_text(
        f'{{"feature_importance": [{{"feature": "a", "importance": {token}}}, '
        '{"feature": "b", "importance": 1}],'
        f' "residuals": {{"actual": [{token}, 1, 2], "predicted": [1, 1, {token}]}}, "labels": {token}}}'
    )
    value = json.loads(token)
    conditions = [{"type": "GreaterThan", "left": value, "right": 0.5, "result": False}]
    measured = [{"name": "m", "value": value}]
    gate = step("Gate", "Condition", 1, 1, conditions=conditions, metrics=measured)
    steps = [
        step("Evaluate", "Processing", 0, 1, outputs=[output]),
        gate | {"seconds": value},
    ]
    save(tmp_path, run(identity, steps, seconds=value, cores=value))
    page = Page(render(tmp_path, identity))
    drawn = [
        value
        for each in page.root.all()
        for key, value in each.attributes.items()
        if key in {"x", "y", "cx", "cy", "d", "width"}
    ]
    assert not [value for value in drawn if "nan" in value or "inf" in value]
    quality = page.root.get("quality")
    assert "Accuracy" in quality.text or "No metrics were reported" in quality.text
    if token in {"NaN", '"NaN"'}:
        assert "not a number" in quality.text


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '"text"', "[" * 100_000, "\x00\xff"])
def test_reports_that_cannot_be_read_become_a_remark(tmp_path: Path, content: str) -> None:
    identity = successful(tmp_path, "regression", "20261121T120000-aaaa")
    for path in tmp_path.rglob("evaluation.json"):
        path.write_text(content)
    quality = Page(render(tmp_path, identity)).root.get("quality")
    assert "No metrics were reported." in quality.text
    assert "Residuals" in quality.text


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": None},
        {"steps": [1, None, {}]},
        {"steps": [{"name": "a"}, {"name": "a"}]},
        {"parameters": {}},
        {"registered": {}},
        {"registered": [{"metadata": []}]},
        {"sampleAnswer": []},
        {"sampleAnswer": {}},
        {"startTime": "yesterday"},
        {"startTime": 7},
        {"status": None},
        {"seconds": "long"},
        {"cores": []},
        {"command": 1},
        {"pipelineName": ""},
        {"failureReason": {"a": 1}},
        {
            "steps": [
                {"name": "a", "dependsOn": ["b", "a", 3]},
                {"name": "b", "dependsOn": ["a"]},
                {"name": "c", "parent": "c"},
            ]
        },
        {
            "steps": [
                {
                    "name": "a",
                    "startTime": "9999-12-31T23:59:59-12:00",
                    "endTime": "0001-01-01T00:00:00+14:00",
                    "seconds": 1e308,
                }
            ]
        },
        {
            "steps": [
                {
                    "name": "a",
                    "log": "../../../etc/passwd",
                    "outputs": [{"path": "../../../../etc"}, {"path": "\x00"}, {}],
                }
            ]
        },
    ],
)
def test_a_record_with_wrong_fields_still_gives_a_page(tmp_path: Path, fields: dict[str, Any]) -> None:
    directory = tmp_path / "runs" / "20261121T120000-aaaa"
    directory.mkdir(parents=True)
    (directory / "run.json").write_text(json.dumps({"status": "Succeeded", "pipelineName": "churn"} | fields))
    page = Page(render(tmp_path, directory.name))
    assert page.root.all("h1")[0].text.strip()
    assert "root:" not in page.source


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"version": 2}', "[" * 100_000])
def test_a_record_that_is_none_is_one_clear_error(tmp_path: Path, content: str) -> None:
    directory = tmp_path / "runs" / "20261121T120000-aaaa"
    directory.mkdir(parents=True)
    (directory / "run.json").write_text(content)
    with pytest.raises(ReportError, match="run 20261121T120000-aaaa: "):
        render(tmp_path, directory.name)


def test_a_run_going_on_is_told_from_one_whose_runner_died(tmp_path: Path) -> None:
    identity = unfinished(tmp_path, "20261121T120000-aaaa")
    lock = hold(tmp_path / "runs" / identity / ".lock")
    try:
        going_on = Page(render(tmp_path, identity)).root.all("header")[0]
    finally:
        release(lock)
    died = Page(render(tmp_path, identity)).root.all("header")[0]
    assert going_on.all("h1")[0].text == "Not finished: 1 of 4 steps done, Train running."
    assert died.all("h1")[0].text == "Stopped while Train was running; nothing was registered."
    assert "the runner ended without finishing this run" in died.text


def test_writing_a_report_leaves_the_record_as_it_was(tmp_path: Path) -> None:
    identity = unfinished(tmp_path, "20261121T120000-aaaa")
    path = tmp_path / "runs" / identity / "run.json"
    before = path.read_bytes()
    render(tmp_path, identity)
    assert path.read_bytes() == before


def test_missing_logs_and_outputs_are_said_to_be_missing(tmp_path: Path) -> None:
    identity = successful(tmp_path, "binary", "20261121T120000-aaaa")
    for path in [*tmp_path.rglob("log.txt"), *tmp_path.rglob("details.json")]:
        path.unlink()
    root = Page(render(tmp_path, identity)).root
    assert f"The log runs/{identity}/steps/Train/log.txt no longer exists." in root.get("logs").text
    assert "details.json is missing" in root.get("quality").text
    assert "Confusion matrix" in root.get("quality").text


def test_text_that_turns_around_is_made_visible(tmp_path: Path) -> None:
    record = run(
        "20261121T120000-aaaa", [], failureReason="x", status="Failed", pipelineName="a\u2066b\u202ec"
    )
    save(tmp_path, record | {"startTime": at(0)})
    assert (
        Page(render(tmp_path, "20261121T120000-aaaa")).root.all(class_="pipeline")[0].text
        == "a\ufffdb\ufffdc"
    )
