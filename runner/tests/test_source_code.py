"""Training as the SDK's ModelTrainer compiles it by itself: code and drivers are channels."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import Repository, load

SCRIPT = """
import json, os, sys
from pathlib import Path
print(json.dumps(sys.argv[1:]))
Path(os.environ["SM_MODEL_DIR"], "model.json").write_text("{}")
"""


def prepare(repository: Repository, **settings: Any) -> None:
    definition = load("source_code")
    train = next(step for step in definition["Steps"] if step["Name"] == "Train")
    for channel in train["Arguments"]["InputDataConfig"]:
        source = channel["DataSource"]["S3DataSource"]
        if channel["ChannelName"] in ("code", "sm_drivers"):
            repository.object(source["S3Uri"]).mkdir(parents=True)
        if channel["ChannelName"] == "code":
            (repository.object(source["S3Uri"]) / "train.py").write_text(SCRIPT)
            (repository.object(source["S3Uri"]) / "train.sh").write_text("echo shell $@\n")
        if channel["ChannelName"] == "sm_drivers":
            (repository.object(source["S3Uri"]) / "sourcecode.json").write_text(json.dumps(settings))
    repository.write("definition.json", definition)


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"entry_script": "train.py"}, '["--max_depth", "3", "--eta", "0.2"]'),
        ({"entry_script": "train.sh"}, "shell --max_depth 3 --eta 0.2"),
        ({"command": "echo said $SM_HP_MAX_DEPTH"}, "said 3"),
    ],
)
def test_the_entry_script_runs_as_the_drivers_would_run_it(
    repository: Repository, settings: dict[str, Any], line: str
) -> None:
    prepare(repository, **settings)
    repository.run()
    assert repository.states()["Train"] == "Succeeded"
    assert (repository.folder("Train") / "log.txt").read_text().strip() == line


def test_what_the_drivers_would_have_installed_is_noted(repository: Repository) -> None:
    prepare(repository, entry_script="train.py", requirements="requirements.txt")
    repository.run()
    (note,) = repository.steps()["Train"]["notes"]
    assert note == "requirements.txt was not installed; the script ran with the packages of --python."


def test_an_entry_script_that_is_not_there_is_named(repository: Repository) -> None:
    prepare(repository, entry_script="tarin.py")
    assert "the entry script 'tarin.py' is not in the channel code" in repository.run("run", code=1)
