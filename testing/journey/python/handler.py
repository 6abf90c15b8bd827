"""What Lambda's runtime does: loads the handler, hands it the event, keeps what it returns."""

from __future__ import annotations

import importlib
import json
import os
import sys
import time
from pathlib import Path


class Context:
    """What Lambda tells a handler about its call."""

    def __init__(self) -> None:
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.invoked_function_arn = os.environ["JOURNEY_FUNCTION_ARN"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.aws_request_id = os.environ["JOURNEY_REQUEST"]
        self._end = time.monotonic() + float(os.environ["JOURNEY_LIMIT"])

    def get_remaining_time_in_millis(self) -> int:
        """Until Lambda ends the call."""
        return max(0, int((self._end - time.monotonic()) * 1000))


def main() -> None:
    """One call."""
    work = Path(sys.argv[1])
    module, _, name = os.environ["_HANDLER"].rpartition(".")
    # Lambda has the code's own folder first on the path.
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    event = json.loads((work / "event.json").read_text())
    answer = json.dumps(handler(event, Context()))
    (work / "answer.json").write_text(answer)


main()
