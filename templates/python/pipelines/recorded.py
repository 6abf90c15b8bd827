"""What a version names beside its model, each file with the SHA-256 that the step which wrote it found.

Files of a step lie where later jobs can write too; the metadata of a version cannot be changed by them. So
whoever reads such a file compares it with its digest: deployments do, and refuse one that was changed.
"""

from __future__ import annotations

from typing import Any

from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.properties import PropertyFile
from sagemaker.mlops.workflow.steps import ProcessingStep

from pipelines import gate, sdk
from pipelines.settings import Settings


def recorded(
    settings: Settings, preprocess: ProcessingStep, lineage: PropertyFile, evaluate: ProcessingStep
) -> dict[str, Any]:
    """The schema of requests, the rows that a deployment must answer, and what monitors compare with."""

    def digest(file: PropertyFile, path: str = "sha256") -> JsonGet:
        return JsonGet(step_name=evaluate.name, property_file=file, json_path=path)

    def named(key: str, name: str, sha256: JsonGet) -> dict[str, Any]:
        address = Join(on="/", values=[sdk.output(evaluate, "evaluation"), name])
        return {key: address, f"{key}Sha256": sha256}

    # Policies name each key that nobody may change, and have an end: one key for both baselines.
    data = JsonGet(step_name=preprocess.name, property_file=lineage, json_path="baseline")
    baselines = Join(on=":", values=[data, digest(gate.MONITORED, "model_quality")])
    found = {**named("ModelSchema", "schema.json", digest(gate.SCHEMA)), "BaselineSha256": baselines}
    golden_rows = settings.registration.golden_rows
    if golden_rows != "synthetic":
        found |= named("EvaluationRows", "evaluation.csv.gz", digest(gate.MONITORED, "evaluation_rows"))
    if golden_rows != "none":
        found |= named("GoldenRows", "golden.json", digest(gate.GOLDEN))
    return found
