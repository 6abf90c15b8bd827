"""The instant return of an endpoint: to what, whether it may, and what is recorded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from aws import Aws
from endpoints import Listed
from fakes import before_calls
from roll_back import roll_back
from rollbacks import note
from starters import ALICE
from targets import Refused
from updates import Updates


@pytest.fixture
def prod(account: Any, targets_file: Path, listed: Listed, monkeypatch: pytest.MonkeyPatch) -> Updates:
    return Updates(account, targets_file, monkeypatch)


def test_the_endpoint_returns_to_the_last_proven_version_all_at_once_and_what_it_leaves_is_recorded(
    prod, account
):
    good, bad = account.register("Approved"), account.register("Approved")
    before = prod.deploy(good)
    left = prod.deploy(bad)
    queue = account.bus()
    told = prod.carry_out()
    assert re.search(r"churn-main-prod serves version 1 again, after \d+ s; the stack follows", told)
    assert prod.served() == good
    assert prod.updates == [
        {
            "EndpointName": "churn-main-prod",
            "EndpointConfigName": before,
            "RetainAllVariantProperties": True,
        }
    ]
    assert prod.reason(2) == f"{ALICE} returned churn-main-prod to version 1"
    [event] = account.taken(queue)
    assert (event["detail-type"], event["detail"]["serves"]) == ("Version Rolled Back", good)
    # What was left is nothing to return to.
    assert (prod.is_proven(before), prod.is_proven(left)) == (True, False)


def test_what_the_same_version_was_served_by_before_is_no_version_before(prod, account):
    good, bad = account.register("Approved"), account.register("Approved")
    before = prod.deploy(good)
    prod.deploy(bad)
    # An infrastructure commit deployed it again; what is there of the version before stays.
    prod.deploy(bad)
    prod.carry_out()
    assert account.endpoint("prod").endpoint_config_name == before


def test_after_a_return_and_the_deployment_that_follows_it_there_is_a_version_to_return_to_no_more(
    prod, account
):
    good, bad = account.register("Approved"), account.register("Approved")
    prod.deploy(good)
    prod.deploy(bad)
    prod.carry_out()
    prod.deploy(good)
    with pytest.raises(Refused, match="no configuration of an earlier proven version is left"):
        prod.carry_out("execution-10")
    assert prod.served() == good


@pytest.mark.parametrize("state", ["Rejected", "rolled back"])
def test_it_returns_to_no_version_that_is_not_approved_or_was_rolled_back_itself(prod, account, state):
    good, bad = account.register("Approved"), account.register("Approved")
    prod.deploy(good)
    prod.deploy(bad)
    if state == "Rejected":
        account.set_approval(good, "Rejected")
    else:
        note(prod.aws, prod.targets, prod.prod, good, "slow", "execution-1")
    with pytest.raises(Refused) as refusal:
        prod.carry_out()
    word = "is Rejected" if state == "Rejected" else "was rolled back here"
    assert f"churn-main-prod cannot return at once: version 1 {word}. Reject the version that is live" in str(
        refusal.value
    )
    assert (prod.served(), prod.updates, prod.reason(2)) == (bad, [], None)


def test_what_never_passed_its_test_is_not_returned_to(prod, account):
    account.deploy("prod", account.register("Approved"))
    prod.deploy(account.register("Approved"))
    with pytest.raises(Refused, match="no configuration of an earlier proven version is left"):
        prod.carry_out()


def test_where_nothing_was_ever_deployed_nothing_is_returned_to(prod):
    with pytest.raises(Refused, match="churn-main-prod is not there"):
        prod.carry_out()


def test_an_update_under_way_is_ended_by_its_alarm_which_is_set_until_it_is_noticed(prod, account):
    good, bad = account.register("Approved"), account.register("Approved")
    prod.deploy(good)
    pending = prod.begin(bad)
    assert "serves version 1 again" in prod.carry_out()
    assert prod.tripped == [f"churn-main-prod/server-errors/{pending}"] * 3
    assert prod.slept[:2] == [10.0, 10.0]
    assert (prod.served(), prod.updates) == (good, [])
    assert prod.reason(2) == f"{ALICE} returned churn-main-prod to version 1"


def test_an_update_without_alarms_is_waited_for_and_then_taken_back(prod, account):
    good, bad = account.register("Approved"), account.register("Approved")
    before = prod.deploy(good)
    prod.begin(bad)
    prod.looks = 6
    prod.carry_out()
    assert len(prod.tripped) == 1
    assert [u["EndpointConfigName"] for u in prod.updates] == [before]
    assert (prod.served(), bool(prod.reason(2))) == (good, True)


def test_an_update_is_not_ended_when_what_serves_is_not_approved_any_more(prod, account):
    bad, new = account.register("Approved"), account.register("Approved")
    prod.deploy(bad)
    prod.begin(new)
    account.set_approval(bad, "Rejected")
    with pytest.raises(Refused, match="churn-main-prod changes, and cannot return: version 1 is Rejected"):
        prod.carry_out()
    assert (prod.tripped, prod.reason(2)) == ([], None)


def test_a_return_that_the_endpoint_does_not_make_fails(prod, account):
    prod.deploy(account.register("Approved"))
    left = prod.deploy(account.register("Approved"))
    prod.goes_wrong = True
    with pytest.raises(Refused, match=r"churn-main-prod did not return to \S+; it is InService"):
        prod.carry_out()
    assert prod.is_proven(left)


def test_what_somebody_made_by_hand_is_left_and_not_recorded(prod, account, capsys):
    good = account.register("Approved")
    prod.deploy(good)
    account.group("other")
    account.serve("prod", account.register("Approved", group="other"))
    prod.carry_out()
    assert prod.served() == good
    assert "is of another group; nothing is recorded" in capsys.readouterr().out


def test_every_environment_is_returned_though_another_one_cannot_be(prod, account):
    good, bad = account.register("Approved"), account.register("Approved")
    prod.deploy(good)
    prod.deploy(bad)
    with pytest.raises(Refused, match=r"^staging: The endpoint churn-main-staging is not there"):
        roll_back(prod.aws, prod.targets, ("staging", "prod"), "execution-9")
    assert prod.served() == good


def test_it_is_made_with_the_role_for_it_and_with_no_other(prod, account, monkeypatch):
    prod.deploy(account.register("Approved"))
    prod.deploy(account.register("Approved"))
    roles: dict[int, str] = {}
    real = Aws.client_of

    def client_of(self: Aws, role: str, service: str, *more: Any) -> Any:
        client = real(self, role, service, *more)
        roles[id(client)] = role.rsplit("-", 1)[-1]
        return client

    asked: list[tuple[str, str]] = []

    def note_role(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        asked.append((operation, roles.get(id(client), "own")))
        return real(client, operation, arguments)

    monkeypatch.setattr(Aws, "client_of", client_of)
    before_calls(monkeypatch, "sagemaker", note_role)
    prod.carry_out()
    by = {role: {operation for operation, made in asked if made == role} for _, role in asked}
    assert by["rollback"] == {"UpdateEndpoint", "DeleteTags"}
    assert by["retire"] == {"ListEndpointConfigs", "ListTags"}
    assert by["own"] == {"DescribeModelPackage"}
