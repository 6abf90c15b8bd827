"""A container of one of the two images, as far as it can be made without Docker.

The toolkits are the real ones, in the environment that this runs in. Each container gets a Python environment
of its own on top of it, because they install the user's code, and a directory in place of `/opt/ml`
(`SAGEMAKER_BASE_DIR`). gunicorn answers by itself: in the image nginx stands before it, and answers 502 as
long as gunicorn does not.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sysconfig
import tarfile
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

IMITATED = str(Path(__file__).parent / "imitated")
# The images replace this in sagemaker-containers, which was written before Python 3.10.
COMPATIBILITY = "import collections, collections.abc; collections.Mapping = collections.abc.Mapping\n"
NOWHERE = "http://127.0.0.1:9/"
HOST = "localhost"


class Container:
    """One container: its file system, its Python, its environment variables."""

    def __init__(self, root: Path, framework: str) -> None:
        self.framework, self.ml = framework, root / "opt" / "ml"
        self.package = f"sagemaker_{framework}_container"
        python = root / "python"
        venv.create(python, with_pip=False, symlinks=True)
        self.bin = python / "bin"
        site = next((python / "lib").glob("python*")) / "site-packages"
        shared = [sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), IMITATED]
        (site / "image.pth").write_text(
            "".join(f"{path}\n" for path in dict.fromkeys(shared)) + COMPATIBILITY
        )
        self._program("gunicorn", "from gunicorn.app.wsgiapp import run; run()")
        toolkit = "sagemaker_containers.cli" if framework == "xgboost" else "sagemaker_training.cli"
        self._program("train", f"from {toolkit}.train import main; main()")
        self.ml.mkdir(parents=True)

    def _program(self, name: str, line: str) -> None:
        file = self.bin / name
        file.write_text(f"#!{self.bin / 'python'}\n{line}\n")
        file.chmod(0o755)

    def variables(self, more: Mapping[str, str]) -> dict[str, str]:
        """The image's variables and those of the job; every index and proxy leads nowhere."""
        return {
            "PATH": f"{self.bin}:{os.environ['PATH']}",
            "HOME": str(self.ml.parent),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            "SAGEMAKER_BASE_DIR": str(self.ml),
            "SAGEMAKER_TRAINING_MODULE": f"{self.package}.training:main",
            "SAGEMAKER_SERVING_MODULE": f"{self.package}.serving:main",
            "SM_INPUT": f"{self.ml}/input",
            "SM_INPUT_TRAINING_CONFIG_FILE": f"{self.ml}/input/config/hyperparameters.json",
            "SM_INPUT_DATA_CONFIG_FILE": f"{self.ml}/input/config/inputdataconfig.json",
            "SM_CHECKPOINT_CONFIG_FILE": f"{self.ml}/input/config/checkpointconfig.json",
            "SM_MODEL_DIR": f"{self.ml}/model",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PIP_INDEX_URL": NOWHERE,
            "PIP_RETRIES": "0",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            **{name: NOWHERE for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")},
            "no_proxy": "localhost,127.0.0.1",
            **more,
        }

    def run(self, command: list[str], more: Mapping[str, str], cwd: Path | None = None) -> tuple[int, str]:
        """Exit code and log of a command."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            env=self.variables(more),
            cwd=cwd or self.ml.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=100,
        )
        return done.returncode, done.stdout

    def train(
        self, hyperparameters: Mapping[str, Any], channels: Mapping[str, Path], environment: Mapping[str, str]
    ) -> tuple[int, str]:
        """Run the training job that a definition describes; the channels are copied in."""
        config = self.ml / "input" / "config"
        for directory in (config, self.ml / "model", self.ml / "output" / "data", self.ml / "input" / "data"):
            directory.mkdir(parents=True, exist_ok=True)
        for name, source in channels.items():
            if not (self.ml / "input" / "data" / name).exists():
                (self.ml / "input" / "data" / name).symlink_to(source)
        values = {name: str(value) for name, value in hyperparameters.items()}
        resources = {"current_host": HOST, "hosts": [HOST], "network_interface_name": "lo"}
        data = {name: {"TrainingInputMode": "File"} for name in channels}
        for name, content in (
            ("hyperparameters", values),
            ("resourceconfig", resources),
            ("inputdataconfig", data),
        ):
            (config / f"{name}.json").write_text(json.dumps(content))
        return self.run(
            ["train"], {"TRAINING_JOB_NAME": "job", "SAGEMAKER_REGION": "us-east-1", **environment}
        )

    @contextmanager
    def server(self, environment: Mapping[str, str]) -> Iterator[Server]:
        """A server for the model in `/opt/ml/model`."""
        server = Server(self, environment)
        try:
            yield server
        finally:
            server.close()


class Server:
    """The program `serve`; `started` tells whether `/ping` answered 200 before it ended."""

    def __init__(self, container: Container, environment: Mapping[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._log = container.ml.parent / "serve.log"
        line = "from sagemaker_containers.beta.framework import env, server; "
        line += "server.start(env.ServingEnv().framework_module)"
        more = {"SAGEMAKER_USE_NGINX": "false", "SAGEMAKER_BIND_TO_PORT": str(self.port)}
        more |= {"SAGEMAKER_MODEL_SERVER_WORKERS": "1", "OMP_NUM_THREADS": "1"}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(container.bin / "python"), "-c", line],
                env=container.variables(more | dict(environment)),
                cwd=container.ml.parent,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.started = self._wait()

    @property
    def log(self) -> str:
        """What the server printed."""
        return self._log.read_text(errors="replace")

    def _wait(self, seconds: float = 60) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._process.poll() is None:
            try:
                return self.send(None, {}, "ping")[0] == 200
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.1)
        return False

    def send(
        self, body: bytes | None, headers: Mapping[str, str], path: str = "invocations"
    ) -> tuple[int, str, str]:
        """Status, content type and text of the answer to a request."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/{path}", body, dict(headers))
        if body is not None and "Content-Type" not in headers:
            request.add_unredirected_header("Content-Type", "")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            answer = opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.status, answer.headers.get_content_type(), answer.read().decode("utf-8", "replace")

    def close(self) -> None:
        """End the server and its workers."""
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait()


def archive(directory: Path, target: Path) -> Path:
    """A directory as `tar.gz`."""
    with tarfile.open(target, "w:gz") as tar:
        for file in sorted(directory.iterdir()):
            tar.add(file, file.name)
    return target
