"""The smoke test of a score pipeline: it scores rows with it, and compares them with what was measured."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import batch_smoke_test
import smoke_test
from account import ACCOUNT, REGION, Account
from aws import Aws
from endpoints import Listed
from scores import BUCKET, PIPELINE, Scores
from targets import Refused, SmokeTest, Targets

STARTED = "2026-01-02T00:00:00.0Z"
TEST = SmokeTest(body="1,2\n3,4\n", content_type="text/csv", accept="application/json", max_latency_seconds=5)
GOLDEN = {
    "contentType": "text/csv", "accept": "application/json", "rows": ["1,2", "3,4"],
    "answers": [{"label": "a", "probability": 0.25}, {"label": "b", "probability": 0.75}],
}  # fmt: skip
Run = Callable[..., str]


def measured(body: str) -> str:
    """One document for all records, as a model answers that has them in one request."""
    assert body == "1,2\n3,4\n"
    return json.dumps({"predictions": GOLDEN["answers"]}) + "\n"


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = {**(batch_smoke_test.wait.__kwdefaults__ or {}), "sleep": lambda _: None}
    monkeypatch.setattr(batch_smoke_test.wait, "__kwdefaults__", defaults)


def targets_of(aws: Aws, file: Path) -> Targets:
    targets = aws.targets(file)
    batch = [replace(e, kind="batch", pipeline=PIPELINE, data_bucket=BUCKET) for e in targets.environments]
    return replace(targets, environments=tuple(batch), smoke_test=TEST)


@pytest.fixture
def run(
    account: Account, scores: Scores, targets_file: Path, tmp_path: Path, listed: Listed,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:  # fmt: skip
    """Deploys a package to prod and tests it."""
    monkeypatch.setattr(smoke_test, "protect", lambda client, stack: None)
    package = account.register("Approved")

    def test(golden: dict[str, Any] | None = GOLDEN, then: Callable[[], None] = lambda: None) -> str:
        scores.deploy(package)
        then()
        folder = tmp_path / "prod"
        folder.mkdir(exist_ok=True)
        values = {"ModelPackageArn": package, "ServedModelPackageArn": package, "StartedAt": STARTED}
        (folder / "configuration.json").write_text(json.dumps({"Parameters": values}))
        decision = {"action": "deploy", "package": package, "reason": "", "live": "none"}
        record = {"decision": decision, "execution": {"id": "execution-1"}}
        (folder / "package.json").write_text(json.dumps(record))
        if golden:
            (folder / "golden.json").write_text(json.dumps(golden))
        aws = Aws()
        targets = targets_of(aws, targets_file)
        return batch_smoke_test.smoke_test(aws, targets, targets.environment("prod"), tmp_path)

    return test


def test_golden_rows_are_scored_and_compared_whatever_the_options_filter_and_join(run, scores):
    scores.score = measured
    assert run() == f"prod: {PIPELINE}: 2 golden rows scored as measured"
    [given] = scores.started
    assert given["InputKey"] == "smoke-test/earlier-1/rows"
    assert given["OutputUrl"] == f"s3://{BUCKET}/smoke-test/earlier-1/predictions"
    assert {given[name] for name in ("InputFilter", "OutputFilter")} == {"$"}
    assert (given["JoinSource"], given["Accept"], given["InstanceCount"]) == (
        "None",
        "application/json",
        "1",
    )


def test_golden_rows_of_several_lines_are_left_out_because_data_is_split_by_line(run, scores):
    scores.score = measured
    several = {"rows": ["1,2", '"a\nb",2', "3,4"], "answers": [GOLDEN["answers"][0], 1, GOLDEN["answers"][1]]}
    assert "2 golden rows scored as measured" in run({**GOLDEN, **several})
    scores.score = lambda body: json.dumps({"predictions": [0] * len(body.splitlines())})
    assert "the rows of the smoke test scored" in run({**GOLDEN, "rows": ['"a\nb",2'], "answers": [1]})


def test_each_request_may_have_a_document_of_its_own(run, scores):
    scores.score = lambda _: "\n".join(json.dumps({"predictions": [a]}) for a in GOLDEN["answers"])
    assert "2 golden rows scored as measured" in run()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([GOLDEN["answers"][0]], "the answer does not have 2 predictions"),
        (GOLDEN["answers"][::-1], "row 1: label is"),
        (["no", "no"], "row 1: the answer is"),
    ],
)
def test_other_predictions_fail_with_what_differs(run, scores, answers, said):
    scores.score = lambda _: json.dumps({"predictions": answers})
    with pytest.raises(Refused, match=f"does not score as arn:.*{said}") as refusal:
        run()
    assert "Reject the version to go back" in str(refusal.value)


def test_predictions_that_are_no_json_fail(run, scores):
    scores.score = lambda _: "a,0.25\nb,0.75\n"
    with pytest.raises(Refused, match="the answer is not JSON"):
        run()


def test_without_golden_rows_the_rows_of_the_smoke_test_are_scored(run, scores):
    scores.score = lambda body: json.dumps({"predictions": [0] * len(body.splitlines())})
    assert run(golden=None).endswith("the rows of the smoke test scored")
    scores.score = lambda body: json.dumps({"predictions": [0]})
    with pytest.raises(Refused, match=r"1 entries for 2 rows.* is recorded as rolled back in prod"):
        run(golden=None)


def test_an_execution_that_fails_is_told_with_the_reason_of_its_step(run, scores):
    scores.statuses, scores.reason = ["Executing", "Failed"], "ClientError: no such file."
    with pytest.raises(Refused, match=r"execution e1 .* is Failed: ClientError: no such file\. Look at"):
        run()


@pytest.mark.parametrize("status", ["Stopped", "CompletedWithFailures"])
def test_every_end_but_success_fails(run, scores, status):
    scores.statuses = [status]
    with pytest.raises(Refused, match=f"is {status}: it says no reason"):
        run()


def test_an_execution_that_takes_too_long_is_stopped(run, scores):
    scores.statuses = ["Executing"]
    with pytest.raises(Refused, match=r"still Executing after 2700 s and was stopped"):
        run()
    assert [arn.rsplit("/", 1)[-1] for arn in scores.stopped] == ["e1"]


def test_success_without_predictions_fails(run, scores):
    scores.score = lambda _: ""
    with pytest.raises(Refused, match="there are no predictions at s3://churn-main-prod-batch/smoke-test/"):
        run()


def test_a_pipeline_that_somebody_gave_another_model_fails(run, scores, account):
    other = account.register("Approved")
    with pytest.raises(Refused, match=r"uses the model ScoreModelA1B2-\d+, not ScoreModelA1B2-.*deployed"):
        run(then=lambda: scores.use(scores.make_model(other)))


def test_a_model_of_another_package_fails_whatever_it_is_called(run, scores, account):
    from moto.sagemaker.models import sagemaker_backends

    other = account.register("Approved")

    def exchanged() -> None:
        model = sagemaker_backends[ACCOUNT][REGION]._models[f"ScoreModelA1B2-{account.made:012d}"]
        model.primary_container = {"ModelPackageName": other}

    with pytest.raises(Refused, match=rf"uses {other}; .*/1 was deployed"):
        run(then=exchanged)


def test_a_pipeline_that_is_gone_fails(run, scores, account):
    with pytest.raises(Refused, match=f"The score pipeline {PIPELINE} is not there"):
        run(
            then=lambda: account.sagemaker.delete_pipeline(PipelineName=PIPELINE, ClientRequestToken="t" * 32)
        )


def test_models_before_the_last_proven_one_are_removed(run, scores, account):
    from moto.sagemaker.models import sagemaker_backends

    scores.score = measured
    for _ in range(2):
        scores.deploy(account.register("Approved"))
    run()
    models = sagemaker_backends[ACCOUNT][REGION]._models
    assert sorted(models) == ["ScoreModelA1B2-000000000002", "ScoreModelA1B2-000000000003"]
    tags = account.sagemaker.list_tags(ResourceArn=models["ScoreModelA1B2-000000000003"].arn)["Tags"]
    assert {"Key": "sagemaker-cicd:proven", "Value": STARTED} in tags


def test_a_deployment_that_was_not_proven_is_not_the_one_that_is_kept(run, scores, account):
    from moto.sagemaker.models import sagemaker_backends

    scores.score = measured
    run()
    scores.deploy(account.register("Approved"))
    run()
    assert sorted(sagemaker_backends[ACCOUNT][REGION]._models) == [
        "ScoreModelA1B2-000000000001",
        "ScoreModelA1B2-000000000003",
    ]


def test_what_could_not_be_removed_is_told_and_the_deployment_is_good(run, scores, account, listed, capsys):
    scores.score = measured
    for _ in range(2):
        scores.deploy(account.register("Approved"))
    queue = account.bus()
    listed.refuses = "DeleteModel"
    assert "golden rows" in run()
    [event] = account.taken(queue)
    assert event["detail-type"] == "Replaced Models Not Removed"
    assert event["detail"]["problem"].startswith("The model ScoreModelA1B2-000000000001 was not removed")
    assert "AccessDenied" in capsys.readouterr().err
