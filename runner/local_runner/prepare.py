"""Everything of a run that can be wrong before anything is written: options, definition, parameters,
earlier results."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import definition as definitions
from . import git, graph, parameters, runs
from .cache import as_result
from .context import Context
from .errors import RunnerError, nearest
from .files import read_json, write_json
from .options import Options
from .pipeline import Definition
from .store import read_mounts


@dataclass(frozen=True)
class Prepared:
    """What a run is made of; `earlier` is the record of the run that `--only` builds on."""

    definition: Definition
    needs: dict[str, graph.Needs]
    parameters: list[parameters.Parameter]
    manifest: dict[str, Any]
    mounts: dict[str, Path]
    name: str
    work: Path
    earlier: dict[str, Any] | None

    @classmethod
    def of(cls, options: Options) -> Prepared:
        """Read and check everything; raises RunnerError with one message, and writes nothing."""
        definition = definitions.load(options.definition)
        needs = graph.build(definition)
        work = options.work.absolute()
        earlier = _earlier(options, definition, needs, work)
        values = _parameters(definition, options, earlier)
        folder = options.definition.absolute().parent
        manifest = read_json(folder / "manifest.json") or {}
        mounts = read_mounts(manifest, folder)
        return cls(
            definition, needs, values, manifest, mounts, _pipeline_name(manifest, folder), work, earlier
        )


def _parameters(
    definition: Definition, options: Options, earlier: dict[str, Any] | None
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
    options: Options, definition: Definition, needs: dict[str, graph.Needs], work: Path
) -> dict[str, Any] | None:
    """Return the record of the run that --only takes the results of other steps from."""
    if options.only is None:
        return None
    if options.only not in definition.steps:
        known = ", ".join(definition.steps)
        raise RunnerError(
            f"--only {options.only}: there is no such step."
            f"{nearest(options.only, definition.steps)} Steps: {known}."
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


def take_over(earlier: dict[str, Any] | None, context: Context) -> None:
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
