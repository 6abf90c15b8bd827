"""Says what is missing before the first deployment: carries out a list of checks (JSON), changing nothing.

Other accounts are looked at with the lookup role of their CDK bootstrap. The exit code is 1 when something
is missing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from preflight_aws import Aws, CannotLook, code_of, errors
from preflight_checks import CHECKS, MISSING, OK, UNKNOWN, WARNING, Result

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403")


def look(aws: Aws, check: dict[str, Any]) -> Result:
    """Carries out one check. Whatever goes wrong is an answer too."""
    place = aws.place(check["place"])
    try:
        return CHECKS[check["kind"]](aws, place, check["wants"])
    except CannotLook as error:
        return Result(MISSING if check["kind"] in ("bootstrap", "trust") else UNKNOWN, str(error))
    except errors.ClientError as error:
        code = code_of(error)
        if code in DENIED:
            return Result(UNKNOWN, f"these credentials may not look ({error.operation_name}: {code})")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        # Throttling and errors of the service say nothing about what was asked for.
        gone = 400 <= status < 500 and "Throttl" not in code and code != "TooManyRequestsException"
        return Result(MISSING if gone else UNKNOWN, f"{error.operation_name}: {code}")
    except (errors.BotoCoreError, KeyError, ValueError) as error:
        return Result(UNKNOWN, f"{type(error).__name__}: {error}")


def run(wanted: dict[str, Any]) -> int:
    """Looks at everything and prints a line for each; 1 when something is missing."""
    aws = Aws(wanted["tooling"], wanted["qualifier"])
    expected = wanted["tooling"].get("account")
    if expected and expected != aws.here.account:
        message = f"These credentials are of account {aws.here.account}; the tooling account is {expected}."
        print(f"{message} Use a profile of that one (AWS_PROFILE).", file=sys.stderr)
        return 1
    print(f"Looking at what {wanted['project']} needs, from {aws.here}; nothing is changed.\n")
    counts: dict[str, int] = {}
    for check in wanted["checks"]:
        result = look(aws, check)
        counts[result.status] = counts.get(result.status, 0) + 1
        found = f" ({result.what})" if result.what else ""
        print(f"{result.status:<8} {aws.place(check['place'])}: {check['title']}{found}", flush=True)
        if result.status != OK:
            print(f"         -> {check['fix']}", flush=True)
    print("\n" + ", ".join(f"{counts.get(s, 0)} {s}" for s in (OK, MISSING, WARNING, UNKNOWN)) + ".")
    return 1 if counts.get(MISSING) else 0


def main(arguments: list[str]) -> int:
    """The one argument is the file with the list."""
    wanted = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    try:
        return run(wanted)
    except CannotLook as error:
        message = str(error)
    except (errors.NoCredentialsError, errors.PartialCredentialsError):
        message = "There are no AWS credentials. Set AWS_PROFILE, or sign in with: aws sso login"
    except (errors.ProfileNotFound, errors.NoRegionError) as error:
        message = str(error)
    except errors.ClientError as error:
        message = f"The AWS credentials were refused ({code_of(error)}). Sign in again: aws sso login"
    except errors.BotoCoreError as error:
        message = f"AWS cannot be reached or the credentials cannot be used: {error}"
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
