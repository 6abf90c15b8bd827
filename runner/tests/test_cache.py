"""Step caching: what is used again, and everything that must prevent it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from local_runner.cache import packages
from local_runner.hashing import Hasher

from .conftest import Repository, change, load

CACHED = ("Preprocess", "Train", "Evaluate")


def hits(repository: Repository) -> set[str]:
    return {name for name, step in repository.steps().items() if step["cacheHit"]}


def test_a_second_run_with_nothing_changed_runs_no_script(repository: Repository) -> None:
    repository.run()
    first = repository.record()["executionId"]
    output = repository.run()
    assert hits(repository) == set(CACHED)
    assert repository.steps()["Train"]["cacheHit"] == {"executionId": first}
    assert repository.steps()["Train"]["log"] is None and "mode pipeline" not in output
    assert repository.steps()["Train"]["outputs"] == repository.records()[0]["steps"][1]["outputs"]
    assert repository.record()["registered"][0]["modelPackageVersion"] == 2


def test_a_changed_script_runs_again_and_what_stays_equal_does_not(repository: Repository) -> None:
    repository.run()
    source = (repository.build / "code" / "preprocess.py").read_text()
    (repository.build / "code" / "preprocess.py").write_text(source + "\n# the outputs stay the same\n")
    repository.run()
    assert hits(repository) == {"Train", "Evaluate"}
    (repository.build / "code" / "evaluate.py").write_text(
        (repository.build / "code" / "evaluate.py").read_text() + "\n"
    )
    repository.run()
    assert hits(repository) == {"Preprocess", "Train"}


def test_changed_data_runs_everything_again(repository: Repository) -> None:
    repository.run()
    data = repository.root / "data" / "data.csv"
    data.write_text(data.read_text().replace("target,x\n", "target,x\n1,99.5\n"))
    repository.run()
    assert hits(repository) == set()


def test_a_changed_parameter_runs_what_uses_it(repository: Repository) -> None:
    repository.run()
    repository.run("run", "--set", "max_depth=4")
    assert hits(repository) == {"Preprocess", "Evaluate"}  # the model came out the same
    repository.run("run", "--set", "QualityThreshold=0.1")
    assert hits(repository) == set(CACHED)


def test_damaged_or_missing_outputs_are_made_again(repository: Repository) -> None:
    repository.run()
    train = repository.object(repository.steps()["Preprocess"]["outputs"][0]["uri"]) / "train.csv"
    train.write_text("1,2.5\n")
    repository.run()
    assert hits(repository) == {"Train", "Evaluate"}
    repository.object(repository.steps()["Train"]["outputs"][0]["uri"]).unlink()
    repository.run()
    assert hits(repository) == {"Preprocess", "Evaluate"}


def test_no_cache_runs_everything(repository: Repository) -> None:
    repository.run()
    repository.run("run", "--no-cache")
    assert hits(repository) == set()


def test_only_declared_steps_are_cached_and_only_as_long_as_declared(repository: Repository) -> None:
    def edit(steps: dict[str, Any]) -> None:
        del steps["Preprocess"]["CacheConfig"]
        steps["Train"]["CacheConfig"] = {"Enabled": False, "ExpireAfter": "P1D"}
        steps["Evaluate"]["CacheConfig"] = {"Enabled": True, "ExpireAfter": "PT1S"}

    repository.write("definition.json", change(load("core"), edit))
    repository.run()
    time.sleep(1)
    repository.run()
    assert hits(repository) == set()


def test_a_failed_step_leaves_nothing_to_use_again(repository: Repository) -> None:
    good = (repository.build / "code" / "train.py").read_text()
    repository.code("train.py", good + "\nraise SystemExit('error: at the very end')\n")
    repository.run("run", code=1)
    entries = [json.loads(path.read_text()) for path in repository.work.glob("cache/steps/*.json")]
    assert len(entries) == 1
    repository.run("run", code=1)
    assert hits(repository) == {"Preprocess"}


def test_a_broken_cache_entry_is_no_hit(repository: Repository) -> None:
    repository.run()
    for path in repository.work.glob("cache/steps/*.json"):
        path.write_text(path.read_text()[:40])
    repository.run()
    assert hits(repository) == set()


def test_installed_packages_are_part_of_the_key(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name in ("xgboost-3.2.0.dist-info", "numpy-2.0.0.dist-info"):
        (site / name).mkdir(parents=True)
    before = packages(str(python))
    (site / "numpy-2.0.0.dist-info").rename(site / "numpy-2.1.0.dist-info")
    assert packages(str(python)) != before
    assert packages(str(python))[1:] == ["numpy-2.1.0.dist-info", "xgboost-3.2.0.dist-info"]


def test_big_files_are_hashed_once_until_they_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from local_runner import hashing

    read: list[Path] = []
    plain = hashing._hash

    def counted(path: Path) -> str:
        read.append(path)
        return plain(path)

    monkeypatch.setattr(hashing, "_hash", counted)
    file, memory = tmp_path / "big.bin", tmp_path / "hashes.json"
    file.write_bytes(b"x" * (1 << 20))
    _age(file)
    first = Hasher(memory)
    digest = first.digest(file)
    first.save()
    assert Hasher(memory).digest(file) == digest and len(read) == 1
    file.write_bytes(b"y" * (1 << 20))
    _age(file, 50)
    assert Hasher(memory).digest(file) != digest and len(read) == 2


def test_a_file_changed_a_moment_ago_is_not_remembered(tmp_path: Path) -> None:
    file = tmp_path / "big.bin"
    file.write_bytes(b"x" * (1 << 20))
    hasher = Hasher(tmp_path / "hashes.json")
    hasher.digest(file)
    hasher.save()
    assert not (tmp_path / "hashes.json").exists()


def test_a_directory_s_hash_depends_on_names_and_contents(tmp_path: Path) -> None:
    hasher = Hasher(tmp_path / "hashes.json")
    folder = tmp_path / "folder"
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "x").write_text("1")
    first = hasher.digest(folder)
    (folder / "a").rename(folder / "b")
    second = hasher.digest(folder)
    (folder / "b" / "x").write_text("2")
    assert len({first, second, hasher.digest(folder)}) == 3


def _age(file: Path, seconds: float = 100) -> None:
    import os

    moment = time.time() - seconds
    os.utime(file, (moment, moment))
