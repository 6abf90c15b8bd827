"""States that run a job of SageMaker and wait for it (`.sync`), which moto's interpreter does not know.

After the Step Functions developer guide: "Create and manage Amazon SageMaker AI jobs with Step Functions", "IAM
policies for Amazon SageMaker AI" (what a role needs to wait), "Discover service integration patterns" (Run a job).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import StateTaskService
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils.boto_client import boto_client_for

RULE = "StepFunctionsGetEventsForSageMakerProcessingJobsRule"
"""The rule by which Step Functions learns that a job has ended; the machine's role makes it."""

Ask = Callable[[str, str], None]
_ask: list[Ask] = []


class JobTask(StateTaskService):  # type: ignore[misc]
    """`arn:aws:states:::sagemaker:createProcessingJob` and `.sync`."""

    def _get_supported_parameters(self) -> set[str]:
        return set()

    def _eval_service_task(self, env: Any, resource_runtime_part: Any, normalised_parameters: Any, **more: Any) -> None:
        waits = self.resource.condition is not None
        if self.resource.api_action != "createProcessingJob" or (waits and str(self.resource.condition) != "sync"):
            raise NotImplementedError(f"states with the resource {self.resource.resource_arn} are not known here")
        client = boto_client_for(resource_runtime_part.region, "sagemaker")
        name = normalised_parameters["ProcessingJobName"]
        if waits:
            _ask[-1](resource_runtime_part.region, name)
        answer = client.create_processing_job(**normalised_parameters)
        while waits:
            answer = client.describe_processing_job(ProcessingJobName=name)
            if answer["ProcessingJobStatus"] not in ("InProgress", "Stopping"):
                break
            time.sleep(0.01)
        if waits and answer["ProcessingJobStatus"] != "Completed":
            raise FailureEventException(self._failed(env, "States.TaskFailed", json.dumps(answer)))
        env.stack.append(answer)

    def _failed(self, env: Any, error: str, cause: str) -> FailureEvent:
        details = {"error": error, "cause": cause, "resource": "createProcessingJob", "resourceType": "sagemaker"}
        own = error.startswith("States.")
        name = StatesErrorName.from_name(error) if own else CustomErrorName(error_name=error)
        return FailureEvent(
            env=env, error_name=name, event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(taskFailedEventDetails=details),
        )  # fmt: skip

    def _from_error(self, env: Any, ex: Exception) -> FailureEvent:
        if isinstance(ex, FailureEventException):
            return ex.failure_event
        if isinstance(ex, ClientError):
            return self._failed(env, "SageMaker.AmazonSageMakerException", str(ex))
        return super()._from_error(env=env, ex=ex)


def install(ask: Ask) -> None:
    """What waiting needs is asked with region and name of the job."""
    _ask.append(ask)


state_task_service_factory.StateTaskServiceUnsupported = JobTask
