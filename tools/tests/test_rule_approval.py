"""Approval by rule: each rule alone keeps a version from it, and what was refused once is for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import rule_approval
from account import GROUP
from approval_delivery import METRIC, Approvals, Context, delivery, message
from package_reports import missing_share, passed_tests


@pytest.fixture
def approvals(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Approvals]:
    # What a seal is has tests of its own (test_sealed_*.py).
    monkeypatch.setattr(rule_approval, "has_seal", lambda package: True)
    monkeypatch.setattr(rule_approval, "verify", lambda *given: None)
    with delivery(monkeypatch, tmp_path) as made:
        yield made


def registered(arn: str, hours: float = 0) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=hours)
    detail = {
        "ModelPackageArn": arn,
        "ModelPackageGroupName": GROUP,
        "ModelApprovalStatus": "PendingManualApproval",
    }
    return {"source": "aws.sagemaker", "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "detail": detail}


def run(arn: str, hours: float = 0) -> list[Any]:
    return rule_approval.handler(message(registered(arn, hours)), Context())["batchItemFailures"]


def test_a_version_for_which_all_rules_hold_is_approved_and_says_by_which(approvals: Approvals) -> None:
    approvals.register(1, status="Approved")
    arn = approvals.register(2)
    assert run(arn) == []
    status, description = approvals.status(arn)
    assert status == "Approved"
    assert description == (
        f"[approval] by rule: {METRIC} 0.93; better than the baseline 0.4 beyond chance; "
        "improvement +0.03 over "
        "version 1 on the same rows (at least 0.01); 569 test rows (at least 100); "
        "missing share 0.0500 (at most 0.2); 12 tests passed"
    )
    [(kind, told)] = approvals.told
    assert kind == "Model Package Rules Checked"
    assert (told["outcome"], told["failing"], told["version"]) == ("approved by rule", "none", 2)


def gate(key: str, **change: Any) -> Any:
    return lambda report: {**report, key: {**report[key], **change}}


OTHERS = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn-main"

NOT_APPROVED: list[tuple[str, dict[str, Any], str]] = [
    ("too little better", {"gate": gate("approved", difference=0.009)}, "improvement +0.009 over version 1"),
    ("worse", {"gate": gate("approved", difference=-0.1)}, "improvement -0.1 over version 1"),
    (
        "on other test rows",
        {"gate": gate("approved", comparable=False, reason="its data was split by another rule")},
        "not comparable with version 1 on the same test rows: its data was split by another rule",
    ),
    (
        "compared with another version",
        {"gate": gate("approved", name=f"{OTHERS}/9")},
        "compared with version 9, but version 1 is approved now",
    ),
    (
        "compared with none", {"gate": lambda r: {k: v for k, v in r.items() if k != "approved"}},
        "compared with no version, but version 1 is approved now",
    ),
    ("no numbers", {"gate": gate("approved", difference="NaN")}, "its report has no numbers"),
    ("no better than guessing", {"gate": gate("baseline", interval=[-0.1, 0.2])}, "not better than the base"),
    ("no baseline", {"gate": lambda r: {**r, "baseline": None}}, "with the baseline: no report"),
    ("few rows", {"details": {"data": {"rows": 99}}}, "99 test rows (at least 100)"),
    ("rows unknown", {"details": {}}, "unknown test rows"),
    ("gaps", {"lineage": lambda r: {**r, "missing": {"age": {"train": 81}}}}, "share 0.2025 (at most 0.2)"),
    ("data unknown", {"metadata": {"DataReport": ""}}, "missing share unknown"),
    ("no tests", {"metadata": {"RepositoryTests": ""}}, "tests of the build: unknown"),
    (
        "a failed test", {"metadata": {"RepositoryTests": "passed:11 failed:1 skipped:0"}},
        "tests of the build: passed:11 failed:1",
    ),
    ("no test at all", {"metadata": {"RepositoryTests": "passed:0 failed:0 skipped:9"}}, "passed:0"),
    (
        "another value registered",
        {"evaluation": {"binary_classification_metrics": {METRIC: {"value": 0.99}}}},
        "but the registered evaluation has 0.99",
    ),
    ("no such metric", {"evaluation": {}}, "is not in the registered evaluation"),
    ("a report elsewhere", {"address": "s3://elsewhere/evaluation.json"}, "is not below s3://churn-artifacts"),
    ("a lost report", {"gate": None}, "gate.json does not exist"),
    ("no JSON", {"details": b"{"}, "details.json is not JSON"),
    ("no object", {"details": b"[]"}, "details.json is not a JSON object"),
    ("a huge report", {"details": b" " * (4 * 1024 * 1024 + 1)}, "is larger than"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "why"), [case[1:] for case in NOT_APPROVED], ids=[c[0] for c in NOT_APPROVED]
)
def test_each_rule_alone_keeps_a_version_waiting(
    approvals: Approvals, changed: dict[str, Any], why: str
) -> None:
    approvals.register(1, status="Approved")
    arn = approvals.register(2, **changed)
    assert run(arn) == []
    assert approvals.status(arn) == ("PendingManualApproval", "")
    [(_, told)] = approvals.told
    assert told["outcome"] == "waits for a person" and why in told["failing"]


def test_no_text_of_an_event_ends_the_text_of_a_message(approvals: Approvals) -> None:
    approvals.register(1, status="Approved")
    said = 'a "quoted\\" reason'
    run(approvals.register(2, gate=gate("approved", comparable=False, reason=said)))
    assert "a 'quoted/' reason" in approvals.told[0][1]["failing"]


def test_where_lower_is_better_an_improvement_is_a_fall(approvals: Approvals) -> None:
    approvals.register(1, status="Approved")

    def lower(report: dict[str, Any]) -> dict[str, Any]:
        report["quality_gate"]["comparison"] = "<"
        report["baseline"]["interval"] = [-0.56, -0.5]
        report["approved"]["difference"] = -0.03
        return report

    arn = approvals.register(2, gate=lower)
    assert run(arn) == [] and approvals.status(arn)[0] == "Approved"


def test_the_first_version_needs_a_person_unless_an_option_says_otherwise(approvals: Approvals) -> None:
    arn = approvals.register(1)
    run(arn)
    assert "no version is approved" in approvals.told[0][1]["failing"]
    approvals.configure(firstVersion=True)
    run(arn)
    assert approvals.status(arn)[0] == "Approved" and "first version" in approvals.status(arn)[1]


def test_an_approval_that_was_taken_back_is_not_given_again(approvals: Approvals) -> None:
    approvals.register(1, status="Approved")
    arn = approvals.register(2)
    run(arn)
    approvals.account.sagemaker.update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus="PendingManualApproval", ApprovalDescription="taken back"
    )
    approvals.told.clear()
    assert run(arn) == [] and approvals.status(arn) == ("PendingManualApproval", "taken back")
    assert approvals.told == []


def test_an_event_that_comes_twice_approves_once(approvals: Approvals) -> None:
    approvals.register(1, status="Approved")
    arn = approvals.register(2)
    run(arn), run(arn)
    assert len(approvals.told) == 1


def test_it_waits_for_the_seal_and_then_gives_up(
    approvals: Approvals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rule_approval, "has_seal", lambda package: False)
    arn = approvals.register(1)
    assert run(arn, hours=8) == [{"itemIdentifier": "m-1"}] and approvals.told == []
    assert run(arn, hours=10) == []
    assert approvals.told[0][1]["failing"] == "not sealed within 9 hours"


def test_what_fails_comes_again_and_a_version_of_others_does_not(
    approvals: Approvals, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = approvals.register(1)

    def fail(*given: Any) -> None:
        raise RuntimeError("no network")

    monkeypatch.setattr(rule_approval, "BuildAccount", fail)
    assert run(arn) == [{"itemIdentifier": "m-1"}]
    assert run(arn.replace(GROUP, "others")) == []


def test_the_share_of_missing_values_counts_columns_that_are_not_listed() -> None:
    gaps = {f"c{i}": {"train": 10, "test": 0} for i in range(200)}
    report = {"columns": 301, "split": {"train": 100}, "missing": gaps, "complete": 50}
    # 50 more columns, each with as many gaps as the last one listed.
    assert missing_share(report) == pytest.approx((200 * 10 + 50 * 10) / (300 * 100))
    assert missing_share({"split": {"train": 0}, "missing": {}, "complete": 1}) is None
    assert missing_share({}) is None


@pytest.mark.parametrize(
    "text", ["unknown", "", "passed:3", "passed:3 failed:0 skipped:0 ", "passed:-1 failed:0 skipped:0"]
)
def test_only_a_whole_report_of_tests_counts(text: str) -> None:
    assert passed_tests(text) is None
