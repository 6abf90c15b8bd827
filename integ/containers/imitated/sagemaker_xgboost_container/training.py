"""The XGBoost image's training: the script as a module (`python -m`), installed by pip first."""

from __future__ import annotations

import sys

from sagemaker_containers.beta import framework


def main() -> None:
    """Run the user's script."""
    environment = framework.training_env()
    framework.modules.run_module(
        environment.module_dir,
        environment.to_cmd_args(),
        environment.to_env_vars(),
        environment.module_name,
        capture_error=False,
    )
    sys.exit(0)
