"""What is shown: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from local_runner.live import _cut, _fitting
from local_runner.logs import LogFollower

from .conftest import Repository

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOR = re.compile(r"\x1b\[\d+m")


def on_a_terminal(repository: Repository, *arguments: str, code: int = 0, **environment: Any) -> str:
    """Run on a pseudo terminal; returns everything that was written to it."""
    outer, inner = pty.openpty()
    env = {key: value for key, value in repository.environment().items() if key not in ("CI", "NO_COLOR")}
    env |= {"TERM": "xterm-256color", **environment}
    command = [sys.executable, "-m", "local_runner", "run", *arguments]
    process = subprocess.Popen(command, cwd=repository.root, env=env, stdout=inner, stderr=inner, stdin=inner)
    os.close(inner)
    parts: list[bytes] = []

    def read() -> None:
        while True:
            try:
                data = os.read(outer, 65536)
            except OSError:  # Linux says so when the other side is closed
                return
            if not data:
                return
            parts.append(data)

    reader = threading.Thread(target=read)
    reader.start()
    assert process.wait(timeout=60) == code
    reader.join()
    os.close(outer)
    return b"".join(parts).decode()


def test_a_terminal_shows_a_table_that_is_redrawn(repository: Repository) -> None:
    output = on_a_terminal(repository)
    assert "\x1b[6F" in output  # back up over the six steps
    assert output.count("\x1b[?25l") == output.count("\x1b[?25h") == 1  # the cursor comes back
    assert COLOR.search(output)
    last = ESCAPE.sub("", output[output.rindex("\x1b[6F") :])
    assert re.search(r"Succeeded +Train +Training +\d+\.\d s", last)
    assert re.search(r"Skipped +QualityGateFailed", last)
    assert "Succeeded in" in last and "97 rows" not in last


def test_no_color_is_honoured(repository: Repository) -> None:
    output = on_a_terminal(repository, "--only", "Preprocess", NO_COLOR="1")
    assert not COLOR.search(output) and "\x1b[6F" in output


@pytest.mark.parametrize("environment", [{"TERM": "dumb"}, {"CI": "true", "NO_COLOR": "1"}])
def test_where_nothing_can_be_redrawn_there_are_plain_lines(
    repository: Repository, environment: dict[str, Any]
) -> None:
    output = on_a_terminal(repository, "--only", "Preprocess", **environment)
    assert not ESCAPE.search(output) and "Preprocess | 97 rows" in output


def test_a_failure_on_a_terminal_shows_the_log_below_the_table(repository: Repository) -> None:
    repository.code("train.py", "raise SystemExit('error: no rows')\n")
    output = ESCAPE.sub("", on_a_terminal(repository, code=1))
    assert "  | error: no rows" in output and "--only Train --from-run" in output


def test_piped_output_has_no_escapes_and_every_line_of_the_logs(repository: Repository) -> None:
    output = repository.run()
    assert not ESCAPE.search(output)
    assert output.count("Train | [") == 2


def test_a_log_is_followed_line_by_line(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    follower = LogFollower(log)
    assert follower.new_lines() == []
    log.write_text("one\ntw")
    assert follower.new_lines() == ["one"]
    with log.open("a") as file:
        file.write("o\n10%\r50%\r100%\nend")
    assert follower.new_lines() == ["two", "100%"]
    assert follower.new_lines(final=True) == ["end"]
    assert follower.new_lines(final=True) == []


def test_a_line_is_cut_to_the_terminal_and_its_color_ended() -> None:
    assert _cut("abcdef", 4) == "abc"
    assert _cut("\x1b[32mabcdef\x1b[0m", 4) == "\x1b[32mabc\x1b[0m"
    assert _cut("\x1b[32mab\x1b[0m", 4) == "\x1b[32mab\x1b[0m"


def test_a_small_terminal_shows_what_runs() -> None:
    steps = [
        {"name": str(number), "status": "Succeeded" if number < 8 else "Executing"} for number in range(10)
    ]
    assert [step["name"] for step in _fitting(steps, 3)] == ["0", "8", "9"]
    assert _fitting(steps, 10) == steps
