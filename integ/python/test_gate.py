"""The compiled gate without a threshold, run on this machine with stand-ins for the scripts of `model/`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import check_arguments
from conftest import Repository

PLACE = """
import argparse, json, os, pathlib
BASE = pathlib.Path(os.environ.get("SM_PROCESSING_DIR", "/opt/ml/processing"))
"""
PREPROCESS = f"""{PLACE}
parser = argparse.ArgumentParser(allow_abbrev=False)
for name in ("problem_type", "target_column", "validation_fraction", "test_fraction", "seed", "data_listing"):
    parser.add_argument(f"--{{name}}", required=True)
given = parser.parse_args()
print("listing", given.data_listing)
print("data", pathlib.Path(__file__).with_name("data.json").read_text())
for name in ("train", "validation", "test", "schema", "lineage", "baseline"):
    lineage = {{"data_version": "0" * 64, "baseline": "0" * 64}}
    (BASE / name / f"{{name}}.json").write_text(json.dumps(lineage))
"""
TRAIN = """
import argparse, json, os, pathlib, shutil
parser = argparse.ArgumentParser()
parser.add_argument("--max_depth", type=int)
value = parser.parse_known_args()[0].max_depth / 10
model = pathlib.Path(os.environ["SM_MODEL_DIR"])
(model / "model.json").write_text(json.dumps({"value": value}))
shutil.copytree(pathlib.Path(__file__).parent, model / "code")
"""
EVALUATE = f"""{PLACE}
import tarfile
parser = argparse.ArgumentParser(allow_abbrev=False)
for name in ("seed", "metric", "comparison", "image", "approved", "approved_image", "golden_rows"):
    parser.add_argument(f"--{{name}}", required=True)
given = parser.parse_args()

def value(archive):
    with tarfile.open(archive) as tar:
        names = [name.removeprefix("./") for name in tar.getnames()]
        assert "code/data.json" in names, names
        return json.load(tar.extractfile(tar.getmembers()[names.index("model.json")]))["value"]

reached, required, against = value(BASE / "model" / "model.tar.gz"), 0.25, "the baseline (majority class)"
approved = BASE / "approved" / "model.tar.gz"
if given.approved != "none":
    assert given.approved_image == given.image
    required, against = value(approved), "version " + given.approved.rpartition("/")[2]
assert approved.exists() == (given.approved != "none")
evaluation = BASE / "evaluation"
metrics = {{"binary_classification_metrics": {{given.metric: {{"value": reached}}}}}}
(evaluation / "evaluation.json").write_text(json.dumps(metrics))
gate = {{"quality_gate": {{"value": reached, "required": required, "against": against}}}}
(evaluation / "gate.json").write_text(json.dumps(gate))
(evaluation / "schema.json").write_text("{{}}")
(evaluation / "schema_digest.json").write_text(json.dumps({{"sha256": "0" * 64}}))
monitored = dict.fromkeys(("evaluation_rows", "model_quality"), "0" * 64)
(evaluation / "monitored_digest.json").write_text(json.dumps(monitored))
"""
INFERENCE = """
def model_fn(model_dir): return 1
"""
SCRIPTS = {"preprocess": PREPROCESS, "train": TRAIN, "evaluate": EVALUATE, "inference": INFERENCE}


@pytest.fixture
def stand_in(repository: Repository) -> Repository:
    """A repository with data of its own and scripts that take exactly the arguments of the pipeline."""
    for name, text in SCRIPTS.items():
        (repository.root / "model" / f"{name}.py").write_text(text, encoding="utf-8")
    repository.settings["qualityGate"] = {"metric": "average_precision", "comparison": ">"}
    repository.settings["data"]["separator"] = ";"
    repository.settings["registration"] = {"goldenRows": "none"}
    repository.save()
    repository.compile()
    return repository


def run(repository: Repository, depth: int, *, code: int = 0) -> tuple[dict[str, Any], Path]:
    """Run the compiled pipeline; its record and its directory."""
    runs = repository.root / ".local" / "runs"
    before = set(runs.glob("2*"))
    done = repository.run("pipelines.local", "run", "--set", f"max_depth={depth}")
    assert done.returncode == code, done.stdout + done.stderr
    [directory] = set(runs.glob("2*")) - before
    return json.loads((directory / "run.json").read_text("utf-8")), directory


def test_a_model_has_to_beat_the_baseline_and_then_the_newest_approved_version(stand_in: Repository) -> None:
    record, _ = run(stand_in, 2, code=1)
    reason = record["failureReason"]
    assert "Quality gate: average_precision is 0.2 but must be > 0.25 reached by the baseline" in reason
    assert not record["registered"]
    record, directory = run(stand_in, 5)
    assert len(record["registered"]) == 1
    assert check_arguments.check(directory) == 0
    approved = stand_in.run("pipelines.local", "registry", "approve", "churn/1", "--why", "good")
    assert approved.returncode == 0, approved.stderr
    record, _ = run(stand_in, 4, code=1)
    assert "is 0.4 but must be > 0.5 reached by version 1" in record["failureReason"]
    record, directory = run(stand_in, 6)
    assert record["registered"][0]["modelPackageVersion"] == 2
    assert check_arguments.check(directory) == 0


def test_the_scripts_see_what_is_set_about_the_data_and_what_it_holds(stand_in: Repository) -> None:
    record, directory = run(stand_in, 5)
    log = (directory / "steps" / "Preprocess" / "log.txt").read_text("utf-8")
    [listing] = [p["value"] for p in record["parameters"] if p["name"] == "InputDataListing"]
    assert f"listing {listing}" in log and len(listing) == 32
    assert '"separator": ";"' in log
