"""What hooks tell CodeDeploy of a version: the handler that answers them is the real one."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from api.document import Document, key_of
from moto import mock_aws

import hooks
import proof
import proof_kept
from account import ACCOUNT, REGION
from api_fixtures import PACKAGE, SCHEMA, make_settings
from fakes import before_calls, service_error, validate
from handler import make_handler
from telemetry import Telemetry

FUNCTION = "churn-dev-api"
BUCKET, PREDICTIONS = "deployments", "predictions"
GOLDEN = {
    "contentType": "text/csv",
    "accept": "application/json",
    "rows": ["c1,30,a", "c2,40,b"],
    "answers": [{"prediction": "no", "probability": 0.25}, {"prediction": "yes", "probability": 0.75}],
}
CODEDEPLOY = {"DeploymentId": "d-1", "LifecycleEventHookExecutionId": "e-1"}


class Context:
    invoked_function_arn = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:churn-dev-beforetraffic"
    left = 600_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@dataclass
class Hooked:
    """A version of the handler, and CodeDeploy that waits for a word."""

    folder: Path
    s3: Any
    sha256: str
    variables: dict[str, str]
    said: list[tuple[str, str, str]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    qualifiers: list[str] = field(default_factory=list)
    answers: list[Any] = field(default_factory=lambda: list(GOLDEN["answers"]))
    context: Context = field(default_factory=Context)
    live: str = "7"
    """What the alias leads to."""
    keeps: bool = True
    fails: dict[str, str] = field(default_factory=dict)
    cold: list[str] = field(default_factory=list)
    """Errors of SageMaker's first calls."""

    def settings(self, **more: Any) -> None:
        content = {
            "functionName": FUNCTION,
            "alias": "live",
            "path": "predict",
            "deploymentBucket": BUCKET,
            **more,
        }
        (self.folder / "hooks" / "settings.json").write_text(json.dumps(content))

    def invoke(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The handler, in the version that is called."""
        assert arguments["FunctionName"] == FUNCTION
        self.qualifiers.append(arguments["Qualifier"])
        version = self.live if arguments["Qualifier"] == "live" else arguments["Qualifier"]
        variables = {**self.variables, "AWS_LAMBDA_FUNCTION_VERSION": version}
        settings = make_settings(self.folder / "handler", variables)
        handler = make_handler(settings, Telemetry("n", version, settings.about, lambda _: None))
        event = json.loads(arguments["Payload"])
        answer = handler.answer(event, None)
        if event["direct"]["method"] == "POST" and answer["statusCode"] == 200 and self.keeps:
            self.keep(event["direct"]["headers"]["x-inference-id"])
        return {"Payload": BytesIO(json.dumps(answer).encode())}

    def keep(self, inference_id: str) -> None:
        """What Firehose writes."""
        hour = datetime.now(UTC).strftime("%Y/%m/%d/%H")
        content = gzip.compress(json.dumps({"inferenceId": inference_id}).encode() + b"\n")
        self.s3.put_object(Bucket=PREDICTIONS, Key=f"predictions/{hour}/stream-1.gz", Body=content)

    def before(self, event: dict[str, Any] | None = None) -> dict[str, Any]:
        return hooks.before_traffic(CODEDEPLOY if event is None else event, self.context)

    def after(self) -> dict[str, Any]:
        return hooks.after_traffic(CODEDEPLOY, self.context)


@pytest.fixture
def hooked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    for folder in ("hooks", "handler"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("AWS_REGION", REGION)
    monkeypatch.setattr(hooks, "__file__", str(tmp_path / "hooks" / "hooks.py"))
    monkeypatch.setattr(hooks, "wait_until_kept", partial(proof_kept.wait_until_kept, sleep=lambda _: None))
    monkeypatch.setattr(hooks, "Version", partial(proof.Version, sleep=lambda _: None))
    document = Document(SCHEMA, GOLDEN, 1e-6, "churn")
    with mock_aws():
        s3 = boto3.client("s3", region_name=REGION)
        for bucket in (BUCKET, PREDICTIONS):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=BUCKET, Key=key_of(document.sha256), Body=document.content())
        variables = {
            "ENDPOINT_NAME": "churn-dev-rabcd1234",
            "PACKAGE": PACKAGE,
            "SERVED_PACKAGE": PACKAGE,
            "CONTRACT": document.sha256,
        }
        made = Hooked(tmp_path, s3, document.sha256, variables)
        made.settings()

        def functions(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            validate(client, operation, arguments)
            if operation in made.fails:
                raise service_error(operation, made.fails[operation])
            if operation == "Invoke":
                return made.invoke(arguments)
            assert operation == "GetFunctionConfiguration", operation
            shown = {**made.variables, "CONTRACT": made.sha256}
            return {"Version": arguments["Qualifier"], "Environment": {"Variables": shown}}

        def shifts(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            validate(client, operation, arguments)
            if operation == "PutLifecycleEventHookExecutionStatus":
                made.said.append(tuple(arguments.values()))  # type: ignore[arg-type]
                return {}
            if operation in made.fails:
                raise service_error(operation, made.fails[operation])
            properties = {"Name": FUNCTION, "Alias": "live", "CurrentVersion": "6", "TargetVersion": "7"}
            content = json.dumps({"Resources": [{"handler": {"Properties": properties}}]})
            return {"deploymentInfo": {"revision": {"string": {"content": content, "sha256": "0"}}}}

        def runtime(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
            validate(client, operation, arguments)
            made.asked.append(arguments)
            if made.cold:
                raise service_error(operation, made.cold.pop())
            body = json.dumps({"predictions": made.answers}).encode()
            return {"ContentType": "application/json", "Body": BytesIO(body)}

        before_calls(monkeypatch, "lambda", functions)
        before_calls(monkeypatch, "codedeploy", shifts)
        before_calls(monkeypatch, "sagemaker-runtime", runtime)
        yield made


def test_a_version_that_answers_golden_rows_as_measured_is_taken(hooked, capsys):
    word = hooked.before()
    assert hooked.said == [("d-1", "e-1", "Succeeded")]
    assert word["reason"] == "version 7 answers 2 golden rows as measured"
    assert set(hooked.qualifiers) == {"7"}, "before requests move, the alias leads to another version"
    [asked] = hooked.asked
    assert asked["InferenceId"].startswith("sagemaker-cicd-test-")
    assert asked["Body"] == b"c1,30,a\nc2,40,b\n"
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["deployment"] == "d-1"


def test_after_requests_have_moved_what_the_api_calls_is_tested(hooked):
    assert hooked.after()["status"] == "Succeeded"
    assert set(hooked.qualifiers) == {"live"}


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (
            [{"prediction": "no", "probability": 0.3}, GOLDEN["answers"][1]],
            "golden rows differ: row 1: probability is 0.3, 0.25 was measured",
        ),
        (GOLDEN["answers"][:1], "golden rows differ: the answer does not have 2 predictions"),
    ],
)
def test_other_answers_than_measured_are_refused(hooked, answers, reason):
    hooked.answers = answers
    word = hooked.before()
    assert hooked.said == [("d-1", "e-1", "Failed")]
    assert (word["reason"], word["tested"]) == (reason, True)


def test_a_cold_endpoint_is_asked_again(hooked):
    hooked.cold = ["ServiceUnavailable"] * 9
    word = hooked.before()
    assert word["reason"] == "version 7 answers 2 golden rows as measured"


@pytest.mark.parametrize(("left", "seconds"), [(600_000, 240), (25_000, 0)])
def test_an_endpoint_that_stays_cold_is_no_word_about_the_version(hooked, left, seconds):
    hooked.cold = ["ServiceUnavailable"] * 1000
    hooked.context.left = left
    word = hooked.before()
    assert hooked.said == [("d-1", "e-1", "Failed")]
    assert word["tested"] is False
    assert f"golden rows were answered with status 503 for {seconds} s" in word["reason"]


def test_an_alias_that_leads_elsewhere_is_noticed(hooked):
    hooked.live = "6"
    word = hooked.after()
    assert word["status"] == "Failed"
    assert "/version names Bound(version='6'" in word["reason"]


def test_a_version_that_is_bound_to_another_package_than_it_says_is_noticed(hooked, monkeypatch):
    # Its configuration names one, the code that runs tells of another.
    real = hooked.invoke
    hooked.invoke = lambda arguments: (hooked.variables.update(PACKAGE=f"{PACKAGE}0"), real(arguments))[1]
    assert "/version names" in hooked.before()["reason"]


def test_golden_rows_that_were_changed_are_not_believed(hooked):
    document = Document(SCHEMA, {**GOLDEN, "answers": [1, 2]}, 1.0, "churn")
    hooked.s3.put_object(Bucket=BUCKET, Key=key_of(hooked.sha256), Body=document.content())
    word = hooked.before()
    assert word["status"] == "Failed"
    assert "was changed: its SHA-256 is" in word["reason"]


@pytest.mark.parametrize("operation", ["GetDeployment", "GetFunctionConfiguration", "Invoke"])
def test_every_failure_of_the_test_itself_is_told_as_one(hooked, operation):
    hooked.fails[operation] = "AccessDeniedException"
    word = hooked.before()
    assert hooked.said == [("d-1", "e-1", "Failed")]
    assert word["tested"] is False, "the version is not at fault"


def test_a_contract_that_is_not_there_is_told(hooked):
    hooked.s3.delete_object(Bucket=BUCKET, Key=key_of(hooked.sha256))
    word = hooked.before()
    assert hooked.said == [("d-1", "e-1", "Failed")]
    assert word["tested"] is False


def test_an_event_that_is_neither_form_is_refused(hooked):
    word = hooked.before({"requestContext": {}})
    assert hooked.said == []
    assert "neither CodeDeploy's nor the deploy pipeline's" in word["reason"]


def test_the_deploy_pipeline_has_the_first_version_tested_without_a_deployment(hooked):
    word = hooked.before({"direct": {"version": "7"}})
    assert (word["status"], hooked.said) == ("Succeeded", [])


def test_predictions_of_the_test_must_arrive_where_they_are_kept(hooked):
    hooked.settings(predictions=PREDICTIONS)
    assert "its predictions are kept in predictions/" in hooked.after()["reason"]
    # Before, nothing is kept yet: Firehose writes after a minute.
    assert "kept" not in hooked.before()["reason"]


def test_records_of_other_requests_are_not_taken_for_it(hooked):
    hooked.settings(predictions=PREDICTIONS)
    hooked.keeps = False
    hooked.keep("somebody-elses")
    word = hooked.after()
    assert (word["status"], word["tested"]) == ("Failed", False), "a slow stream is not the version's fault"
    assert "no prediction of it has arrived in s3://predictions/predictions/ after 300 s" in word["reason"]


def test_the_wait_for_predictions_ends_before_the_functions_time(hooked):
    hooked.settings(predictions=PREDICTIONS)
    hooked.keeps = False
    hooked.context.left = 25_000
    assert "after 0 s" in hooked.after()["reason"]


def test_without_a_schema_no_rows_are_kept_and_none_are_waited_for(hooked):
    hooked.settings(
        predictions=PREDICTIONS,
        smokeTest={"body": "1\n", "contentType": "text/csv", "accept": "application/json"},
    )
    document = Document(None, GOLDEN, 1e-6, "churn", ("text/csv",), ("application/json",))
    hooked.s3.put_object(Bucket=BUCKET, Key=key_of(document.sha256), Body=document.content())
    hooked.sha256 = hooked.variables["CONTRACT"] = document.sha256
    hooked.keeps = False
    assert hooked.after()["status"] == "Succeeded"


def test_without_golden_rows_the_request_of_the_smoke_test_is_sent(hooked):
    hooked.settings(smokeTest={"body": "c1,30,a\n", "contentType": "text/csv", "accept": "application/json"})
    document = Document(SCHEMA, None, 1e-6, "churn")
    hooked.s3.put_object(Bucket=BUCKET, Key=key_of(document.sha256), Body=document.content())
    hooked.sha256 = hooked.variables["CONTRACT"] = document.sha256
    word = hooked.before()
    assert word["reason"] == "version 7 answers the request of the smoke test; it has no golden rows"
    assert [asked["Body"] for asked in hooked.asked] == [b"c1,30,a\n"]
