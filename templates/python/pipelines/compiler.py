"""Compile the pipeline into `build/pipeline/`: definition.json, manifest.json and the code as it goes to S3.

The SDK takes seconds to load, so it runs only when something that the definition depends on has changed: the
settings, the files of `model/` and `pipelines/`, the data's hash, the lock file, the Python version or the
build's variables. It runs in a process of its own whose environment is the same everywhere: no credentials,
no AWS configuration, no proxy to the instance metadata.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

from pipelines import settings
from pipelines.environment import Environment
from pipelines.errors import PipelineError
from pipelines.manifests import hyperparameters, refused
from pipelines.package import Package, digest
from pipelines.rules import said

OUTPUT = Path("build/pipeline")
DEFINITION, MANIFEST, CODE = "definition.json", "manifest.json", "code"
LOCK_FILE = Path("uv.lock")
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
WHOLE_VARIABLES = (
    "ARTIFACT_BUCKET",
    "ARTIFACT_BUCKET_KMS_KEY",
    "AWS_REGION",
    "MODEL_PACKAGE_GROUP_NAME",
    "PIPELINE_PARAMETERS",
)
BUILD_VARIABLES = tuple(
    f"SAGEMAKER_{word}_" for word in ("PIPELINE", "PROCESSING", "TRAINING", "SUBNET", "SECURITY_GROUP")
)
"""How the names of the build's variables for the definition begin."""


class State:
    """The repository as it is now, and what was compiled from it last."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.settings = settings.load(root)
        self.golden_tolerance = settings.golden_tolerance(root)
        self.environment = Environment.load(self.settings, os.environ)
        self.package = Package.of(root, self.settings, self.environment)
        self.output = root / OUTPUT

    def inputs_hash(self) -> str:
        """The hash of everything that the definition depends on."""
        lock = self.root / LOCK_FILE
        folder = self.root / "pipelines"
        sources = [
            f for kind in ("*.py", "*.json", "frameworks/*.json") for f in folder.glob(kind) if f.is_file()
        ]
        inputs = {
            "settings": json.loads((self.root / settings.FILE).read_text(encoding="utf-8")),
            "environment": self.environment.fields(),
            "instances": self.settings.registration.inference_instances,
            "goldenTolerance": self.golden_tolerance,
            "code": self.package.code_hash,
            "data": self.package.data_url,
            "pipelines": digest(sources, self.root),
            "lock": _sha256(lock) if lock.is_file() else None,
            "python": platform.python_version(),
        }
        return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()

    def hyperparameters(self) -> dict[str, Any]:
        """The rule of each hyperparameter that train.py takes and no tuning searches."""
        rules = hyperparameters(self.settings.model.framework, self.settings.model.problem_type)
        return {name: rule for name, rule in rules.items() if name not in self._tuned}

    def refused(self) -> dict[str, str]:
        """Why other names that the framework has cannot be set."""
        model = self.settings.model
        searched = {name: "section tuning searches it: change its range" for name in self._tuned}
        return {**refused(model.framework, model.problem_type), **searched}

    @property
    def _tuned(self) -> frozenset[str]:
        return self.settings.tuning.names if self.settings.tuning else frozenset()

    def manifest(self) -> dict[str, Any]:
        """What was compiled last; empty if nothing was, or if one of its files is missing."""
        if not (self.output / DEFINITION).is_file() or not (self.output / CODE).is_dir():
            return {}
        try:
            content = json.loads((self.output / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def definition(self) -> str:
        """The compiled definition."""
        return (self.output / DEFINITION).read_text(encoding="utf-8")


def compile_pipeline(state: State, *, force: bool = False) -> bool:
    """Bring `build/pipeline/` up to date; False if it already was. Raises `PipelineError`."""
    inputs_hash = state.inputs_hash()
    if not force and state.manifest().get("inputsHash") == inputs_hash:
        return False
    print("compiling the pipeline with the SageMaker SDK ...", file=sys.stderr, flush=True)
    state.output.mkdir(parents=True, exist_ok=True)
    (state.output / MANIFEST).unlink(
        missing_ok=True
    )  # whatever happens now, the old state is no longer valid
    result = subprocess.run(
        [sys.executable, "-m", "pipelines.compiler"],
        cwd=state.root,
        env=_clean(state),
        capture_output=True,
        text=True,
    )
    if result.returncode != 0:
        raise PipelineError(result.stderr.strip() or f"the compiler ended with exit code {result.returncode}")
    _write(state.output / DEFINITION, result.stdout)
    state.package.write_code(state.output / CODE)
    manifest = {
        "version": 1,
        "definition": DEFINITION,
        "inputsHash": inputs_hash,
        "mounts": _mounts(state),
        "hyperparameters": {
            "steps": ["Tune" if state.settings.tuning else "Train"],
            "taken": {
                name: {**rule, "x-allowed": said(rule)} for name, rule in state.hyperparameters().items()
            },
            "refused": state.refused(),
        },
        **({} if state.golden_tolerance is None else {"goldenTolerance": state.golden_tolerance}),
    }
    _write(state.output / MANIFEST, json.dumps(manifest, indent=2) + "\n")
    return True


def _mounts(state: State) -> dict[str, str]:
    """Where the S3 prefixes of the definition are on this machine, relative to the manifest."""
    mounts = {state.package.code_prefix: f"{CODE}/"}
    if state.package.data_prefix and state.package.data_path:
        path = state.package.data_path
        directory = path if path.is_dir() else path.parent
        mounts[state.package.data_prefix] = Path(os.path.relpath(directory, state.output)).as_posix() + "/"
    return mounts


def _clean(state: State) -> dict[str, str]:
    """The environment of the SDK's process: the build's variables and nothing else of AWS."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    build = {} if state.environment.local else {
        name: value
        for name, value in os.environ.items()
        if name in WHOLE_VARIABLES or name.startswith(BUILD_VARIABLES)
    }  # fmt: skip
    return {
        **kept,
        **build,
        "AWS_DEFAULT_REGION": state.environment.region,
        "AWS_ACCESS_KEY_ID": "offline",
        "AWS_SECRET_ACCESS_KEY": "offline",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "SAGEMAKER_ADMIN_CONFIG_OVERRIDE": os.devnull,
        "SAGEMAKER_USER_CONFIG_OVERRIDE": os.devnull,
        "SAGEMAKER_VALIDATE_ROLE": "false",
        "PYTHONHASHSEED": "0",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(state.root),
    }


def _write(file: Path, text: str) -> None:
    """Replace a file at once, so that no reader sees half of it."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> None:
    """The SDK's process: the definition goes to stdout."""
    import logging
    import warnings
    from importlib.metadata import version

    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    out, sys.stdout = sys.stdout, sys.stderr  # nothing but the definition on stdout
    from pipelines.pipeline import build

    state = State(Path.cwd())
    lock = state.root / LOCK_FILE
    versions = {
        "SdkVersion": version("sagemaker"),
        "DependencyLock": _sha256(lock) if lock.is_file() else "none",
    }
    pipeline = build(state.settings, state.environment, state.package, versions)
    out.write(json.dumps(json.loads(pipeline.definition()), indent=2) + "\n")


if __name__ == "__main__":
    try:
        main()
    except PipelineError as error:
        sys.exit(str(error))
    except ModuleNotFoundError as error:
        sys.exit(f"{error.name} is not installed in {sys.prefix}: run the setup task and use .venv-sdk here")
