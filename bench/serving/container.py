"""Serves a model by the toolkit of the image: `container.py MODEL_DIR FRAMEWORK`; prints the address, until stdin ends.

It runs in the environment of the toolkits, with a worker for each CPU, as the image has.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "integ" / "containers"))

from image import Container


def main() -> None:
    """Start the server, and wait."""
    model, framework = Path(sys.argv[1]), sys.argv[2]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the server and its workers end with it
    with tempfile.TemporaryDirectory() as directory:
        container = Container(Path(directory), framework)
        shutil.copytree(model, container.ml / "model")
        variables = {
            "SAGEMAKER_PROGRAM": "inference.py",
            "SAGEMAKER_SUBMIT_DIRECTORY": str(container.ml / "model" / "code"),
            "PIP_NO_BUILD_ISOLATION": "0",
            "SAGEMAKER_MODEL_SERVER_WORKERS": str(os.cpu_count() or 1),
        }
        with container.server(variables) as server:
            if not server.started:
                sys.exit(server.log)
            print(f"http://127.0.0.1:{server.port}", flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    main()
