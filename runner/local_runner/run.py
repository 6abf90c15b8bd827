"""The `run` command: sets up one run, runs it, and tells how it ended."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import context as contexts
from . import definition as definitions
from . import git, graph, parameters, record, runs
from .cache import StepCache, as_result
from .errors import RunnerError, describe_os_error, nearest
from .execution import Execution
from .expressions import Scope
from .files import read_json, remove_tree, write_json
from .hashing import Hasher
from .locks import release
from .process import Processes
from .registry import Registry
from .slots import Slots, available_cores
from .steps import StepRunner
from .store import LocalStore, read_mounts
from .view import View, make_view
from .watchdog import Watchdog

COMMAND_VARIABLE = "PIPELINE_LOCAL_COMMAND"
"""Environment variable with the command that stands for `python -m ... run` in messages; a project's task
sets it."""


@dataclass
class Options:
    """The options of the `run` command."""

    definition: Path = Path("build/pipeline/definition.json")
    work: Path = Path(".local")
    settings: list[str] = field(default_factory=list)
    only: str | None = None
    from_run: str = "latest"
    jobs: int | None = None
    cache: bool = True
    python: str = sys.executable
    time_limit: float | None = None


def run(options: Options) -> int:
    """Run a pipeline; returns the exit code: 0 when it succeeded, 1 when it failed, 128 + n after signal
    n."""
    definition = definitions.load(options.definition)
    needs = graph.build(definition)
    work = options.work.absolute()
    earlier = _earlier(options, definition, needs, work)
    values = _parameters(definition, options, earlier)
    manifest = read_json(options.definition.parent / "manifest.json") or {}
    mounts = read_mounts(manifest, options.definition.parent.absolute())
    python = _python(options.python)
    name = _pipeline_name(manifest, options.definition)

    watchdog = Watchdog()
    execution_id, directory, lock = runs.create(work)
    try:
        runs.clean_up(work)
        shutil.copy2(options.definition, directory / "definition.json")
        store = LocalStore(work, mounts)
        hasher = Hasher(work / "cache" / "hashes.json")
        cores = available_cores()
        arn = f"{contexts.ACCOUNT}:pipeline/{name}"
        started = record.now()
        scope = Scope(
            {item.name: item.value for item in values},
            {
                "PipelineName": name,
                "PipelineArn": arn,
                "PipelineExecutionId": execution_id,
                "PipelineExecutionArn": f"{arn}/execution/{execution_id}",
                "StartDateTime": started,
                "CurrentDateTime": started,
            },
            objects=store,
        )
        scope.experiment = scope.resolve(definition.experiment, "PipelineExperimentConfig")
        context = contexts.Context(
            execution_id, name, directory, store, hasher, Registry(work / "registry"), Processes(watchdog),
            Slots(options.jobs or cores), scope, python, git.user, cores, options.time_limit, manifest,
        )  # fmt: skip
        data = {
            "version": record.VERSION,
            "executionId": execution_id,
            "executionArn": scope.execution["PipelineExecutionArn"],
            "pipelineName": name,
            "status": "Executing",
            "failureReason": None,
            "startTime": started,
            "endTime": None,
            "seconds": None,
            "cores": cores,
            "command": f"{_command()} {shlex.join(sys.argv[2:])}".strip(),
            "parameters": [item.to_record() for item in values],
            "steps": [
                record.new_step(step, sorted(needs[step.name].all)) for step in definition.steps.values()
            ],
            "registered": None,
            "sampleAnswer": None,
        }
        runrecord = record.RunRecord(directory / "run.json", data)
        runrecord.change()
        _take_over(earlier, context)
        cache = StepCache(store) if options.cache and not options.only else None
        runner = StepRunner(context, runrecord, cache, lambda step: _rerun(options, step, execution_id))
        view = make_view(sys.stdout, os.environ)
        view.run_started(data, work)
        execution = Execution(definition, needs, context, runrecord, runner, view, options.only)
        view.start(runrecord)
        try:
            status = _with_signals(execution)
        finally:
            view.stop()
        return _finish(execution, status, runrecord, context, view, work)
    finally:
        release(lock)
        watchdog.close()


def _finish(
    execution: Execution,
    status: str,
    runrecord: record.RunRecord,
    context: contexts.Context,
    view: View,
    work: Path,
) -> int:
    reason = execution.interrupted
    if execution.failure:
        reason = f"step {execution.failure[0]} failed: {execution.failure[1].reason}"
    runrecord.end(status, reason)
    if status != "Failed":
        remove_tree(context.directory / "jobs")
    remove_tree(context.store.temporary / context.execution_id)
    context.hasher.save()
    view.run_ended(runrecord.data, work, _report(work, context.execution_id, context.directory))
    if status == "Stopped":
        return 128 + execution_signal(reason)
    return 0 if status == "Succeeded" else 1


def execution_signal(reason: str | None) -> int:
    """Return the number of the signal named in the reason of a stop."""
    names = [word for word in (reason or "").split() if word.startswith("SIG")]
    return int(signal.Signals[names[0]]) if names else int(signal.SIGINT)


def _with_signals(execution: Execution) -> str:
    def interrupt(number: int, _: Any) -> None:
        execution.interrupt(f"interrupted by {signal.Signals(number).name}")

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before: list[Any] = [signal.signal(number, interrupt) for number in numbers]
    try:
        return execution.run()
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _report(work: Path, execution_id: str, directory: Path) -> Path | None:
    """Write the report; whatever goes wrong there, the run stays what it is."""
    path = directory / "report.html"
    try:
        from .files import write_atomic
        from .report import render

        write_atomic(path, render(work, execution_id))
    except Exception as error:
        print(f"warning: the report could not be written: {error}", file=sys.stderr)
        return None
    return path


def _parameters(
    definition: definitions.Definition, options: Options, earlier: dict[str, Any] | None
) -> list[parameters.Parameter]:
    declared = {str(item.get("Name")) for item in definition.parameters if isinstance(item, dict)}
    given: dict[str, Any] = {}
    if earlier:
        given = {item["name"]: item["value"] for item in earlier["parameters"] if item["origin"] == "set"}
        given = {name: value for name, value in given.items() if name in declared}
    given |= parameters.parse_settings(options.settings)
    known = git.commit_and_branch() if declared & {"GitCommit", "GitBranch"} else {}
    return parameters.evaluate(definition.parameters, given, known)


def _earlier(
    options: Options, definition: definitions.Definition, needs: dict[str, graph.Needs], work: Path
) -> dict[str, Any] | None:
    """Return the record of the run that --only takes the results of other steps from."""
    if options.only is None:
        return None
    if options.only not in definition.steps:
        known = ", ".join(definition.steps)
        raise RunnerError(
            f"--only {options.only}: there is no such step.{nearest(options.only, definition.steps)} Steps: {known}."
        )
    if not needs[options.only].data and options.from_run == "latest" and not (work / "runs").exists():
        return None
    earlier = runs.load(work, options.from_run)
    for name in sorted(needs[options.only].data):
        if not (work / "runs" / earlier["executionId"] / "steps" / name / "result.json").exists():
            raise RunnerError(
                f"--only {options.only}: it needs the result of step {name}, which has none in run"
                f" {earlier['executionId']}. Name another run with --from-run, or run the whole pipeline."
            )
    return earlier


def _take_over(earlier: dict[str, Any] | None, context: contexts.Context) -> None:
    """Give the results of an earlier run to the one step that is run again."""
    if earlier is None:
        return
    steps = context.directory.parent / earlier["executionId"] / "steps"
    for path in sorted(steps.glob("*/result.json")):
        kept = read_json(path)
        context.scope.steps[path.parent.name] = as_result(kept).properties
        folder = context.directory / "steps" / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "result.json", kept)


def _rerun(options: Options, step: str, execution_id: str) -> str:
    """Return the command that runs one step again, with the results of this run."""
    parts = ["--only", step, "--from-run", execution_id]
    defaults = Options()
    for name, value, default in (
        ("--definition", options.definition, defaults.definition), ("--work", options.work, defaults.work),
        ("--python", options.python, defaults.python), ("--time-limit", options.time_limit, None),
    ):  # fmt: skip
        if value != default:
            parts += [name, str(value)]
    return f"{_command()} {shlex.join(parts)}"


def _command() -> str:
    if command := os.environ.get(COMMAND_VARIABLE):
        return command
    python = Path(sys.executable)
    shown = python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else python
    return f"{shlex.quote(str(shown))} -m {__package__} run"


def _python(python: str) -> str:
    found = shutil.which(python)
    if found is None:
        raise RunnerError(f"--python {python}: there is no such interpreter.")
    return os.path.abspath(found)  # noqa: PTH100 - resolving the link would leave the virtual environment


def _pipeline_name(manifest: Any, definition: Path) -> str:
    """Return the pipeline's name, which a definition does not hold: from the manifest, else from the
    configuration."""
    found = manifest.get("pipelineName") if isinstance(manifest, dict) else None
    if not found:
        for folder in (definition.absolute().parent, *definition.absolute().parents):
            config = read_json(folder / "config" / "parameters.json")
            if isinstance(config, dict) and isinstance(config.get("pipeline"), dict):
                found = config["pipeline"].get("name")
                break
    return str(found or "pipeline")


def guarded(command: Callable[[], int]) -> int:
    """Run a command; errors that a user can mend become one line and exit code 1."""
    try:
        return command()
    except RunnerError as error:
        print(f"error: {error}", file=sys.stderr)
    except OSError as error:
        print(f"error: {describe_os_error(error)}", file=sys.stderr)
    return 1
