"""
What CodeDeploy calls before requests move to a new version of the handler, and after they have moved.

Both say what came of it in any case: CodeDeploy waits an hour for the word of a hook that keeps silent. The
deploy pipeline calls them itself for the first version of a handler, for which CodeDeploy has nothing to
shift, with `{"direct": {"version": "1"}}`.
"""

from __future__ import annotations

import importlib
import json
import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from proof import NotProven, NotTested, Sample, Version, bound, prove, read_contract
from proof_kept import wait_until_kept

_boto3: Any = importlib.import_module("boto3")
_config: Any = importlib.import_module("botocore.config")

TEST_ID = "sagemaker-cicd-test-"
"""
Beginning of the ids of these requests, as in `tools/deploy/invoking.py`: captured data and the log of
predictions have them, so that tests can be told from what callers asked.
"""

SPARE_SECONDS = 20.0
"""What is left of the function's time for its word to CodeDeploy."""

# Throttling and errors of a service are tried again; a version under test may answer as slowly as the API
# allows.
CONFIG = _config.Config(retries={"mode": "standard", "total_max_attempts": 4}, read_timeout=120)


@dataclass(frozen=True)
class Settings:
    """What the infrastructure wrote beside this file."""

    function: str
    alias: str
    path: str
    bucket: str
    predictions: str | None
    sample: Sample | None

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Settings:
        """From settings.json, and names that have an account from variables."""
        test = data.get("smokeTest")
        sample = Sample(test["body"], test["contentType"], test["accept"]) if test else None
        return cls(
            data["functionName"],
            data["alias"],
            f"/{data['path']}",
            os.environ.get("DEPLOYMENT_BUCKET") or data.get("deploymentBucket", ""),
            os.environ.get("PREDICTION_BUCKET") or data.get("predictions"),
            sample,
        )


def before_traffic(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Tests the new version while nobody calls it."""
    return _Hook(event, context, "before").carry_out()


def after_traffic(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Tests what the API calls, and that predictions are kept."""
    return _Hook(event, context, "after").carry_out()


class _Hook:
    def __init__(self, event: Mapping[str, Any], context: Any, when: str) -> None:
        self._event, self._context, self._when = event, context, when

    def carry_out(self) -> dict[str, Any]:
        """Tests, and says what came of it; a version that could not be tested is refused too."""
        begin = time.monotonic()
        said: dict[str, Any] = {"hook": self._when, "deployment": self._event.get("DeploymentId", "none")}
        try:
            said |= {"status": "Succeeded", "reason": self._test(), "tested": True}
        except NotProven as problem:
            said |= {"status": "Failed", "reason": str(problem), "tested": True}
        # Whatever it is: a version that could not be tested gets no requests.
        except Exception as problem:
            reason = str(problem) if isinstance(problem, NotTested) else repr(problem)
            said |= {"status": "Failed", "reason": reason, "tested": False}
        print(json.dumps(said | {"seconds": round(time.monotonic() - begin, 1)}))
        if "DeploymentId" in self._event:
            _client("codedeploy").put_lifecycle_event_hook_execution_status(
                deploymentId=self._event["DeploymentId"],
                lifecycleEventHookExecutionId=self._event["LifecycleEventHookExecutionId"],
                status=said["status"],
            )
        return said

    def _test(self) -> str:
        settings = Settings.read(
            json.loads((Path(__file__).resolve().parent / "settings.json").read_text(encoding="utf-8"))
        )
        functions, s3 = _client("lambda"), _client("s3")
        expected = bound(functions, settings.function, self._target(settings))
        account = _account(self._context)
        document = (
            read_contract(s3, settings.bucket, account, expected.contract) if expected.contract else None
        )
        qualifier = expected.version if self._when == "before" else settings.alias
        version = Version(functions, settings.function, qualifier, seconds=self._seconds)
        inference_id = f"{TEST_ID}{uuid.uuid4()}"
        told = prove(version, expected, settings.path, document, settings.sample, inference_id)
        # Without a schema nothing is known of the rows, and none is kept.
        has_rows = document is not None and document.get("schema") is not None
        asked = settings.sample is not None or (document or {}).get("golden") is not None
        if self._when == "after" and settings.predictions and has_rows and asked:
            told += wait_until_kept(s3, settings.predictions, account, inference_id, self._seconds)
        return told

    def _target(self, settings: Settings) -> str:
        """The version that is tested: which one is CodeDeploy's to say, or the deploy pipeline's."""
        if "DeploymentId" not in self._event:
            version = self._event.get("direct", {}).get("version", "")
            if not str(version).isdigit():
                raise NotTested(
                    f"the event is neither CodeDeploy's nor the deploy pipeline's: {list(self._event)}"
                )
            return str(version)
        found = _client("codedeploy").get_deployment(deploymentId=self._event["DeploymentId"])
        revision = found["deploymentInfo"]["revision"]
        # An AppSpec comes back in the older form too (CodeDeploy API reference, RevisionLocation).
        content = (revision.get("appSpecContent") or revision.get("string") or {}).get("content", "")
        [resource] = json.loads(content)["Resources"]
        [properties] = [part["Properties"] for part in resource.values()]
        if (properties["Name"], properties["Alias"]) != (settings.function, settings.alias):
            raise NotTested(f"{self._event['DeploymentId']} is about {properties['Name']}, another function")
        return str(properties["TargetVersion"])

    def _seconds(self) -> float:
        """What is left of the function's time."""
        return float(self._context.get_remaining_time_in_millis()) / 1000 - SPARE_SECONDS


def _account(context: Any) -> str:
    return str(context.invoked_function_arn).split(":")[4]


def _client(service: str) -> Any:
    return _boto3.client(service, region_name=os.environ["AWS_REGION"], config=CONFIG)
