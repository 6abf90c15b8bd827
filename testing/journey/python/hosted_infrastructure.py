"""Scenes of the workflow that deploys the infrastructure."""

from __future__ import annotations

from deciders import APPROVED, REJECTED
from facts import Group
from hosted import REVIEWER, Hosted
from journey import expect


def infrastructure_changed(h: Hosted, group: Group) -> None:
    """A commit to the infrastructure is shown, let in stage by stage, and deployed as it was shown."""
    h.begin(group)
    executed = h.journey.world.infrastructure.executed
    begun, wanted, asked = len(executed), list(h.host.infrastructure_environments), []
    run = h.change()
    while run.questions:
        asked.append(run.questions[0].environment)
        before = len(executed)
        expect(len(asked) > 1 or before == begun, f"changes were executed before somebody let {asked[0]} in")
        h.github.answer(run, asked[-1], REVIEWER, True)
        h.settle()
        expect(len(executed) > before, f"{asked[-1]} was let in, and nothing was executed: {run.message}")
    h.succeed(run)
    if h.deciders:
        asked = [f"infrastructure-{q.name.partition('-')[0]}" for q in h.deciders.of(run.identity)]
    expect(asked == wanted, f"people were asked about {asked}, not about {wanted}")
    expect(len(executed) > begun, "nothing was deployed")


def change_refused(h: Hosted, group: Group) -> None:
    """A change that somebody rejects is not deployed. Whoever lets it in afterwards lets in what he saw: what the run
    shows when all of it runs again is another question."""
    if not h.deciders:
        return
    h.begin(group)
    executed = h.journey.world.infrastructure.executed
    begun = len(executed)
    h.deciders.decide = lambda _: REJECTED
    run = h.change()
    h.deciders.decide = lambda _: APPROVED
    h.fail(run, "was rejected by")
    expect(len(executed) == begun, "what was rejected was executed")
    [first] = h.deciders.of(run.identity)
    h.deciders.put(first, APPROVED)
    stage = first.name.partition("-")[0]
    for stack in h.journey.world.cloud.stacks:
        h.journey.world.infrastructure.change_by_hand(stack.place, stack.name)
    h.again(run, everything=True)
    mine = [q.name for q in h.deciders.of(run.identity) if q.name.startswith(f"{stage}-")]
    expect(len(mine) == 2, f"what attempt 2 shows of {stage} was let in by the approval of attempt 1: {mine}")
    h.succeed(run)
    expect(len(executed) > begun, "nothing was deployed")
