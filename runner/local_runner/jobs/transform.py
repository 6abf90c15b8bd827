"""Transform steps: every input file goes through the model's own inference code, in batches as SageMaker
makes them."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from ..arguments import HARMLESS, check, choice, only_strings, whole
from ..context import Job, Result
from ..errors import StepError
from ..files import publish, remove_tree, walk_files
from ..serving.client import ModelServer
from .data_processing import DataProcessing
from .left import note_siblings
from .models import check_inference_code, default_accept, find_container, model_data

_USED = {
    "ModelName", "TransformInput", "TransformOutput", "TransformResources", "BatchStrategy", "MaxPayloadInMB",
    "Environment", "DataProcessing", "TransformJobName",
}  # fmt: skip
_CACHED = ("BatchStrategy", "MaxPayloadInMB", "DataProcessing")
_MEGABYTE = 1 << 20


def normalize(arguments: dict[str, Any], place: str) -> None:
    """Give the arguments the types that SageMaker's API has; raises DefinitionError for unknown ones."""
    check(
        arguments,
        place,
        _USED,
        {*HARMLESS, "MaxConcurrentTransforms", "ModelClientConfig", "DataCaptureConfig"},
        required=("ModelName", "TransformInput", "TransformOutput", "TransformResources"),
    )
    only_strings(arguments.get("Environment"), f"{place}.Environment")
    _instances(arguments, place)
    _source(arguments, place)
    Batches(arguments, place)
    _output(arguments, place)
    DataProcessing(arguments, place)


def produces(arguments: dict[str, Any], name: str) -> list[Any]:
    """Return the uris below which the step leaves its outputs."""
    return [arguments["TransformOutput"]["S3OutputPath"]]


def cache_parts(job: Job) -> dict[str, Any]:
    """Return what decides whether an earlier result can be used again."""
    store, digest = job.context.store, job.context.hasher.digest
    container = find_container(job.context, job.arguments["ModelName"], job.place)
    data, model = _source(job.arguments, job.place), model_data(container, job.place)
    output = {key: value for key, value in job.arguments["TransformOutput"].items() if key != "S3OutputPath"}
    return {
        "model": [digest(path) for path in store.sources(model, job.place)],
        "input": [digest(path) for path in store.prefix(data, job.place)],
        "container": container.get("Environment"),
        "output": output,
        "how": {key: value for key, value in job.arguments["TransformInput"].items() if key != "DataSource"},
        **{key: job.arguments.get(key) for key in (*_CACHED, "Environment")},
    }


def run(job: Job) -> Result:
    """Send all input files through the model; each gives one file named like it, with `.out` behind."""
    arguments, place, store = job.arguments, job.place, job.context.store
    if (count := _instances(arguments, place)) > 1:
        job.note(f"InstanceCount is {count}; here one process answered all requests.")
    container = find_container(job.context, arguments["ModelName"], place)
    container["Environment"] = {**container.get("Environment", {}), **arguments.get("Environment", {})}
    check_inference_code(job.context, container, place)
    batches = Batches(arguments, place)
    processing = DataProcessing(arguments, place, default_accept(container))
    output = _output(arguments, place)
    by_line = output.get("AssembleWith") == "Line" or processing.active
    content_type = str(arguments["TransformInput"].get("ContentType") or "")
    accept = str(output.get("Accept") or default_accept(container) or content_type)
    uri = _source(arguments, place)
    note_siblings(job, uri)
    finished = store.temporary / uuid.uuid4().hex[:8]
    try:
        with job.context.slots.one(), ModelServer(job, container, job.step.name, job.log) as server:
            for source in store.prefix(uri, f"{place}.TransformInput"):
                for name, file in walk_files(source):
                    target = finished / f"{name}.out"
                    target.parent.mkdir(parents=True, exist_ok=True)
                    with target.open("wb") as out:
                        for body in batches.of(file):
                            answer = server.answer(processing.request(body), content_type, accept)[0]
                            _append(out, processing.result(body, answer), by_line)
        if not finished.exists():
            raise StepError(f"{place}.TransformInput: there are no files at {uri}.")
        publish(finished, store.target(output["S3OutputPath"], f"{place}.TransformOutput.S3OutputPath"))
    finally:
        remove_tree(finished)
    properties = {
        **arguments, "TransformJobName": job.name, "TransformJobArn": job.arn("transform-job"),
        "TransformJobStatus": "Completed",
    }  # fmt: skip
    return Result(properties, [("predictions", output["S3OutputPath"])])


class Batches:
    """Splits input files into request bodies by SplitType, BatchStrategy and MaxPayloadInMB."""

    def __init__(self, arguments: dict[str, Any], place: str) -> None:
        source = check(
            arguments["TransformInput"],
            f"{place}.TransformInput",
            {"ContentType", "CompressionType", "SplitType"},
            required=("DataSource",),
        )
        place_input = f"{place}.TransformInput"
        self._lines = choice(source, "SplitType", ("None", "Line"), "None", place_input) == "Line"
        self._packed = choice(source, "CompressionType", ("None", "Gzip"), "None", place_input) == "Gzip"
        strategy = choice(arguments, "BatchStrategy", ("MultiRecord", "SingleRecord"), "MultiRecord", place)
        self._single = strategy == "SingleRecord"
        self._limit = whole(arguments, "MaxPayloadInMB", 6, place) * _MEGABYTE

    def of(self, path: Path) -> Iterator[bytes]:
        """Yield the request bodies of one file; raises StepError for a record that is larger than a
        payload."""
        with gzip.open(path) if self._packed else path.open("rb") as file:
            if not self._lines:
                yield self._checked(file.read(self._limit + 1), path)
                return
            batch: list[bytes] = []
            size = 0
            for line in file:
                record = self._checked(line.rstrip(b"\r\n") + b"\n", path)
                if batch and (self._single or size + len(record) > self._limit):
                    yield b"".join(batch)
                    batch, size = [], 0
                batch.append(record)
                size += len(record)
            if batch:
                yield b"".join(batch)

    def _checked(self, body: bytes, path: Path) -> bytes:
        if len(body) > self._limit:
            what = "a line" if self._lines else "the file"
            raise StepError(
                f"{what} of {path.name} is larger than MaxPayloadInMB ({self._limit // _MEGABYTE} MB);"
                " split the data by line (SplitType Line), or raise MaxPayloadInMB."
            )
        return body


def _append(out: BinaryIO, answer: bytes, by_line: bool) -> None:
    out.write(answer.rstrip(b"\n") + b"\n" if by_line else answer)


def _source(arguments: dict[str, Any], place: str) -> str:
    place = f"{place}.TransformInput.DataSource"
    source = check(arguments["TransformInput"].get("DataSource"), place, (), required=("S3DataSource",))
    data = check(source["S3DataSource"], f"{place}.S3DataSource", {"S3DataType"}, required=("S3Uri",))
    choice(data, "S3DataType", ("S3Prefix",), "S3Prefix", f"{place}.S3DataSource")
    return str(data["S3Uri"])


def _output(arguments: dict[str, Any], place: str) -> dict[str, Any]:
    place = f"{place}.TransformOutput"
    output = check(
        arguments["TransformOutput"], place, {"Accept", "AssembleWith"}, {"KmsKeyId"}, ("S3OutputPath",)
    )
    choice(output, "AssembleWith", ("None", "Line"), "None", place)
    return output


def _instances(arguments: dict[str, Any], place: str) -> int:
    place = f"{place}.TransformResources"
    resources = check(
        arguments["TransformResources"], place, {"InstanceCount"},
        {"InstanceType", "VolumeKmsKeyId", "TransformAmiVersion"},
    )  # fmt: skip
    return whole(resources, "InstanceCount", 1, place)
