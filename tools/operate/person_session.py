"""The session of a person who operates a delivery, and what that person is told when it does not do."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import Any

from start_deployment import DENIED, fill

try:
    _boto3: Any = importlib.import_module("boto3")
    _exceptions: Any = importlib.import_module("botocore.exceptions")
except ImportError:
    sys.exit("This Python has no boto3; name one that has it in the variable PREFLIGHT_PYTHON.")


class Refused(Exception):
    """Nothing was done; the message says why and what to do."""


def filled(text: str, identity: dict[str, str], session: Any) -> str:
    """A text of the plan, where these credentials are."""
    partition = identity["Arn"].split(":")[1]
    return fill(text, identity["Account"], session.region_name, partition)


def as_person(wanted: dict[str, Any], work: Callable[[Any, dict[str, str]], str]) -> int:
    """Does something with the person's credentials, and tells what became of it; the exit code."""
    try:
        session = _boto3.Session(region_name=wanted.get("region"))
        if not session.region_name:
            print("The region is unknown. Set AWS_REGION to that of the delivery.", file=sys.stderr)
            return 1
        print(work(session, session.client("sts").get_caller_identity()))
        return 0
    except Refused as refusal:
        print(refusal, file=sys.stderr)
    except _exceptions.ClientError as error:
        advice = ""
        if error.response["Error"]["Code"] in DENIED:
            advice = f" Use credentials of the role {wanted['role']}, with aws sts assume-role."
        print(f"{error}.{advice}", file=sys.stderr)
    except _exceptions.BotoCoreError as error:
        print(f"{error} Sign in to the account that the delivery runs in.", file=sys.stderr)
    return 1
