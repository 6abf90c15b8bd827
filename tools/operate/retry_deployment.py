"""
Has a version tried again that was rolled back, or an endpoint returned, where workflows on GitHub deploy.

A retry is a request, which a run takes. A return is a build in AWS: it does not wait for GitHub. Runs on a
person's machine with that person's credentials, which are those of the releaser role.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).resolve().parents[1] / "deploy"))

from person_session import Refused, as_person, filled

from workflow_requests import DEPLOY, Announcer, NotTold, Requests

POLL_SECONDS = 10.0


def retry(session: Any, identity: dict[str, str], wanted: dict[str, Any]) -> str:
    """Asks for a run that deploys a version though it was rolled back; in words."""

    def text(value: str) -> str:
        return filled(value, identity, session)

    variables = {name: text(value) for name, value in wanted["variables"].items()}
    requests = Requests(session.client("dynamodb"), text(wanted["table"]))
    request = requests.put(DEPLOY, variables, identity["Arn"])
    bus = text(wanted["bus"])
    events = session.client("events", region_name=bus.split(":")[3])
    try:
        Announcer(events, bus, wanted["project"], wanted["group"]).tell(DEPLOY, request)
    except (NotTold, events.exceptions.ClientError) as problem:
        return f"{request} was asked for, but: {problem}. The next scheduled run takes it."
    return f"{request} was asked for: {variables}. A run takes it within minutes."


def return_endpoint(
    session: Any,
    identity: dict[str, str],
    wanted: dict[str, Any],
    sleep: Callable[[float], None] = time.sleep,
) -> str:
    """Starts the build that returns an endpoint to the version before, and waits for its end; in words."""
    variables = {
        "ROLL_BACK_IN": wanted["environment"],
        "EXECUTION_ID": f"return-{uuid.uuid4().hex}",
        "STARTED_BY": identity["Arn"],
    }
    client = session.client("codebuild")
    project = filled(wanted["rollBackProject"], identity, session)
    build = client.start_build(
        projectName=project,
        environmentVariablesOverride=[
            {"name": name, "value": value, "type": "PLAINTEXT"} for name, value in variables.items()
        ],
    )["build"]
    print(f"{project}: build {build['id']} was started", flush=True)
    while build["buildStatus"] == "IN_PROGRESS":
        sleep(POLL_SECONDS)
        [build] = client.batch_get_builds(ids=[build["id"]])["builds"]
    if build["buildStatus"] != "SUCCEEDED":
        log = build.get("logs", {}).get("deepLink", "its log")
        raise Refused(f"{build['id']} is {build['buildStatus']}. {wanted['environment']}: see {log}")
    return f"{wanted['environment']} was returned; its stack follows with the next run."


ACTIONS = {"retry": retry, "return": return_endpoint}


def main() -> int:
    """Takes the file that says what to do."""
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    action = ACTIONS[wanted["action"]]
    return as_person(wanted, lambda session, identity: action(session, identity, wanted))


if __name__ == "__main__":
    sys.exit(main())
