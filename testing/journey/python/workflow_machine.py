"""A machine of a job: its steps one after the other, those that run commands by bash for real.

After GitHub's documentation, "Workflow syntax for GitHub Actions" (how each shell is called, what a step inherits).
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from server import Server
from story import Story
from values import JourneyError
from workflow_commands import FILES, exported, hide, masks_in, read_pairs
from workflow_contexts import Where, github, of_job, variables
from workflow_language import Contexts, Language, Status
from workflow_runs import JobRun, Run, StepFailed
from workflows import Step

LIMIT_SECONDS = 300
SHELLS = {
    "": ["bash", "-e"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"],
    "sh": ["sh", "-e"],
    "python": ["python"],
}
"""How the script of a step is called; without a shell it is another call than with `shell: bash`."""


@dataclass
class Grant:
    """What a job's machine may do on GitHub."""

    token: str
    permissions: dict[str, str]
    api: str
    identity: dict[str, str]
    """Where a job gets identity tokens, which only one has that may."""


Action = Callable[["Machine", dict[str, str]], dict[str, str]]


@dataclass
class Machines:
    """What all machines have."""

    language: Language
    server: Server
    story: Story
    environment: dict[str, str]
    """Path and other variables that every step begins with."""
    action: Callable[[str], tuple[dict[str, str], Action]]
    """Inputs, with what they are unless given, and the program of an action; an unknown one is an error."""
    replaced: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    def work(self, run: Run, job: JobRun, grant: Grant) -> None:
        """Runs a job to its end."""
        with tempfile.TemporaryDirectory(prefix="runner-") as name:
            Machine(self, run, job, grant, Path(name)).run_all()


@dataclass
class Machine:
    """One machine."""

    machines: Machines
    run: Run
    job: JobRun
    grant: Grant
    root: Path
    env: dict[str, str] = field(default_factory=dict)
    """Of the workflow, the job, and what steps have left for later ones."""
    path: list[str] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: str = "success"

    @property
    def workspace(self) -> Path:
        """Where steps begin."""
        return self.root / "work"

    @property
    def temporary(self) -> Path:
        """`RUNNER_TEMP`."""
        return self.root / "temp"

    def run_all(self) -> None:
        """All steps whose conditions hold; then what the job leaves."""
        for folder in (self.workspace, self.temporary, self.temporary / "commands", self.root / "home"):
            folder.mkdir(parents=True)
        (self.temporary / "event.json").write_text(json.dumps(self.run.event.payload))
        self.masks.append(self.grant.token)
        language = self.machines.language
        self.env = language.texts(self.run.workflow.env, self._contexts())
        self.env |= language.texts(self.job.job.env, self._contexts())
        for step in self.job.job.steps:
            self._take(step)
        outputs = language.texts(self.job.job.outputs, self._contexts())
        for name, value in outputs.items():
            # An output in which something is to be hidden is left out ("Passing information between jobs").
            hidden = any(mask in value for mask in self.masks)
            self.job.outputs[name] = "" if hidden else value
            if hidden:
                self.job.log += f"Skip output '{name}' since it may contain secret.\n"
        self.job.result = self.status

    def resolve(self, path: str) -> Path:
        """A path as a step means it."""
        return self.workspace / path

    def _take(self, step: Step) -> None:
        language = self.machines.language
        contexts = self._contexts()
        contexts["env"] = {**self.env, **language.texts(step.env, contexts)}
        outcome, about = "skipped", self.steps.setdefault(step.identity, {"outputs": {}})
        if language.holds(step.condition, contexts, self._status()):
            name = language.text(step.name, contexts) or step.shown
            try:
                self._run(step, contexts, about) if step.run is not None else self._use(step, contexts, about)
                outcome = "success"
            except StepFailed as failed:
                outcome = "failure"
                self.job.log += f"##[error]{failed}\n"
                if language.value(step.continues, contexts) is not True:
                    self.status = "failure"
                    self.job.message = self.job.message or f"{name}: {failed}"
        self.job.steps.append((step.shown, outcome))
        forgiven = outcome == "failure" and self.status == "success"
        about |= {"outcome": outcome, "conclusion": "success" if forgiven else outcome}

    def _status(self) -> Status:
        return {"success": self.status == "success", "failure": self.status == "failure",
                "cancelled": False, "always": True}  # fmt: skip

    def _where(self) -> Where:
        event = str(self.temporary / "event.json")
        return Where(str(self.workspace), str(self.temporary), event, self.grant.api, self.grant.token)

    def _contexts(self) -> Contexts:
        found = of_job(self.run, self.job)
        runner = {"os": "Linux", "arch": "X64", "temp": str(self.temporary), "name": "runner",
                  "environment": "github-hosted", "debug": "", "tool_cache": f"{self.temporary}/tools"}  # fmt: skip
        return {
            **found, "github": github(self.run, self.job, self._where()), "env": dict(self.env),
            "steps": self.steps, "runner": runner, "job": {"status": self.status},
            "secrets": {"GITHUB_TOKEN": self.grant.token}, "strategy": {}, "matrix": {},
        }  # fmt: skip

    def variables(self) -> dict[str, str]:
        """What every step finds in its environment."""
        known = {**self.machines.environment, **variables(self.run, self.job, self._where())}
        known |= {"HOME": str(self.root / "home"), "JOURNEY_REPLACED": str(self.root / "replaced")}
        known["PATH"] = ":".join([*self.path, known["PATH"]])
        return {**known, **self.env, **self.grant.identity}

    def _run(self, step: Step, contexts: Contexts, about: dict[str, Any]) -> None:
        language, defaults = self.machines.language, {**self.run.workflow.defaults, **self.job.job.defaults}
        shell = step.shell or defaults.get("shell", "")
        if shell not in SHELLS:
            raise JourneyError(f"{step.shown}: the shell {shell} is not known here")
        text = language.text(step.run, contexts)
        self.machines.commands.append(text.strip())
        script = self.temporary / f"step-{len(self.job.steps)}.sh"
        script.write_text(text.rstrip("\n") + "\n")
        folder = self.resolve(language.text(step.folder, contexts) or defaults.get("working-directory", ""))
        if not folder.is_dir():
            raise StepFailed(f"No such file or directory: {folder}")
        files = {name: self.temporary / "commands" / f"{name}-{len(self.job.steps)}" for name in FILES}
        for file in files.values():
            file.touch()
        own = {f"GITHUB_{name.upper()}": str(file) for name, file in files.items()}
        environment = {**self.variables(), **contexts["env"], **own, "GITHUB_ACTION": step.identity}
        code, log = self._execute([*SHELLS[shell], str(script)], folder, environment)
        self.masks += masks_in(log)
        self.job.log += hide(log, self.masks)
        self.env |= exported(files["env"])
        self.path = [line for line in reversed(files["path"].read_text().splitlines()) if line] + self.path
        self.job.summary += files["step_summary"].read_text()
        about["outputs"] = read_pairs(files["output"])
        if code != 0:
            raise StepFailed(f"Process completed with exit code {code}: {_gist(hide(log, self.masks))}")

    def _execute(self, command: list[str], folder: Path, environment: dict[str, str]) -> tuple[int, str]:
        output = self.job.output = self.temporary / "output.txt"
        with output.open("wb") as file:
            process = subprocess.Popen(
                command, env=environment, stdout=file, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                start_new_session=True, cwd=folder,
            )  # fmt: skip
        # Waiting with a limit, Python looks in intervals only.
        limit = threading.Timer(LIMIT_SECONDS, lambda: os.killpg(process.pid, signal.SIGKILL))
        limit.start()
        process.wait()
        late = limit.finished.is_set()
        limit.cancel()
        if late:
            raise JourneyError(f"a step of {self.job.job.identity} took longer than {LIMIT_SECONDS} s")
        self.job.output, log = None, output.read_text()
        replaced = self.root / "replaced"
        if replaced.exists():
            self.machines.replaced += replaced.read_text().splitlines()
            replaced.unlink()
        failure = self.machines.server.failure
        if failure:
            self.machines.server.failure = None
            raise JourneyError(f"{failure} (in the job {self.job.job.identity})")
        return process.returncode, log

    def _use(self, step: Step, contexts: Contexts, about: dict[str, Any]) -> None:
        known, action = self.machines.action(step.uses)
        given = self.machines.language.texts(step.inputs, contexts)
        unknown = set(given) - set(known)
        if unknown:
            raise JourneyError(f"{step.uses} is given {', '.join(sorted(unknown))}, which the journey does not know")
        inputs = {**known, **{name: value for name, value in given.items() if value}}
        about["outputs"] = action(self, inputs)


def _gist(log: str) -> str:
    """The lines that say what went wrong."""
    lines = [line for line in log.strip().splitlines() if line.strip() and not line.startswith(("  File", "Traceback"))]
    return " / ".join(lines[-3:])[-900:]
