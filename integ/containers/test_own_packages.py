"""Packages that the code brings are there in training and serving, though the toolkits install the code."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from conftest import FRAMEWORKS, MODEL, Train, serving

TREES = {
    "made_up_trees/__init__.py": "from made_up_trees.parts import GROWN\n",
    "made_up_trees/parts.py": "GROWN = 'grown'\n",
    "made_up_trees/.libs/hidden.txt": "x",
    "made_up_trees-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: made-up-trees\nVersion: 1.0\n",
}


def packages() -> dict[str, bytes]:
    """The two files of the code that bring packages, for the Python of the tests."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, text in TREES.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    listed = {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "platform": "x86_64-manylinux_2_34",
        "packages": {"made-up-trees": "1.0"},
        "sha256": hashlib.sha256(buffer.getvalue()).hexdigest(),
    }
    return {"packages.json": json.dumps(listed).encode(), "packages.tar": buffer.getvalue()}


def script(name: str) -> str:
    """A script that uses a package of its own, and says where it is."""
    text = (MODEL / name).read_text("utf-8")
    use = "import sys\nimport made_up_trees\nprint('TREES', made_up_trees.GROWN, sys.path[-1], __name__)\n"
    marker = "import vendored"
    first, found, rest = text.partition(marker)
    assert found
    line, _, rest = rest.partition("\n")
    return f"{first}{marker}{line}\n{use}{rest}"


@pytest.mark.skipif(sys.platform != "linux", reason="the archive is for Linux on x86_64")
@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_own_packages_are_there_when_training_and_when_serving(
    train: Train, tmp_path: Path, framework: str
) -> None:
    changes: dict[str, str | bytes] = {name: script(name) for name in ("train.py", "inference.py")}
    files = packages()
    place = Path(tempfile.gettempdir()) / f"packages-{hashlib.sha256(files['packages.tar']).hexdigest()[:16]}"
    shutil.rmtree(place, ignore_errors=True)
    try:
        job = train(framework, changes={**changes, **files})
        assert job.code == 0, job.log
        assert f"TREES grown {place} __main__" in job.log
        code = job.ml / "model" / "code"
        assert (code / "packages.tar").read_bytes() == files["packages.tar"]
        shutil.rmtree(place)
        container, variables = serving(tmp_path, framework, job.ml / "model")
        with container.server(variables) as server:
            assert server.started, server.log
            status, _, answer = server.send(b"30,50,Rome,True\n", {"Content-Type": "text/csv"})
            assert status == 200, answer + server.log
            for log in server.log.split("Booting worker"):
                said = {line for line in log.splitlines() if line.startswith("TREES")}
                assert said == {f"TREES grown {place} inference"}, server.log
    finally:
        shutil.rmtree(place, ignore_errors=True)
