"""The auditors' saved queries, as they are, over log files of CloudTrail."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from trail_events import QUERIES, TABLE, asked, event, session, user

ALWAYS = ("2026/11/01", "2026/11/30")
PACKAGE = "arn:aws:sagemaker:eu-west-1:222222222222:model-package/churn-main/"
PROD = {"account": "444444444444"}
DEPLOYER = session("churn-main-prod-cloudformation", "AWSCloudFormation", account="444444444444")


def decision(
    version: int, status: str, time: str, who: dict[str, Any], why: str | None = None, **more: Any
) -> Any:
    parameters = {"ModelPackageArn": f"{PACKAGE}{version}", "ModelApprovalStatus": status}
    reason = {"ApprovalDescription": why} if why is not None else {}
    return event("sagemaker", "UpdateModelPackage", {**parameters, **reason}, time=time, who=who, **more)


def model(version: int, time: str) -> Any:
    container = {"ModelPackageName": f"{PACKAGE}{version}"}
    parameters = {
        "ModelName": f"model-{version}",
        "Containers": [container],
        "ExecutionRoleArn": "arn:aws:iam::4:role/m",
    }
    return event("sagemaker", "CreateModel", parameters, time=time, who=DEPLOYER, **PROD)


def configuration(version: int, time: str) -> Any:
    variants = [{"VariantName": "main", "ModelName": f"model-{version}"}]
    parameters = {"EndpointConfigName": f"configuration-{version}", "ProductionVariants": variants}
    return event("sagemaker", "CreateEndpointConfig", parameters, time=time, who=DEPLOYER, **PROD)


def served(operation: str, version: int | None, time: str, **more: Any) -> Any:
    name = {"EndpointName": "churn-main-prod"}
    parameters = name if version is None else {**name, "EndpointConfigName": f"configuration-{version}"}
    return event("sagemaker", operation, parameters, time=time, who=DEPLOYER, **PROD, **more)


def deployed(version: int, day: str, operation: str) -> list[Any]:
    at = f"2026-11-{day}T10:0"
    return [
        model(version, f"{at}0:00Z"),
        configuration(version, f"{at}1:00Z"),
        served(operation, version, f"{at}2:00Z"),
    ]


HISTORY = [*deployed(1, "03", "CreateEndpoint"), *deployed(2, "10", "UpdateEndpoint")]


@pytest.mark.parametrize(
    ("day", "version"),
    [("2026/11/02", None), ("2026/11/03", 1), ("2026/11/09", 1), ("2026/11/10", 2), ("2026/11/30", 2)],
)
def test_what_ran_in_production_on_a_day_is_the_last_change_before_its_end(
    day: str, version: int | None
) -> None:
    rows = asked("production", HISTORY, "2026/11/01", day, "churn-%")
    assert [row["package"] for row in rows] == ([] if version is None else [f"{PACKAGE}{version}"])


def test_an_update_that_was_refused_and_an_endpoint_that_was_deleted_serve_nothing_new() -> None:
    refused = served("UpdateEndpoint", 2, "2026-11-04T00:00:00Z", errorCode="AccessDenied")
    [row] = asked("production", [*HISTORY[:3], refused], *ALWAYS, "%")
    assert (row["package"], row["since"], row["model"]) == (f"{PACKAGE}1", "2026-11-03T10:02:00Z", "model-1")
    deleted = served("DeleteEndpoint", None, "2026-11-12T00:00:00Z")
    assert asked("production", [*HISTORY, deleted], *ALWAYS, "%") == []
    assert asked("production", HISTORY, *ALWAYS, "other-%") == []


def test_equal_names_of_another_account_are_not_mixed_up() -> None:
    elsewhere = [{**one, "recipientAccountId": "333333333333"} for one in deployed(7, "20", "CreateEndpoint")]
    elsewhere[1]["requestParameters"] = {
        **elsewhere[1]["requestParameters"],
        "endpointConfigName": "configuration-2",
    }
    rows = asked("production", [*HISTORY, *elsewhere], *ALWAYS, "%")
    assert [(row["owner"], row["package"]) for row in rows] == [
        ("333333333333", None),
        ("444444444444", f"{PACKAGE}2"),
    ]


def test_deployments_are_listed_by_version_with_who_made_them() -> None:
    denied = served("UpdateEndpoint", 2, "2026-11-11T00:00:00Z", errorCode="AccessDenied")
    rows = asked("deployments", [*HISTORY, denied], *ALWAYS)
    assert [(row["package"], row["call"], row["outcome"]) for row in rows] == [
        (f"{PACKAGE}1", "CreateEndpoint", "done"),
        (f"{PACKAGE}2", "UpdateEndpoint", "done"),
        (f"{PACKAGE}2", "UpdateEndpoint", "AccessDenied"),
    ]
    assert {row["role"] for row in rows} == {"arn:aws:iam::444444444444:role/churn-main-prod-cloudformation"}


def test_who_approved_what_when_and_why_names_the_person_in_each_identity_mode() -> None:
    saml = session("churn-main-approver", "chosen-by-myself", source="ana@example.org")
    center = session("AWSReservedSSO_ModelOwner_0123456789abcdef", "ben")
    rows = asked(
        "approvals",
        [
            decision(1, "Rejected", "2026-11-02T09:00:00Z", center, "[rejection] too few rows"),
            decision(1, "Approved", "2026-11-03T09:00:00Z", saml, "[approval] better than version 0"),
            decision(2, "Approved", "2026-11-04T09:00:00Z", user("eve"), "tried", errorCode="AccessDenied"),
            decision(
                2, "PendingManualApproval", "2026-11-05T09:00:00Z", session("churn-main-refuser", "recorder")
            ),
            decision(3, "Approved", "2026-12-01T09:00:00Z", saml, "after the period"),
        ],
        *ALWAYS,
    )
    assert [
        (r["person"], r["subject"], r["decision"], r["event_time"], r["reason"], r["outcome"]) for r in rows
    ] == [
        ("ben", f"{PACKAGE}1", "Rejected", "2026-11-02T09:00:00Z", "[rejection] too few rows", "done"),
        (
            "ana@example.org",
            f"{PACKAGE}1",
            "Approved",
            "2026-11-03T09:00:00Z",
            "[approval] better than version 0",
            "done",
        ),
        ("eve", f"{PACKAGE}2", "Approved", "2026-11-04T09:00:00Z", "tried", "AccessDenied"),
    ]


def test_stages_and_approvals_of_pipelines_are_decisions_too() -> None:
    move = {
        "ModelLifeCycle": {"Stage": "Production", "StageStatus": "Approved"},
        "ModelPackageArn": f"{PACKAGE}1",
    }
    answer = {
        "pipelineName": "churn-main-deploy",
        "stageName": "prod",
        "actionName": "approve",
        "result": {"summary": "as planned", "status": "Approved"},
        "token": "1a2b3c4d-0000-0000-0000-000000000000",
    }
    rows = asked(
        "approvals",
        [
            event("sagemaker", "UpdateModelPackage", move, time="2026-11-02T00:00:00Z", who=user("ana")),
            event("codepipeline", "PutApprovalResult", answer, time="2026-11-03T00:00:00Z", who=user("ben")),
            started("churn-main-decisions", '{"decision": "Rejected", "reason": "drift"}', "04", "eve"),
            started("churn-infrastructuredecisions", "HIDDEN_DUE_TO_SECURITY_REASONS", "05", "eve"),
            started("churn-main-gate", '{"decision": "Approved"}', "06", "eve"),
        ],
        *ALWAYS,
    )
    assert [
        (row["person"], row["kind"], row["stage"], row["stage_status"], row["subject"]) for row in rows
    ] == [
        ("ana", "model", "Production", "Approved", f"{PACKAGE}1"),
        ("ben", "pipeline", None, None, "churn-main-deploy/prod/approve"),
        ("eve", "workflow", None, None, f"{MACHINE}churn-main-decisions"),
        ("eve", "workflow", None, None, f"{MACHINE}churn-infrastructuredecisions"),
    ]
    assert (rows[2]["decision"], rows[2]["reason"]) == ("Rejected", "drift")
    assert not rows[3]["decision"]
    assert (rows[1]["decision"], rows[1]["reason"]) == ("Approved", "as planned")


MACHINE = "arn:aws:states:eu-west-1:111111111111:stateMachine:"


def started(machine: str, text: str, day: str, who: str) -> Any:
    parameters = {"stateMachineArn": MACHINE + machine, "name": "0f1e", "input": text}
    time = f"2026-11-{day}T00:00:00Z"
    return event("stepfunctions", "StartExecution", parameters, time=time, who=user(who))


def assumed(role: str, who: dict[str, Any], time: str, **more: Any) -> Any:
    parameters = {
        "RoleArn": f"arn:aws:iam::222222222222:role/{role}",
        "RoleSessionName": "mine",
        **more.pop("ask", {}),
    }
    return event("sts", "AssumeRole", parameters, time=time, who=who, **more)


def test_the_access_review_counts_who_took_on_an_approving_role_and_who_changed_one() -> None:
    trust = {"RoleName": "churn-main-approver", "PolicyDocument": "{}"}
    twice = {"sharedEventID": "shared-1"}
    rows = asked(
        "access-review",
        [
            assumed("churn-main-approver", user("ana"), "2026-11-02T00:00:00Z"),
            assumed("churn-main-approver", user("ana"), "2026-11-05T00:00:00Z"),
            # Both accounts log a call across accounts.
            assumed("churn-main-releaser", user("ben"), "2026-11-06T00:00:00Z", **twice),
            assumed(
                "churn-main-releaser", user("ben"), "2026-11-06T00:00:01Z", account="111111111111", **twice
            ),
            assumed("churn-main-build", user("eve"), "2026-11-07T00:00:00Z"),
            event(
                "iam",
                "UpdateAssumeRolePolicy",
                trust,
                time="2026-11-08T00:00:00Z",
                who=user("eve"),
                region="us-east-1",
            ),
        ],
        *ALWAYS,
    )
    assert [(r["role_name"], r["kind"], r["person"], r["times"], r["last_time"], r["mfa"]) for r in rows] == [
        ("churn-main-approver", "changed", "eve", 1, "2026-11-08T00:00:00Z", "true"),
        ("churn-main-approver", "took on", "ana", 2, "2026-11-05T00:00:00Z", "true"),
        ("churn-main-releaser", "took on", "ben", 1, "2026-11-06T00:00:01Z", "true"),
    ]


CHANGES = [
    (
        "iam",
        "AttachRolePolicy",
        {"RoleName": "churn-main-build", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    ),
    ("kms", "PutKeyPolicy", {"KeyId": "1234", "Policy": "{}"}),
    ("s3", "PutBucketPolicy", {"Bucket": "churn-trail", "Policy": "{}"}),
    (
        "sagemaker",
        "PutModelPackageGroupPolicy",
        {"ModelPackageGroupName": "churn-main", "ResourcePolicy": "{}"},
    ),
    ("events", "PutPermission", {"EventBusName": "churn-events", "StatementId": "mine"}),
    ("secretsmanager", "PutResourcePolicy", {"SecretId": "jira", "ResourcePolicy": "{}"}),
]


@pytest.mark.parametrize(("service", "operation", "parameters"), CHANGES)
def test_every_change_of_permissions_is_found_with_what_it_changed(
    service: str, operation: str, parameters: dict[str, str]
) -> None:
    look = event(
        "iam", "GetRole", {"RoleName": "churn-main-build"}, time="2026-11-02T00:00:00Z", who=user("ana")
    )
    change = event(service, operation, parameters, time="2026-11-03T00:00:00Z", who=user("eve"))
    if service == "s3":
        change["requestParameters"]["bucketName"] = change["requestParameters"].pop("bucket")
    [row] = asked("permissions", [look, change], *ALWAYS)
    assert (row["call"], row["person"], row["target"]) == (operation, "eve", next(iter(parameters.values())))


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "target"),
    [
        ("cloudtrail", "StopLogging", {"Name": "churn-audit"}, "churn-audit"),
        ("cloudtrail", "PutEventSelectors", {"TrailName": "churn-audit"}, "churn-audit"),
        ("kms", "ScheduleKeyDeletion", {"KeyId": "1234"}, "1234"),
        ("s3", "DeleteObject", {"Bucket": "churn-trail", "Key": "AWSLogs/1"}, "churn-trail/AWSLogs/1"),
    ],
)
def test_tampering_is_found_also_where_it_was_denied(
    service: str, operation: str, parameters: dict[str, str], target: str
) -> None:
    tried = event(
        service, operation, parameters, time="2026-11-03T00:00:00Z", who=user("eve"), errorCode="AccessDenied"
    )
    if service == "s3":
        tried["requestParameters"]["bucketName"] = tried["requestParameters"].pop("bucket")
    [row] = asked("tampering", [tried, *HISTORY], *ALWAYS)
    assert (row["call"], row["target"], row["outcome"], row["person"]) == (
        operation,
        target,
        "AccessDenied",
        "eve",
    )


@pytest.mark.parametrize("question", sorted(path.stem for path in QUERIES.glob("*.sql")))
def test_a_question_reads_only_the_days_it_is_asked_about(question: str) -> None:
    sql = (QUERIES / f"{question}.sql").read_text()
    more = ["%"] if question == "production" else []
    assert sql.count("day BETWEEN ? AND ?") == 1
    assert sql.count("?") == 2 + len(more)
    everything = [
        *HISTORY,
        decision(1, "Approved", "2026-11-03T00:00:00Z", user("ana"), "good"),
        assumed("churn-main-approver", user("ana"), "2026-11-03T00:00:00Z"),
        event(
            "iam",
            "DeleteRole",
            {"RoleName": "churn-main-approver"},
            time="2026-11-03T00:00:00Z",
            who=user("eve"),
        ),
        event("kms", "DisableKey", {"KeyId": "1234"}, time="2026-11-03T00:00:00Z", who=user("eve")),
    ]
    assert asked(question, everything, *ALWAYS, *more)
    assert asked(question, everything, "2026/12/01", "2026/12/31", *more) == []


def test_calls_of_the_questions_are_calls_of_the_services() -> None:
    """Names are botocore's; events of S3 are called otherwise than its operations."""
    models = {
        name: set(_operations(name))
        for name in ("cloudtrail", "iam", "kms", "sagemaker", "sts", "codepipeline", "stepfunctions")
    }
    every = set().union(
        *models.values(), _operations("s3"), _operations("events"), _operations("sqs"), _operations("sns")
    )
    every |= _operations("secretsmanager") | {"DeleteBucketPublicAccessBlock", "PutBucketPublicAccessBlock"}
    every |= {"PutBucketObjectLockConfiguration"}
    for path in QUERIES.glob("*.sql"):
        named = set(re.findall(r"'((?:[A-Z][a-z]+){2,}[A-Za-z]*)'", path.read_text()))
        assert named - every - {"Approved", "Rejected"} == set(), path.name


def _operations(service: str) -> set[str]:
    from trail_events import MODELS

    return set(MODELS.get_service_model(service).operation_names)


def test_the_table_has_the_fields_of_a_record() -> None:
    record = event("kms", "DisableKey", {"KeyId": "1"}, time="2026-11-03T00:00:00Z", who=user("eve"))
    columns = {column["name"] for column in TABLE["columns"]}
    assert {name.lower() for name in record} - columns == {"managementevent"}
    assert json.loads((QUERIES / "table.json").read_text())["name"] == "cloudtrail"
