"""Packages of the dependency group `model`: fetched for the image as locked, and part of the code."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import small_index
from conftest import SOURCE
from packages_repository import UV, WithPackages
from small_index import NATIVE, Index

NOWHERE = "http://127.0.0.1:9/simple"
REQUIREMENTS = ", ".join(
    json.dumps(requirement)
    for requirement in json.loads(
        (SOURCE / "templates/python/pipelines/frameworks/sklearn.json").read_text("utf-8")
    )["requirements"]
)
REAL = ("lightgbm==4.6.0", "toolz==1.0.0")


@pytest.fixture
def index() -> Iterator[Index]:
    with small_index.serving() as served:
        served.wheel("numpy", "2.1.0", tag=NATIVE)
        served.wheel("numpy", "2.4.0", tag=NATIVE)
        served.wheel("requests", "2.40.0")
        yield served


@pytest.fixture
def own(tmp_path: Path, index: Index) -> WithPackages:
    return WithPackages(tmp_path / "repository", "xgboost", index.url)


def test_wheels_of_the_image_are_fetched_without_what_the_image_has(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2", "numpy>=2", "leaves", tag=NATIVE)
    index.wheel("trees", "1.2", "numpy>=2", "leaves", tag="cp311-cp311-manylinux_2_17_x86_64")
    index.wheel("trees", "1.2", "numpy>=2", "leaves", tag="cp312-cp312-macosx_11_0_arm64")
    index.wheel("leaves", "0.3")
    own.require("trees", also='"numpy==2.1.0"')
    own.lock()
    index.asked.clear()
    place = own.fetched(UV_CACHE_DIR=str(own.root.parent / "other-cache"))
    assert {path for path in index.asked if path.endswith(".whl")} == {
        f"/files/trees-1.2-{NATIVE}.whl",
        "/files/leaves-0.3-py3-none-any.whl",
    }
    content = json.loads((place / "packages.json").read_text())
    assert content["packages"] == {"leaves": "0.3", "trees": "1.2"}
    assert "trees/__init__.py" in own.names() and "trees/.libs/part.txt" in own.names()
    assert not [name for name in own.names() if name.startswith(("numpy", "bin/"))]


def test_the_same_lock_gives_the_same_bytes_elsewhere(
    tmp_path: Path, own: WithPackages, index: Index
) -> None:
    index.wheel("trees", "1.2", "leaves", tag=NATIVE)
    index.wheel("leaves", "0.3")
    own.require("trees")
    own.lock()
    other = WithPackages(tmp_path / "a" / "quite" / "different" / "place", "xgboost", index.url)
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy(own.root / name, other.root / name)
    places = [own.fetched(), other.fetched(UV_COMPILE_BYTECODE="1", UV_LINK_MODE="symlink")]
    for name in ("packages.json", "packages.tar"):
        assert len({(place / name).read_bytes() for place in places}) == 1
    notes = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json", ".pyc", ".lock")
    assert [name for name in own.names() if name.endswith(notes)] == []
    assert "trees-1.2.dist-info/METADATA" in own.names()


def test_nothing_is_fetched_again_and_another_lock_with_the_same_packages_gives_the_same_code(
    own: WithPackages, index: Index
) -> None:
    index.wheel("trees", "1.2")
    index.wheel("tool", "1.0")
    own.require("trees")
    own.lock()
    first = own.fetched()
    archive = (first / "packages.tar").read_bytes()
    asked = len(index.asked)
    assert own.fetched(UV_DEFAULT_INDEX=NOWHERE, UV_OFFLINE="1") == first and len(index.asked) == asked
    own.require("trees", also='"tool"')
    own.lock()
    second = own.fetched()
    assert second != first and (second / "packages.tar").read_bytes() == archive


def test_a_compile_needs_what_is_fetched_and_takes_it_into_the_code(own: WithPackages, index: Index) -> None:
    own.compile()
    plain = (own.root / "build/pipeline/definition.json").read_bytes()
    index.wheel("trees", "1.2")
    own.require("trees")
    own.lock()
    done = own.run("pipelines", "compile", python=sys.executable)
    assert done.returncode == 1
    assert "group model: trees: not fetched" in done.stderr
    assert "run the task pipeline:packages" in done.stderr
    assert (own.root / "build/pipeline/definition.json").read_bytes() == plain
    done = own.run("pipelines", "compile", "--fetch", python=sys.executable, **own.variables)
    assert done.returncode == 0, done.stderr
    assert (own.root / "build/pipeline/definition.json").read_bytes() != plain
    code = own.root / "build/pipeline/code"
    archive = (own.fetched() / "packages.tar").read_bytes()
    assert (code / "packages.tar").read_bytes() == archive
    with tarfile.open(code / "sourcedir.tar.gz") as tar:
        member = tar.extractfile("packages.tar")
        assert member and member.read() == archive
        assert "packages.json" in tar.getnames()
    own.require()
    own.lock()
    own.compile()
    assert not (code / "packages.tar").exists()


def test_only_packages_of_the_image_make_no_archive(own: WithPackages) -> None:
    own.require("numpy==2.1.0")
    own.lock()
    assert [file.name for file in own.fetched().iterdir()] == ["packages.json"]
    own.compile()
    assert not (own.root / "build/pipeline/code/packages.json").exists()


def test_a_package_that_needs_another_version_than_the_images_is_refused(
    own: WithPackages, index: Index
) -> None:
    index.wheel("trees", "1.2", "leaves")
    index.wheel("leaves", "0.3", "requests>=2.34", "numpy")
    own.require("trees")
    own.lock()
    said = own.refused()
    assert "leaves 0.3 needs requests>=2.34, and the image xgboost 3.2-0 has requests 2.33.0" in said
    assert "use another version, or build your own image" in said and "numpy" not in said


def test_what_an_extra_needs_is_looked_at_too(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2", 'requests>=2.34; extra == "web"', 'nowhere; extra == "other"')
    own.require("trees")
    own.lock()
    assert own.listed() == {"trees": "1.2"}
    shutil.rmtree(own.root / ".local")
    own.require("trees[web]")
    own.lock()
    assert "trees 1.2 needs requests>=2.34, and the image" in own.refused()


def test_a_transitive_package_of_the_image_may_be_another_version_here_and_that_is_told(
    own: WithPackages, index: Index
) -> None:
    index.wheel("trees", "1.2", "requests>=2.30")
    own.require("trees")
    own.lock()
    done = own.fetch()
    assert "trees 1.2" in done.stdout
    assert "the image's versions are used of requests 2.33.0 (here 2.40.0)" in done.stdout


def test_a_requirement_of_your_own_has_the_images_version(own: WithPackages) -> None:
    own.require("requests")
    own.lock()
    said = own.refused()
    assert "uv.lock has requests 2.40.0, the image xgboost 3.2-0 has 2.33.0" in said
    assert "uv add --group model requests==2.33.0" in said


@pytest.mark.parametrize(
    ("tag", "why"),
    [
        ("cp312-cp312-macosx_11_0_arm64", "it has wheels, but none for it: trees-1.2-cp312-cp312-macosx"),
        ("cp312-cp312-manylinux_2_39_x86_64", "none for it"),
        ("cp311-cp311-manylinux_2_17_x86_64", "none for it"),
        ("cp312-cp312-manylinux_2_17_aarch64", "none for it"),
        ("", "it has no wheel, only its source"),
    ],
)
def test_a_package_without_a_wheel_for_the_image_is_refused(
    own: WithPackages, index: Index, tag: str, why: str
) -> None:
    index.wheel("trees", "1.2", tag=tag) if tag else index.source("trees", "1.2")
    own.require("trees")
    own.lock()
    said = own.refused()
    assert "trees 1.2 does not fit the image xgboost 3.2-0 (Python 3.12, x86_64-manylinux_2_34)" in said
    assert why in said and "build your own image" in said


@pytest.mark.parametrize(
    "tag", ["cp312-abi3-manylinux_2_34_x86_64", "cp310-abi3-manylinux2014_x86_64", "py3-none-linux_x86_64"]
)
def test_other_wheels_that_the_image_takes_are_taken(own: WithPackages, index: Index, tag: str) -> None:
    index.wheel("trees", "1.2", tag=tag)
    own.require("trees")
    own.lock()
    assert own.listed() == {"trees": "1.2"}


def test_a_package_of_this_machine_is_refused(own: WithPackages) -> None:
    (own.root / "mine").mkdir()
    (own.root / "mine" / "pyproject.toml").write_text('[project]\nname = "mine"\nversion = "1"\n')
    own.require("mine", tool='[tool.uv.sources]\nmine = { path = "mine" }\n')
    own.lock()
    said = own.refused()
    assert "mine comes from a directory, not as a wheel from an index: put pure Python into model/" in said


def test_other_bytes_than_the_locks_are_refused(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2")
    own.require("trees")
    own.lock()
    index.wheel("trees", "1.2", files={"trees.py": "evil = True\n"})
    said = own.refused(UV_CACHE_DIR=str(own.root.parent / "other-cache"))
    assert "Hash mismatch" in said and "fetch the packages from the index" in said


def test_a_lock_that_has_no_such_package_is_refused(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2")
    own.require()
    own.lock()
    own.require("trees")
    said = own.refused()
    assert "uv.lock does not have 'trees' of group model in pyproject.toml: run the task python:lock" in said


def test_without_a_network_the_index_is_named(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2")
    own.require("trees")
    own.lock()
    said = own.refused(UV_OFFLINE="1", UV_CACHE_DIR=str(own.root.parent / "other-cache"))
    assert "uv could not fetch the packages from the index" in said


def test_a_lock_for_other_versions_of_python_is_refused(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2")
    own.require("trees", python=">=3.11,<3.12")
    own.lock()
    assert "requires-python is " in (said := own.refused()) and "has Python 3.12" in said


def test_another_version_of_the_image_is_not_known(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2")
    own.require("trees")
    own.lock()
    own.settings["model"]["frameworkVersion"] = "3.0-5"
    own.save()
    assert "which packages the image xgboost 3.0-5 has is not known, only those of 3.2-0" in own.refused()


def test_an_index_of_your_own_is_asked_with_its_credentials(own: WithPackages, index: Index) -> None:
    index.wheel("trees", "1.2", tag=NATIVE)
    index.private = True
    own.index = NOWHERE
    own.require(
        "trees",
        tool=f'[tool.uv.sources]\ntrees = {{ index = "ours" }}\n'
        f'[[tool.uv.index]]\nname = "ours"\nurl = "{index.url}"\nexplicit = true\n',
    )
    credentials = {"UV_INDEX_OURS_USERNAME": small_index.USER, "UV_INDEX_OURS_PASSWORD": small_index.PASSWORD}
    own.lock(**credentials)
    fresh = str(own.root.parent / "other-cache")
    own.refused(UV_CACHE_DIR=fresh)
    place = own.fetched(UV_CACHE_DIR=fresh, **credentials)
    assert json.loads((place / "packages.json").read_text())["packages"] == {"trees": "1.2"}
    assert small_index.PASSWORD.encode() not in b"".join(file.read_bytes() for file in place.iterdir())


def test_packages_of_the_registry_are_fetched_and_load_in_a_python_of_the_images_version(
    tmp_path: Path,
) -> None:
    own = WithPackages(tmp_path / "repository", "sklearn", "")
    own.require(*REAL, also=REQUIREMENTS)
    done = subprocess.run([UV, "lock"], cwd=own.root, capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"the registry cannot be reached: {done.stderr[-200:]}")
    result = own.run("pipelines", "packages", python=sys.executable, UV=UV)
    assert result.returncode == 0, result.stderr
    (place,) = (own.root / ".local" / "packages").iterdir()
    content = json.loads((place / "packages.json").read_text())
    assert content["packages"] == dict(requirement.split("==") for requirement in REAL)
    with tarfile.open(place / "packages.tar") as tar:
        library = tar.extractfile("lightgbm/lib/lib_lightgbm.so")
        assert library and library.read(5) == b"\x7fELF\x02"
        tar.extractall(tmp_path / "there", filter="data")
    if (python := shutil.which("python3.12")) and subprocess.run([python, "-c", ""]).returncode == 0:
        code = "import toolz, importlib.metadata as m; print(toolz.__version__, m.version('lightgbm'))"
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "there")}
        said = subprocess.run([python, "-c", code], env=environment, capture_output=True, text=True)
        assert said.stdout.split() == ["1.0.0", "4.6.0"], said.stderr
