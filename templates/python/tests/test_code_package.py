"""The code and data as they go to S3: under the hash of their content, the same bytes each time."""

from __future__ import annotations

import io
import json
import os
import tarfile
from pathlib import Path
from typing import Any

import pytest

from pipelines import settings
from pipelines.environment import Environment
from pipelines.errors import PipelineError
from pipelines.package import ARCHIVE, DATA_FILE, Package, data_files
from tests.test_settings import changed

WATCHING = "model_monitor/statistics.py"
SCRIPTS = ("preprocess.py", "train.py", "evaluate.py", "inference.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    others = (f"pipelines/monitor/{WATCHING}", "data/sample/x.csv")
    for file in (*(f"model/{name}" for name in SCRIPTS), *others):
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
        assert sorted(tar.getnames()) == sorted([*SCRIPTS, DATA_FILE, WATCHING])
        assert {(m.mtime, m.mode, m.uid) for m in tar.getmembers()} == {(0, 0o644, 0)}
    package(root).write_code(root / "one")
    assert not (root / "one" / "stale.py").exists()


def test_a_directory_of_data_is_hashed_whole(root: Path) -> None:
    (root / "data" / "sample" / "y.csv").write_text("y", encoding="utf-8")
    before = package(root, "data/sample")
    assert before.data_url == before.data_prefix
    (root / "data" / "sample" / "y.csv").write_text("z", encoding="utf-8")
    assert package(root, "data/sample").data_prefix != before.data_prefix


@pytest.mark.parametrize("name", ["a.csv.gz", "a.parquet", "a.jsonl", "below/a.jsonl.gz", "A.CSV"])
def test_a_directory_of_data_may_hold_other_formats(root: Path, name: str) -> None:
    before = package(root, "data/sample")
    file = root / "data" / "sample" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"1")
    assert data_files(root / "data" / "sample") == sorted([file, root / "data" / "sample" / "x.csv"])
    assert package(root, "data/sample").data_prefix != before.data_prefix


@pytest.mark.parametrize("name", ["._x.csv", ".cache/y.csv", "notes.txt", "x.csv.bak", "folder.csv/readme"])
def test_what_is_hidden_or_no_data_is_left_out(root: Path, name: str) -> None:
    before = package(root, "data/sample")
    file = root / "data" / "sample" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(b"1")
    assert package(root, "data/sample").data_prefix == before.data_prefix


def test_a_repository_below_a_hidden_directory_has_its_data(tmp_path: Path) -> None:
    (tmp_path / ".cache" / "data").mkdir(parents=True)
    (tmp_path / ".cache" / "data" / "x.csv").write_text("x", encoding="utf-8")
    assert len(data_files(tmp_path / ".cache" / "data")) == 1


def test_a_directory_without_data_is_an_error(root: Path) -> None:
    (root / "data" / "sample" / "x.csv").rename(root / "data" / "sample" / "x.txt")
    with pytest.raises(PipelineError, match=r"has no data file: their names end with \.csv, \.csv\.gz"):
        package(root, "data/sample")


def with_data(root: Path, **keys: Any) -> Package:
    raw = changed("data.targetColumn", "target")
    raw["data"] |= keys
    parsed = settings.parse(raw)
    return Package.of(root, parsed, Environment.load(parsed, {}))


def data_json(package: Package) -> Any:
    return json.loads(package.contents[DATA_FILE])


def test_the_code_knows_what_is_set_about_the_data_and_nothing_else(root: Path) -> None:
    before = with_data(root)
    assert data_json(before) == {}
    keys = {"dropColumns": ["a", "ä"], "missingTokens": [], "separator": "\t", "timeColumn": "when"}
    after = with_data(root, seed=7, **keys)
    assert data_json(after) == keys
    assert after.code_hash != before.code_hash and after.code_prefix != before.code_prefix
    assert with_data(root, seed=8).code_hash == before.code_hash


def test_the_decided_columns_go_with_the_code(root: Path) -> None:
    before = with_data(root, separator=";")
    columns = {"age": {"type": "number"}, "city": {"type": "text", "codes": ["007"]}}
    (root / "config").mkdir()
    (root / "config" / "columns.json").write_text(json.dumps(columns), encoding="utf-8")
    after = with_data(root, separator=";")
    assert data_json(after) == {"separator": ";", "columns": columns}
    assert after.code_hash != before.code_hash
    after.write_code(root / "out")
    assert json.loads((root / "out" / DATA_FILE).read_text("utf-8")) == data_json(after)
    with tarfile.open(root / "out" / ARCHIVE) as tar:
        inside = tar.extractfile(DATA_FILE)
        assert inside is not None and inside.read() == after.contents[DATA_FILE]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", r"config/columns\.json is not JSON"),
        ("[]", r"config/columns\.json must be an object of objects"),
        ('{"age": 1}', r"config/columns\.json: 'age' is 1, it must be an object"),
    ],
)
def test_broken_decisions_about_columns_are_an_error(root: Path, text: str, message: str) -> None:
    (root / "config").mkdir()
    (root / "config" / "columns.json").write_text(text, encoding="utf-8")
    with pytest.raises(PipelineError, match=message):
        package(root)


def test_a_file_of_ones_own_in_the_place_of_the_made_one_is_an_error(root: Path) -> None:
    (root / "model" / DATA_FILE).write_text("{}", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"model/data\.json: a file of this name is made from"):
        package(root)
    (root / "model" / "parts").mkdir()
    (root / "model" / DATA_FILE).rename(root / "model" / "parts" / DATA_FILE)
    assert package(root).code_hash


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


def test_the_package_that_watches_goes_along_and_has_its_own_name(root: Path) -> None:
    found = package(root)
    assert found.contents[WATCHING] == b"# pipelines/monitor/model_monitor/statistics.py\n"
    (root / "model" / "model_monitor.py").write_text("mine", encoding="utf-8")
    with pytest.raises(PipelineError, match=r"model/model_monitor\.py: the package model_monitor of .*yours"):
        package(root)
    (root / "model" / "model_monitor.py").unlink()
    (root / "pipelines" / "monitor" / WATCHING).unlink()
    with pytest.raises(PipelineError, match="pipelines/monitor/model_monitor does not exist, and preprocess"):
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
        PipelineError, match=r"model/requirements\.txt lists .*cannot reach; add packages to the dep"
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
