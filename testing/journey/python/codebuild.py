"""CodeBuild: a project's buildspec, run command by command by bash in a directory of its own."""

from __future__ import annotations

import io
import json
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from actions import Actions, Failed, Given, Outcome
from cloud import Resource
from executions import Artifact
from gateway import Gateway, Session
from permissions import Call
from server import Server
from story import Story
from values import JourneyError, Place

SERVICE = "codebuild.amazonaws.com"
PHASES = ("install", "pre_build", "build", "post_build")
LIMIT_SECONDS = 300

_KNOWN_KEYS = {"version", "env", "phases", "artifacts", "cache"}
_KNOWN_PHASE_KEYS = {"commands", "finally", "on-failure", "runtime-versions"}
_KNOWN_ENV_KEYS = {"shell", "variables", "exported-variables"}


@dataclass(frozen=True)
class Programs:
    """What the commands of a buildspec find on their path."""

    socket: Path
    """Where `python3` of the build image comes from: a Python that has boto3 loaded and forks."""
    path: Path
    """Directory with stand-ins of programs that need a network or the whole repository."""
    assembly: Path
    """What synthesizing the CDK app gives."""
    sdk: str
    """A Python that has the SageMaker SDK; empty where no build needs it."""


@dataclass
class CodeBuild:
    """Runs builds."""

    gateway: Gateway
    server: Server
    programs: Programs
    story: Story
    actions: Actions | None = None
    commands: list[str] = field(default_factory=list)
    """Each command that was run for real."""
    deployed: list[str] = field(default_factory=list)
    """Stacks that an infrastructure pipeline has deployed, and whose changes have not come about yet."""
    replaced: list[str] = field(default_factory=list)
    """Each command that a stand-in answered, word by word."""

    def run_action(self, given: Given) -> Outcome:
        """A CodeBuild action of a pipeline."""
        project_arn = given.place.arn("codebuild", f"project/{given.configuration['ProjectName']}")
        project = self.gateway.cloud.get("AWS::CodeBuild::Project", project_arn)
        for action in ("StartBuild", "BatchGetBuilds"):
            self.gateway.judge.ask(given.role, [Call(f"codebuild:{action}", project_arn)])
        primary = given.configuration.get("PrimarySource") or next(iter(given.inputs))
        extra = json.loads(given.configuration.get("EnvironmentVariables", "[]"))
        variables = {v["name"]: v["value"] for v in extra}
        session = self.work_as(project)
        assert self.actions
        with tempfile.TemporaryDirectory(prefix="build-") as name:
            root = Path(name)
            sources = {}
            for artifact, where in given.inputs.items():
                sources[artifact] = root / f"src-{artifact}"
                with self.actions.get(where, session.role, given.place.region) as archive:
                    archive.extractall(sources[artifact])
            build = Build(self, project, session, root, sources, primary, variables, given.execution.identity)
            exported, log, artifacts = build.run()
            given.execution.log += log
            names = [a["Name"] for a in given.action.get("OutputArtifacts", [])]
            made: dict[str, Artifact] = {}
            if names:
                made[names[0]] = self.actions.put(
                    given.execution, names[0], session.role, given.place.region, artifacts
                )
        summary = " ".join(log.strip().splitlines()[-1:])
        shown = ", ".join(f"{k}={v}" for k, v in exported.items())
        return Outcome(f"built: {summary}" + (f" [{shown}]" if shown and shown != summary else ""), made, exported)

    def work_as(self, project: Resource) -> Session:
        """Assumes the project's role and begins its log."""
        role = project.properties["ServiceRole"]
        session = self.gateway.assume_as_service(SERVICE, role, project.arn)
        logs = project.properties.get("LogsConfig", {}).get("CloudWatchLogs", {})
        if logs.get("Status") == "ENABLED":
            group = project.place.arn("logs", f"log-group:{logs['GroupName']}")
            calls = [Call(f"logs:{a}", f"{group}:log-stream:1") for a in ("CreateLogStream", "PutLogEvents")]
            self.gateway.judge.ask(role, calls)
        return session


@dataclass
class Build:
    """One build."""

    builds: CodeBuild
    project: Resource
    session: Session
    root: Path
    sources: dict[str, Path]
    primary: str
    variables: dict[str, str]
    execution: str

    def run(self) -> tuple[dict[str, str], str, bytes]:
        """Exported variables, what was printed, and the artifact."""
        spec = self._spec()
        script = self.root / "build.sh"
        script.write_text(self._script(spec))
        if spec.get("env", {}).get("shell", "sh") not in ("bash", "sh"):
            raise JourneyError(f"the shell {spec['env']['shell']} is not known here")
        log = self._execute(["bash", str(script)])
        return self._exported(spec), log, self._artifact(spec)

    def _spec(self) -> dict[str, Any]:
        text: str = self.project.properties["Source"]["BuildSpec"]
        if text.endswith((".yml", ".yaml")) and "\n" not in text:
            text = (self.sources[self.primary] / text).read_text()
        spec: dict[str, Any] = yaml.safe_load(text)
        _known(spec, _KNOWN_KEYS)
        _known(spec.get("env", {}), _KNOWN_ENV_KEYS)
        _known(spec["phases"], set(PHASES))
        for phase in spec["phases"].values():
            _known(phase, _KNOWN_PHASE_KEYS)
        return spec

    def _script(self, spec: dict[str, Any]) -> str:
        """All commands run in one shell; a phase ends at the first that fails, the build where it says ABORT."""
        lines = [f"cd {shlex.quote(str(self.sources[self.primary]))}", "status=0"]
        for name in PHASES:
            phase = spec["phases"].get(name, {})
            # After a failed phase only post_build runs, unless the phase says ABORT.
            if name not in ("install", "post_build"):
                lines.append("[ $status = 0 ] || exit $status")
            lines.append("failed=0")
            for command in phase.get("commands", []):
                self.builds.commands.append(command)
                words = str(command).strip().splitlines()[-1]
                said = f'echo "COMMAND FAILED: "{shlex.quote(words)} >&2'
                lines += ["if [ $failed = 0 ]; then", str(command), f"failed=$?; [ $failed = 0 ] || {said}", "fi"]
            lines += [str(command) for command in phase.get("finally", [])]
            lines.append("[ $failed = 0 ] || status=$failed")
            if phase.get("on-failure", "ABORT") == "ABORT":
                lines.append("[ $failed = 0 ] || exit $failed")
        exported = spec.get("env", {}).get("exported-variables", [])
        lines += [f'printf "%s\\0%s\\0" {name} "${{{name}-}}" >> "$JOURNEY_EXPORTS"' for name in exported]
        return "\n".join([*lines, "exit $status", ""])

    def _environment(self) -> dict[str, str]:
        given = {v["Name"]: v["Value"] for v in self.project.properties["Environment"].get("EnvironmentVariables", [])}
        place: Place = self.project.place
        sources = {
            f"CODEBUILD_SRC_DIR_{name}": str(path) for name, path in self.sources.items() if name != self.primary
        }
        return {
            "PATH": f"{self.builds.programs.path}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.root),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent / "hook"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", ""),
            "JOURNEY_PYTHON": str(self.builds.programs.socket),
            "JOURNEY_GATEWAY": self.builds.server.url,
            "JOURNEY_ASSEMBLY": str(self.builds.programs.assembly),
            "JOURNEY_REPLACED": str(self.root / "replaced"),
            "JOURNEY_SDK": self.builds.programs.sdk,
            "JOURNEY_STAND_INS": str(Path(__file__).parent),
            "JOURNEY_EXPORTS": str(self.root / "exports"),
            "AWS_ACCESS_KEY_ID": self.session.key,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": self.session.key,
            "AWS_REGION": place.region,
            "AWS_DEFAULT_REGION": place.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CODEBUILD_BUILD_ID": f"{self.project.name}:{self.execution}",
            "CODEBUILD_INITIATOR": "codepipeline",
            "CODEBUILD_SRC_DIR": str(self.sources[self.primary]),
            **sources,
            **given,
            **self.variables,
        }

    def _execute(self, command: list[str]) -> str:
        process = subprocess.Popen(
            command, env=self._environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True, start_new_session=True,
        )  # fmt: skip
        try:
            log, _ = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise JourneyError(f"a build of {self.project.name} took longer than {LIMIT_SECONDS} s") from None
        replaced = self.root / "replaced"
        if replaced.exists():
            self.builds.replaced += replaced.read_text().splitlines()
        failure = self.builds.server.failure
        if failure:
            self.builds.server.failure = None
            raise JourneyError(f"{failure} (in a build of {self.project.name})")
        if process.returncode != 0:
            raise Failed(f"the build of {self.project.name} failed: {_gist(log)}")
        return log

    def _exported(self, spec: dict[str, Any]) -> dict[str, str]:
        file = self.root / "exports"
        parts = file.read_text().split("\0")[:-1] if file.exists() else []
        return dict(zip(parts[::2], parts[1::2], strict=True))

    def _artifact(self, spec: dict[str, Any]) -> bytes:
        wanted = spec.get("artifacts")
        buffer = io.BytesIO()
        if wanted:
            base = self.sources[self.primary] / wanted.get("base-directory", ".")
            files = {p for pattern in wanted["files"] for p in _files(base, pattern)}
            with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for file in sorted(files):
                    archive.write(file, file.relative_to(base))
        return buffer.getvalue()


def _files(base: Path, pattern: str) -> Iterable[Path]:
    return (p for p in base.glob(pattern) if p.is_file())


def _known(given: dict[str, Any], known: set[str]) -> None:
    unknown = set(given) - known
    if unknown:
        raise JourneyError(f"a buildspec has {', '.join(sorted(unknown))}, which the journey does not know")


def _gist(log: str) -> str:
    """The lines that say what went wrong."""
    lines = [line for line in log.strip().splitlines() if line.strip() and not line.startswith(("  File", "Traceback"))]
    return " / ".join(lines[-3:])[-900:]


STAND_INS = {
    "npm": {"npm ci": ":"},
    "npx": {"npx cdk synth --quiet": 'python3 "$JOURNEY_STAND_INS/synth.py"'},
    "uv": {
        "uv lock --check *": ":",
        "uv sync *": ":",
        "uv run --no-sync python -m pytest *": ":",
        "uv run --no-sync python -m pipelines *": 'PYTHONDONTWRITEBYTECODE= "$JOURNEY_SDK" "${@:4}"',
    },
}
"""Commands that need a registry or the whole repository, with what stands in for them; any other use of these programs
fails."""


def make_programs(folder: Path, socket: Path, assembly: Path, sdk: str) -> Programs:
    """The directory that comes first on the path of every build."""
    folder.mkdir(parents=True, exist_ok=True)
    for program, commands in STAND_INS.items():
        cases = "\n".join(f"  {_pattern(words)}) {action} ;;" for words, action in commands.items())
        _write(
            folder / program,
            f'#!/bin/bash\necho "{program} $*" >> "$JOURNEY_REPLACED"\ncase "{program} $*" in\n{cases}\n'
            f'  *) echo "nothing stands in for: {program} $*" >&2; exit 97 ;;\nesac\n',
        )
    client = (Path(__file__).parent / "forked_python.py").read_text()
    _write(folder / "python3", f"#!{sys.executable} -SIE\n{client}")
    return Programs(socket, folder, assembly, sdk)


def _pattern(words: str) -> str:
    """A command as the shell matches it: word by word, and after a star anything."""
    return shlex.quote(words.removesuffix("*")) + ("*" if words.endswith("*") else "")


def _write(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)
