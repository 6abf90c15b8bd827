"""GitHub: repositories in which people push and dispatch, the workflows that run there, and who may do what.

After GitHub's documentation, "Events that trigger workflows", "Automatic token authentication" and "Secure use
reference" (pull requests from forks).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gateway import Gateway
from github_api import Api, Bearer, Refused
from github_app import App
from github_repository import Repository
from github_tokens import Issuer, Origin
from server import Server
from story import Story
from values import JourneyError
from web_identity import WebIdentity
from workflow_actions import NEEDS_IDENTITY, Known
from workflow_events import Event, starts
from workflow_language import Language
from workflow_machine import Grant, Machine, Machines
from workflow_runs import JobRun, Run, StepFailed
from workflow_scheduler import Scheduler
from workflows import FOLDER, READ_ONLY, Workflow, read


@dataclass
class Github:
    """GitHub, with machines that reach the simulated accounts."""

    gateway: Gateway
    server: Server
    story: Story
    environment: dict[str, str]
    """What every step finds in its environment."""
    claims: Callable[[], list[str]]
    repositories: dict[str, Repository] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    language: Language = field(default_factory=Language)
    issuer: Issuer = field(default_factory=Issuer)

    def __post_init__(self) -> None:
        self.web = WebIdentity(self.gateway, self.claims, {self.issuer.url: self.issuer})
        self.actions = Known(self.web, lambda machine, audience: self._token(machine, audience), self.story)
        self.machines = Machines(self.language, self.server, self.story, self.environment, self.actions.find)
        self.scheduler = Scheduler(self.language, self.story, self._work)
        self.api = Api(self._post)
        self.waiting: list[tuple[Repository, Event, str, dict[str, Any]]] = []
        """What was dispatched and has started nothing yet, with the workflow where one was named."""
        self.working: tuple[Run, JobRun] | None = None
        """The job that has a machine at this moment."""
        self._read: dict[str, Workflow] = {}

    def stop(self) -> None:
        """Ends what runs beside."""
        self.language.stop()
        self.api.stop()

    # What people and services do

    def add(self, repository: Repository) -> Repository:
        """A repository is there; one that has its name already is gone."""
        self.repositories[repository.full_name] = repository
        return repository

    def install_app(self, repository: Repository) -> App:
        """An app is installed in a repository, and its key is in KMS."""
        app = App(repository.full_name, repository.identity, self._bear)
        app.install(self.gateway)
        self.api.app = app
        return app

    def push(self, repository: Repository, branch: str, files: dict[str, str | None], actor: str) -> str:
        """Somebody pushes a commit; gives its id."""
        before, commit = repository.commit(branch, files)
        self.story.tell(f"person {actor}", f"pushes {', '.join(sorted(files))} to {branch} ({commit.sha[:8]})")
        payload = {"ref": f"refs/heads/{branch}", "before": before, "after": commit.sha}
        changed = repository.changed(before, commit.sha)
        self._happen(repository, Event("push", f"refs/heads/{branch}", commit.sha, actor, payload, changed))
        return commit.sha

    def pull_request(self, repository: Repository, head: Repository, branch: str, actor: str, base: str = "") -> str:
        """Somebody asks to merge a branch, of this repository or of a fork; gives the ref of what would become."""
        target = base or repository.default_branch
        commit = head.resolve(branch)
        ref, made = repository.merge(target, commit)
        changed = repository.changed(repository.branches[target], made.sha)
        about = {"number": repository.pulls, "head": {"sha": commit.sha, "ref": branch,
                                                      "repo": {"full_name": head.full_name}},
                 "base": {"ref": target, "sha": repository.branches[target]}}  # fmt: skip
        payload = {"action": "opened", "number": repository.pulls, "pull_request": about}
        fork = head is not repository
        self.story.tell(f"person {actor}", f"asks to merge {branch} of {head.full_name} into {target}")
        event = Event("pull_request", ref, made.sha, actor, payload, changed, branch, target, fork)
        self._happen(repository, event)
        return ref

    def tick(self, repository: Repository, file: str) -> Run:
        """The time has come for a scheduled workflow: the first of its times."""
        workflow = self._workflow(repository, repository.default_branch, f"{FOLDER}/{file}")
        schedule = workflow.events["schedule"][0]["cron"]
        event = self._on_default(repository, "schedule", "github-schedule[bot]", {"schedule": schedule})
        return self.scheduler.start(workflow, event, repository)

    def dispatch(self, repository: Repository, file: str, ref: str, inputs: dict[str, Any], actor: str) -> Run:
        """Somebody runs a workflow of a branch by hand."""
        workflow = self._dispatched(repository, file, ref)
        event = self._on_branch(repository, ref, actor, inputs)
        return self.scheduler.start(workflow, event, repository, inputs)

    def again(self, run: Run, by: str, everything: bool = False) -> None:
        """Somebody runs what has failed once more, or all of it."""
        self.scheduler.again(run, by, everything)

    def answer(self, run: Run, environment: str, by: str, yes: bool, comment: str = "") -> None:
        """A reviewer answers."""
        self.scheduler.answer(run, environment, by, yes, comment)

    def runs(self, repository: Repository, file: str) -> list[Run]:
        """The runs of a workflow, the oldest first."""
        return [r for r in self.scheduler.runs if r.repository is repository and r.workflow.file == file]

    def advance(self) -> bool:
        """Lets runs go as far as they can; whether any got further."""
        if not self.waiting:
            return self.scheduler.advance()
        repository, event, file, inputs = self.waiting.pop(0)
        if not file:
            self._happen(repository, event)
        else:
            workflow = self._dispatched(repository, file, event.short_ref)
            self.scheduler.start(workflow, event, repository, inputs)
        return True

    def settle(self) -> None:
        """Until nothing moves by itself any more."""
        for _ in range(1000):
            if not self.advance():
                return
        raise JourneyError("GitHub never comes to rest")

    # What GitHub does by itself

    def _happen(self, repository: Repository, event: Event) -> None:
        """Starts all workflows that stand for an event in the commit that it is about."""
        for path in sorted(repository.resolve(event.sha).files):
            folder, _, name = path.rpartition("/")
            if folder == FOLDER and name.endswith((".yml", ".yaml")):
                workflow = self._workflow(repository, event.sha, path)
                if starts(workflow, event):
                    self.scheduler.start(workflow, event, repository)

    def _workflow(self, repository: Repository, ref: str, path: str) -> Workflow:
        text = repository.resolve(ref).files.get(path)
        if text is None:
            raise JourneyError(f"{repository.full_name} has no {path} at {ref}")
        if text not in self._read:
            self._read[text] = read(self.language, path, text)
        return self._read[text]

    def _dispatched(self, repository: Repository, file: str, ref: str) -> Workflow:
        """A workflow that somebody starts must be known by the default branch, and is run as it is at the ref."""
        if f"{FOLDER}/{file}" not in repository.resolve(repository.default_branch).files:
            raise Refused(404, "Not Found")
        workflow = self._workflow(repository, ref, f"{FOLDER}/{file}")
        if "workflow_dispatch" not in workflow.events:
            raise Refused(422, "Workflow does not have 'workflow_dispatch' trigger")
        return workflow

    def _on_default(self, repository: Repository, name: str, actor: str, payload: dict[str, Any]) -> Event:
        branch = repository.default_branch
        return Event(name, f"refs/heads/{branch}", repository.resolve(branch).sha, actor, payload)

    def _on_branch(self, repository: Repository, ref: str, actor: str, inputs: dict[str, Any]) -> Event:
        branch = ref.removeprefix("refs/heads/")
        payload = {"inputs": inputs, "ref": f"refs/heads/{branch}"}
        return Event("workflow_dispatch", f"refs/heads/{branch}", repository.resolve(branch).sha, actor, payload)

    def _post(self, bearer: Bearer, name: str, path: list[str], body: dict[str, Any]) -> None:
        """Calls of the API that change something; what they start begins when the world turns next."""
        repository = self.repositories[name]
        if path == ["dispatches"]:
            bearer.must("contents")
            payload = body.get("client_payload", {})
            if not body.get("event_type") or len(body["event_type"]) > 100 or len(payload) > 10:
                raise Refused(422, "Invalid request.")
            more = {"action": body["event_type"], "client_payload": payload}
            event = self._on_default(repository, "repository_dispatch", bearer.name, more)
            self.waiting.append((repository, event, "", {}))
            return
        if len(path) != 4 or path[:2] != ["actions", "workflows"] or path[3] != "dispatches":
            raise JourneyError(f"POST /repos/{name}/{'/'.join(path)} is not known here")
        bearer.must("actions")
        inputs = body.get("inputs", {})
        event = self._on_branch(repository, body["ref"], bearer.name, inputs)
        self._dispatched(repository, path[2], event.short_ref)
        self.waiting.append((repository, event, path[2], inputs))

    # Machines and their tokens

    def _work(self, run: Run, job: JobRun) -> None:
        permissions = permissions_of(run, job)
        mine = origin(self, run, job)
        may = permissions.get("id-token") == "write"
        identity = (lambda audience: self.issuer.sign(mine.claims(audience))) if may else None
        token = self._bear(Bearer(run.repository.full_name, permissions, "github-actions[bot]", identity))
        known = {"ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.api.url}/identity?version=2.0",
                 "ACTIONS_ID_TOKEN_REQUEST_TOKEN": token} if may else {}  # fmt: skip
        self.working = (run, job)
        try:
            self.machines.work(run, job, Grant(token, permissions, self.api.url, known))
        finally:
            self.working = None
            del self.api.bearers[token]

    def _token(self, machine: Machine, audience: str) -> str:
        bearer = self.api.bearers[machine.grant.token]
        if bearer.identity is None:
            raise StepFailed(NEEDS_IDENTITY)
        return bearer.identity(audience)

    def _bear(self, bearer: Bearer) -> str:
        token = f"ghs_{uuid.uuid4().hex}"
        self.api.bearers[token] = bearer
        return token


def permissions_of(run: Run, job: JobRun) -> dict[str, str]:
    """What a job's token may do: what is not named it may not; for a fork it never writes, nor has an identity."""
    said = job.job.permissions if job.job.permissions is not None else run.workflow.permissions
    given = {scope: level for scope, level in (READ_ONLY if said is None else said).items() if level != "none"}
    if not run.event.from_fork:
        return given
    return {scope: "read" for scope in given if scope != "id-token"}


def origin(github: Github, run: Run, job: JobRun) -> Origin:
    """What the identity of a job says."""
    repository, event = run.repository, run.event
    return Origin(
        repository.owner.login, repository.owner.identity, repository.name, repository.identity, run.workflow.file,
        event.ref, run.workflow.name, job.environment, event.name, event.sha, event.actor,
        github.people.get(event.actor, 1001), run.identity, run.number, run.attempt, event.head_ref,
        event.base_ref, repository.immutable_subject,
    )  # fmt: skip
