"""How a training container finds its script: by hyperparameters, or by the channels of the SDK's
ModelTrainer."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..archives import extract_archive
from ..arguments import problem
from ..container import JobDirectory
from ..context import Job
from ..errors import NotEmulatedError, StepError
from ..files import copy_into, read_json
from ..images import XGBOOST, has_module, kind_of, module_name, no_module

_TOOLKIT_KEYS = {"_tuning_objective_metric"}


def check_script(arguments: Mapping[str, Any]) -> None:
    """Raise NotEmulatedError for a job that runs no script of the user's: its code is inside its image."""
    algorithm = arguments["AlgorithmSpecification"]
    channels = {item.get("ChannelName") for item in arguments.get("InputDataConfig") or []}
    if (
        "sagemaker_program" in (arguments.get("HyperParameters") or {})
        or "sm_drivers" in channels
        or algorithm.get("ContainerEntrypoint")
    ):
        return
    image = algorithm.get("AlgorithmName") or algorithm.get("TrainingImage")
    raise NotEmulatedError(
        f"it runs the built-in algorithm of {image}: there is no hyperparameter sagemaker_program, no code"
        " channel and no ContainerEntrypoint, and what is inside an image cannot be run on this machine"
    )


def check_program(arguments: Mapping[str, Any], place: str) -> None:
    """Report a program that the training of the image cannot run, as far as its name tells."""
    program = (arguments.get("HyperParameters") or {}).get("sagemaker_program")
    xgboost = kind_of(arguments["AlgorithmSpecification"].get("TrainingImage")) == XGBOOST
    if xgboost and isinstance(program, str) and (why := no_module(str(decode(program)))):
        problem(f"{place}.HyperParameters.sagemaker_program", why)


def script_command(
    job: Job, directory: JobDirectory, hyperparameters: Mapping[str, str]
) -> tuple[list[str], Path]:
    """Return the command of the training script and the directory it runs in."""
    decoded = {key: decode(value) for key, value in hyperparameters.items()}
    drivers = directory.opt_ml / "input" / "data" / "sm_drivers"
    if "sagemaker_program" in decoded:
        return _by_hyperparameters(job, directory, decoded)
    if drivers.is_dir():
        return _by_drivers(job, directory, drivers, decoded)
    algorithm = job.arguments["AlgorithmSpecification"]
    return [
        *algorithm["ContainerEntrypoint"],
        *(algorithm.get("ContainerArguments") or []),
    ], directory.opt_ml


def user_hyperparameters(hyperparameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the hyperparameters that are meant for the script, not for the toolkit."""
    return {
        key: value
        for key, value in hyperparameters.items()
        if not key.startswith("sagemaker_") and key not in _TOOLKIT_KEYS
    }


def decode(value: str) -> Any:
    """Read a hyperparameter as the toolkit does: as JSON where it is JSON, else as text."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def arguments(hyperparameters: Mapping[str, Any]) -> list[str]:
    """Return the command line of a script: keys unchanged and sorted, as sagemaker-training passes them."""
    line = []
    for key in sorted(user_hyperparameters(hyperparameters)):
        value = hyperparameters[key]
        if isinstance(value, dict):
            value = ",".join(f"{name}={item}" for name, item in sorted(value.items()))
        line += [f"--{key}" if len(key) > 1 else f"-{key}", "" if value is None else str(value)]
    return line


def _by_hyperparameters(
    job: Job, directory: JobDirectory, decoded: Mapping[str, Any]
) -> tuple[list[str], Path]:
    place = f"{job.place}.HyperParameters.sagemaker_submit_directory"
    source = str(decoded.get("sagemaker_submit_directory", ""))
    code = directory.opt_ml / "code"
    if source.startswith("/opt/ml/"):
        sources = [directory.path(source, place)]
    else:
        sources = job.context.store.sources(source, place)
    for path in sources:
        if path != code and path.exists():
            copy_into(path, code) if path.is_dir() else extract_archive(path, code)
    program, line = str(decoded["sagemaker_program"]), arguments(decoded)
    if kind_of(job.arguments["AlgorithmSpecification"].get("TrainingImage")) == XGBOOST:
        if not has_module(code, program, run=True):
            raise StepError(
                f"{job.place}: sagemaker_program is {program!r}, but {source} holds no module of that name,"
                " which the image would run by python -m."
            )
        return ["python3", "-m", module_name(program), *line], code
    if not (code / program).is_file():
        raise StepError(f"{job.place}: sagemaker_program is {program!r}, but {source} holds no such file.")
    return _as_sagemaker_training_does(code, program, line), code


def _as_sagemaker_training_does(code: Path, program: str, line: list[str]) -> list[str]:
    """A packed directory is run as a module, Python as a file, and anything else by the shell."""
    if (code / "setup.py").is_file():
        return ["python3", "-m", program.replace(".py", ""), *line]
    if program.endswith(".py"):
        return ["python3", program, *line]
    (code / program).chmod(0o777)
    return ["/bin/sh", "-c", f"./{program} {shlex.join(line)}"]


def _by_drivers(
    job: Job, directory: JobDirectory, drivers: Path, decoded: Mapping[str, Any]
) -> tuple[list[str], Path]:
    settings = read_json(drivers / "sourcecode.json") or {}
    if distributed := read_json(drivers / "distributed.json"):
        job.note(f"The distributed driver {distributed} of SageMaker was not used; the script ran once.")
    if settings.get("requirements"):
        job.note(
            f"{settings['requirements']} was not installed; the script ran with the packages of --python."
        )
    code = directory.opt_ml / "input" / "data" / "code"
    if command := settings.get("command"):
        extra = settings.get("args")
        line = (
            f"{command} {extra}"
            if isinstance(extra, str)
            else shlex.join([command, *(extra or [])])
            if extra
            else command
        )
        return ["/bin/sh", "-c", line], code
    program = str(settings.get("entry_script", ""))
    if not (code / program).is_file():
        raise StepError(f"{job.place}: the entry script {program!r} is not in the channel code.")
    line = []
    for key, value in decoded.items():
        line += [f"--{key}", value if isinstance(value, str) else json.dumps(value)]
    if program.endswith(".sh"):
        return ["/bin/sh", "-c", f"chmod +x {shlex.quote(program)} && ./{shlex.join([program, *line])}"], code
    return ["python3", program, *line], code
