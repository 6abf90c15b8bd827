"""A delivery with every control: its people, and what they do when they decide."""

from __future__ import annotations

import uuid

from audit import Auditor, Row
from executions import Execution
from facts import Governance, Group
from gateway import Session
from journey import Journey, expect, repository_files
from people import federated, iam_user, of_identity_center
from values import JourneyError
from world import short

PUSHER, OTHER = "ana", "ben"
"""Ana writes and pushes the model; Ben works beside her."""
RELEASER = "eve"
WHY = "[approval] better than the version before, on fresh data"
RELEASE = "the release of this month"
REVIEW = "read the diff, nothing but a comment"


def governance(j: Journey) -> Governance:
    """What the delivery was asked to keep."""
    if j.facts.governance is None:
        raise JourneyError("the delivery keeps no records")
    return j.facts.governance


def auditor(j: Journey) -> Auditor:
    """Somebody who reads what was kept."""
    return Auditor(j.world, governance(j))


def ana(j: Journey, group: Group) -> Session:
    """Ana in the role that approves, as the IAM user that she is."""
    return j.world.people.take(iam_user(PUSHER, group.build.account), group.approver, source=PUSHER)


def ben(j: Journey, group: Group) -> Session:
    """Ben in the same role, through Identity Center."""
    return through_identity_center(j, group, OTHER)


def through_identity_center(j: Journey, group: Group, name: str) -> Session:
    """A user of Identity Center who has the permission set of those who approve."""
    person = of_identity_center(name, group.build.account, "ModelOwner", group.build.region)
    return j.world.people.take(person, group.approver, source=name)


def eve(j: Journey, group: Group) -> Session:
    """Eve in the role that releases, through the company's identity provider."""
    role = f"arn:aws:iam::{group.tooling.account}:role/people/releaser"
    return j.world.people.take(federated(RELEASER, role), group.releaser)


def built(j: Journey, group: Group, pusher: str = PUSHER) -> tuple[str, str]:
    """A commit is pushed and built; its version is registered when the training is done. Gives commit and version."""
    repository = group.tooling.arn("codecommit", j.facts.repository)
    files = {**repository_files(), "model/train.py": f"# {uuid.uuid4()}\n"}
    before = len(j.world.pipelines.of(group.build_pipeline))
    commit = j.world.push(repository, group.branch, files, pusher)
    builds = j.world.pipelines.of(group.build_pipeline)[before:]
    expect(len(builds) == 1, f"a commit started {len(builds)} builds of {group.build_pipeline}{j.why_not()}")
    j.succeed(builds[0])
    j.settle_infrastructure()
    package = j.world.register(j.registry(group), group.role, j.artifact(group), commit)
    j.packages[group.name].append(package)
    return commit, package


def decides(j: Journey, group: Group, who: Session, package: str, status: str, why: str | None) -> Row:
    """Somebody sets a status; the record that this makes, which must be exactly one."""
    before = len(auditor(j).records(group.name))
    j.world.set_approval(package, status, who.principal, why=why)
    made = auditor(j).records(group.name)[before:]
    expect(len(made) == 1, f"{status} of {short(package)} made {len(made)} records{why_not(j)}")
    broken = auditor(j).problems(group.name)
    expect(not broken, f"the chain of {group.name} is broken: {broken}")
    return made[0]


def why_not(j: Journey) -> str:
    """What functions, rules and state machines say went wrong."""
    return "".join(f"; {failure}" for failure in j.world.functions.failures[-3:]) + j.why_not()


def approved(j: Journey, group: Group, package: str) -> Execution:
    """Ben approves with a reason, which is recorded and starts exactly one deployment."""
    count = len(j.executions(group))
    record = decides(j, group, ben(j, group), package, "Approved", WHY)
    said = " ".join(record["problems"])
    expect(record["outcome"] == "accepted", f"an approval by somebody else was refused: {said}")
    started = len(j.executions(group)) - count
    expect(started == 1, f"an accepted approval started {started} deployments{why_not(j)}")
    return j.newest(group)


def refused(j: Journey, group: Group, who: Session, package: str, why: str | None, words: str) -> None:
    """An approval is refused: recorded, taken back, told, and nothing is deployed."""
    count, told = len(j.executions(group)), len(j.world.events.messages)
    record = decides(j, group, who, package, "Approved", why)
    said = " ".join(record["problems"])
    expect(record["outcome"] == "refused", f"an approval was accepted, though: {words}")
    expect(words in said, f"an approval was refused for {said!r}, not for: {words}")
    status = j.status_of(package)
    expect(status == "PendingManualApproval", f"a refused approval was not taken back: {short(package)} is {status}")
    expect(len(j.executions(group)) == count, f"a refused approval of {short(package)} started a deployment")
    expect(len(j.world.events.messages) > told, f"nobody was told of a refused approval{why_not(j)}")


def stage_of(j: Journey, package: str) -> str:
    """The life-cycle stage of a version."""
    return j.world.cloud.life_cycles.get(package, {}).get("Stage", "none")


def expect_stage(j: Journey, package: str, wanted: str, when: str) -> None:
    """A version is in a stage, where there are any."""
    if governance(j).stages:
        found = stage_of(j, package)
        expect(found == wanted, f"{short(package)} is in the stage {found} when {when}, not in {wanted}")
