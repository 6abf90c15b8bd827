"""Plays scenes in a delivery and prints the journey.

`python main.py runs.json` plays every run of the file, each in a process of its own that is forked when everything is
imported, and writes what became of it to `results.json` beside it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from moto import mock_aws

from cloud import Cloud
from facts import Facts, Group
from fronted_scenes import FRONTED
from github_scenes import HOSTED
from gitlab import Gitlab
from gitlab_scenes import AT_GITLAB, AtGitlab
from governed_scenes import GOVERNED
from hosted import Hosted, attach
from journey import Journey, Scene
from monitoring import WATCHED
from runner_programs import runner_environment
from scenes import PROMOTIONS, SCENES
from story import Story
from values import Denied, JourneyError, Place
from world import Settings, World


def play(run: dict[str, Any], python: Path) -> dict[str, Any]:
    """Plays one run; the answer says whether it came through, or why not."""
    story = Story(quiet=bool(run.get("quiet")))
    error = ""
    with (
        tempfile.TemporaryDirectory(prefix="journey-") as work,
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}}),
    ):
        facts = Facts.read(Path(run["facts"]))
        settings = Settings(
            assembly=Path(run["assembly"]),
            default=Place(run["default"]["account"], run["default"]["region"]),
            judge=run.get("judge"),
            work=Path(work),
            python=python,
            sdk=run.get("sdk", ""),
            generated=Path(run["generated"]) if run.get("generated") else None,
            changed=Path(run["changed"]) if run.get("changed") else None,
            existing_trail=bool(facts.governance and facts.governance.existing_trail),
        )
        try:
            world = World(settings, story)
            journey = Journey(world, facts)
            for group in facts.groups:
                if run.get("groups") and group.name not in run["groups"]:
                    continue
                known = {**SCENES, **(GOVERNED if facts.governance else {})}
                if facts.promotion:
                    known = {scene.__name__: scene for scene in PROMOTIONS}
                if any(e.api for g in facts.groups for e in g.environments):
                    known = {**SCENES, **FRONTED}
                if any(e.monitoring for g in facts.groups for e in g.environments):
                    known = {**SCENES, **WATCHED}
                if facts.host:
                    known = _on_github(journey, run, known)
                if facts.gitlab:
                    known = _at_gitlab(journey, run, known)
                for name in run.get("scenes") or _own(facts, known):
                    story.chapter(f"{group.name}: {known[name].__doc__}")
                    known[name](journey, group)
                    journey.invariants()
        except (JourneyError, Denied) as failure:
            error = str(failure)
        except Exception:
            error = traceback.format_exc()
        if "world" in locals():
            epilogue(world, story)
            world.stop()
    if error:
        story.tell("THE JOURNEY ENDS HERE", error)
    return {"name": run["name"], "error": error, "lines": story.lines, "seconds": time.monotonic() - story.begin}


def _on_github(journey: Journey, run: dict[str, Any], others: dict[str, Scene]) -> dict[str, Scene]:
    """The scenes of a delivery that workflows run, with the files of its repository."""
    world = journey.world
    if world.github is None:
        world.github = attach(world, journey.facts)
    hosted = Hosted(journey, world.github, Path(run["repository"]))

    def bound(name: str) -> Scene:
        def scene(_: Journey, group: Group) -> None:
            HOSTED[name](hosted, group)
            world.machines.pass_time()
            hosted.settle()

        scene.__doc__ = HOSTED[name].__doc__
        return scene

    return {**others, **{name: bound(name) for name in HOSTED}}


def _at_gitlab(journey: Journey, run: dict[str, Any], others: dict[str, Scene]) -> dict[str, Scene]:
    """The scenes of a delivery that pipelines of GitLab run, with the files of its project."""
    world = journey.world
    environment = runner_environment(world.builds.programs, world.server)
    gitlab = Gitlab(world.gateway, world.server, world.story, environment, journey.facts.at_gitlab,
                    Path(run["repository"]), world.settings.work)  # fmt: skip
    hosted = AtGitlab(journey, gitlab)

    def bound(name: str) -> Scene:
        def scene(_: Journey, group: Group) -> None:
            AT_GITLAB[name](hosted, group)
            world.machines.pass_time()
            world.settle()

        scene.__doc__ = AT_GITLAB[name].__doc__
        return scene

    return {**others, **{name: bound(name) for name in AT_GITLAB}}


def _own(facts: Facts, known: dict[str, Scene]) -> Iterable[str]:
    """The scenes that are played unless others are asked for."""
    if facts.host:
        return HOSTED
    if facts.gitlab:
        return AT_GITLAB
    if facts.governance:
        return GOVERNED
    if any(e.monitoring for g in facts.groups for e in g.environments):
        return WATCHED
    return FRONTED if any(e.api for g in facts.groups for e in g.environments) else known


def epilogue(world: World, story: Story) -> None:
    """What was real and what was not."""
    story.chapter("What was real in this journey, and what was not")
    judged = (
        f"{world.gateway.judge.questions} questions to the judge"
        if world.settings.judge
        else "NO judge: everything was allowed"
    )
    story.tell("permissions", judged)
    show = lambda counts: ", ".join(f"{name} x{n}" for name, n in sorted(counts.items()))
    story.tell("moto answered", show(world.gateway.answered))
    story.tell("fakes answered (botocore's model)", show(world.gateway.faked))
    story.tell("interpreted here", "EventBridge, CodePipeline, CodeBuild, CloudFormation; Step Functions by moto")
    for command in sorted(set(world.builds.replaced)):
        # uv would only find the environment; the program itself runs in one that has the SDK.
        really = command.startswith("uv run --no-sync python -m pipelines")
        label = "really run, without uv" if really else "stand-in for the command"
        story.tell(label, f"{command} (x{world.builds.replaced.count(command)})")
    for command in sorted(set(world.builds.commands) - set(world.builds.replaced)):
        story.tell("really run", f"{command} (x{world.builds.commands.count(command)})")


def start_python(socket: Path) -> subprocess.Popen[bytes]:
    """The process that becomes `python3` in builds."""
    file = Path(__file__).parent / "python_server.py"
    server = subprocess.Popen([sys.executable, str(file), str(socket)], stdout=subprocess.PIPE)
    assert server.stdout
    server.stdout.readline()
    return server


def warm_up(run: dict[str, Any]) -> None:
    """Loads once, for all processes that are forked, what moto loads and parses at its first use."""
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        Cloud.deploy(Path(run["assembly"]), Place(run["default"]["account"], run["default"]["region"]))


def fork(run: dict[str, Any], folder: Path, python: Path) -> int:
    """Plays a run in a child process; gives its id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        result = play(run, python)
        (folder / f"{run['name']}.result.json").write_text(json.dumps(result))
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


def main() -> int:
    """All runs of a file, some at a time."""
    file = Path(sys.argv[1])
    data = json.loads(file.read_text())
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        os.environ[name] = "testing"
    warm_up(data["runs"][0])
    waiting: list[dict[str, Any]] = list(data["runs"])
    running: set[int] = set()
    with tempfile.TemporaryDirectory(prefix="python-") as folder:
        python = Path(folder) / "socket"
        server = start_python(python)
        while waiting or running:
            while waiting and len(running) < int(data.get("parallel", 1)):
                running.add(fork(waiting.pop(0), file.parent, python))
            running.discard(os.wait()[0])
        server.terminate()
        server.wait()
    results = []
    for run in data["runs"]:
        answer = file.parent / f"{run['name']}.result.json"
        lost = {
            "name": run["name"],
            "error": "the process of this run ended without a result",
            "lines": [],
            "seconds": 0,
        }
        results.append(json.loads(answer.read_text()) if answer.exists() else lost)
    (file.parent / "results.json").write_text(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
