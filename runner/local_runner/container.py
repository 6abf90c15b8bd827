"""The container contract on this machine: a directory in place of `/opt/ml`, and a process in place of the
container."""

from __future__ import annotations

import os
import re
import shutil
import signal
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from .context import Job
from .errors import INTERNAL_ERROR, TIME_LIMIT, DefinitionError, NotEmulatedError, StepError
from .files import remove_tree, tail, write_json
from .images import XGBOOST, kind_of
from .opt_ml.place import OPT_ML, Place
from .programs import PIP_LOG, write_programs

_OPT_ML = re.compile(r"(?<![\w./-])/opt/ml(?=$|[/:;,\s\"'])")
_ERROR_LINE = re.compile(r"(?:^|[\s.])\w*error: ", re.IGNORECASE)
# A container starts with a clean environment; this is what a process on this machine cannot do without.
_INHERITED = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE", "PYTHONHASHSEED",
)  # fmt: skip
_INHERITED_PREFIXES = ("LC_", "AWS_", "HTTP_", "HTTPS_", "NO_PROXY", "http_", "https_", "no_proxy")


class JobDirectory:
    """The directory that represents the file system of one container."""

    def __init__(self, job: Job, name: str | None = None) -> None:
        self.root = job.context.directory / "jobs" / (name or job.step.name)
        remove_tree(self.root)
        self.opt_ml = self.root / "opt" / "ml"
        (self.opt_ml / "output").mkdir(parents=True)

    def path(self, inside: object, place: str) -> Path:
        """Return the path on this machine of a path inside the container; it must be below /opt/ml."""
        return self.opt_ml / below_opt_ml(inside, place)

    def map(self, value: str) -> str:
        """Replace /opt/ml in an argument or environment value."""
        return _OPT_ML.sub(lambda _: str(self.opt_ml), value)

    def message(self) -> str | None:
        """Return what the job itself wrote about its failure."""
        for name in ("failure", "message"):
            path = self.opt_ml / "output" / name
            if path.is_file() and (content := path.read_text(errors="replace").strip()):
                return content[:1024]
        return None

    def write_config(self, path: str, value: object) -> None:
        """Write one of the JSON files that a container finds below /opt/ml."""
        target = self.opt_ml / path
        target.parent.mkdir(parents=True, exist_ok=True)
        write_json(target, value)


def below_opt_ml(inside: object, place: str) -> PurePosixPath:
    """Return where below /opt/ml a container's path is; raises DefinitionError for one elsewhere."""
    path = PurePosixPath(str(inside))
    if not path.is_relative_to(OPT_ML) or ".." in path.parts:
        raise DefinitionError(place, f"{inside!r} must be a path below {OPT_ML}")
    return path.relative_to(OPT_ML)


def host_config(instance_type: str) -> dict[str, object]:
    """Return the content of resourceconfig.json for one host."""
    return {
        "current_host": "algo-1", "current_instance_type": instance_type, "current_group_name":
        "homogeneousCluster",
        "hosts": ["algo-1"], "network_interface_name": "lo",
        "instance_groups": [
            {"instance_group_name": "homogeneousCluster", "instance_type": instance_type, "hosts": ["algo-1"]}
        ],
    }  # fmt: skip


def environment(directory: JobDirectory, variables: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a process that has its directory where it is, not at /opt/ml."""
    return {**_inherited(), **{key: directory.map(value) for key, value in variables.items()}}


def _inherited() -> dict[str, str]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if key in _INHERITED or key.startswith(_INHERITED_PREFIXES)
    }
    return {**kept, "PYTHONUNBUFFERED": "1"}


def launch(
    job: Job, directory: JobDirectory, command: Sequence[str], variables: Mapping[str, str], cwd: Path,
    place: Place | None = None,
) -> tuple[list[str], dict[str, str], Path]:  # fmt: skip
    """Return command, environment and working directory of a process that finds its directory at /opt/ml.

    `cwd` is a path on this machine. What takes /opt/ml for itself for long, as a model server would, gives a
    `place` of its own.
    """
    place = place or job.context.opt_ml
    seen = command if place.mode != "mapped" else [directory.map(part) for part in command]
    started, cwd = place.command(directory.opt_ml, cwd, _executable(job, directory, seen))
    mapped = variables if place.mode != "mapped" else environment(directory, variables)
    env = {**_inherited(), **mapped}
    programs = write_programs(directory.root, job.context.python)
    return started, {**env, "PATH": f"{programs}{os.pathsep}{env.get('PATH', os.defpath)}"}, cwd


def _told(job: Job, directory: JobDirectory) -> str | None:
    """Return the job's own message, where SageMaker would have it too.

    The toolkit of the XGBoost image (sagemaker-containers) writes the command line over a training script's
    failure file, so the reason stands in the log alone; that of scikit-learn's (sagemaker-training) keeps it.
    """
    image = (job.arguments.get("AlgorithmSpecification") or {}).get("TrainingImage")
    return None if kind_of(image) == XGBOOST else directory.message()


def run_container(
    job: Job, directory: JobDirectory, command: Sequence[str], variables: Mapping[str, str], cwd: Path,
    limit: float | None, log: Path | None = None,
) -> None:  # fmt: skip
    """Run the command of a container as a process, within the free cores; raises StepError when it fails."""
    context, log = job.context, log or job.log
    limits = [seconds for seconds in (limit, context.time_limit) if seconds]
    seconds = min(limits) if limits else None
    with (
        context.slots.one(),
        context.opt_ml.occupied(directory.opt_ml, lambda: context.processes.stopping),
    ):
        command, env, cwd = launch(job, directory, command, variables, cwd)
        exit_ = context.processes.run(command, env, cwd, log, seconds)
    if (directory.root / PIP_LOG).exists():
        job.note("pip installed nothing here: the script ran with the packages of --python.")
    if exit_.timed_out:
        raise StepError(
            f"it was stopped after {seconds:g} s, the time limit of the step"
            " (StoppingCondition.MaxRuntimeInSeconds, or --time-limit)."
            " Raise the limit, or see what it waits for.",
            TIME_LIMIT,
        )
    if exit_.code < 0:
        hint = "; the machine may be out of memory" if exit_.code == -signal.SIGKILL else ""
        raise StepError(
            f"its process was killed by {signal.Signals(-exit_.code).name}{hint}.", INTERNAL_ERROR
        )
    if exit_.code:
        raise StepError(f"{_told(job, directory) or last_error(log)} (exit code {exit_.code})")


def last_error(log: Path) -> str:
    """Return the line of a log that says best what went wrong."""
    lines = tail(log, 60)
    errors = [line for line in lines if _ERROR_LINE.search(line)]
    return (errors or lines or ["the script ended without a message"])[-1].strip()


def _executable(job: Job, directory: JobDirectory, command: Sequence[str]) -> list[str]:
    """Return the command with the pipeline's interpreter; raises for one that this machine does not have."""
    program = Path(command[0]).name
    if program in ("python", "python3") or re.fullmatch(r"python3\.\d+", program):
        if len(command) > 1 and command[1].startswith("/"):
            _check_there(job, directory, command[1], Path(directory.map(command[1])).exists())
        return [job.context.python, *command[1:]]
    _check_there(job, directory, command[0], shutil.which(directory.map(command[0])) is not None)
    return list(command)


def _check_there(job: Job, directory: JobDirectory, path: str, there: bool) -> None:
    if there:
        return
    if PurePosixPath(directory.map(path)).is_relative_to(directory.opt_ml):
        what = f"no input brought the entry point {path!r}, or it cannot be executed"
        raise StepError(f"{job.place}: {what}.")
    raise NotEmulatedError(
        f"the entry point {path!r} is inside the image, which cannot be run on this machine"
    )
