"""
First step of a run: takes the request that it works on, and hands on what was asked for.

REQUEST names one; without it the request is taken that waits for the longest time. KIND is "deploy" unless
given, and EXECUTION_ID is the run. What is handed on comes from the table alone: whoever may start a run
must not say what it deploys.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from aws import Aws
from pipeline_variables import NOWHERE
from targets import KEEP_LIVE, Refused
from workflow_requests import BUILD, DEPLOY, FAILED, ID, Request, Requests

NO_REQUEST = "none"

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    DEPLOY: {"MODEL_PACKAGE": KEEP_LIVE, "RETRY_IN": NOWHERE, "ROLL_BACK_IN": NOWHERE},
    BUILD: {"COMMIT": "none", "REASON": "none"},
}
"""What a run is told of each variable that a request does not name; the values are never empty."""

PLAIN = re.compile(r"[\w .,:/=+@-]{1,1000}")
"""Values stand in shells, files of lines and expressions, which see nothing in these letters."""


def requests_of(aws: Aws) -> Requests:
    """The requests; the table stands in the targets unless the variable REQUESTS_TABLE names it."""
    table = os.environ.get("REQUESTS_TABLE")
    if not table:
        engine = aws.targets(Path(__file__).resolve().parent / "targets.json").engine
        if engine is None:
            raise Refused("These targets are deployed by CodePipeline, which takes no requests.")
        table = engine.table
    return Requests(aws.own("dynamodb", aws.region), table)


def kind_of_run() -> str:
    """Which requests this run is for."""
    kind = os.environ.get("KIND") or DEPLOY
    if kind not in DEFAULTS:
        raise Refused(f"KIND is {kind!r}: it must be {' or '.join(DEFAULTS)}.")
    return kind


def wanted_request() -> str | None:
    """The request that the run was started for, if any."""
    wanted = os.environ.get("REQUEST") or NO_REQUEST
    if wanted == NO_REQUEST:
        return None
    if not ID.fullmatch(wanted):
        raise Refused(
            f"REQUEST is {wanted!r}, which is no request: it must be one of the table's, "
            "or empty for the one that waits for the longest time."
        )
    return wanted


def take(requests: Requests, kind: str, run: str, wanted: str | None) -> dict[str, str]:
    """What the run works on."""
    request = requests.take(kind, run, wanted)
    if request is None:
        print(f"{wanted or 'No request'} waits for no run: there is nothing to do")
        return {"FOUND": "no", "REQUEST": NO_REQUEST, **DEFAULTS[kind]}
    try:
        variables = _variables(request)
    except Refused:
        requests.finish(kind, request.id, run, FAILED)
        raise
    print(f"{request.id}, asked for by {request.by}: {dict(request.variables)}")
    return {"FOUND": "yes", "REQUEST": request.id, **variables}


def _variables(request: Request) -> dict[str, str]:
    known = DEFAULTS[request.kind]
    wrong = [
        name
        for name, value in request.variables.items()
        if name not in known or not PLAIN.fullmatch(value) or value.strip() != value
    ]
    if wrong:
        raise Refused(
            f"The request {request.id} has {', '.join(map(repr, sorted(wrong)))}, which no run takes. "
            f"Ask again with values for {', '.join(known)} that are letters, digits and punctuation."
        )
    return {**known, **request.variables}


def main() -> int:
    """Writes `exports.sh` to the working directory."""
    try:
        kind, wanted = kind_of_run(), wanted_request()
        found = take(requests_of(Aws()), kind, os.environ["EXECUTION_ID"], wanted)
    except Refused as refusal:
        print(f"Request refused: {refusal}", file=sys.stderr)
        return 1
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in found.items())
    Path("exports.sh").write_text(lines, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
