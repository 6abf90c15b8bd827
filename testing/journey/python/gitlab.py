"""GitLab: a project's pipelines, whose jobs run for real, with tokens of their own.

After GitLab's documentation, "CI/CD YAML syntax reference" (rules, needs, when), "OpenID Connect (OIDC)
Authentication Using ID Tokens" (what a token says) and "Trigger pipelines with the API" (job tokens, inputs).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import yaml

from gateway import Gateway
from github_tokens import Issuer
from gitlab_host import GitlabHost
from journey import repository_files
from server import Server
from story import Story
from values import JourneyError
from web_identity import WebIdentity

HOST = "gitlab.com"
LIMIT_SECONDS = 300
FOLDER = ".gitlab/ci"
JOB_TOKEN = "job-token"

_WORD = re.compile(r'"([^"]*)"|\$(\w+)')


@dataclass
class Job:
    """A job in a pipeline."""

    name: str
    text: dict[str, Any]
    when: str
    result: str = ""
    log: str = ""
    artifacts: dict[str, bytes] = field(default_factory=dict)
    report: dict[str, str] = field(default_factory=dict)


@dataclass
class Pipeline:
    """Jobs that were started together."""

    identity: int
    source: str
    branch: str
    run: str
    jobs: dict[str, Job]

    @property
    def status(self) -> str:
        """How it ended."""
        return "failed" if any(job.result == "failed" for job in self.jobs.values()) else "success"

    @property
    def message(self) -> str:
        """The ends of the logs of the jobs that failed."""
        failed = [job for job in self.jobs.values() if job.result == "failed"]
        return "; ".join(f"{job.name}: {' / '.join(job.log.strip().splitlines()[-3:])[-900:]}" for job in failed)


class Gitlab:
    """gitlab.com with one project, whose files are those of a folder."""

    def __init__(self, gateway: Gateway, server: Server, story: Story, environment: dict[str, str], host: GitlabHost,
                 files: Path, work: Path) -> None:  # fmt: skip
        self.issuer = Issuer(f"https://{HOST}")
        claims = lambda: gateway.judge.claims("gitlab")
        self.web = WebIdentity(gateway, claims, {self.issuer.url: self.issuer}, host.audiences, HOST)
        self.pipelines: list[Pipeline] = []
        self.working: tuple[Pipeline, Job] | None = None
        """The job that runs at this moment."""
        self._gateway, self._server, self._story, self._host, self._files = gateway, server, story, host, files
        self._waiting: list[tuple[str, str, str, str]] = []
        self._api = _Api(lambda branch, run, request: self._waiting.append(("pipeline", branch, run, request)))
        self._environment = _programs(work / "gitlab-bin", environment)
        server.web = self.web.answer

    def stop(self) -> None:
        """Ends the server."""
        self._api.stop()

    def start(self, source: str, branch: str, run: str = "none", changed: str = "") -> Pipeline:
        """A pipeline, and those that it starts, until nothing runs any more; gives the first."""
        first = self._run(source, branch, run, "none", changed)
        while self._waiting:
            self._run(*self._waiting.pop(0))
        return first

    def _run(self, source: str, branch: str, run: str, request: str, changed: str = "") -> Pipeline:
        identity = 1000 + len(self.pipelines)
        known = {"CI_PIPELINE_SOURCE": source, "CI_COMMIT_BRANCH": branch}
        jobs = {}
        for name, text in self._texts(run, request).items():
            rules = [rule for rule in text.get("rules", []) if _holds(rule["if"], known) and _touches(rule, changed)]
            rule = rules[0] if rules else None
            if rule:
                jobs[name] = Job(name, text, rule.get("when", "on_success"))
        pipeline = Pipeline(identity, source, branch, run, jobs)
        self.pipelines.append(pipeline)
        self._story.tell("GitLab", f"pipeline {identity} ({source} {run}): {', '.join(jobs)}")
        while any(not job.result for job in jobs.values()):
            ready = [job for job in jobs.values() if not job.result and self._is_ready(pipeline, job)]
            if not ready:
                waiting = [job.name for job in jobs.values() if not job.result]
                raise JourneyError(f"pipeline {identity}: {waiting} wait for ever")
            self._take(pipeline, ready[0])
        return pipeline

    def _texts(self, run: str, request: str) -> dict[str, dict[str, Any]]:
        """The jobs of the main file and of those that it includes, with the inputs in place."""
        texts: dict[str, dict[str, Any]] = {}
        files = [self._files / ".gitlab-ci.yml", *sorted((self._files / FOLDER).glob("*.yml"))]
        for file in files:
            text = file.read_text().replace("$[[ inputs.run ]]", run).replace("$[[ inputs.request ]]", request)
            _, body = yaml.safe_load_all(text)
            texts |= {name: job for name, job in body.items() if name not in ("workflow", "include")}
        return texts

    def _before(self, pipeline: Pipeline, job: Job) -> list[Job]:
        if job.text.get("stage") == ".post":
            return [other for other in pipeline.jobs.values() if other.text["stage"] != ".post"]
        needs = [need["job"] for need in job.text.get("needs", [])]
        return [pipeline.jobs[name] for name in needs if name in pipeline.jobs]

    def _is_ready(self, pipeline: Pipeline, job: Job) -> bool:
        return all(other.result for other in self._before(pipeline, job))

    def _take(self, pipeline: Pipeline, job: Job) -> None:
        results = [other.result for other in self._before(pipeline, job)]
        wanted = "failed" in results if job.when == "on_failure" else all(r == "success" for r in results)
        if not wanted:
            job.result = "skipped"
            return
        with tempfile.TemporaryDirectory(prefix="gitlab-") as name:
            root = Path(name)
            (root / "project").mkdir()
            self.working = (pipeline, job)
            code = self._execute(pipeline, job, root)
            self.working = None
            job.result = "success" if code == 0 else "failed"
            if code == 0:
                self._keep(job, root / "project")
        self._story.tell(f"job {job.name}", job.result)

    def _execute(self, pipeline: Pipeline, job: Job, root: Path) -> int:
        project = root / "project"
        if job.text["variables"].get("GIT_STRATEGY") == "clone":
            shutil.copytree(self._files, project, dirs_exist_ok=True)
            for path, text in repository_files().items():
                (project / path).write_text(text)
        brought = [pipeline.jobs[n] for n in job.text.get("dependencies", []) if n in pipeline.jobs]
        reports: dict[str, str] = {}
        for other in brought or ([] if "dependencies" in job.text else self._before(pipeline, job)):
            reports |= other.report
            for path, data in other.artifacts.items():
                (project / path).parent.mkdir(parents=True, exist_ok=True)
                (project / path).write_bytes(data)
        script = root / "script.sh"
        script.write_text("\n".join(job.text["script"]) + "\n")
        address = f"https://{HOST}/{self._host.repository}/-/"
        environment = {
            **self._environment, "HOME": str(root), "JOURNEY_REPLACED": str(root / "replaced"), "TMPDIR": str(root),
            "CI": "true", "CI_PROJECT_DIR": str(project), "CI_PROJECT_ID": self._host.project_id,
            "CI_PIPELINE_ID": str(pipeline.identity), "CI_PIPELINE_SOURCE": pipeline.source,
            "CI_COMMIT_BRANCH": pipeline.branch,
            "CI_COMMIT_SHA": "1" * 40, "CI_COMMIT_BEFORE_SHA": "0" * 40,
            "CI_JOB_TOKEN": JOB_TOKEN, "CI_API_V4_URL": self._api.url,
            "CI_JOB_URL": f"{address}jobs/1", "CI_PIPELINE_URL": f"{address}pipelines/{pipeline.identity}",
            **reports, **self._tokens(pipeline, job),
        }  # fmt: skip
        process = subprocess.Popen(
            ["bash", "-eo", "pipefail", str(script)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, text=True, start_new_session=True, cwd=project,
        )  # fmt: skip
        try:
            job.log, _ = process.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise JourneyError(f"{job.name} took longer than {LIMIT_SECONDS} s") from None
        failure, self._server.failure = self._server.failure, None
        if failure:
            raise JourneyError(f"{failure} (in the job {job.name})")
        return process.returncode

    def _tokens(self, pipeline: Pipeline, job: Job) -> dict[str, str]:
        """The tokens that the job's text asks for, and no others."""
        ref = f"project_path:{self._host.repository}:ref_type:branch:ref:{pipeline.branch}"
        said = {
            "project_path": self._host.repository, "project_id": self._host.project_id, "sub": ref,
            "ref_type": "branch", "ref": pipeline.branch, "ref_protected": "true", "pipeline_source": pipeline.source,
            "pipeline_id": str(pipeline.identity), "user_login": "developer", "runner_environment": "gitlab-hosted",
        }  # fmt: skip
        wanted = job.text.get("id_tokens", {})
        return {name: self.issuer.sign({**said, "aud": token["aud"]}) for name, token in wanted.items()}

    def _keep(self, job: Job, project: Path) -> None:
        kept = job.text.get("artifacts", {})
        job.artifacts = {p: (project / p).read_bytes() for p in kept.get("paths", []) if (project / p).exists()}
        report = project / kept["reports"]["dotenv"] if kept else project / "none"
        if report.exists():
            job.report = dict(line.split("=", 1) for line in report.read_text().splitlines())


class _Api:
    """What a job may ask of GitLab with its token: that a pipeline of the project starts."""

    def __init__(self, start: Any) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                given = {name: values[0] for name, values in body.items()}
                right = self.path.endswith("/trigger/pipeline") and given.pop("token", "") == JOB_TOKEN
                known = {"ref", "inputs[run]", "inputs[request]"}
                if right and set(given) <= known:
                    start(given["ref"], given.get("inputs[run]", "none"), given.get("inputs[request]", "none"))
                self.send_response(201 if right else 404)
                self.end_headers()
                self.wfile.write(json.dumps({"id": 1} if right else {"message": "404 Not Found"}).encode())

            def log_message(self, *_: Any) -> None:
                """Nobody reads a log of requests."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/v4"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()


def _holds(condition: str, known: dict[str, str]) -> bool:
    """Whether a rule's condition holds, as far as the rendered pipelines use the language."""
    word = lambda match: match[1] if match[1] is not None else known[match[2]]
    parts = [part.split(" == ") for part in condition.split(" && ")]
    found = [[_WORD.fullmatch(text) for text in part] for part in parts]
    if any(len(part) != 2 or None in part for part in found):
        raise JourneyError(f"the condition {condition} is not known here")
    return all(word(left) == word(right) for left, right in found)


def _touches(rule: dict[str, Any], changed: str) -> bool:
    """Whether what a push has changed is what a rule asks for."""
    paths = rule.get("changes", {}).get("paths")
    return paths is None or any(changed == p or ("**" in p and changed.startswith(p.split("**")[0])) for p in paths)


def _programs(folder: Path, environment: dict[str, str]) -> dict[str, str]:
    """What a job's image has beside: a Python that installs nothing, because what is needed is there already."""
    folder.mkdir(parents=True, exist_ok=True)
    path, there = environment["PATH"], 'echo "python3 $*" >> "$JOURNEY_REPLACED"; exit 0'
    texts = {
        "python3": f'case "$1 $2" in "-m venv" | "-m pip") {there} ;; esac\nPATH="{path}" exec python3 "$@"',
        "apt-get": 'echo "apt-get $*" >> "$JOURNEY_REPLACED"',
    }
    for name, text in texts.items():
        (folder / name).write_text(f"#!/bin/bash\n{text}\n")
        (folder / name).chmod(0o755)
    return {**environment, "PATH": f"{folder}:{path}"}
