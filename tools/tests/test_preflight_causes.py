"""One cause is reported once, by its name; what depends on it is not checked."""

from __future__ import annotations

from typing import Any

import pytest

import preflight
import preflight_aws
import preflight_checks
from preflight_accounts import OTHER, TOOLING, bootstrap, in_account
from test_preflight_report import wanted


def check(kind: str, place: dict[str, str] = TOOLING, **wants: Any) -> dict[str, Any]:
    return {"kind": kind, "title": kind.upper(), "place": place, "wants": wants, "fix": f"Mend {kind}."}


def of_bootstrap(place: dict[str, str], version: int = 8) -> list[dict[str, Any]]:
    return [
        check("bootstrap", place, version=version),
        check("trust", place, account=TOOLING["account"]),
        check("execution", place, policies=["own"]),
        check("assets", place, readers=["reader"]),
    ]


def told(capsys: pytest.CaptureFixture[str], *checks: dict[str, Any]) -> tuple[int, list[str], str]:
    """Exit code; status and kind of each check, with "!" where something is to be done; all that was said."""
    code = preflight.run(wanted(*checks))
    text = capsys.readouterr().out
    lines = text.splitlines()[2:-2]
    found: list[str] = []
    for line in lines:
        if line.startswith("         -> "):
            found[-1] += "!"
        else:
            found.append(f"{line.split()[0]} {line.split(': ')[1].split(' (')[0].lower()}")
    return code, found, text


def close(monkeypatch: pytest.MonkeyPatch, account: str) -> list[Any]:
    """An account whose lookup role cannot be assumed, and every attempt to."""
    tried: list[Any] = []
    real = preflight_aws.Aws._take_on

    def take_on(self: Any, place: Any) -> Any:
        if place.account == account:
            tried.append(place)
            raise preflight_aws.CannotLook("cdk-lookup cannot be assumed")
        return real(self, place)

    monkeypatch.setattr(preflight_aws.Aws, "_take_on", take_on)
    return tried


def test_a_missing_bootstrap_is_no_other_problem(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, found, text = told(capsys, *of_bootstrap(TOOLING))
    assert code == 1
    assert found == ["missing bootstrap!", "skipped trust", "skipped execution", "skipped assets"]
    assert text.count("not checked, because there is no bootstrap") == 3
    assert text.endswith("\n0 ok, 1 missing, 0 warning, 0 unknown, 3 skipped.\n")


def test_an_old_bootstrap_is_looked_at(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap(TOOLING, version="7")
    _, found, _ = told(capsys, *of_bootstrap(TOOLING)[:3])
    assert found == ["missing bootstrap!", "ok trust", "ok execution"]


def test_the_bootstrap_of_one_place_says_nothing_of_another(
    aws: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap(OTHER)
    _, found, _ = told(capsys, *of_bootstrap(TOOLING)[:2], *of_bootstrap(OTHER)[:2])
    assert found == ["missing bootstrap!", "skipped trust", "ok bootstrap", "ok trust"]


def test_a_closed_account_is_told_once_and_tried_once(
    aws: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kms = in_account(OTHER["account"]).client("kms", region_name="eu-west-1")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    tried = close(monkeypatch, OTHER["account"])
    checks = [
        *of_bootstrap(OTHER)[:3],
        check("boundary", OTHER, name="limit"),
        check("key", OTHER, arn=arn),
        check("quota", OTHER, name="ml.m5.large for endpoint usage", value=1),
        check("bus", name="default"),
    ]
    code, found, _ = told(capsys, *checks)
    assert code == 1
    assert found == [
        "missing bootstrap!",
        *[f"skipped {kind}" for kind in ("trust", "execution", "boundary", "key", "quota")],
        "ok bus",
    ]
    assert len(tried) == 1


@pytest.mark.parametrize(("is_ours", "expected"), [(True, "skipped datakey"), (False, "unknown datakey!")])
def test_a_closed_account_of_the_delivery_is_no_fault_of_a_key_in_it(
    aws: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    is_ours: bool,
    expected: str,
) -> None:
    foreign = f"arn:aws:kms:eu-west-1:{OTHER['account']}:key/01234567-89ab-cdef-0123-456789abcdef"
    close(monkeypatch, OTHER["account"])
    asked: list[str] = []

    class Kms:
        def describe_key(self, KeyId: str) -> dict[str, Any]:
            asked.append(KeyId)
            return {"KeyMetadata": {"KeyState": "Enabled"}}

    client = preflight_aws.Aws.client

    def clients(self: Any, service: str, place: Any) -> Any:
        made = client(self, service, place)
        return Kms() if service == "kms" else made

    monkeypatch.setattr(preflight_aws.Aws, "client", clients)
    first = of_bootstrap(OTHER)[:1] if is_ours else []
    _, found, _ = told(capsys, *first, check("dataKey", arn=foreign, roles=[]))
    assert found[-1] == expected
    assert asked == ([] if is_ours else [foreign])


def test_a_repository_that_is_not_there_is_told_once(aws: Any, capsys: pytest.CaptureFixture[str]) -> None:
    branches = [
        check("repository", name=name, branch=branch, created=False)
        for name, branch in (("churn", "main"), ("churn", "dev"), ("platform", "main"))
    ]
    _, found, _ = told(capsys, *branches)
    assert found == ["missing repository!", "skipped repository", "missing repository!"]


def test_what_may_not_be_looked_at_is_told_once_for_each_place(
    aws: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 403}}

    def fail(*_: Any) -> Any:
        raise preflight_aws.errors.ClientError(answer, "ListServiceQuotas")

    monkeypatch.setitem(preflight_checks.CHECKS, "quota", fail)
    quotas = [check("quota", place, name=name, value=1) for place in (TOOLING, OTHER) for name in "ab"]
    code, found, _ = told(capsys, *quotas)
    assert code == 0
    assert found == ["unknown quota!", "skipped quota"] * 2


def test_a_missing_boundary_is_no_fault_of_the_bootstrap(
    aws: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap(TOOLING)
    there = [check("boundary", name="limit"), check("bootstrap", version=8)]
    far = {**TOOLING, "region": "eu-central-1"}
    limits = [check("bootstrapBoundary", place, name="limit") for place in (TOOLING, far)]
    _, found, text = told(capsys, *there, *limits)
    assert found == ["missing boundary!", "ok bootstrap", *["skipped bootstrapboundary"] * 2]
    assert "because there is no such boundary" in text
