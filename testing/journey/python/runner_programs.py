"""Programs that a machine of GitHub's has and that need a network: the AWS CLI, and installers of packages."""

from __future__ import annotations

from pathlib import Path

from codebuild import Programs
from server import Server

HERE = Path(__file__).parent


def runner_environment(programs: Programs, server: Server) -> dict[str, str]:
    """What every step finds in its environment, with `python`, `pip` and `aws` beside the programs of builds."""
    folder = programs.path.with_name(f"{programs.path.name}-runner")
    folder.mkdir(parents=True, exist_ok=True)
    python = programs.path / "python3"
    texts = {
        "python": f'exec "{python}" "$@"',
        "pip": f'exec "{python}" -m pip "$@"',
        # The repository's build, where nothing has the SageMaker SDK: what it calls in AWS it calls at its end.
        "pipelines": f'[ "$3" != start ] || exec "{python}" build.py',
        "aws": f'exec "{python}" "{HERE / "aws_cli.py"}" "$@"',
    }
    for name, text in texts.items():
        file = folder / name
        file.write_text(f"#!/bin/bash\n{text}\n")
        file.chmod(0o755)
    return {
        "PATH": f"{folder}:{programs.path}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(HERE / "hook"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "JOURNEY_PYTHON": str(programs.socket),
        "JOURNEY_GATEWAY": server.url,
        "JOURNEY_ASSEMBLY": str(programs.assembly),
        "JOURNEY_SDK": programs.sdk or str(folder / "pipelines"),
        "JOURNEY_STAND_INS": str(HERE),
    }
