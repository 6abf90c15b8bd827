"""Which runs and jobs go on: what they need, their conditions, environments, and what must not run at the same time.

After GitHub's documentation, "Control the concurrency of workflows and jobs", "Deployments and environments" and
"Re-running workflows and jobs".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from story import Story
from values import JourneyError
from workflow_contexts import of_job, of_run, status_of
from workflow_events import Event, inputs_of
from workflow_language import Language
from workflow_runs import JobRun, Review, Run
from workflows import Concurrency, Workflow


@dataclass
class Scheduler:
    """All runs of all repositories."""

    language: Language
    story: Story
    work: Callable[[Run, JobRun], None]
    """Gives a job a machine, and lets it run to its end."""
    runs: list[Run] = field(default_factory=list)
    _lines: dict[tuple[int, str], list[object]] = field(default_factory=dict)
    """Who has a group, and behind it who waits for it: runs or jobs."""

    def start(self, run_of: Workflow, event: Event, repository: Any, inputs: dict[str, Any] | None = None) -> Run:
        """A new run; it begins when the world turns next."""
        mine = [r for r in self.runs if r.repository is repository]
        number = 1 + sum(r.workflow.path == run_of.path for r in mine)
        given = inputs_of(run_of, inputs or {}) if event.name == "workflow_dispatch" else {}
        run = Run(9000 + len(self.runs), number, repository, run_of, event, given, event.actor)
        run.jobs = {identity: JobRun(job) for identity, job in run_of.jobs.items()}
        self.runs.append(run)
        self._tell(run, f"run {number} starts ({event.name} on {event.short_ref})")
        if run_of.concurrency:
            run.group = self._line_up(run, run, run_of.concurrency, of_run(run))
        return run

    def again(self, run: Run, by: str, everything: bool = False) -> None:
        """Somebody runs the failed jobs of a run again, and those that need them, or all of them; the others keep what
        they left."""
        if not run.done or run.conclusion == "success":
            raise JourneyError(f"no job of run {run.identity} has failed")
        failed = {n for n, job in run.jobs.items() if everything or job.result in ("failure", "cancelled")}
        after = {name for name in run.jobs if failed & run.workflow.ancestors(name)}
        run.attempt, run.starter, run.status, run.conclusion, run.cancelled = run.attempt + 1, by, "queued", "", False
        for name in failed | after:
            run.jobs[name] = JobRun(run.jobs[name].job, attempt=run.attempt)
        self._tell(run, f"attempt {run.attempt}: {', '.join(sorted(failed | after))} again, by {by}")
        if run.workflow.concurrency:
            run.group = self._line_up(run, run, run.workflow.concurrency, of_run(run))

    def advance(self) -> bool:
        """Lets every run go as far as it can; whether any got further."""
        moved = False
        for run in [r for r in self.runs if not r.done]:
            if not self._has(run, run.group, run):
                continue
            run.status = "in_progress"
            moved |= any([self._advance(run, job) for job in run.jobs.values() if not job.result])
            if all(job.result for job in run.jobs.values()):
                self._end(run)
                moved = True
        return moved

    def cancel(self, run: Run, why: str) -> None:
        """Ends a run: what has not begun does not, unless it says that it always runs."""
        self._tell(run, f"is cancelled: {why}")
        run.cancelled = True
        if run.status == "queued":
            for job in run.jobs.values():
                job.result = job.result or "cancelled"
            self._end(run)
            return
        for job in run.jobs.values():
            if job.begun and not job.result:
                job.result = "cancelled"
                self._leave(run, job.group, job)

    def answer(self, run: Run, environment: str, by: str, yes: bool, comment: str = "") -> None:
        """A reviewer approves or rejects what waits for an environment."""
        waiting = [job for job in run.questions if job.environment == environment]
        if not waiting:
            raise JourneyError(f"no job of {run.workflow.file} waits for {environment}: {run.status} {run.message}")
        about, _ = run.repository.environment(environment)
        for job in waiting:
            assert job.review
            if by not in job.review.reviewers:
                raise JourneyError(f"{by} is no reviewer of {environment}")
            if about.no_self_review and by == run.starter:
                raise JourneyError(f"{by} started the run, and cannot approve it for {environment}")
            job.review.answer, job.review.by, job.review.comment = yes, by, comment
        self.story.tell(f"person {by}", f"{'approves' if yes else 'rejects'} {environment} of {run.workflow.file}")

    def _advance(self, run: Run, job: JobRun) -> bool:
        """Whether a job got further."""
        if any(not run.jobs[name].result for name in job.job.needs):
            return False
        if not job.begun:
            if not self.language.holds(job.job.condition, of_job(run, job), status_of(run, job)):
                job.result = "cancelled" if run.cancelled else "skipped"
                self._tell(run, f"job {job.job.identity} is {job.result}")
                return True
            job.begun = True
            if job.job.concurrency:
                job.group = self._line_up(run, job, job.job.concurrency, of_job(run, job))
        if not self._has(run, job.group, job) or not self._admitted(run, job):
            return bool(job.result)
        if not job.result:
            self.work(run, job)
        self._leave(run, job.group, job)
        failed = f": {job.message}" if job.message else ""
        self._tell(run, f"job {job.job.identity} ends: {job.result}{failed}")
        return True

    def _admitted(self, run: Run, job: JobRun) -> bool:
        """Whether a job may have its environment by now; one that may not at all has failed."""
        if job.job.environment is None or (job.review and job.review.answer):
            return True
        if job.review is None:
            given = self.language.value(job.job.environment, of_job(run, job))
            job.environment = given["name"] if isinstance(given, dict) else given
            about, made = run.repository.environment(job.environment)
            if made:
                self._tell(run, f"nobody has made the environment {job.environment}: now it is there, unprotected")
            if not about.admits(run.event.short_ref):
                job.result = "failure"
                job.message = f"Branch {run.event.short_ref} is not allowed to deploy to {job.environment}"
                return True
            if not about.reviewers:
                return True
            job.review = Review(job.environment, about.reviewers)
            self._tell(run, f"job {job.job.identity} waits for {' or '.join(about.reviewers)} ({job.environment})")
        if job.review.answer is False:
            job.result, job.message = "failure", f"{job.review.by} rejected {job.environment}"
            return True
        return False

    def _line_up(self, run: Run, who: Run | JobRun, concurrency: Concurrency, contexts: Any) -> str:
        """Waits for a group; the one that waited before is cancelled, and who has it where that is asked for."""
        group = self.language.text(concurrency.group, contexts)
        line = self._lines.setdefault((run.repository.identity, group.lower()), [])
        waiting, cancels = line[1:], self.language.value(concurrency.cancel, contexts) is True
        line.append(who)
        if concurrency.queue != "max":
            for other in [*(line[:1] if cancels else []), *waiting]:
                if other is not who:
                    self._replace(other, group)
        return group

    def _replace(self, other: object, group: str) -> None:
        run = other if isinstance(other, Run) else next(r for r in self.runs if other in r.jobs.values())
        if isinstance(other, JobRun):
            other.result, other.message = "cancelled", f"a newer one waits for {group}"
            self._leave(run, other.group, other)
        else:
            self.cancel(run, f"a newer one waits for {group}")

    def _has(self, run: Run, group: str, who: Run | JobRun) -> bool:
        return not group or self._lines[(run.repository.identity, group.lower())][0] is who

    def _leave(self, run: Run, group: str, who: Run | JobRun) -> None:
        line = self._lines.get((run.repository.identity, group.lower()), [])
        self._lines[(run.repository.identity, group.lower())] = [other for other in line if other is not who]

    def _end(self, run: Run) -> None:
        results = {job.result for job in run.jobs.values()}
        found = [r for r in ("failure", "cancelled") if r in results]
        run.status, run.conclusion = "completed", found[0] if found else "success"
        self._leave(run, run.group, run)
        self._tell(run, f"run {run.number} ends: {run.conclusion}{f' ({run.message})' if run.message else ''}")

    def _tell(self, run: Run, what: str) -> None:
        self.story.tell(f"workflow {run.workflow.file}", what)
