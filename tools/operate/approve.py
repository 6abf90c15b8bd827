"""
Approves or rejects a version as a person: shows what is decided about, signs under the own name, and waits
for the record of the decision.

Runs on a person's machine with that person's credentials. Nothing is written before everything is checked.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

for folder in ("deploy", "govern", "../runner/local_runner"):
    sys.path.append(str(Path(__file__).resolve().parents[1] / folder))

from package_facts import facts, reader  # noqa: E402
from records import Record, newest_first  # noqa: E402
from sign_in import DENIED, NotSignedIn, approver_session  # noqa: E402
from start_deployment import fill  # noqa: E402

from bound import CHANGED, is_report_changed  # noqa: E402
from record_store import Bucket  # noqa: E402
from seal import has_seal  # noqa: E402

try:
    _boto3: Any = importlib.import_module("boto3")
    _exceptions: Any = importlib.import_module("botocore.exceptions")
except ImportError:
    sys.exit("This Python has no boto3; name one that has it in the variable PREFLIGHT_PYTHON.")

APPROVED = "Approved"
MEANINGS = {APPROVED: ("approval", "review", "responsibility"), "Rejected": ("rejection",)}
GONE = ("ValidationException", "ResourceNotFound", "ResourceNotFoundException")

LIMIT = 1024
"""Characters of ApprovalDescription (SageMaker API reference)."""

POLL_SECONDS = 10.0
WAIT_SECONDS = 900.0
"""CloudTrail hands a call on within minutes; the recorder then asks who is behind the commits."""

Ask = Callable[[str], str]


class Refused(Exception):
    """Nothing was decided; the message says why and what to do."""


class Approval:
    """One decision about one version."""

    def __init__(
        self, wanted: dict[str, Any], session: Any, ask: Ask | None, say: Callable[[str], None]
    ) -> None:
        self.wanted = wanted
        self.session = session
        self.ask = ask
        self.say = say
        self.status: str = wanted["status"]
        identity = session.client("sts").get_caller_identity()
        self.partition = identity["Arn"].split(":")[1]
        self.account = identity["Account"]
        self.role = self._fill(wanted["role"])
        group = self._fill(wanted["registry"])
        self.group = group.rsplit("/", 1)[-1]
        self.region = group.split(":")[3]
        version = group.replace(":model-package-group/", ":model-package/", 1)
        self.package = f"{version}/{wanted['version']}"

    def run(self, sleep: Callable[[float], None] = time.sleep) -> int:
        """Decides and waits; the exit code."""
        session, name = approver_session(
            self.session,
            self.role,
            bool(self.wanted["bound"]),
            self.wanted.get("as"),
            self.ask,
            _boto3.Session,
        )
        registry = session.client("sagemaker", region_name=self.region)
        package = self._checked(registry)
        read = reader(session.client("s3", region_name=self.region))
        if self.status == APPROVED and is_report_changed(package, read):
            raise Refused(CHANGED)
        for line in facts(package, self._approved(registry), read):
            self.say(line)
        meaning = self._meaning()
        text = f"[{meaning}] {self.wanted['why'].strip()}"
        if len(text) > LIMIT:
            raise Refused(
                f"The reason is too long: {len(text)} characters with its meaning, {LIMIT} are allowed."
            )
        self._confirm(name, meaning)
        store = self._store(session)
        before = self._latest(store)
        registry.update_model_package(
            ModelPackageArn=self.package, ModelApprovalStatus=self.status, ApprovalDescription=text
        )
        self.say(f"{self.package} is {self.status}, by {name}: {text}")
        return self._wait(store, before, sleep)

    def _checked(self, registry: Any) -> dict[str, Any]:
        try:
            package: dict[str, Any] = registry.describe_model_package(ModelPackageName=self.package)
        except registry.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise
            raise Refused(f"There is no {self.package}. Give the number of a version.") from error
        if package.get("ModelPackageStatus") != "Completed":
            raise Refused(f"{self.package} is {package.get('ModelPackageStatus')}: it must be completed.")
        if package.get("ModelApprovalStatus") == self.status:
            why = package.get("ApprovalDescription") or "no reason was given"
            raise Refused(f"{self.package} is {self.status} already ({why}). A status is set once.")
        if self.status == APPROVED and not has_seal(package):
            raise Refused(
                f"{self.package} is not sealed, so nobody could say later what was approved. It is sealed "
                "within minutes of its registration; if that failed, a message says why. Try again later."
            )
        return package

    def _approved(self, registry: Any) -> str | None:
        """The newest other version that is approved."""
        pages = registry.get_paginator("list_model_packages").paginate(
            ModelPackageGroupName=self.group,
            ModelApprovalStatus=APPROVED,
            SortBy="CreationTime",
            SortOrder="Descending",
        )
        found = (one["ModelPackageArn"] for page in pages for one in page["ModelPackageSummaryList"])
        return next((arn for arn in found if arn != self.package), None)

    def _meaning(self) -> str:
        allowed = MEANINGS[self.status]
        given = self.wanted.get("meaning")
        if given is None and len(allowed) > 1 and self.ask is not None:
            given = self.ask(f"What does your signature mean ({', '.join(allowed)})? ").strip()
        given = given or allowed[0]
        if given not in allowed:
            raise Refused(f"The meaning is {given!r}: for {self.status} it must be {' or '.join(allowed)}.")
        return str(given)

    def _confirm(self, name: str, meaning: str) -> None:
        if self.wanted["yes"]:
            return
        if self.ask is None:
            raise Refused("Nobody can be asked here: give --yes when you have seen the version.")
        number = str(self.wanted["version"])
        answer = self.ask(
            f"Sign as {name}, meaning {meaning}: type {number} for {self.status}, all else ends: "
        )
        if answer.strip() != number:
            raise Refused("Nothing was decided.")

    def _store(self, session: Any) -> Bucket | None:
        evidence = self.wanted.get("evidence")
        if evidence is None:
            return None
        s3 = session.client("s3", region_name=self._fill(evidence["region"]))
        return Bucket(s3, self._fill(evidence["bucket"]), self._fill(evidence["account"]))

    def _latest(self, store: Bucket | None) -> int:
        return store.latest(self.wanted["group"]) if store else 0

    def _wait(self, store: Bucket | None, before: int, sleep: Callable[[float], None]) -> int:
        if store is None:
            return 0
        self.say("Waiting for the record of the decision ...")
        waited = 0.0
        while True:
            record = self._record(store, before)
            if record is not None:
                return self._tell(record)
            if waited >= WAIT_SECONDS:
                break
            sleep(POLL_SECONDS)
            waited += POLL_SECONDS
            if waited % 60 == 0:
                self.say(f"... {waited / 60:.0f} min")
        self.say(
            f"There is no record after {WAIT_SECONDS / 60:.0f} minutes. It was decided, and the event "
            "waits; nothing is deployed without a record. npx projen audit:verify shows it later; an alarm "
            "tells of a failure."
        )
        return 1

    def _record(self, store: Bucket, before: int) -> Record | None:
        for record in newest_first(store, self.wanted["group"]):
            if record["sequence"] <= before:
                return None
            same = (record.get("bound") or {}).get("package") == self.package
            if same and record.get("decision") == self.status:
                return record
        return None

    def _tell(self, record: Record) -> int:
        signer = record.get("signer") or {}
        self.say(f"record      {record['group']}, {record['sequence']}:{record['hash']}")
        what = f"{record.get('meaning')}: {record.get('reason')}"
        self.say(f"signed      {signer.get('name')}, {record.get('time')}, {what}")
        if record.get("outcome") == "accepted":
            self.say(f"accepted    {self.status}")
            return 0
        self.say("refused     the version waits for another decision")
        for problem in record.get("problems") or []:
            self.say(f"            {problem}")
        return 1

    def _fill(self, text: str) -> str:
        return fill(text, self.account, self.session.region_name, self.partition)


def asker() -> Ask | None:
    """Asks the person at the terminal; None where there is none."""
    return input if sys.stdin.isatty() else None


def main() -> int:
    """Takes the file that says what to decide."""
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    try:
        session = _boto3.Session(region_name=wanted.get("region"))
        if not session.region_name:
            print("The region is unknown. Set AWS_REGION to that of the build account.", file=sys.stderr)
            return 1
        return Approval(wanted, session, asker(), print).run()
    except (Refused, NotSignedIn) as error:
        print(error, file=sys.stderr)
    except _exceptions.ClientError as error:
        advice = ""
        if error.response["Error"]["Code"] in DENIED:
            advice = f" Use credentials that may assume the role {wanted['role']}."
        print(f"{error}.{advice}", file=sys.stderr)
    except _exceptions.BotoCoreError as error:
        print(f"{error} Sign in first.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
