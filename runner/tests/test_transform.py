"""Batch transform: how input is split, sent through the model's handlers, and put together."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.errors import StepError
from local_runner.jobs.transform import Batches

from .conftest import Repository, change, load


def batches(path: Path, **arguments: Any) -> list[bytes]:
    source: dict[str, Any] = {"DataSource": {"S3DataSource": {}}}
    source |= {key: arguments.pop(key) for key in ("SplitType", "CompressionType") if key in arguments}
    return list(Batches({"TransformInput": source, **arguments}, "here").of(path))


def test_without_splitting_the_file_is_one_request(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"1\n2")
    assert batches(path) == [b"1\n2"]
    path.with_suffix(".gz").write_bytes(gzip.compress(b"1\n2"))
    assert batches(path.with_suffix(".gz"), CompressionType="Gzip") == [b"1\n2"]


def test_lines_go_one_by_one_or_together(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"1\r\n2\n3")
    assert batches(path, SplitType="Line") == [b"1\n2\n3\n"]
    assert batches(path, SplitType="Line", BatchStrategy="SingleRecord") == [b"1\n", b"2\n", b"3\n"]


def test_a_request_is_never_larger_than_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    line = b"9" * 300_000 + b"\n"
    path.write_bytes(line * 10)
    parts = batches(path, SplitType="Line", MaxPayloadInMB=1)
    assert [len(part) // len(line) for part in parts] == [3, 3, 3, 1] and b"".join(parts) == line * 10
    with pytest.raises(StepError, match="the file of x.csv is larger than MaxPayloadInMB .1 MB."):
        batches(path, MaxPayloadInMB=1)
    path.write_bytes(b"9" * 2_000_000)
    with pytest.raises(StepError, match="a line of x.csv is larger"):
        batches(path, SplitType="Line", MaxPayloadInMB=1)


def batch_score(edit: Any = lambda arguments: None, **code: str) -> dict[str, Any]:
    def build(steps: dict[str, Any]) -> None:
        edit(steps["BatchScore"]["Arguments"])
        kept.extend([steps["Preprocess"], steps["Train"], steps["CreateModel"], steps["BatchScore"]])

    kept: list[dict[str, Any]] = []
    return {**change(load("everything"), build), "Steps": kept}


def test_every_record_gets_an_answer(repository: Repository) -> None:
    repository.write("definition.json", batch_score())
    repository.run()
    output = repository.object("s3://artifacts/demo/batch/test.csv.out").read_text().split()
    test = repository.object(repository.steps()["Preprocess"]["outputs"][2]["uri"]) / "test.csv"
    assert len(output) == len(test.read_text().split()) and set(output) <= {"0", "1"}
    assert repository.steps()["BatchScore"]["outputs"][0]["uri"] == "s3://artifacts/demo/batch"
    arguments = json.loads((repository.folder("BatchScore") / "arguments.json").read_text())
    assert arguments["ModelName"].endswith("-CreateModel")


def test_records_one_by_one_give_the_same_answers(repository: Repository) -> None:
    repository.write("definition.json", batch_score())
    repository.run()
    together = repository.object("s3://artifacts/demo/batch/test.csv.out").read_bytes()
    repository.write(
        "definition.json", batch_score(lambda arguments: arguments.update(BatchStrategy="SingleRecord"))
    )
    repository.run()
    assert repository.object("s3://artifacts/demo/batch/test.csv.out").read_bytes() == together


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ({"BatchStrategy": "Some"}, "BatchStrategy: 'Some' is not supported locally"),
        ({"MaxPayloadInMB": 0}, "MaxPayloadInMB: 0 must be a whole number of at least 1"),
    ],
)
def test_what_is_not_supported_is_named(
    repository: Repository, argument: dict[str, Any], message: str
) -> None:
    repository.write("definition.json", batch_score(lambda arguments: arguments.update(argument)))
    output = repository.run("run", code=1)
    assert message in output
    assert not repository.object("s3://artifacts/demo/batch").exists()


def test_a_refused_record_fails_the_step_and_leaves_no_output(repository: Repository) -> None:
    source = (repository.build / "code" / "inference.py").read_text()
    repository.code(
        "inference.py", source + "\n\ndef predict_fn(values, threshold):\n    raise ValueError('bad row')\n"
    )
    repository.write("definition.json", batch_score())
    assert "step BatchScore (Transform) failed: ValueError: bad row" in repository.run("run", code=1)
    assert not repository.object("s3://artifacts/demo/batch").exists()


def test_a_model_server_that_dies_is_reported(repository: Repository) -> None:
    source = (repository.build / "code" / "inference.py").read_text()
    repository.code(
        "inference.py", source + "\n\ndef predict_fn(values, threshold):\n    import os\n    os._exit(3)\n"
    )
    repository.write("definition.json", batch_score())
    assert "the model server ended" in repository.run("run", code=1)


def test_an_artifact_without_inference_code_is_reported(repository: Repository) -> None:
    source = (repository.build / "code" / "train.py").read_text()
    repository.code("train.py", source.replace('(model / "code").mkdir()\nshutil.copy2', "print"))
    repository.write("definition.json", batch_score())
    assert "/opt/ml/model/code has no inference.py: put the inference code" in repository.run("run", code=1)
