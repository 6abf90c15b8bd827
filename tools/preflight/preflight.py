"""Reports what is missing before the first deployment: runs a list of checks (JSON) and changes nothing.

Other accounts are looked at with the lookup role of their CDK bootstrap. The exit code is 1 when something
is missing.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from preflight_aws import Aws, CannotLook, Place, code_of, errors
from preflight_checks import CHECKS
from preflight_host import SIGN_IN, Host
from preflight_host_checks import look_at_host
from preflight_result import MISSING, OK, SKIPPED, UNKNOWN, WARNING, Result

DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError", "403")

# What must be there for a check to mean what it says, and how its absence is called.
NO_BOOTSTRAP = "there is no bootstrap"
NO_REPOSITORY = "there is no such repository"
STANDS_ON = {
    "bootstrapBoundary": {"boundary": "there is no such boundary", "bootstrap": NO_BOOTSTRAP},
    "trust": {"bootstrap": NO_BOOTSTRAP},
    "execution": {"bootstrap": NO_BOOTSTRAP},
    "assets": {"bootstrap": NO_BOOTSTRAP},
    "hostSubject": {"hostRepository": NO_REPOSITORY},
    "hostBranch": {"hostRepository": NO_REPOSITORY},
    "hostEnvironment": {"hostRepository": NO_REPOSITORY},
}


def look(aws: Aws, check: dict[str, Any]) -> Result:
    """Runs one check. Any failure is an answer too."""
    place = aws.place(check["place"])
    try:
        return CHECKS[check["kind"]](aws, place, check["wants"])
    except CannotLook as error:
        status = MISSING if check["kind"] in ("bootstrap", "trust") else UNKNOWN
        return Result(status, str(error), cause=str(error))
    except errors.ClientError as error:
        code = code_of(error)
        if code in DENIED:
            what = f"these credentials may not read it ({error.operation_name}: {code})"
            return Result(UNKNOWN, what, cause=f"{what} in {place}")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        # Throttling and errors of the service say nothing about what is being checked.
        gone = 400 <= status < 500 and "Throttl" not in code and code != "TooManyRequestsException"
        return Result(MISSING if gone else UNKNOWN, f"{error.operation_name}: {code}")
    except (errors.BotoCoreError, KeyError, ValueError) as error:
        return Result(UNKNOWN, f"{type(error).__name__}: {error}")


def _key(kind: str, place: Place | str) -> tuple[str, Place | str]:
    """What is looked at; policies are the whole account's, so they are looked at in one of its regions."""
    return kind, place.account if kind == "boundary" and isinstance(place, Place) else place


class Report:
    """Runs the checks one after another and reports each cause once, where it is met first."""

    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        self.counts: dict[str, int] = {}
        self._missing: set[tuple[str, Place | str]] = set()
        self._told: set[str] = set()
        self._hosts: dict[str, Host] = {}

    def add_all(self, checks: list[dict[str, Any]]) -> None:
        """Looks at everything; what a host is asked for is one line where it cannot be asked."""
        refused = {name: self._host(name).refusal() for name in {c["host"] for c in checks if "host" in c}}
        for name, why in sorted(refused.items()):
            if why:
                titles = [check["title"] for check in checks if check.get("host") == name]
                self._tell(name, f"not checked: {', '.join(titles)}", Result(UNKNOWN, why, SIGN_IN))
        for check in checks:
            if not refused.get(check.get("host", "")):
                self.add(check)

    def add(self, check: dict[str, Any]) -> None:
        """Looks, and prints what was found."""
        place: Place | str = check.get("host") or self.aws.place(check["place"])
        result = self._look(check, place)
        if result.status == MISSING and not result.partly:
            self._missing.add(_key(check["kind"], place))
        self._tell(place, check["title"], result, check["fix"])

    def _tell(self, place: Place | str, title: str, result: Result, fix: str = "") -> None:
        self.counts[result.status] = self.counts.get(result.status, 0) + 1
        found = f" ({result.what})" if result.what else ""
        print(f"{result.status:<8} {place}: {title}{found}", flush=True)
        if result.status not in (OK, SKIPPED):
            print(f"         -> {result.fix or fix}", flush=True)

    def _host(self, name: str) -> Host:
        return self._hosts.setdefault(name, Host(name))

    def _look(self, check: dict[str, Any], place: Place | str) -> Result:
        for kind, absence in STANDS_ON.get(check["kind"], {}).items():
            if _key(kind, place) in self._missing:
                return Result(SKIPPED, f"not checked, because {absence}")
        result = look_at_host(self._host(check["host"]), check) if "host" in check else look(self.aws, check)
        if result.cause in self._told:
            return Result(SKIPPED, f"not checked, because of the problem above: {result.what}")
        if result.cause:
            self._told.add(result.cause)
        return result


def run(wanted: dict[str, Any]) -> int:
    """Looks at everything and prints a line for each; 1 when something is missing."""
    aws = Aws(wanted["tooling"], wanted["qualifier"])
    expected = wanted["tooling"].get("account")
    if expected and expected != aws.here.account:
        message = (
            f"These credentials belong to account {aws.here.account}; the tooling account is {expected}."
        )
        print(f"{message} Use a profile for that account (AWS_PROFILE).", file=sys.stderr)
        return 1
    print(f"Checking what {wanted['project']} needs, from {aws.here}; nothing is changed.\n")
    aws.places = {aws.place(check["place"]) for check in wanted["checks"] if check["kind"] == "bootstrap"}
    report = Report(aws)
    report.add_all(wanted["checks"])
    statuses = (OK, MISSING, WARNING, UNKNOWN, SKIPPED)
    print("\n" + ", ".join(f"{report.counts.get(s, 0)} {s}" for s in statuses) + ".")
    return 1 if report.counts.get(MISSING) else 0


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
        message = f"AWS rejected the credentials ({code_of(error)}). Sign in again: aws sso login"
    except errors.BotoCoreError as error:
        message = f"AWS cannot be reached or the credentials cannot be used: {error}"
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
