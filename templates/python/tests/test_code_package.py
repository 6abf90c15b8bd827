"""The code and data as they go to S3: under the hash of their content, the same bytes each time."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pytest

from pipelines import settings
from pipelines.environment import Environment
from pipelines.errors import PipelineError
from pipelines.package import ARCHIVE, Package
from tests.test_settings import changed

SCRIPTS = ("preprocess.py", "train.py", "evaluate.py", "inference.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for file in (*(f"model/{name}" for name in SCRIPTS), "data/sample/x.csv"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(f"# {file}\n", encoding="utf-8")
    return tmp_path


def package(root: Path, url: str = "data/sample/x.csv") -> Package:
    parsed = settings.parse(changed("data.inputDataUrl", url))
    return Package.of(root, parsed, Environment.load(parsed, {}))


def test_places_are_named_by_content(root: Path) -> None:
    before = package(root)
    assert before.code_prefix == f"s3://local-artifacts/churn/code/{before.code_hash[:16]}/"
    assert before.data_prefix and before.data_url == f"{before.data_prefix}x.csv"
    (root / "model" / "train.py").write_text("changed", encoding="utf-8")
    after = package(root)
    assert after.code_prefix != before.code_prefix and after.data_url == before.data_url
    (root / "data" / "sample" / "x.csv").write_text("changed", encoding="utf-8")
    assert package(root).data_url != after.data_url


def test_a_new_name_is_a_new_hash(root: Path) -> None:
    (root / "model" / "a.py").write_text("x", encoding="utf-8")
    before = package(root).code_hash
    (root / "model" / "a.py").rename(root / "model" / "b.py")
    assert package(root).code_hash != before


def test_caches_and_times_do_not_matter(root: Path) -> None:
    before = package(root).code_hash
    for junk in ("__pycache__/train.cpython-311.pyc", ".hidden", ".ruff_cache/x"):
        file = root / "model" / junk
        file.parent.mkdir(exist_ok=True)
        file.write_text("junk", encoding="utf-8")
    os.utime(root / "model" / "train.py", (1, 1))
    assert package(root).code_hash == before


def test_the_archive_is_the_same_bytes_and_holds_the_files(root: Path) -> None:
    package(root).write_code(root / "one")
    os.utime(root / "model" / "train.py", (1, 1))
    (root / "model" / "train.py").chmod(0o600)
    (root / "one" / "stale.py").write_text("old", encoding="utf-8")
    package(root).write_code(root / "two")
    content = (root / "two" / ARCHIVE).read_bytes()
    assert content == (root / "one" / ARCHIVE).read_bytes()
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        assert sorted(tar.getnames()) == sorted(SCRIPTS)
        assert {(m.mtime, m.mode, m.uid) for m in tar.getmembers()} == {(0, 0o644, 0)}
    package(root).write_code(root / "one")
    assert not (root / "one" / "stale.py").exists()


def test_a_directory_of_data_is_hashed_whole(root: Path) -> None:
    (root / "data" / "sample" / "y.csv").write_text("y", encoding="utf-8")
    before = package(root, "data/sample")
    assert before.data_url == before.data_prefix
    (root / "data" / "sample" / "y.csv").write_text("z", encoding="utf-8")
    assert package(root, "data/sample").data_prefix != before.data_prefix


def test_an_s3_url_stays(root: Path) -> None:
    found = package(root, "s3://lake/churn/")
    assert (found.data_url, found.data_prefix) == ("s3://lake/churn/", None)


@pytest.mark.parametrize("url", ["data/none.csv", "/etc/hostname", "../x.csv"])
def test_data_that_is_not_in_the_repository_is_an_error(root: Path, url: str) -> None:
    with pytest.raises(PipelineError, match=r"data\.inputDataUrl is .*must be a file or directory"):
        package(root, url)


def test_a_missing_script_is_an_error(root: Path) -> None:
    (root / "model" / "evaluate.py").unlink()
    with pytest.raises(PipelineError, match=r"model/evaluate\.py does not exist"):
        package(root)


@pytest.mark.parametrize("text", ["", "# nothing\n\n", "   \n"])
def test_a_requirements_file_that_asks_for_nothing_is_taken(root: Path, text: str) -> None:
    (root / "model" / "requirements.txt").write_text(text, encoding="utf-8")
    assert package(root).code_hash


@pytest.mark.parametrize(
    "line", ["lightgbm==4.6", "-r more.txt", "./wheels/x.whl", "git+https://example.com/x"]
)
def test_requirements_that_the_container_cannot_install_are_an_error(root: Path, line: str) -> None:
    (root / "model" / "requirements.txt").write_text(f"# mine\n{line}  # needed\n", encoding="utf-8")
    with pytest.raises(
        PipelineError, match=r"model/requirements\.txt asks for .*cannot reach; use what the image"
    ) as told:
        package(root)
    assert line in str(told.value) and "needed" not in str(told.value)


@pytest.mark.parametrize(
    "name",
    ["setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "build/x.py", "churn.egg-info/PKG-INFO"],
)
def test_what_the_container_writes_to_install_the_code_may_not_be_there(root: Path, name: str) -> None:
    file = root / "model" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text("", encoding="utf-8")
    with pytest.raises(
        PipelineError, match=f"model/{name.split('/')[0]}: the containers install model/ with"
    ):
        package(root)


def test_such_names_in_a_subfolder_are_ones_own(root: Path) -> None:
    (root / "model" / "parts").mkdir()
    (root / "model" / "parts" / "setup.py").write_text("", encoding="utf-8")
    assert package(root).code_hash
