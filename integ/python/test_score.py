"""The score pipeline: the SDK makes the same of the same arguments; it scores with what was trained."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import check_arguments
from conftest import SAMPLES, SOURCE, Repository
from test_local_run import PYTHON, needs_training, run_of

FIXTURE = SOURCE / "runner" / "tests" / "fixtures" / "score.json"


def definition() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FIXTURE.read_text("utf-8"))
    return found


def test_the_sdk_makes_the_same_of_the_same_arguments(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in repository.clean_environment({}).items():
        monkeypatch.setenv(name, value)
    import boto3
    from sagemaker.core.transformer import Transformer
    from sagemaker.core.workflow.execution_variables import ExecutionVariables
    from sagemaker.core.workflow.functions import Join
    from sagemaker.core.workflow.parameters import ParameterInteger, ParameterString
    from sagemaker.core.workflow.pipeline_context import PipelineSession
    from sagemaker.mlops.workflow.pipeline import Pipeline
    from sagemaker.mlops.workflow.steps import TransformStep

    ours = definition()
    text = {
        p["Name"]: ParameterString(p["Name"], p.get("DefaultValue"), p.get("EnumValues"))
        for p in ours["Parameters"]
        if p["Type"] == "String"
    }
    count = ParameterInteger("InstanceCount", 1)

    class Session(PipelineSession):  # type: ignore[misc]
        def default_bucket(self) -> str:
            return "bucket"

    session = Session(boto_session=boto3.Session(region_name="eu-west-1"))
    transformer = Transformer(
        model_name=text["ModelName"],
        # Its model of the resources takes no parameter here (3.27), as that of training jobs does.
        instance_count=1,
        instance_type="ml.m5.large",
        strategy="MultiRecord",
        assemble_with="Line",
        accept=text["Accept"],
        output_path=Join(on="/", values=[text["OutputUrl"], ExecutionVariables.PIPELINE_EXECUTION_ID]),
        max_payload=6,
        max_concurrent_transforms=1,
        sagemaker_session=session,
    )
    arguments = transformer.transform(
        data=Join(on="", values=["s3://", text["InputBucket"], "/", text["InputKey"]]),
        content_type=text["ContentType"],
        split_type="Line",
        input_filter=text["InputFilter"],
        output_filter=text["OutputFilter"],
        join_source=text["JoinSource"],
        model_client_config={"InvocationsTimeoutInSeconds": 600, "InvocationsMaxRetries": 3},
    )
    order = [text.get(p["Name"], count) for p in ours["Parameters"]]
    pipeline = Pipeline(
        name="score",
        parameters=order,
        steps=[TransformStep("Score", step_args=arguments)],
        pipeline_experiment_config=None,
        sagemaker_session=session,
    )
    theirs = json.loads(pipeline.definition())
    assert theirs["Parameters"] == ours["Parameters"]
    resources = ours["Steps"][0]["Arguments"]["TransformResources"]
    assert resources["InstanceCount"] == {"Get": "Parameters.InstanceCount"}
    resources["InstanceCount"] = 1
    # The SDK's step has no policy of its own; AWS's schema of a definition knows it.
    assert [step.pop("RetryPolicies")[0]["MaxAttempts"] for step in ours["Steps"]] == [10]
    assert theirs["Steps"] == ours["Steps"]
    # What the SDK writes beside is nothing.
    assert {key for key, value in theirs.items() if value} == {key for key, value in ours.items() if value}


def rows(problem: str, repository: Repository, count: int) -> list[list[str]]:
    """Rows of the sample without the column to predict, which is the last or the first one."""
    with (repository.root / "data" / "sample" / SAMPLES[problem]).open(encoding="utf-8") as file:
        names, *content = csv.reader(file)
    target = names.index("target")
    return [[cell for i, cell in enumerate(row) if i != target] for row in content[:count]]


@needs_training
@pytest.mark.parametrize("problem", ["binary", "multiclass", "regression"])
def test_it_scores_with_what_was_trained_and_keeps_identifiers_beside_predictions(
    tmp_path: Path, problem: str, capsys: pytest.CaptureFixture[str]
) -> None:
    repository = Repository(tmp_path / "repository", "xgboost", problem)
    run_of(repository)
    shutil.copy(FIXTURE, repository.root / "config" / "score.json")
    wanted = rows(problem, repository, 40)
    data = repository.root / "data" / "customers.csv"
    data.write_text("".join(f"c-{i},{','.join(row)}\n" for i, row in enumerate(wanted)))
    command = ["pipelines.local", "score", "data/customers.csv", "--set", "InputFilter=$[1:]"]
    done = repository.run(*command, python=PYTHON)
    assert done.returncode == 0, done.stdout + done.stderr
    place = next(line for line in done.stdout.splitlines() if line.startswith("predictions: "))
    written = Path(place.removeprefix("predictions: ")) / "customers.csv.out"
    scored = list(csv.reader(written.read_text().splitlines()))
    assert [row[: len(wanted[0]) + 1] for row in scored] == [[f"c-{i}", *r] for i, r in enumerate(wanted)]
    width = 1 if problem == "regression" else 2
    assert all(len(row) == len(wanted[0]) + 1 + width for row in scored)
    assert all(float(row[-1]) == float(row[-1]) for row in scored)
    run = max((repository.root / ".local" / "runs").glob("2*"))
    assert check_arguments.check(run) == 0
    assert "valid: Score (CreateTransformJob)" in capsys.readouterr().out
    # As the service has it: one request with all rows, and JSON for the golden rows of a deployment.
    golden = ["--set", "Accept=application/json", "--set", "JoinSource=None"]
    done = repository.run(*command, *golden, python=PYTHON)
    assert done.returncode == 0, done.stdout + done.stderr
    newest = max((repository.root / ".local" / "s3" / "scores" / "churn").iterdir())
    answer = json.loads((newest / "customers.csv.out").read_text())
    assert len(answer["predictions"]) == 40
