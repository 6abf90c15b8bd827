"""
Approves a registered version without a person when all rules of `governance.ruleApproval` hold. Otherwise it
tells which do not, and the version waits for a person.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from approval_aws import BuildAccount, decide
from approval_events import RULES_CHECKED, tell
from approval_queue import Later, work
from approval_settings import Group, Settings, read_settings
from package_reports import Reports, passed_tests, read_reports
from registry import Package, describe, newest_approved, version_in
from seal import has_seal, verify
from targets import Refused

SEAL_HOURS = 9
"""How long to wait for a seal; a build that seals has 8 hours."""
LONGEST_DELAY = 900
PENDING = "PendingManualApproval"


@dataclass(frozen=True)
class Finding:
    """One rule, with what was found."""

    holds: bool
    text: str


def check(rules: Mapping[str, Any], reports: Reports, approved: Package | None) -> list[Finding]:
    """All rules in the order in which they are told; `approved` is the newest version that is."""
    return [
        _metric(reports),
        _baseline(reports),
        _improvement(rules, reports, approved),
        _test_rows(rules, reports),
        *_missing(rules, reports),
        _tests(reports),
    ]


def _metric(reports: Reports) -> Finding:
    """What was compared must be what was registered."""
    named = f"{reports.metric} {reports.value:.6g}"
    if reports.registered is None or not math.isfinite(reports.value):
        return Finding(False, f"{named} is not in the registered evaluation")
    same = math.isclose(reports.registered, reports.value, rel_tol=1e-9, abs_tol=1e-12)
    return Finding(
        same, named if same else f"{named}, but the registered evaluation has {reports.registered:.6g}"
    )


def _baseline(reports: Reports) -> Finding:
    other = reports.baseline
    if other is None or other.reason:
        return Finding(False, f"not comparable with the baseline: {other.reason if other else 'no report'}")
    least = other.low if reports.sign > 0 else -other.high
    word = "better" if least > 0 else "not better"
    return Finding(least > 0, f"{word} than the baseline {other.value:.6g} beyond chance")


def _improvement(rules: Mapping[str, Any], reports: Reports, approved: Package | None) -> Finding:
    """The comparison counts only with the version that is approved now, on the very same test rows."""
    compared = reports.approved
    if approved is None:
        if not rules["firstVersion"]:
            return Finding(False, "no version is approved, and ruleApproval.firstVersion is false")
        return Finding(True, "first version")
    if compared is None or compared.name != approved.arn:
        against = f"version {_version(compared.name)}" if compared else "no version"
        return Finding(
            False, f"compared with {against}, but version {approved.version} is approved now: build it again"
        )
    if compared.reason:
        return Finding(
            False, f"not comparable with version {approved.version} on the same test rows: {compared.reason}"
        )
    gained, least = reports.sign * compared.difference, float(rules["minimumImprovement"])
    return Finding(
        gained >= least,
        f"improvement {gained:+.6g} over version {approved.version} on the same rows (at least {least:g})",
    )


def _version(arn: str) -> str:
    return arn.rsplit("/", 1)[-1]


def _test_rows(rules: Mapping[str, Any], reports: Reports) -> Finding:
    least = int(rules["minimumTestRows"])
    found = reports.test_rows
    return Finding(found is not None and found >= least, f"{found or 'unknown'} test rows (at least {least})")


def _missing(rules: Mapping[str, Any], reports: Reports) -> list[Finding]:
    most, found = rules.get("maximumMissing"), reports.missing
    if most is None:
        return []
    shown = "unknown" if found is None else f"{found:.4f}"
    holds = found is not None and found <= float(most)
    return [Finding(holds, f"missing share {shown} (at most {float(most):g})")]


def _tests(reports: Reports) -> Finding:
    passed = passed_tests(reports.tests)
    shown = f"{passed} tests passed" if passed else f"tests of the build: {reports.tests}"
    return Finding(passed is not None, shown)


def judge(
    settings: Settings, group: Group, account: BuildAccount, package: Package, registered: datetime
) -> list[Finding]:
    """What the rules say about a version. Raises `Later` while it is not sealed."""
    if not has_seal(package.details):
        if datetime.now(UTC) - registered < timedelta(hours=SEAL_HOURS):
            raise Later(f"{package.arn} is not sealed yet")
        return [Finding(False, f"not sealed within {SEAL_HOURS} hours")]
    try:
        verify(account.s3, package.details, group.sealed)
        reports = read_reports(account.s3, package, group)
    except Refused as refusal:
        return [Finding(False, str(refusal))]
    return check(settings.rules, reports, newest_approved(account.registry, group.registry))


def decide_by_rule(settings: Settings, event: Mapping[str, Any]) -> None:
    """Approves the version of an event, or tells why not."""
    arn = str(event["detail"]["ModelPackageArn"])
    group = settings.group_of(arn)
    if group is None:
        raise Refused(f"{arn} is of no group whose versions are approved by rule.")
    account = BuildAccount(group, "approval-by-rule")
    package = describe(account.registry, arn, group.registry)
    if package.approval != PENDING or package.details.get("ApprovalDescription"):
        # An approval that was taken back leaves its description: what was refused once is for people.
        print(f"{arn} is {package.approval}: {package.details.get('ApprovalDescription', 'decided before')}")
        return
    registered = datetime.fromisoformat(str(event["time"]).replace("Z", "+00:00"))
    findings = judge(settings, group, account, package, registered)
    failing = [finding.text for finding in findings if not finding.holds]
    rules = "; ".join(finding.text for finding in findings)
    if not failing:
        decide(account, arn, "Approved", f"[approval] by rule: {rules}")
    print(f"{arn}: {'approved' if not failing else 'not approved'}: {rules}")
    detail = {
        "group": group.name,
        "ModelPackageArn": arn,
        "version": version_in(arn, group.registry),
        "outcome": "waits for a person" if failing else "approved by rule",
        "rules": rules,
        "failing": "; ".join(failing) or "none",
    }
    tell(settings, RULES_CHECKED, detail)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, list[dict[str, str]]]:
    """Lambda's entry: messages of a queue, each an event of the registry."""
    settings = read_settings(context.invoked_function_arn)
    return work(event, lambda message: decide_by_rule(settings, message), LONGEST_DELAY)
