"""Checks chains of records, and says where they break. Folders are checked without any access to AWS."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from audit_source import Unusable, open_source
from records import ChainBroken, anchor_of, newest_first, verify


def check(task: Mapping[str, Any], say: Callable[[str], None] = print) -> int:
    """Checks every chain; the exit code."""
    chains, anchors, where = open_source(task)
    groups = sorted({*chains.groups(), *anchors})
    if not groups:
        raise Unusable(f"There are no records in {where}.")
    broken = 0
    for group in groups:
        problems = verify(chains, group, anchors.get(group, []))
        broken += bool(problems)
        for problem in problems:
            say(f"BROKEN  {problem}")
        if not problems:
            last = next(newest_first(chains, group))
            say(f"whole   {group}: {last['sequence']} records; the last is {group}:{anchor_of(last)}")
    say(f"{where}: {f'{broken} of {len(groups)} chains are broken' if broken else 'every chain is whole'}")
    if not broken:
        say("Note the last records elsewhere; with --anchor, a later check finds that the end was removed.")
    return 1 if broken else 0


def run(action: Callable[[Mapping[str, Any]], int]) -> int:
    """Takes the file that says what to do; what goes wrong is told in one line."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        return action(task)
    except (Unusable, ChainBroken) as error:
        print(error, file=sys.stderr)
    except Exception as error:
        # botocore is known only where boto3 is; all else is a fault of ours.
        if type(error).__module__ != "botocore.exceptions" and not hasattr(error, "operation_name"):
            raise
        print(
            f"{error} Sign in with credentials that may read and list the evidence bucket.", file=sys.stderr
        )
    return 1


if __name__ == "__main__":
    sys.exit(run(check))
