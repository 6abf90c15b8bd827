"""The report command: which run, where to, and what it says when it cannot."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_runner.report.cli import add_arguments, find, main

from .make_runs import failed, successful
from .records import at, run, save

ROOT = Path(__file__).parents[2]


def report(*arguments: str) -> int:
    """Run the command as the runner's command line does."""
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return main(parser.parse_args(list(arguments)))


def test_the_latest_run_is_reported_beside_its_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    failed(tmp_path, "20261121T110000-ffff")
    identity = successful(tmp_path, "binary", "20261121T120000-0001")
    assert report("--work", str(tmp_path)) == 0
    path = tmp_path / "runs" / identity / "report.html"
    assert path.read_text("utf-8").startswith("<!doctype html>")
    assert capsys.readouterr().out.split() == ["Report:", str(path), path.as_uri()]


def test_of_two_runs_of_one_second_the_one_that_started_later_is_the_latest(tmp_path: Path) -> None:
    save(tmp_path, run("20261121T120000-aaaa", [], startTime=at(0.9)))
    save(tmp_path, run("20261121T120000-bbbb", [], startTime=at(0.1)))
    assert find(tmp_path, "latest") == "20261121T120000-aaaa"


def test_a_file_of_ones_own_is_written_and_nothing_else(tmp_path: Path) -> None:
    identity = successful(tmp_path / "work", "binary", "20261121T120000-0001")
    output = tmp_path / "deep" / "änd" / "page.html"
    assert report("--work", str(tmp_path / "work"), "--run", identity, "--output", str(output)) == 0
    assert [path.name for path in output.parent.iterdir()] == ["page.html"]
    assert not (tmp_path / "work" / "runs" / identity / "report.html").exists()
    assert output.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("20261121T120000-0002", "did you mean 20261121T120000-0001?"),
        ("20261121T1", "did you mean 20261121T110000-ffff or 20261121T120000-0001?"),
        ("nonsense", "the latest is 20261121T120000-0001"),
        ("../../etc", "no such run in"),
        ("", "no such run in"),
    ],
)
def test_an_unknown_run_is_answered_with_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wanted: str, says: str
) -> None:
    failed(tmp_path, "20261121T110000-ffff")
    successful(tmp_path, "binary", "20261121T120000-0001")
    assert report("--work", str(tmp_path), "--run", wanted) == 2
    said = capsys.readouterr()
    assert said.err.startswith(f"error: --run {wanted}: ")
    assert says in said.err
    assert said.out == ""


def test_the_beginning_of_an_id_is_enough(tmp_path: Path) -> None:
    failed(tmp_path, "20261121T110000-ffff")
    successful(tmp_path, "binary", "20261121T120000-0001")
    assert find(tmp_path, "20261121T11") == "20261121T110000-ffff"


def test_no_run_at_all_is_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report("--work", str(tmp_path / "nowhere")) == 2
    assert "there is no run in it; run the pipeline first" in capsys.readouterr().err
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("output", ["taken", "file/page.html"])
def test_an_output_that_cannot_be_written_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], output: str
) -> None:
    successful(tmp_path, "binary", "20261121T120000-0001")
    (tmp_path / "taken").mkdir()
    (tmp_path / "file").write_text("")
    assert report("--work", str(tmp_path), "--output", str(tmp_path / output)) == 2
    assert capsys.readouterr().err.startswith(f"error: --output {tmp_path / output}: ")


def test_a_broken_record_is_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    identity = successful(tmp_path, "binary", "20261121T120000-0001")
    (tmp_path / "runs" / identity / "run.json").write_text("{")
    assert report("--work", str(tmp_path)) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_the_command_needs_the_standard_library_alone(tmp_path: Path) -> None:
    successful(tmp_path, "regression", "20261121T120000-0001")
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
            "import runpy; sys.argv[1:] = ['--work', '.']\n"
            "runpy.run_module('local_runner.report', run_name='__main__')",
        ],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "LANG": "C"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.dumps("report.html")[1:-1] in done.stdout


@pytest.mark.parametrize("exists", [True, False])
def test_the_report_is_opened_in_the_browser_where_there_is_one(tmp_path: Path, exists: bool) -> None:
    identity = successful(tmp_path / "work", "binary", "20261121T120000-0001")
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {seen}\n')
    browser.chmod(0o755 if exists else 0o644)
    command = [sys.executable, "-m", "local_runner.report", "--work", str(tmp_path / "work"), "--open"]
    # Without a display and with an empty PATH, only what BROWSER names can be found.
    environment = {"BROWSER": str(browser), "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    page = tmp_path / "work" / "runs" / identity / "report.html"
    assert (done.returncode, str(page) in done.stdout) == (0, True)
    assert ("There is no browser here" in done.stderr) == (not exists)
    assert seen.exists() == exists
    if exists:
        assert seen.read_text() == page.as_uri()
