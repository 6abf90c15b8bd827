"""The environment variables of a training job: those of its toolkit, and of its image."""

from __future__ import annotations

import json
from typing import Any

from ..context import Job
from ..expressions import text
from ..images import XGBOOST, kind_of
from .script_mode import arguments, decode, user_hyperparameters

# Set in the images of XGBoost and scikit-learn, by their Dockerfiles in aws/deep-learning-containers; the
# file of checkpoints is there only with a configuration.
_IMAGES = {
    "SM_INPUT": "/opt/ml/input",
    "SM_INPUT_TRAINING_CONFIG_FILE": "/opt/ml/input/config/hyperparameters.json",
    "SM_INPUT_DATA_CONFIG_FILE": "/opt/ml/input/config/inputdataconfig.json",
    "SM_CHECKPOINT_CONFIG_FILE": "/opt/ml/input/config/checkpointconfig.json",
}


def job_variables(job: Job, name: str, channels: list[str]) -> dict[str, str]:
    """Return what the process of a training job finds; the variables of the definition come last."""
    given = job.arguments.get("HyperParameters") or {}
    image = kind_of(job.arguments["AlgorithmSpecification"].get("TrainingImage"))
    decoded = {key: decode(value) for key, value in given.items()}
    user = user_hyperparameters(decoded)
    script_mode = "sagemaker_program" in given
    values = {**_common(job, name, channels), **(_IMAGES if image else {})}
    values |= {
        "SM_HPS": _json(user),
        "SM_USER_ARGS": _json(arguments(decoded)),
        "SM_USER_ENTRY_POINT": str(decoded.get("sagemaker_program", "")),
        "SM_MODULE_DIR": str(decoded.get("sagemaker_submit_directory", "")),
    }
    if not script_mode:  # the drivers of the SDK's ModelTrainer alone
        values["SM_INPUT_DATA_DIR"] = "/opt/ml/input/data"
    if not (script_mode and image == XGBOOST):  # sagemaker-containers is older than the variable
        values["SM_CURRENT_INSTANCE_TYPE"] = str(job.arguments["ResourceConfig"].get("InstanceType"))
    values |= {f"SM_CHANNEL_{channel.upper()}": f"/opt/ml/input/data/{channel}" for channel in channels}
    values |= dict(_hyperparameter(key, value, script_mode) for key, value in user.items())
    values |= job.arguments.get("Environment") or {}
    if script_mode:
        # As the toolkits do: a program in a subdirectory finds what is at the top of the code.
        values["PYTHONPATH"] = ":".join(filter(None, ("/opt/ml/code", values.get("PYTHONPATH"))))
    return values


def _common(job: Job, name: str, channels: list[str]) -> dict[str, Any]:
    return {
        "SM_MODEL_DIR": "/opt/ml/model",
        "SM_INPUT_DIR": "/opt/ml/input",
        "SM_INPUT_CONFIG_DIR": "/opt/ml/input/config",
        "SM_OUTPUT_DIR": "/opt/ml/output",
        "SM_OUTPUT_DATA_DIR": "/opt/ml/output/data",
        "SM_CHANNELS": _json(sorted(channels)),
        "TRAINING_JOB_NAME": name,
        "SM_CURRENT_HOST": "algo-1",
        "SM_HOSTS": '["algo-1"]',
        "SM_NUM_GPUS": "0",
        "SM_NUM_CPUS": str(job.context.cores),
        "SM_NETWORK_INTERFACE_NAME": "lo",
        "SM_LOG_LEVEL": "20",
    }


def _hyperparameter(key: str, value: Any, script_mode: bool) -> tuple[str, str]:
    """The toolkits leave a dash in the name of a variable, the drivers of the ModelTrainer do not."""
    if not script_mode:
        return f"SM_HP_{key.replace('-', '_').upper()}", text(value)
    written = value if isinstance(value, str) else "" if value is None else _json(value)
    return f"SM_HP_{key.upper()}", written


def _json(value: Any) -> str:
    """JSON as the toolkits write it into a variable."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
