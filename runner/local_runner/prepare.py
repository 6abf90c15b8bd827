"""Everything of a run that can be wrong before anything is written: options, definition, parameters,
earlier results."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import definition as definitions
from . import git, graph, hyperparameters, lookup, parameters, runs, static
from .cache import as_result
from .context import Context
from .errors import NotEmulatedError, RunnerError, nearest
from .expressions import Pending, Scope
from .files import read_json, write_json
from .hashing import Hasher
from .opt_ml.place import Place, choose
from .opt_ml.scan import absolute_path
from .options import Options
from .pipeline import Definition
from .store import LocalStore, read_mounts

_NAMES = {
    name: f"<{name}>" for name in (
        "PipelineName", "PipelineArn", "PipelineExecutionId", "PipelineExecutionArn", "StartDateTime",
        "CurrentDateTime", "TrainingJobName", "ProcessingJobName",
    )
}  # fmt: skip
"""Execution variables before there is an execution."""


@dataclass(frozen=True)
class Prepared:
    """What a run is made of; `extended` is the JSON of a definition that got further parameters, and
    `earlier` the record of the run that `--only` builds on."""

    definition: Definition
    extended: Any
    needs: dict[str, graph.Needs]
    parameters: list[parameters.Parameter]
    manifest: dict[str, Any]
    mounts: dict[str, Path]
    name: str
    work: Path
    earlier: dict[str, Any] | None
    hasher: Hasher

    @classmethod
    def of(cls, options: Options) -> Prepared:
        """Read and check everything; raises RunnerError with one message, and writes nothing."""
        raw = definitions.read(options.definition)
        definition = definitions.parse(raw, str(options.definition))
        needs = graph.build(definition)
        work = options.work.absolute()
        folder = options.definition.absolute().parent
        manifest = read_json(folder / "manifest.json") or {}
        name = options.pipeline or _pipeline_name(manifest, folder)
        earlier = _earlier(options, definition, needs, work, name)
        mounts = read_mounts(manifest, folder)
        hasher = Hasher(work / "cache" / "hashes.json")
        definition, extended = _extended(definition, raw, options, earlier, manifest)
        values = _parameters(definition, options, earlier, LocalStore(work, mounts), hasher, manifest)
        given = {item.name: item.shown for item in values if item.origin == "set"}
        hyperparameters.check_values(given, manifest)
        static.check(definition, Scope({item.name: item.value for item in values}, _NAMES))
        return cls(definition, extended, needs, values, manifest, mounts, name, work, earlier, hasher)


def _extended(
    definition: Definition,
    raw: Any,
    options: Options,
    earlier: dict[str, Any] | None,
    manifest: dict[str, Any],
) -> tuple[Definition, Any]:
    """Return the definition with the hyperparameters that are set and that it has no parameter for."""
    names = [
        item["name"] for item in (earlier or {"parameters": []})["parameters"] if item["origin"] == "set"
    ]
    settings = parameters.parse_settings(options.settings)
    declared = [item.get("Name") for item in definition.parameters if isinstance(item, dict)]
    hyperparameters.check_names(settings, map(str, declared), manifest)
    extended = hyperparameters.extend(raw, dict.fromkeys([*names, *settings]), manifest)
    if extended is raw:
        return definition, None
    return definitions.parse(extended, str(options.definition)), extended


def _parameters(
    definition: Definition,
    options: Options,
    earlier: dict[str, Any] | None,
    store: LocalStore,
    hasher: Hasher,
    manifest: dict[str, Any],
) -> list[parameters.Parameter]:
    declared = {str(item.get("Name")) for item in definition.parameters if isinstance(item, dict)}
    given: dict[str, Any] = {}
    if earlier:
        given = {item["name"]: item["value"] for item in earlier["parameters"] if item["origin"] == "set"}
        given = {name: value for name, value in given.items() if name in declared}
    given |= parameters.parse_settings(options.settings)
    known = git.commit_and_branch() if declared & {"GitCommit", "GitBranch"} else {}
    found = lookup.approved_model(definition, given, store)
    more = hyperparameters.taken(manifest)
    values = parameters.evaluate(definition.parameters, given, known, found=found, others=more)
    found |= lookup.listing({item.name: item.value for item in values}, store, hasher)
    return parameters.evaluate(definition.parameters, given, known, found=found)


def _earlier(
    options: Options, definition: Definition, needs: dict[str, graph.Needs], work: Path, name: str
) -> dict[str, Any] | None:
    """Return the record of the run that --only takes the results of other steps from."""
    if options.only is None:
        return None
    if options.only not in definition.steps:
        known = ", ".join(definition.steps)
        raise RunnerError(
            f"--only {options.only}: unknown step.{nearest(options.only, definition.steps)} Steps: {known}."
        )
    if not needs[options.only].data and options.from_run == "latest" and not (work / "runs").exists():
        return None
    earlier = runs.load(work, options.from_run, name)
    for step in sorted(needs[options.only].data):
        if not (work / "runs" / earlier["executionId"] / "steps" / step / "result.json").exists():
            raise RunnerError(
                f"--only {options.only}: it needs the result of step {step}, which has none in run"
                f" {earlier['executionId']}. Name another run with --from-run, or run the whole pipeline."
            )
    return earlier


def find_place(options: Options, prepared: Prepared, python: str) -> Place:
    """Return how the jobs get their /opt/ml; raises RunnerError when there is no way that they need."""
    steps = [
        step for step in prepared.definition.all_steps() if options.only in (None, step.name, step.item_of)
    ]
    jobs = [step for step in steps if step.type in ("Processing", "Training", "Tuning")]
    if not jobs and options.opt_ml is None:
        return Place("mapped")
    store = LocalStore(prepared.work, prepared.mounts)
    scope = Scope({item.name: item.value for item in prepared.parameters}, _NAMES)

    def absolute() -> tuple[str, str] | None:
        for step in jobs:
            with contextlib.suppress(NotEmulatedError, RunnerError):
                for uri in static.module_of(step).code(static.resolve(prepared.definition, step, scope)):
                    path = store.locate(uri)
                    if path.exists() and (found := absolute_path(path)):
                        return step.name, found
        return None

    return choose(options.opt_ml, absolute, (prepared.work, python, sys.executable))


def claim_outputs(definition: Definition, scope: Scope, store: LocalStore, only: str | None) -> None:
    """Note what the steps will make, as far as it is known before they begin."""
    for step in definition.all_steps():
        if (module := static.module_of(step)) and only in (None, step.name, step.item_of):
            with contextlib.suppress(NotEmulatedError, RunnerError):
                arguments = static.resolve(definition, step, scope)
                for uri in module.produces(arguments, "<name>"):
                    if not isinstance(uri, Pending):
                        store.claim(uri, step.name)


def take_over(earlier: dict[str, Any] | None, context: Context) -> None:
    """Give the results of an earlier run to the one step that is run again."""
    if earlier is None:
        return
    steps = context.directory.parent / earlier["executionId"] / "steps"
    for path in sorted(steps.glob("*/result.json")):
        kept = read_json(path)
        result = as_result(kept)
        context.scope.steps[path.parent.name] = result.properties
        for _, uri in result.outputs:
            context.store.claim(uri, path.parent.name)
        folder = context.directory / "steps" / path.parent.name
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "result.json", kept)


def _pipeline_name(manifest: dict[str, Any], folder: Path) -> str:
    """Return the pipeline's name, which a definition does not hold: from the manifest, else from the
    configuration."""
    found = manifest.get("pipelineName")
    if not found:
        for parent in (folder, *folder.parents):
            config = read_json(parent / "config" / "parameters.json")
            if isinstance(config, dict) and isinstance(config.get("pipeline"), dict):
                found = config["pipeline"].get("name")
                break
    return str(found or "pipeline")
