"""The `run` command: sets up one run, runs it, and reports how it ended."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from . import git, graph, record, runs
from .cache import StepCache
from .context import ACCOUNT, Context
from .execution import Execution
from .expressions import Scope
from .files import remove_tree, write_atomic, write_json
from .locks import release
from .opt_ml.place import Place
from .options import Options, shown_command
from .prepare import Prepared, claim_outputs, find_place, take_over
from .process import Processes
from .registry import Registry
from .slots import Slots, available_cores
from .steps import StepRunner
from .store import LocalStore
from .view import View
from .views import make_view
from .watchdog import Watchdog

INCOMPLETE = 3
"""Exit code of a run in which nothing failed, and something could not be run on this machine."""


def run(options: Options) -> int:
    """Run a pipeline; returns its exit code.

    0 when it succeeded, 1 when it failed, 3 when a step was not emulated, 128 + n after signal n.
    """
    return execute(options)[0]


def execute(options: Options) -> tuple[int, dict[str, Any]]:
    """Run a pipeline; returns its exit code and the record of the run."""
    prepared = Prepared.of(options)
    python = options.interpreter()
    opt_ml = find_place(options, prepared, python)
    watchdog = Watchdog()
    execution_id, directory, lock = runs.create(prepared.work)
    try:
        runs.clean_up(prepared.work)
        if prepared.extended is None:
            shutil.copy2(options.definition, directory / "definition.json")
        else:
            write_json(directory / "definition.json", prepared.extended)
        context = _context(options, prepared, execution_id, directory, python, Processes(watchdog), opt_ml)
        run_record = record.RunRecord(directory / "run.json", _new_record(prepared, context))
        run_record.change()
        take_over(prepared.earlier, context)
        cache = StepCache(context.store) if options.cache and not options.only else None
        runner = StepRunner(
            context, run_record, cache, lambda step: options.rerun_command(step, execution_id)
        )
        view = make_view(sys.stdout, os.environ)
        view.run_started(run_record.data, prepared.work)
        execution = Execution(
            prepared.definition, prepared.needs, context, run_record, runner, view, options.only
        )
        view.start(run_record)
        try:
            status = _with_signals(execution)
        finally:
            runner.close()
            view.stop()
        return _finish(execution, status, run_record, context, view, prepared.work), run_record.data
    finally:
        release(lock)
        watchdog.close()


def _context(
    options: Options,
    prepared: Prepared,
    execution_id: str,
    directory: Path,
    python: str,
    processes: Processes,
    opt_ml: Place,
) -> Context:
    store = LocalStore(prepared.work, prepared.mounts, execution_id)
    cores, started = available_cores(), record.now()
    arn = f"{ACCOUNT}:pipeline/{prepared.name}"
    execution = {
        "PipelineName": prepared.name,
        "PipelineArn": arn,
        "PipelineExecutionId": execution_id,
        "PipelineExecutionArn": f"{arn}/execution/{execution_id}",
        "StartDateTime": started,
        "CurrentDateTime": started,
    }
    scope = Scope({item.name: item.value for item in prepared.parameters}, execution, objects=store)
    scope.experiment = scope.resolve(prepared.definition.experiment, "PipelineExperimentConfig")
    claim_outputs(prepared.definition, scope, store, options.only)
    return Context(
        execution_id=execution_id,
        pipeline_name=prepared.name,
        directory=directory,
        store=store,
        hasher=prepared.hasher,
        registry=Registry(prepared.work / "registry"),
        processes=processes,
        slots=Slots(1 if opt_ml.alone else options.jobs or cores),
        scope=scope,
        python=python,
        user=git.user,
        cores=cores,
        time_limit=options.time_limit,
        registers=options.register,
        manifest=prepared.manifest,
        opt_ml=opt_ml,
        readers=graph.readers(prepared.definition),
    )


def _new_record(prepared: Prepared, context: Context) -> dict[str, Any]:
    steps = prepared.definition.steps.values()
    return {
        "version": record.VERSION,
        "executionId": context.execution_id,
        "executionArn": context.scope.execution["PipelineExecutionArn"],
        "pipelineName": prepared.name,
        "status": "Executing",
        "failureReason": None,
        "startTime": context.scope.execution["StartDateTime"],
        "endTime": None,
        "seconds": None,
        "cores": context.cores,
        "command": f"{shown_command()} {shlex.join(sys.argv[2:])}".strip(),
        "parameters": [item.to_record() for item in prepared.parameters],
        "steps": [record.new_step(step, sorted(prepared.needs[step.name].all)) for step in steps],
        "failedStep": None,
        "registers": context.registers,
        "registered": None,
        "sampleAnswer": None,
    }


def _finish(
    execution: Execution,
    status: str,
    run_record: record.RunRecord,
    context: Context,
    view: View,
    work: Path,
) -> int:
    reason = execution.interrupted
    if execution.failure:
        reason = f"step {execution.failure[0]} failed: {execution.failure[1].reason}"
    run_record.end(status, reason, execution.failure[0] if execution.failure else None)
    if not execution.failure:
        remove_tree(context.directory / "jobs")
    remove_tree(context.store.temporary)
    context.hasher.save()
    report = _report(work, context.execution_id, context.directory)
    view.run_ended(run_record.data, work, report, _summary(work, context.execution_id))
    if status == "Stopped":
        return 128 + _signal_number(reason)
    return {"Succeeded": 0, "Incomplete": INCOMPLETE}.get(status, 1)


def _signal_number(reason: str | None) -> int:
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
        from .report import render

        write_atomic(path, render(work, execution_id))
    except Exception as error:
        print(f"warning: the report could not be written: {error}", file=sys.stderr)
        return None
    return path


def _summary(work: Path, execution_id: str) -> list[str]:
    """Return what was measured, in lines; whatever goes wrong there, the run stays what it is."""
    try:
        from .report.summary import summary

        return summary(work, execution_id)
    except Exception as error:
        print(f"warning: the metrics could not be read: {error}", file=sys.stderr)
        return []
