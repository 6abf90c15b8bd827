"""Your own packages in a container: unpacked once, found after the image's, left alone where installed."""

from __future__ import annotations

import hashlib
import importlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import pytest

import vendored

HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n"


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A code directory that brings `made_up_trees`, on a machine like the image."""
    monkeypatch.setattr("sys.path", list(sys.path))
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    return bring(tmp_path / "code", "made-up-trees")


def bring(code: Path, name: str, python: str = HERE) -> Path:
    """Write the two files of a code directory that brings a package."""
    module = name.replace("-", "_")
    files = {f"{module}/__init__.py": "GROWN = True\n", f"{module}-1.0.dist-info/METADATA": METADATA}
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content := text.format(name=name).encode())
            tar.addfile(entry, io.BytesIO(content))
    code.mkdir(exist_ok=True)
    (code / vendored.ARCHIVE).write_bytes(buffer.getvalue())
    listed: dict[str, Any] = {"python": python, "platform": "x86_64-manylinux_2_34"}
    listed |= {"packages": {name: "1.0"}, "sha256": hashlib.sha256(buffer.getvalue()).hexdigest()}
    (code / vendored.LIST).write_text(json.dumps(listed), encoding="utf-8")
    return code


def unpacked() -> list[Path]:
    return sorted(Path(tempfile.gettempdir()).iterdir())


def test_code_without_packages_adds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", before := list(sys.path))
    vendored.add(tmp_path)
    assert sys.path == before


def test_the_packages_can_be_imported_and_come_last(code: Path) -> None:
    before = list(sys.path)
    vendored.add(code)
    importlib.invalidate_caches()
    assert importlib.import_module("made_up_trees").GROWN is True
    assert sys.path[:-1] == before and sys.path[-1] == str(unpacked()[0])
    assert importlib.metadata.version("made-up-trees") == "1.0"


def test_a_second_process_finds_what_the_first_one_unpacked(
    code: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendored.add(code)
    (place,) = unpacked()
    (place / "mark").touch()
    monkeypatch.setattr("sys.path", sys.path[:-1])
    vendored.add(code)
    assert sys.path[-1] == str(place) and unpacked() == [place] and (place / "mark").exists()


def test_a_process_that_gets_the_directory_in_front_has_it_last(code: Path) -> None:
    vendored.add(code)
    sys.path.insert(0, place := sys.path.pop())
    vendored.add(code)
    assert sys.path.count(place) == 1 and sys.path[-1] == place


def test_a_process_that_is_late_leaves_nothing_behind(code: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mkdtemp = tempfile.mkdtemp

    def slow(**options: str) -> str:
        monkeypatch.setattr("tempfile.mkdtemp", mkdtemp)
        vendored.add(code)  # the other process
        monkeypatch.setattr("sys.path", sys.path[:-1])
        return mkdtemp(**options)

    monkeypatch.setattr("tempfile.mkdtemp", slow)
    vendored.add(code)
    assert [str(place) for place in unpacked()] == [sys.path[-1]]


def test_a_directory_that_others_can_write_to_is_not_trusted(code: Path) -> None:
    vendored.add(code)
    (place,) = unpacked()
    sys.path.pop()
    place.chmod(0o777)
    vendored.add(code)
    assert sys.path[-1] != str(place) and (Path(sys.path[-1]) / "made_up_trees").is_dir()


def test_installed_packages_leave_the_archive_closed(code: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bring(code, "pytest")
    before = list(sys.path)
    vendored.add(code)
    assert sys.path == before and unpacked() == []
    assert f"pytest {pytest.__version__} of the image is used, not 1.0" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("python", "system", "machine"),
    [("2.7", "linux", "x86_64"), (HERE, "darwin", "x86_64"), (HERE, "linux", "arm64")],
)
def test_packages_for_another_python_or_platform_stay_closed(
    code: Path, monkeypatch: pytest.MonkeyPatch, python: str, system: str, machine: str
) -> None:
    bring(code, "made-up-trees", python)
    monkeypatch.setattr("sys.platform", system)
    monkeypatch.setattr("platform.machine", lambda: machine)
    vendored.add(code)
    assert unpacked() == []


@pytest.mark.parametrize("script", ["preprocess", "train", "evaluate", "inference"])
def test_every_script_that_a_container_starts_makes_the_packages_importable_first(script: str) -> None:
    model = Path(vendored.__file__).parent
    code = "\n".join(
        [
            "import sys",
            "class Watch:",
            "    def find_spec(name, path=None, target=None):",
            "        print(name)",
            f"sys.path.insert(0, {str(model)!r})",
            "sys.meta_path.insert(0, Watch)",
            f"import {script}",
        ]
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    asked = [name for name in done.stdout.split() if name.split(".")[0] not in sys.stdlib_module_names]
    assert asked[:2] == [script, "vendored"] and "numpy" in asked
