"""Who is behind commits and builds."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from governed import BUILT, push_event
from people import (
    Commit,
    Unknown,
    builds_of,
    executions,
    heads_of,
    name_of,
    new_commits,
    push_body,
    pusher,
    role_of,
    since_build_of,
    starters,
)


def graph(**parents: str):
    """Commits by name, each with the names of its parents; later ones are younger."""
    ids = list(parents)
    made = {c: Commit(c, tuple(parents[c]), ids.index(c), ()) for c in ids}
    return made.__getitem__


def ids(commits) -> str:
    return "".join(sorted(commit.id for commit in commits))


def test_commits_of_both_sides_of_a_merge_are_new() -> None:
    look = graph(a="", b="a", c="b", x="a", y="x", m="cy", n="m")
    assert ids(new_commits(look, ["n"], "b")) == "cmnxy"
    assert ids(new_commits(look, ["n"], "m")) == "n"
    assert ids(new_commits(look, ["n"], "n")) == ""
    assert ids(new_commits(look, ["n"], None)) == "abcmnxy"


def test_commits_of_several_heads_are_new_once() -> None:
    look = graph(a="", b="a", c="b", x="b", y="x")
    assert ids(new_commits(look, ["c", "y"], "b")) == "cxy"


def test_what_the_base_has_through_another_branch_is_not_new() -> None:
    assert ids(new_commits(graph(a="", x="a", b="ax", c="b"), ["c"], "b")) == "c"


def test_a_base_that_is_no_ancestor_ends_the_walk_at_what_both_have() -> None:
    assert ids(new_commits(graph(a="", b="a", x="a", y="x"), ["y"], "b")) == "xy"


def test_in_any_history_nothing_new_is_left_out() -> None:
    draw = random.Random(3)
    for _ in range(300):
        names = [str(n) for n in range(draw.randint(2, 25))]
        parents = {
            c: tuple(draw.sample(names[:i], min(i, draw.randint(0 if i == 0 else 1, 2))))
            for i, c in enumerate(names)
        }
        # Clocks that differ.
        commits = {c: Commit(c, parents[c], i + draw.uniform(-3, 3), ()) for i, c in enumerate(names)}

        def reached(start: str, seen: set[str], parents: dict = parents) -> set[str]:
            if start not in seen:
                seen.add(start)
                for parent in parents[start]:
                    reached(parent, seen)
            return seen

        head, base = draw.choice(names), draw.choice(names)
        new = reached(head, set()) - reached(base, set())
        assert {c.id for c in new_commits(commits.__getitem__, [head], base)} >= new


def test_too_many_commits_are_refused_with_what_to_do() -> None:
    def endless(commit: str) -> Commit:
        return Commit(commit, (str(int(commit) - 1),), float(commit), ())

    with pytest.raises(Unknown, match="more than 500 commits since 0"):
        new_commits(endless, ["10000"], "0")
    assert len(new_commits(endless, ["10000"], None)) == 500


def test_a_push_is_read_as_text_and_as_an_object() -> None:
    body = push_body(push_event("c" * 40, "ben", "p"))
    assert pusher(body) == "arn:aws:iam::123456789012:user/ben"
    import json

    assert pusher(json.dumps(body.decode()).encode()) == "arn:aws:iam::123456789012:user/ben"


def execution(commit: str, trigger: dict[str, str], **more):
    return {
        "pipelineExecutionId": "e",
        "status": "Succeeded",
        "startTime": BUILT - timedelta(hours=1),
        "lastUpdateTime": BUILT + timedelta(hours=1),
        "sourceRevisions": [{"revisionId": commit}],
        "trigger": trigger,
        **more,
    }


class Listed:
    def __init__(self, *found) -> None:
        self.found = found

    def get_paginator(self, _: str):
        return self

    def paginate(self, **_: str):
        return [{"pipelineExecutionSummaries": [one]} for one in self.found]


def test_builds_that_began_before_the_registration_count_since_the_last_approved_one() -> None:
    at = lambda hours, commit: execution(commit, {}, startTime=BUILT - timedelta(hours=hours))  # noqa: E731
    old, base, other, built, after = at(9, "o"), at(5, "b"), at(3, "x"), at(2, "a"), at(-1, "a")
    begun = executions(Listed(old, other, base, after, built), "p", BUILT)
    # The training goes on after its build has ended, so all of them may have made the version.
    assert begun == [built, other, base, old] and builds_of("a", begun) == [built]
    assert heads_of(since_build_of("b", begun)) == ["a", "x"]
    assert heads_of(since_build_of(None, begun)) == ["a", "x", "b", "o"]
    assert since_build_of("never built", begun) == begun


def test_a_commit_that_was_built_again_for_a_retraining_hides_no_build_before() -> None:
    at = lambda hours, commit: execution(commit, {}, startTime=BUILT - timedelta(hours=hours))  # noqa: E731
    again, pushed, other, base = at(1, "b"), at(2, "a"), at(3, "x"), at(9, "b")
    begun = executions(Listed(again, pushed, other, base), "p", BUILT)
    # None of the builds since the approved version is left out because its commit was trained again.
    assert since_build_of("b", begun) == [again, pushed, other]
    assert heads_of(since_build_of("b", begun)) == ["b", "a", "x"]


@pytest.mark.parametrize(
    ("trigger", "names"),
    [
        ({"triggerType": "StartPipelineExecution", "triggerDetail": "arn:aws:iam::1:user/ana"}, ["ana"]),
        (
            {"triggerType": "StartPipelineExecution", "triggerDetail": "arn:aws:sts::1:assumed-role/gate/x"},
            [],
        ),
        (
            {"triggerType": "StartPipelineExecution", "triggerDetail": "arn:aws:sts::2:assumed-role/gate/x"},
            ["x"],
        ),
        ({"triggerType": "WebhookV2", "triggerDetail": "whatever"}, []),
        ({"triggerType": "CloudWatchEvent", "triggerDetail": "arn:aws:events:eu-west-1:1:rule/r"}, []),
        ({"triggerType": "ManualRollback", "triggerDetail": "arn:aws:iam::1:user/ana"}, ["ana"]),
    ],
)
def test_a_person_who_starts_a_build_is_found_and_no_role_of_the_delivery(trigger, names: list[str]) -> None:
    found = starters([execution("a", trigger)], ["arn:aws:iam::1:role/gate"])
    assert [name_of(one.name) for one in found] == names


def test_a_start_by_nobody_is_refused() -> None:
    with pytest.raises(Unknown, match="does not say who started e"):
        starters([execution("a", {"triggerType": "StartPipelineExecution"})], [])


def test_roles_are_told_apart_by_account_and_name() -> None:
    assert (
        role_of("arn:aws:iam::1:role/path/to/gate")
        == role_of("arn:aws:sts::1:assumed-role/gate/s")
        == ("1", "gate")
    )
    assert role_of("arn:aws:iam::1:user/gate") is None and role_of("") is None
