"""Runs one step: resolves its arguments, asks the cache, retries as declared, and keeps its result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from . import for_each
from .arguments import noted
from .cache import StepCache, as_result
from .conditions import evaluate_all
from .context import Context, Job, Result
from .errors import (
    NotEmulatedError,
    NotRegistered,
    RunnerError,
    StepError,
    StepStopped,
    describe_os_error,
    os_error_kind,
)
from .expressions import Scope, references, text
from .files import write_json
from .graph import own_arguments
from .jobs.models import model_data, normalize_container
from .pipeline import RetryPolicy, Step
from .record import RunRecord, new_step
from .sample import ask
from .service import Service
from .static import module_of
from .warm import WarmServer

_JOB_NAMES = {
    "Processing": "ProcessingJobName", "Training": "TrainingJobName", "Tuning": "HyperParameterTuningJobName",
    "Transform": "TransformJobName", "Model": "ModelName",
}  # fmt: skip


@dataclass
class StepFailure(Exception):
    """A step failed for good: why, the command that runs it again, and when, by the monotonic clock."""

    reason: str
    rerun_command: str | None
    when: float = field(default_factory=time.monotonic)


class StepRunner:
    """Runs steps of one run; `rerun_command` makes the command that runs one step again."""

    def __init__(
        self,
        context: Context,
        record: RunRecord,
        cache: StepCache | None,
        rerun_command: Callable[[str], str],
    ) -> None:
        self._context = context
        self._record = record
        self._cache = cache
        self._rerun_command = rerun_command
        self.stopping = threading.Event()
        self._warm: dict[str, WarmServer] = {}
        self._scopes: dict[str, Scope] = {}
        self.child_ended: Callable[[str], None] = lambda name: None
        self._service = Service.installed()

    def run(self, step: Step) -> Result:
        """Run a step to its end; raises StepFailure, StepStopped or NotRegistered."""
        try:
            self._record.start_step(step.name)
            if step.type == "Condition":
                return self._condition(step)
            if step.type == "Fail":
                message = self._scope(step).resolve(
                    step.arguments.get("ErrorMessage", ""), f"{step.place}.Arguments"
                )
                raise StepError(text(message))
            if step.type == "ForEach":
                return self._for_each(step)
            return self._with_retries(step)
        except RunnerError as error:
            raise self._failure(step, str(error)) from None
        except OSError as error:
            raise self._failure(step, describe_os_error(error)) from None

    def _failure(self, step: Step, reason: str) -> StepFailure:
        command = None if step.type == "Fail" else self._rerun_command(step.item_of or step.name)
        return StepFailure(reason, command)

    def warm_up(self, steps: Iterable[Step]) -> None:
        """Begin to load the models of steps that will register one, as soon as everything about them is
        known."""
        for step in steps:
            if step.type != "RegisterModel" or self._record.step(step.name)["status"] != "NotStarted":
                continue
            container = ((step.arguments.get("InferenceSpecification") or {}).get("Containers") or [None])[0]
            needs = {name for name, _ in references(container, step.place)}
            if step.name in self._warm or not needs or not needs <= self._context.scope.steps.keys():
                continue
            resolved = self._scope(step).resolve(container, step.place)
            normalize_container(resolved, step.place)
            job = Job(step, {}, self._context, self._folder(step.name) / "log.txt", lambda _: None)
            self._warm[step.name] = WarmServer(job, resolved)
            self._warm[step.name].start()

    def close(self) -> None:
        """End what was begun for steps that did not run."""
        self._context.processes.stop_all(kill=True)
        for server in self._warm.values():
            server.close()

    def _condition(self, step: Step) -> Result:
        place = f"{step.place}.Arguments.Conditions"
        conditions = evaluate_all(step.arguments.get("Conditions"), self._scope(step), place)
        outcome = "True" if all(item["result"] for item in conditions) else "False"
        self._record.change(step.name, outcome=outcome, conditions=conditions)
        return self._keep(step, Result({"Outcome": outcome}))

    def _for_each(self, step: Step) -> Result:
        arguments = self._scope(step).resolve(own_arguments(step), f"{step.place}.Arguments")
        return self._keep(step, for_each.run(step, arguments, self._scope(step), self._child))

    def _child(self, step: Step, scope: Scope) -> dict[str, Any]:
        """Run one step of a ForEach body; returns its properties."""
        if self._context.processes.stopping:
            raise StepStopped
        self._scopes[step.name] = scope
        self._record.add(new_step(step, [step.item_of] if step.item_of else []))
        status, reason = "Succeeded", None
        try:
            return self.run(step).properties
        except StepFailure as failure:
            status, reason = "Failed", failure.reason
            raise replace(failure, reason=f"{step.name}: {reason}") from None
        except NotRegistered as error:
            status, reason = "Skipped", str(error)
            return error.properties
        except NotEmulatedError as error:
            status, reason = "NotEmulated", str(error)
            raise NotEmulatedError(f"{step.name}: {reason}") from None
        except StepStopped:
            status = "Stopped"
            raise
        finally:
            self._record.end_step(step.name, status, failureReason=reason)
            self.child_ended(step.name)

    def _with_retries(self, step: Step) -> Result:
        module = module_of(step)
        job = self._job(step, module)
        started = time.monotonic()
        attempt = 1
        while True:
            self._record.change(step.name, attempts=attempt)
            try:
                return self._attempt(job, module)
            except (StepError, OSError) as error:
                kind = error.kind if isinstance(error, StepError) else os_error_kind(error)
                wait = _retry_after(step.retries, kind, attempt, time.monotonic() - started)
                if wait is None:
                    raise
                reason = error if isinstance(error, StepError) else describe_os_error(error)
                job.note(f"Attempt {attempt} failed ({kind}: {reason}); tried again as RetryPolicies says.")
                if self.stopping.wait(wait):
                    raise StepStopped from None
                attempt += 1

    def _attempt(self, job: Job, module: Any) -> Result:
        step, key = job.step, None
        result: Result
        if self._cache and step.cache.enabled and hasattr(module, "cache_parts"):
            key = self._cache.key(job, module.cache_parts(job))
            if entry := self._cache.find(key, step.cache.expire_after):
                self._record.change(step.name, cacheHit={"executionId": entry["executionId"]})
                result = as_result(entry)
                for trial in result.trials:
                    trial["log"] = None  # the logs stayed with the run that made them
                return self._keep(step, result)
        self._record.change(step.name, log=self._context.store.relative(job.log).split("/", 2)[2])
        job.log.touch()
        try:
            result = module.run(job)
        except NotRegistered:
            self._ask(job)
            raise
        if key and self._cache:
            self._cache.keep(key, self._context.execution_id, result)
        self._keep(step, result)
        if step.type == "RegisterModel":
            self._registered(job, result.properties)
        return result

    def _registered(self, job: Job, package: dict[str, Any]) -> None:
        """Write down a new model package, and have it answer a sample request."""
        entry = {
            "step": job.step.name,
            "modelPackageArn": package["ModelPackageArn"],
            "modelPackageGroupName": package["ModelPackageGroupName"],
            "modelPackageVersion": package["ModelPackageVersion"],
            "approvalStatus": package["ModelApprovalStatus"],
            "metadata": package.get("CustomerMetadataProperties") or {},
            "modelDataUrl": model_data(package["InferenceSpecification"]["Containers"][0], job.place),
            "creationTime": package["CreationTime"],
        }
        self._record.change(registered=[*(self._record.data["registered"] or []), entry])
        self._ask(job)

    def _ask(self, job: Job) -> None:
        """Have the model of a registration answer a sample request."""
        answer = ask(job, self._record, self._warm.get(job.step.name))
        if answer is None:
            job.note("No sample request: no step left a sample_request.csv, and the manifest names none.")
        self._record.change(sampleAnswer=answer)

    def _job(self, step: Step, module: Any) -> Job:
        place = f"{step.place}.Arguments"
        arguments = self._scope(step).resolve(step.arguments, place)
        if self._service:
            self._service.check(step.type, arguments, place)
        module.normalize(arguments, place)
        folder = self._folder(step.name)
        job = Job(
            step,
            arguments,
            self._context,
            folder / "log.txt",
            lambda note: self._record.note(step.name, note),
            lambda trials: self._record.change(step.name, trials=trials),
        )
        shown = {_JOB_NAMES[step.type]: job.name, **arguments} if step.type in _JOB_NAMES else arguments
        write_json(folder / "arguments.json", shown)
        for name in sorted(set(noted(arguments))):
            job.note(f"{name} changes nothing on this machine.")
        for uri in module.produces(arguments, job.name):
            self._context.store.claim(uri, step.name)
        return job

    def _keep(self, step: Step, result: Result) -> Result:
        """Write down a result, for the record and for steps that are run again by themselves."""
        store = self._context.store
        outputs = [
            {"name": name, "uri": uri, "path": store.relative(store.locate(uri))}
            for name, uri in result.outputs
        ]
        kept = {
            "properties": result.properties, "outputs": result.outputs, "metrics": result.metrics,
            "trials": result.trials,
        }  # fmt: skip
        write_json(self._folder(step.name) / "result.json", kept)
        self._record.change(step.name, outputs=outputs, metrics=result.metrics, trials=result.trials)
        return result

    def _folder(self, name: str) -> Path:
        folder = self._context.directory / "steps" / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _scope(self, step: Step) -> Scope:
        scope = self._scopes.get(step.name, self._context.scope)
        names = {
            f"{kind}JobName": f"pipelines-{self._context.execution_id}-{step.name}"
            for kind in ("Training", "Processing")
        }
        return replace(scope, execution={**scope.execution, **names})


def _retry_after(policies: tuple[RetryPolicy, ...], kind: str, attempt: int, elapsed: float) -> float | None:
    """Return the seconds to wait before the next attempt, or None when there is none."""
    for policy in policies:
        if kind not in policy.exception_types:
            continue
        if policy.max_attempts is not None and attempt > policy.max_attempts:
            continue
        wait = policy.interval * policy.backoff ** (attempt - 1)
        if policy.expire_after is not None and elapsed + wait > policy.expire_after:
            continue
        return wait
    return None
