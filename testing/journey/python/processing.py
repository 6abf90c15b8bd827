"""SageMaker's processing jobs, which really run: their inputs are fetched and their entry point is called, with the
job's role. The container's root is a folder, and its programs are those of this machine.

After the SageMaker developer guide: "How to use SageMaker AI execution roles" (CreateProcessingJob API), "How Amazon
SageMaker Processing runs your processing container", "Log groups and streams".
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from codebuild import Programs
from gateway import Gateway, Session, client_error
from moto_client import raw_client
from permissions import Call, Request
from server import Server
from story import Story
from values import Denied, JourneyError, NotThere, Place, in_bucket

SERVICE = "sagemaker.amazonaws.com"
LOG_GROUP = "/aws/sagemaker/ProcessingJobs"
LONGEST_SECONDS = 240
"""After which a job that does not come to its end is a fault of the journey."""
_IMAGE = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)[:@].+")


@dataclass(frozen=True)
class Ran:
    """A job that came to its end."""

    name: str
    place: Place
    role: str
    arguments: str
    status: str
    log: str


@dataclass
class Processing:
    """The processing jobs of all accounts."""

    gateway: Gateway
    server: Server
    programs: Programs
    story: Story
    folder: Path
    ran: list[Ran] = field(default_factory=list)
    _described: dict[str, dict[str, Any]] = field(default_factory=dict)

    def install(self) -> None:
        """Answers the gateway's calls."""
        self.gateway.fakes[("sagemaker", "CreateProcessingJob")] = self._create
        self.gateway.fakes[("sagemaker", "DescribeProcessingJob")] = self._describe
        self.gateway.fakes[("sagemaker", "StopProcessingJob")] = lambda *_: {}

    def _create(self, request: Request, place: Place) -> dict[str, Any]:
        name = request["ProcessingJobName"]
        arn = place.arn("sagemaker", f"processing-job/{name}")
        if arn in self._described:
            raise client_error("CreateProcessingJob", "ResourceInUse", f"there is a processing job {name} already")
        begun = datetime.now(UTC)
        status, reason, log = self._work(request, place, arn)
        known = ("ProcessingJobName", "ProcessingInputs", "ProcessingOutputConfig", "ProcessingResources",
                 "StoppingCondition", "AppSpecification", "Environment", "NetworkConfig", "RoleArn")  # fmt: skip
        self._described[arn] = {
            **{key: request[key] for key in known if key in request.params},
            "ProcessingJobArn": arn, "ProcessingJobStatus": status, "CreationTime": begun,
            "ProcessingEndTime": datetime.now(UTC), **({"FailureReason": reason} if reason else {}),
        }  # fmt: skip
        arguments = " ".join(request["AppSpecification"].get("ContainerArguments", []))
        self.ran.append(Ran(name, place, request["RoleArn"], arguments, status, log))
        said = " ".join(log.strip().splitlines()[-1:])[:300]
        self.story.tell(f"job {name}", f"{status}: {reason or said}")
        if reason:
            self.story.detail(log[-3000:])
        return {"ProcessingJobArn": arn}

    def _describe(self, request: Request, place: Place) -> dict[str, Any]:
        arn = place.arn("sagemaker", f"processing-job/{request['ProcessingJobName']}")
        if arn not in self._described:
            raise client_error(request.operation, "ValidationException", f"Could not find requested job {arn}")
        return self._described[arn]

    def _work(self, request: Request, place: Place, arn: str) -> tuple[str, str, str]:
        """Status, reason of a failure and log."""
        root = self.folder / f"job-{uuid.uuid4().hex[:12]}"
        try:
            session = self.gateway.assume_as_service(SERVICE, request["RoleArn"], arn)
            self._ask(session.role, request, place)
            self._fetch(session.role, request, place, root)
        except (Denied, ClientError, NotThere) as error:
            return "Failed", f"ClientError: {error}", ""
        return self._run(session, request, place, root)

    def _ask(self, role: str, request: Request, place: Place) -> None:
        """What an instance needs before it runs anything: its image, its log, its metrics."""
        image = _IMAGE.fullmatch(request["AppSpecification"]["ImageUri"])
        if image is None:
            raise JourneyError(f"{request['AppSpecification']['ImageUri']} is no image of ECR")
        if image.group(2) != place.region:
            raise JourneyError(f"a job in {place.region} has the image {image.group(0)}")
        repository = Place(image.group(1), image.group(2)).arn("ecr", f"repository/{image.group(3)}")
        group = place.arn("logs", f"log-group:{LOG_GROUP}")
        stream = f"{request['ProcessingJobName']}/algo-1-1790000000"
        pull = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
        self.gateway.judge.ask(role, [
            Call("ecr:GetAuthorizationToken", "*"),
            *(Call(f"ecr:{action}", repository) for action in pull),
            *(Call(f"logs:{action}", f"{group}:log-stream:{stream}") for action in ("CreateLogStream", "PutLogEvents")),
        ])  # fmt: skip

    def _fetch(self, role: str, request: Request, place: Place, root: Path) -> None:
        for given in request.params.get("ProcessingInputs", []):
            source = given["S3Input"]
            bucket, key = in_bucket(source["S3Uri"])
            listed = self.gateway.call(role, place.region, "s3", "ListObjectsV2", {"Bucket": bucket, "Prefix": key})
            folder = _inside(root, source["LocalPath"])
            folder.mkdir(parents=True, exist_ok=True)
            found = [item["Key"] for item in listed.get("Contents", [])]
            if not found:
                raise NotThere(f"nothing is below {source['S3Uri']}")
            for name in found:
                answer = self.gateway.call(role, place.region, "s3", "GetObject", {"Bucket": bucket, "Key": name})
                path = folder / (name.removeprefix(key).lstrip("/") or name.rpartition("/")[2])
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(answer["Body"].read())

    def _run(self, session: Session, request: Request, place: Place, root: Path) -> tuple[str, str, str]:
        application = request["AppSpecification"]
        words = [*application["ContainerEntrypoint"], *application.get("ContainerArguments", [])]
        (root / "tmp").mkdir(parents=True, exist_ok=True)
        # The container's own folders are below the root here.
        command = [re.sub(r"(?<![\w./])/(opt/ml|tmp)/", rf"{root}/\1/", word) for word in words]
        environment = {
            **request.params.get("Environment", {}),
            "PATH": f"{self.programs.path}:/usr/local/bin:/usr/bin:/bin",
            "HOME": str(root),
            "TMPDIR": str(root / "tmp"),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent / "hook"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", ""),
            "JOURNEY_PYTHON": str(self.programs.socket),
            "JOURNEY_GATEWAY": self.server.url,
            "JOURNEY_REPLACED": str(root / "replaced"),
            "AWS_ACCESS_KEY_ID": session.key,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": session.key,
            "AWS_REGION": place.region,
            "AWS_DEFAULT_REGION": place.region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }
        process = subprocess.Popen(
            command, env=environment, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            log, _ = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise JourneyError(f"the job {request['ProcessingJobName']} does not come to its end") from None
        if problem := self.server.failure:
            self.server.failure = None
            raise JourneyError(f"{problem} (in the job {request['ProcessingJobName']})")
        if process.returncode:
            said = " ".join(log.strip().splitlines()[-1:])[:1000]
            return "Failed", f"AlgorithmError: exit code {process.returncode}: {said}", log
        return "Completed", "", log


def _inside(root: Path, path: str) -> Path:
    if not path.startswith("/opt/ml/processing/"):
        raise JourneyError(f"{path} is no place for an input of a processing job")
    return root / path.lstrip("/")


def objects(place: Place, bucket: str, prefix: str) -> list[str]:
    """Keys below a prefix, as somebody sees them who may see everything."""
    pages = raw_client("s3", place).get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    return [item["Key"] for page in pages for item in page.get("Contents", [])]
