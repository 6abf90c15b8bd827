"""The scikit-learn image's training: the script as a program, by the newer toolkit."""

from __future__ import annotations

from sagemaker_training import entry_point, environment, runner


def main() -> None:
    """Run the user's script."""
    job = environment.Environment()
    entry_point.run(
        uri=job.module_dir,
        user_entry_point=job.user_entry_point,
        args=job.to_cmd_args(),
        env_vars=job.to_env_vars(),
        runner_type=runner.ProcessRunnerType,
    )
