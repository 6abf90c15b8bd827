"""Lambda: the handlers of the synthesized functions, run from their assets with their roles.

Called by a queue, by a rule or over HTTP. After the Lambda developer guide: "Using Lambda with Amazon SQS" (batches,
partial failures), "Asynchronous invocation" (two further tries), "Invoking Lambda function URLs" (payload 2.0).
Each call has a process of its own, as a cold start has.
"""

from __future__ import annotations

import base64
import io
import json
import os
import signal
import subprocess
import uuid
import zipfile
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloud import Resource
from codebuild import Programs
from gateway import Gateway
from identities import Identity
from moto_client import raw_client
from permissions import Call, queue_calls
from server import Server
from story import Story
from values import JourneyError, NotThere, parse_arn

SERVICE = "lambda.amazonaws.com"
TRIES = 3
"""How often an event that nobody waits for is tried."""


class Failure(Exception):
    """The handler raised an error, or ran out of time."""


@dataclass
class Functions:
    """All functions, and the queues that they are fed from."""

    gateway: Gateway
    server: Server
    programs: Programs
    story: Story
    folder: Path
    """Where their code is unpacked."""
    pending: deque[tuple[str, dict[str, Any], int]] = field(default_factory=deque)
    """Events that nobody waits for, with how often each was tried."""
    finished: Callable[[], None] = lambda: None
    """Is told that a function has come to its end."""
    failures: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """Messages that a function failed for as often as their queue lets it."""
    addresses: dict[str, str] = field(default_factory=dict)
    """Variables that say where what is outside of AWS is on this machine."""
    calls: dict[str, int] = field(default_factory=dict)
    heard: Callable[[Resource, str, str], None] = lambda *_: None
    """Is told what a version of a function has written into its log."""

    # From queues

    def poll(self) -> bool:
        """Hands the messages of one queue to its function; whether there were any."""
        for mapping in self.gateway.cloud.all("AWS::Lambda::EventSourceMapping"):
            if mapping.properties.get("Enabled", True) and self._poll(mapping):
                return True
        return False

    def _poll(self, mapping: Resource) -> bool:
        queue = self.gateway.cloud.get("AWS::SQS::Queue", mapping.properties["EventSourceArn"])
        client = raw_client("sqs", queue.place)
        url = client.get_queue_url(QueueName=queue.name)["QueueUrl"]
        # Without a wait: a message that failed comes back at once, until the queue has enough of it.
        size = min(int(mapping.properties.get("BatchSize", 10)), 10)
        found = client.receive_message(
            QueueUrl=url, MaxNumberOfMessages=size, VisibilityTimeout=0, WaitTimeSeconds=0, AttributeNames=["All"]
        ).get("Messages", [])
        if not found:
            return False
        function = self.function(mapping.properties["FunctionName"])
        role = self._role(function)
        calls = [Call(f"sqs:{a}", queue.arn) for a in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")]
        self.gateway.judge.ask(role, calls)
        failed = self._handle(function, queue, found, mapping.properties.get("FunctionResponseTypes", []))
        tries = queue.properties.get("RedrivePolicy", {}).get("maxReceiveCount")
        for message in found:
            if message["MessageId"] in failed:
                count = int(message["Attributes"]["ApproximateReceiveCount"])
                if tries is None or count >= int(tries):
                    self.lost.append(f"{function.name} fails for {message['Body'][:200]}")
            else:
                client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return True

    def _handle(
        self, function: Resource, queue: Resource, messages: list[dict[str, Any]], kinds: list[str]
    ) -> set[str]:
        """The messages that stay in the queue."""
        records = [
            {
                "messageId": m["MessageId"],
                "receiptHandle": m["ReceiptHandle"],
                "body": m["Body"],
                "attributes": m.get("Attributes", {}),
                "messageAttributes": {},
                "md5OfBody": m["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": queue.arn,
                "awsRegion": queue.place.region,
            }
            for m in messages
        ]
        everything = {m["MessageId"] for m in messages}
        try:
            answer = self.run(function, {"Records": records})
        except Failure:
            return everything
        if "ReportBatchItemFailures" not in kinds or answer is None:
            return set()
        failed = {f["itemIdentifier"] for f in answer.get("batchItemFailures", [])}
        # An identifier that is in no message means that all have failed.
        return failed if failed <= everything else everything

    # From rules and over HTTP

    def later(self, arn: str, event: dict[str, Any]) -> None:
        """An event that nobody waits for."""
        self.pending.append((self.function(arn).arn, event, 0))

    def run_next(self) -> None:
        """The event that has waited longest."""
        arn, event, tried = self.pending.popleft()
        function = self.function(arn)
        try:
            self.run(function, event)
        except Failure as failure:
            if tried + 1 < TRIES:
                self.pending.append((arn, event, tried + 1))
                return
            queue = function.properties.get("DeadLetterConfig", {}).get("TargetArn")
            if queue is None:
                raise JourneyError(f"{function.name} loses an event: {failure}") from failure
            self.gateway.judge.ask(self._role(function), queue_calls(self.gateway.cloud, queue, {}))
            client = raw_client("sqs", parse_arn(queue).place)
            url = client.get_queue_url(QueueName=parse_arn(queue).resource)["QueueUrl"]
            client.send_message(QueueUrl=url, MessageBody=json.dumps(event))

    def over_http(self, name: str, method: str, path: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        """A request that reaches a function; gives its answer with `statusCode` and `body`."""
        function = self.gateway.cloud.named("AWS::Lambda::Function", name)
        route = f"{method} {path}"
        event = {
            "version": "2.0",
            "routeKey": route,
            "rawPath": path,
            "rawQueryString": "",
            "headers": {k.lower(): v for k, v in headers.items()},
            "requestContext": {
                "accountId": function.place.account,
                "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1",
                         "userAgent": headers.get("User-Agent", "")},
                "requestId": str(uuid.uuid4()),
                "routeKey": route,
                "stage": "$default",
            },
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }  # fmt: skip
        try:
            return dict(self.run(function, event) or {})
        except Failure:
            return {"statusCode": 502, "body": ""}

    # Running

    def function(self, given: str) -> Resource:
        """A function by its ARN or name."""
        known = self.gateway.cloud.find("AWS::Lambda::Function", given)
        return known or self.gateway.cloud.named("AWS::Lambda::Function", given.rpartition(":")[2])

    def run(self, function: Resource, event: Any, version: str = "$LATEST", invoked: str = "") -> Any:
        """One call of a handler; gives what it returned. What was invoked may be a version, by an ARN of its own."""
        request = str(uuid.uuid4())
        self.calls[function.name] = self.calls.get(function.name, 0) + 1
        code = self._code(function)
        work = self.folder / request
        work.mkdir(parents=True)
        (work / "event.json").write_text(json.dumps(event))
        program = Path(__file__).parent / "handler.py"
        command = [str(self.programs.path / "python3"), str(program), str(work)]
        limit = int(function.properties.get("Timeout", 3))
        process = subprocess.Popen(
            command, env={**self._environment(function, code, request), "AWS_LAMBDA_FUNCTION_VERSION": version,
                          "JOURNEY_FUNCTION_ARN": invoked or function.arn},
            cwd=code, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
            start_new_session=True,
        )  # fmt: skip
        try:
            log, _ = process.communicate(timeout=limit + 60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise JourneyError(f"the function {function.name} does not come to its end") from None
        if problem := self.server.failure:
            self.server.failure = None
            raise JourneyError(f"{problem} (in the function {function.name})")
        self.heard(function, version, log)
        answer = work / "answer.json"
        said = " ".join(log.strip().splitlines()[-1:])[:300]
        if not answer.exists():
            self.failures.append(f"{function.name}: {said}")
            self.story.tell(f"function {function.name}", f"FAILED: {said}")
            self.story.detail(log)
            self.finished()
            raise Failure(said)
        self.story.tell(f"function {function.name}", said or "done")
        self.finished()
        return json.loads(answer.read_text())

    def _role(self, function: Resource) -> str:
        role: str = function.properties["Role"]
        if self.gateway.cloud.find("AWS::IAM::Role", role) is None:
            raise NotThere(f"{function.name} has no role {role}")
        # Lambda names no source when it takes the role on (Lambda developer guide, "Execution role").
        self.gateway.judge.ask(SERVICE, [Call("sts:AssumeRole", role)])
        return role

    def _code(self, function: Resource) -> Path:
        code = function.properties["Code"]
        folder: Path = self.folder / code["S3Key"].split(".")[0]
        if not folder.exists():
            client = raw_client("s3", function.place)
            body = client.get_object(Bucket=code["S3Bucket"], Key=code["S3Key"])["Body"].read()
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                archive.extractall(folder)
        return folder

    def _environment(self, function: Resource, code: Path, request: str) -> dict[str, str]:
        role = self._role(function)
        group = function.properties.get("LoggingConfig", {}).get("LogGroup", f"/aws/lambda/{function.name}")
        log = function.place.arn("logs", f"log-group:{group}")
        calls = [Call(f"logs:{a}", f"{log}:log-stream:1") for a in ("CreateLogStream", "PutLogEvents")]
        self.gateway.judge.ask(role, calls)
        # The session is called like the function (Lambda developer guide, "Execution role").
        session = self.gateway.session(role, Identity(role, function.name))
        region = function.place.region
        return {
            **{k: str(v) for k, v in function.properties.get("Environment", {}).get("Variables", {}).items()},
            "PATH": f"{self.programs.path}:/usr/local/bin:/usr/bin:/bin",
            "LANG": "en_US.UTF-8",
            "PYTHONPATH": str(Path(__file__).parent / "hook"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPYCACHEPREFIX": os.environ.get("PYTHONPYCACHEPREFIX", ""),
            **self.addresses,
            "JOURNEY_PYTHON": str(self.programs.socket),
            "JOURNEY_GATEWAY": self.server.url,
            "JOURNEY_REPLACED": str(self.folder / "replaced"),
            "JOURNEY_REQUEST": request,
            "JOURNEY_LIMIT": str(function.properties.get("Timeout", 3)),
            "AWS_ACCESS_KEY_ID": session.key,
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": session.key,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_LOG_GROUP_NAME": group,
            "LAMBDA_TASK_ROOT": str(code),
            "_HANDLER": function.properties["Handler"],
        }
