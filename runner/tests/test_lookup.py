"""What a run looks up by itself: the newest approved version, and what the data holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local_runner.registry import Registry

from .build import condition, fail, get, json_get, output_of, pipeline, processing, register, sink
from .conftest import CODE, DATA, Repository, parameter_of

NAMES = ("ApprovedModelUrl", "ApprovedModelPackage", "ApprovedModelImage")
EVALUATE = """
import json, pathlib, sys
place = pathlib.Path("/opt/ml/processing")
approved = place / "approved" / "model.tar.gz"
required = float(approved.read_text()) if approved.exists() else 0.5
against = f"version {sys.argv[1].rpartition('/')[2]}" if approved.exists() else "the baseline (mean)"
value = float((place / "model" / "model.tar.gz").read_text())
gate = {"quality_gate": {"value": value, "required": required, "against": against}}
(place / "evaluation" / "gate.json").write_text(json.dumps(gate))
"""
"""A stand-in: the model is the value of its metric."""

TRAIN = (
    "import os, pathlib, sys; pathlib.Path('/opt/ml/processing/model/model.tar.gz').write_text(sys.argv[1])"
)


def definition(data: str = f"{DATA}data.csv") -> dict[str, Any]:
    artifact = {"Std:Join": {"On": "/", "Values": [output_of("Train", "model"), "model.tar.gz"]}}
    value, required, against = (
        json_get("Evaluate", "QualityGate", f"quality_gate.{key}") for key in ("value", "required", "against")
    )
    reason = ["auc is", value, "but must be >", required, "reached by", against]
    cache: dict[str, Any] = {"CacheConfig": {"Enabled": True, "ExpireAfter": "P1D"}}
    place = {"Std:Join": {"On": "/", "Values": ["s3://b", get("Execution.PipelineExecutionId")]}}
    output = sink("Train", "model")
    output["S3Output"]["S3Uri"] = place
    return pipeline(
        processing("Train", TRAIN, {"data": get("Parameters.InputDataUrl")}, ["model"], arguments=[
            get("Parameters.Value"), get("Parameters.InputDataListing"),
        ], extra={"ProcessingOutputConfig": {"Outputs": [output]}}, **cache),
        processing(
            "Evaluate",
            EVALUATE,
            {"model": output_of("Train", "model"), "approved": get("Parameters.ApprovedModelUrl")},
            ["evaluation"],
            [("QualityGate", "evaluation", "gate.json")],
            [get("Parameters.ApprovedModelPackage"), get("Parameters.ApprovedModelImage")],
            **cache,
        ),
        condition(
            "Check",
            {"Type": "GreaterThan", "LeftValue": value, "RightValue": required},
            [register("Register", artifact)],
            [fail("Missed", {"Std:Join": {"On": " ", "Values": reason}})],
        ),
        InputDataUrl=data, InputDataListing="unknown", Value="0.7", ApprovedModelUrl=CODE,
        ApprovedModelPackage="none", ApprovedModelImage="none",
    )  # fmt: skip


@pytest.fixture
def pipelined(repository: Repository) -> Repository:
    repository.write("definition.json", definition())
    return repository


def values(repository: Repository) -> list[tuple[Any, str]]:
    return [parameter_of(repository, name) for name in NAMES]


def approve(repository: Repository, version: int) -> None:
    repository.run("registry", "approve", f"group/{version}", "--why", "good")


def test_without_an_approved_version_the_defaults_stay(pipelined: Repository) -> None:
    pipelined.run()
    assert values(pipelined) == [(CODE, "default"), ("none", "default"), ("none", "default")]
    pipelined.run()
    assert values(pipelined)[1] == ("none", "default"), "the registered version is not approved"


def test_the_newest_approved_version_is_what_a_model_has_to_beat(pipelined: Repository) -> None:
    for version, value in enumerate(("0.6", "0.7", "0.8"), start=1):
        pipelined.run("run", "--set", f"Value={value}")
        approve(pipelined, version)
    pipelined.run("registry", "reject", "group/3", "--why", "no")
    output = pipelined.run("run", "--set", "Value=0.65", code=1)
    (url, *origins), package, image = values(pipelined)
    second = Registry(pipelined.work / "registry").describe("group", 2)
    assert url == second["InferenceSpecification"]["Containers"][0]["ModelDataUrl"]
    assert package == (second["ModelPackageArn"], "found") and image[1] == origins[0] == "found"
    assert "auc is 0.65 but must be > 0.7 reached by version 2" in output


def test_an_approval_makes_the_evaluation_run_again_and_nothing_else(pipelined: Repository) -> None:
    pipelined.run()
    approve(pipelined, 1)
    output = pipelined.run(code=1)
    hits = {name for name, step in pipelined.steps().items() if step["cacheHit"]}
    assert hits == {"Train"} and "auc is 0.7 but must be > 0.7" in output


def test_what_is_set_is_not_looked_up(pipelined: Repository) -> None:
    pipelined.run()
    approve(pipelined, 1)
    model = pipelined.root / "model.tar.gz"
    model.write_text("0.9")
    output = pipelined.run("run", "--set", f"ApprovedModelUrl={model}", "--set", "InputDataListing=x", code=1)
    assert "must be > 0.9 reached by version none" in output
    assert [origin for _, origin in values(pipelined)] == ["set", "default", "default"]
    assert parameter_of(pipelined, "InputDataListing") == ("x", "set")


def test_a_version_whose_archive_is_gone_is_named_without_it(pipelined: Repository) -> None:
    pipelined.run()
    approve(pipelined, 1)
    [container] = Registry(pipelined.work / "registry").describe("group", 1)["InferenceSpecification"][
        "Containers"
    ]
    pipelined.object(container["ModelDataUrl"]).unlink()
    pipelined.run("run", "--no-cache")
    (url, origin), package, _ = values(pipelined)
    assert (url, origin) == (CODE, "default") and package[0].endswith("model-package/group/1")


def listing(repository: Repository) -> Any:
    return parameter_of(repository, "InputDataListing")


def test_the_data_s_contents_become_an_argument(pipelined: Repository) -> None:
    pipelined.run()
    before, origin = listing(pipelined)
    assert origin == "found" and len(before) == 32 and not set(before) - set("0123456789abcdef")
    pipelined.run()
    assert listing(pipelined)[0] == before
    data = pipelined.root / "data" / "data.csv"
    data.write_text(data.read_text() + "1,2\n")
    pipelined.run()
    assert listing(pipelined)[0] != before


def test_data_of_a_local_path_is_looked_at_too(pipelined: Repository, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "a.csv").write_text("1")
    found = []
    for text in ("1", "2"):
        (folder / "b.csv").write_text(text)
        pipelined.run("run", "--set", f"InputDataUrl={folder}")
        found.append(listing(pipelined)[0])
    assert len(set(found)) == 2
    assert not pipelined.steps()["Train"]["cacheHit"]


def test_fetched_data_is_unknown_and_new_contents_run_again_all_the_same(repository: Repository) -> None:
    repository.write("definition.json", definition("s3://lake/churn/"))
    copy = repository.object("s3://lake/churn/a.csv")
    copy.parent.mkdir(parents=True)
    for text, hit in (("1", False), ("1", True), ("2", False)):
        copy.write_text(text)
        repository.run()
        assert listing(repository) == ("unknown", "default")
        assert bool(repository.steps()["Train"]["cacheHit"]) == hit


def test_a_pipeline_without_these_parameters_is_left_alone(pipelined: Repository) -> None:
    plain = definition()
    kept = {"InputDataUrl", "Value", "ApprovedModelUrl"}
    plain["Parameters"] = [p for p in plain["Parameters"] if p["Name"] in kept]
    text = json.dumps(plain).replace('{"Get": "Parameters.InputDataListing"}', '"x"')
    for name in NAMES[1:]:
        text = text.replace(f'{{"Get": "Parameters.{name}"}}', '"none"')
    pipelined.write("definition.json", json.loads(text))
    pipelined.run()
    approve(pipelined, 1)
    pipelined.run("run", "--set", "Value=0.9")
    assert {item["name"] for item in pipelined.record()["parameters"]} == kept
