"""The scene of an auditor, who finds everything and notices what was changed."""

from __future__ import annotations

from facts import Group
from governed import OTHER, PUSHER, RELEASE, RELEASER, WHY, auditor, eve, why_not
from journey import Journey, expect
from values import Denied
from world import short


def audited(j: Journey, group: Group) -> None:
    """The chain is whole, each record has its witness, and the auditors' questions are answered; what is changed
    afterwards shows."""
    reader, world = auditor(j), j.world
    chains = [group.name, *(["infrastructure"] if reader.records("infrastructure") else [])]
    events = {record["eventID"]: record for record in world.trail.records}
    for chain in chains:
        expect(reader.problems(chain) == [], f"the chain {chain} is broken: {reader.problems(chain)}")
        for record in reader.records(chain):
            witness = events.get(record["event"])
            expect(witness is not None, f"record {record['sequence']} of {chain} names an event that nobody recorded")
            assert witness
            expect(
                witness["userIdentity"]["arn"] == record["signer"]["principal"],
                f"record {record['sequence']} of {chain} names another signer than its event",
            )
    questions(j, group)
    tried(j, group)
    changed(j, group)


def questions(j: Journey, group: Group) -> None:
    """Who approved what, when and why; what ran in production; who can approve."""
    reader, days = auditor(j), ("2000/01/01", "2999/12/31")
    live = j.live(group)[group.environments[-1].name]
    rows = [r for r in reader.ask("approvals", *days) if r["subject"] == live and r["decision"]]
    found = [(r["person"], r["decision"], r["reason"]) for r in rows if r["outcome"] == "done"]
    expect(found == [(OTHER, "Approved", WHY)], f"who approved {short(live or '-/nothing')}: {found}")
    releases = [r for r in reader.ask("approvals", *days) if r["kind"] == "pipeline" and RELEASE in (r["reason"] or "")]
    expect([r["person"] for r in releases] == [RELEASER], f"who released it: {releases}")
    production = reader.ask("production", *days, group.environments[-1].endpoint)
    expect([r["package"] for r in production] == [live], f"what ran in production: {production}")
    taken = {(r["role_name"], r["person"], r["outcome"]) for r in reader.ask("access-review", *days)}
    for role, person in ((group.approver, PUSHER), (group.approver, OTHER), (group.releaser, RELEASER)):
        name = role.rpartition("/")[2]
        expect((name, person, "done") in taken, f"{person} took on {name}, which the access review does not show")


def tried(j: Journey, group: Group) -> None:
    """Whoever tries to stop the trail is refused, told of and found."""
    if j.world.settings.judge is None:
        return
    [trail] = [t for t in j.world.cloud.all("AWS::CloudTrail::Trail") if t.place.account == group.tooling.account]
    told = len(j.world.events.messages)
    who = eve(j, group).principal
    try:
        j.world.gateway.call(who, trail.place.region, "cloudtrail", "StopLogging", {"Name": trail.name})
    except Denied:
        j.world.settle()
    else:
        expect(False, "somebody who releases may stop the trail")
    rows = auditor(j).ask("tampering", "2000/01/01", "2999/12/31")
    found = [(r["person"], r["call"], r["outcome"]) for r in rows]
    expect(found == [(RELEASER, "StopLogging", "AccessDenied")], f"tampering: {found}")
    expect(len(j.world.events.messages) > told, f"nobody was told that somebody tried to stop the trail{why_not(j)}")


def changed(j: Journey, group: Group) -> None:
    """Somebody with all rights writes over a record."""
    reader = auditor(j)
    key = f"records/{group.name}/00000001.json"
    body = reader.s3.get_object(Bucket=reader.bucket, Key=key)["Body"].read()
    reader.s3.put_object(Bucket=reader.bucket, Key=key, Body=body.replace(b'"refused"', b'"accepted"'))
    expect(bool(reader.problems(group.name)), "a record that was written over does not show")
