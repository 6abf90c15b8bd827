"""The local S3: where uris stand, prefixes, mounts, and objects that are fetched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from local_runner.errors import RunnerError, StepError
from local_runner.files import publish, tail, walk_files, write_atomic
from local_runner.store import LocalStore, read_mounts

from .conftest import Repository


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text("a")
    return LocalStore(tmp_path / "work", {"s3://b/code/1/": tmp_path / "code"})


def test_objects_stand_below_their_bucket(store: LocalStore) -> None:
    assert store.locate("s3://bucket/some/key.csv") == store.root / "bucket" / "some" / "key.csv"


def test_mounts_are_found_by_prefix_with_or_without_a_slash(store: LocalStore, tmp_path: Path) -> None:
    assert store.locate("s3://b/code/1/a.py") == tmp_path / "code" / "a.py"
    assert store.locate("s3://b/code/1") == store.locate("s3://b/code/1/") == tmp_path / "code"
    assert store.locate("s3://b/code/12/a.py") == store.root / "b" / "code" / "12" / "a.py"


def test_the_longest_mount_counts(tmp_path: Path) -> None:
    store = LocalStore(tmp_path, {"s3://b/": tmp_path / "outer", "s3://b/in/": tmp_path / "inner"})
    assert store.locate("s3://b/in/x") == tmp_path / "inner" / "x"
    assert store.locate("s3://b/x") == tmp_path / "outer" / "x"


@pytest.mark.parametrize(
    "uri", ["s3://b/../x", "s3://b/code/1/../../x", "s3:///x", "http://b/x", "", None, "s3://../x"]
)
def test_uris_that_are_none_or_leave_their_bucket_are_refused(store: LocalStore, uri: str) -> None:
    with pytest.raises((StepError, AttributeError)):
        store.locate(uri)


def test_mounts_cannot_be_written(store: LocalStore) -> None:
    with pytest.raises(StepError, match="is mounted from the repository and cannot be written"):
        store.target("s3://b/code/1/new", "here")


def test_a_prefix_takes_every_object_whose_name_begins_with_it(store: LocalStore, tmp_path: Path) -> None:
    folder = store.root / "b" / "data"
    folder.mkdir(parents=True)
    for name in ("part-1.csv", "part-2.csv", "other.csv"):
        (folder / name).write_text(name)
    store.download("s3://b/data/part-", tmp_path / "one", "here")
    assert sorted(path.name for path in (tmp_path / "one").iterdir()) == ["part-1.csv", "part-2.csv"]
    store.download("s3://b/data/", tmp_path / "two", "here")
    assert len(list((tmp_path / "two").iterdir())) == 3
    store.download("s3://b/data/other.csv", tmp_path / "three", "here")
    assert (tmp_path / "three" / "other.csv").read_text() == "other.csv"


def test_an_object_that_is_asked_for_as_a_file_must_be_one(store: LocalStore) -> None:
    (store.root / "b" / "folder").mkdir(parents=True)
    (store.root / "b" / "folder" / "object").touch()
    with pytest.raises(StepError, match="here: s3://b/folder is a prefix, not one object"):
        store.file("s3://b/folder", "here")


def test_publishing_replaces_files_one_by_one(tmp_path: Path) -> None:
    for name, files in (("new", {"a": "2", "d/c": "3"}), ("old", {"a": "1", "b": "1"})):
        for file, content in files.items():
            (tmp_path / name / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / file).write_text(content)
    publish(tmp_path / "new", tmp_path / "old")
    assert {name: path.read_text() for name, path in walk_files(tmp_path / "old")} == {
        "a": "2",
        "b": "1",
        "d/c": "3",
    }


def test_a_file_that_cannot_be_written_whole_is_not_changed(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    write_atomic(path, "before")
    with pytest.raises(UnicodeEncodeError):
        write_atomic(path, "after \ud800")
    assert path.read_text() == "before" and list(tmp_path.iterdir()) == [path]


def test_the_end_of_a_long_log_is_read_without_reading_it_all(tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    log.write_text("".join(f"line {number}\n\n" for number in range(100_000)))
    assert tail(log, 2) == ["line 99998", "line 99999"]
    assert tail(tmp_path / "none", 2) == []


def test_wrong_mounts_are_refused(tmp_path: Path) -> None:
    wrong: list[object] = [[], {"mounts": []}, {"mounts": {"s3://b/": 1}}]
    for manifest in wrong:
        with pytest.raises(RunnerError, match="mounts must be an object"):
            read_mounts(manifest, tmp_path)


AWS = """#!/bin/sh
# s3 cp URI TARGET --only-show-errors [--recursive]
case "$3 $6" in
  "s3://far/data.csv ") cp {data} "$4" ;;
  "s3://far/folder/ --recursive") mkdir -p "$4" && cp {data} "$4/part.csv" ;;
  *) echo "fatal error: no such key $3" >&2; exit 1 ;;
esac
"""


@pytest.mark.parametrize("uri", ["s3://far/data.csv", "s3://far/folder/"])
def test_objects_are_fetched_with_the_aws_command_where_there_is_one(
    repository: Repository, uri: str
) -> None:
    tools = repository.root / "tools"
    tools.mkdir()
    (tools / "aws").write_text(AWS.format(data=repository.root / "data" / "data.csv"))
    (tools / "aws").chmod(0o755)
    repository.path = f"{tools}:/usr/bin:/bin"
    repository.run("run", "--only", "Preprocess", "--set", f"InputDataUrl={uri}")
    (tools / "aws").unlink()
    repository.run("run", "--only", "Preprocess", "--set", f"InputDataUrl={uri}")
    assert not (repository.work / "tmp").exists() or not list((repository.work / "tmp").iterdir())


def test_what_the_aws_command_says_is_told(repository: Repository) -> None:
    tools = repository.root / "tools"
    tools.mkdir()
    (tools / "aws").write_text(AWS.format(data="x"))
    (tools / "aws").chmod(0o755)
    repository.path = f"{tools}:/usr/bin:/bin"
    output = repository.run("run", "--set", "InputDataUrl=s3://far/gone.csv", code=1)
    assert re.search("s3://far/gone.csv cannot be fetched with the aws command: .*no such key", output)
    assert "Sign in to the account" in output and "--set" in output
