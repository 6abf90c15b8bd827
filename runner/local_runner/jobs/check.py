"""QualityCheck and ClarifyCheck steps: the package `model_monitor` does what their images do.

Amazon's images are not to be had outside SageMaker. The package has the contract of their jobs: the same
variables, the same places below /opt/ml, and the same published forms of files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..arguments import only_strings, time_limit
from ..container import JobDirectory, run_container
from ..context import Job, Result
from ..errors import NotEmulatedError, StepError
from ..files import publish
from ..monitor.place import variables
from ..pipeline import CHECK_KEYS
from . import baselines, processing
from .left import note_siblings

ANALYZER = Path(__file__).parents[1] / "monitor" / "analyzer.py"
VIOLATIONS = "constraint_violations.json"
_SCRIPTS = ("record_preprocessor_script", "post_analytics_processor_script")
_SHOWN = 3
_CONFIG = "processing/input/config/analysis_config.json"
_BIAS = ("CI", "DPL", "KL", "JS", "LP", "TVD", "KS", "CDDL")
COMPUTED = ("CI", "DPL", "KL")
"""Metrics of bias before training that the package has."""
_BASELINE = "/opt/ml/processing/baseline"


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Check what is used; raises DefinitionError for what is wrong or unknown."""
    rest = _job(arguments)
    processing.normalize(rest, place)
    for key in ("SkipCheck", "FailOnViolation", "RegisterNewBaseline"):
        baselines.flag(arguments, key, False, place)
    texts = [key for key in CHECK_KEYS if key.startswith("Supplied") or key.startswith("Model")]
    only_strings({key: arguments[key] for key in texts if key in arguments}, place)


def produces(arguments: dict[str, Any], name: str) -> list[Any]:
    """Return the uris below which the step leaves its outputs."""
    return processing.produces(_job(arguments), name)


def cache_parts(job: Job) -> dict[str, Any]:
    """Return what decides whether an earlier result can be used again; a changed baseline does."""
    store, digest = job.context.store, job.context.hasher.digest
    earlier, _ = baselines.previous(job, baselines.KINDS[job.arguments["CheckType"]])
    return {
        **processing.cache_parts(job),
        "check": {key: job.arguments.get(key) for key in CHECK_KEYS},
        "baseline": {
            part: [digest(path) for path in store.prefix(uri, job.place)] for part, uri in earlier.items()
        },
    }


def run(job: Job) -> Result:
    """Compute the new baseline, compare the data with the earlier one, and fail where that was asked for.

    The files appear in the local store also where the check fails: they say what was found.
    """
    arguments, place, store = job.arguments, job.place, job.context.store
    kind = baselines.KINDS[arguments["CheckType"]]
    settings = arguments.get("Environment") or {}
    for key in _SCRIPTS:
        if settings.get(key):
            raise NotEmulatedError(f"its {key} runs inside Amazon's image, with objects of that image")
    earlier = baselines.used(job, kind, place)
    compares = earlier is not None and not baselines.flag(arguments, "SkipCheck", False, place)
    directory = JobDirectory(job)
    for _, uri, inside, input_place in processing.inputs_of(_job(arguments), place):
        store.download(uri, directory.path(inside, input_place), input_place)
        note_siblings(job, uri)
    shown = {}
    for part, uri in (earlier or {}).items() if compares else ():
        inside = f"{_BASELINE}/{part.lower()}"
        store.download(uri, directory.path(inside, place), place)
        shown[f"baseline_{part.lower()}"] = f"{inside}/{uri.rsplit('/', 1)[-1]}"
    ((output, output_place),) = processing.outputs_of(_job(arguments), place)
    target = store.target(output["S3Output"]["S3Uri"], output_place)
    folder = directory.path(output["S3Output"]["LocalPath"], output_place)
    folder.mkdir(parents=True, exist_ok=True)
    run_container(
        job, directory, ["python3", str(ANALYZER), arguments["CheckType"]],
        {**settings, **shown, **variables()}, directory.opt_ml, time_limit(_job(arguments), place),
    )  # fmt: skip
    for words in _left_out(directory, arguments["CheckType"]):
        job.note(words)
    found = _violations(folder)
    publish(folder, target)
    uris = {part: f"{output['S3Output']['S3Uri'].rstrip('/')}/{name}" for part, name in kind.files.items()}
    if not compares:
        job.note("Nothing was compared: SkipCheck is true.")
    if found:
        report = f"{output['S3Output']['S3Uri'].rstrip('/')}/{VIOLATIONS}"
        told = _told(found, store.relative(store.locate(report)))
        if baselines.flag(arguments, "FailOnViolation", True, place):
            raise StepError(told)
        job.note(f"{told[0].upper()}{told[1:]}")
    properties = _properties(job, uris, earlier, found, output)
    return Result(properties, [(output["OutputName"], output["S3Output"]["S3Uri"])])


def _job(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of the job behind a check."""
    return {key: value for key, value in arguments.items() if key not in CHECK_KEYS}


def _left_out(directory: JobDirectory, check: str) -> Iterator[str]:
    """Yield what Clarify would compute more."""
    if check != "DATA_BIAS":
        return
    config = json.loads((directory.opt_ml / _CONFIG).read_text("utf-8"))
    asked = config["methods"]["pre_training_bias"]["methods"]
    names = [name for name in (_BIAS if asked == "all" else asked) if name not in COMPUTED]
    if names:
        yield f"Of Clarify's metrics {', '.join(names)} are not computed here; {', '.join(COMPUTED)} are."


def _violations(folder: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads((folder / VIOLATIONS).read_text("utf-8"))["violations"])
    except FileNotFoundError:
        return []


def _told(found: list[dict[str, Any]], path: str) -> str:
    shown = "; ".join(
        f"{item.get('feature_name') or item.get('metric_name') or item.get('facet')}: {item['description']}"
        for item in found[:_SHOWN]
    )
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return f"{len(found)} violation{'s' * (len(found) > 1)} of the baseline: {shown}{more} ({path})"


def _properties(
    job: Job, uris: dict[str, str], earlier: dict[str, str] | None, found: list[dict[str, Any]],
    output: dict[str, Any],
) -> dict[str, Any]:  # fmt: skip
    """Return what later steps can refer to, by the names of QualityCheckStepMetadata."""
    new = earlier is None or baselines.flag(job.arguments, "RegisterNewBaseline", False, job.place)
    for_drift = uris if new else {**uris, **(earlier or {})}
    report = f"{output['S3Output']['S3Uri'].rstrip('/')}/{VIOLATIONS}"
    return {
        **job.arguments,
        **{f"CalculatedBaseline{part}": uri for part, uri in uris.items()},
        **{f"BaselineUsedForDriftCheck{part}": uri for part, uri in for_drift.items()},
        **({"ViolationReport": report} if found else {}),
        "CheckJobArn": job.arn("processing-job"),
    }
