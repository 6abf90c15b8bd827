"""Separation of duties: who approves is neither who wrote, pushed or merged, nor who started the build."""

from __future__ import annotations

from dataclasses import replace

import pytest
from records import append

from account import ACCOUNT
from governed import BASE, HEAD, Governed, approval, session

PERSON = f"arn:aws:iam::{ACCOUNT}:user/"


def problems(governed: Governed, event) -> list[str]:
    governed.recorder.handle(event)
    return governed.records()[-1]["problems"]


@pytest.mark.parametrize(("pusher", "refused"), [("ana", True), ("ben", False)])
def test_whoever_pushed_does_not_approve(governed: Governed, pusher: str, refused: bool) -> None:
    governed.push(HEAD, pusher, "p2")
    package = governed.version()
    governed.recorder.handle(approval(package))
    [record] = governed.records()
    assert record["outcome"] == ("refused" if refused else "accepted")
    assert governed.status(package) == ("PendingManualApproval" if refused else "Approved")
    assert governed.assumed == ([f"arn:aws:iam::{ACCOUNT}:role/churn-main-refuser"] if refused else [])
    [told] = governed.told()
    if refused:
        assert record["problems"] == ["Ana Almeida pushed aaaaaaaa, and approves it: somebody else must."]
        assert (
            told["detail-type"] == "Model Package Approval Refused"
            and "Ana Almeida pushed" in told["detail"]["Problems"]
        )


def test_a_session_that_its_caller_named_says_nothing_about_who_it_was(governed: Governed) -> None:
    governed.executions.clear()
    starter = f"arn:aws:sts::{ACCOUNT}:assumed-role/Developer/ben"
    governed.build(trigger={"triggerType": "StartPipelineExecution", "triggerDetail": starter})
    [problem] = problems(governed, approval(governed.version()))
    assert problem.startswith(f"{starter} started the build, and whoever takes on that role chooses the name")


def test_a_push_to_a_branch_that_was_merged_counts(governed: Governed) -> None:
    merged = "c" * 40
    governed.commit(HEAD, (BASE, merged), when=3000)
    governed.commit(merged, (BASE,), when=2500)
    governed.push(merged, "ana", "feature")
    assert problems(governed, approval(governed.version())) == [
        "Ana Almeida pushed cccccccc, and approves it: somebody else must."
    ]


def test_the_author_counts_as_git_names_them(governed: Governed) -> None:
    governed.commit(HEAD, (BASE,), email="Ana@Example.org", when=2000)
    assert problems(governed, approval(governed.version())) == [
        "Ana Almeida wrote aaaaaaaa, and approves it: somebody else must."
    ]


def test_all_commits_since_the_last_approved_version_count_and_none_before(governed: Governed) -> None:
    middle, newest = "d" * 40, "e" * 40
    governed.recorder.handle(approval(governed.version()))
    assert governed.records()[-1]["outcome"] == "accepted"
    governed.commit(middle, (HEAD,), email="ana@example.org", when=3000)
    governed.push(middle, "ben", "p3")
    governed.commit(newest, (middle,), when=4000)
    governed.push(newest, "ben", "p4")
    governed.build(newest, id_="e2")
    assert "Ana Almeida wrote dddddddd" in problems(governed, approval(governed.version(newest), "d2"))[0]
    # Eve approves, and from then on Ana's commit is behind a version that was approved.
    assert (
        problems(governed, approval(governed.version(newest), "d3", who=session("eve", source="eve"))) == []
    )
    last = "f" * 40
    governed.commit(last, (newest,), when=5000)
    governed.push(last, "ben", "p5")
    governed.build(last, id_="e3")
    assert problems(governed, approval(governed.version(last), "d4")) == []


def test_a_retraining_of_the_live_commit_hides_nobody_who_built_before_it(governed: Governed) -> None:
    newest = "e" * 40
    governed.recorder.handle(approval(governed.version()))
    governed.commit(newest, (HEAD,), when=4000)
    governed.push(newest, "ben", "p4")
    person = {"triggerType": "StartPipelineExecution", "triggerDetail": f"{PERSON}ana"}
    governed.build(newest, trigger=person, id_="e2")
    # While that trains, the live version is trained again, by a role of the delivery.
    governed.build(HEAD, id_="e3")
    [problem] = problems(governed, approval(governed.version(newest), "d2"))
    assert problem == "Ana Almeida started the build, and approves it: somebody else must."


def test_commits_that_a_rule_let_in_are_looked_at_by_the_next_person(governed: Governed) -> None:
    middle, newest = "d" * 40, "e" * 40
    governed.recorder.handle(approval(governed.version()))
    governed.commit(middle, (HEAD,), email="ana@example.org", when=3000)
    governed.push(middle, "ana", "p3")
    governed.build(middle, id_="e2")
    entry = {**governed.records()[-1], "method": "rule", "event": "by-rule"}
    entry["bound"] = {**entry["bound"], "package": governed.version(middle)}
    append(governed.recorder.evidence.store, "main", entry)
    governed.commit(newest, (middle,), when=4000)
    governed.push(newest, "ben", "p4")
    governed.build(newest, id_="e3")
    [problem] = problems(governed, approval(governed.version(newest), "d2"))
    assert problem.startswith("Ana Almeida ") and "somebody else must" in problem


@pytest.mark.parametrize(
    ("detail", "expected"),
    [
        (f"{PERSON}ana", ["Ana Almeida started the build, and approves it: somebody else must."]),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/ANA",
            ["Ana Almeida started the build, and approves it: somebody else must."],
        ),
        (
            f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/mallory",
            ["mallory, who started the build, is not in governance.identities. Add the person there."],
        ),
        (f"{PERSON}ben", []),
    ],
)
def test_whoever_started_the_build_does_not_approve(
    governed: Governed, detail: str, expected: list[str]
) -> None:
    governed.executions.clear()
    governed.build(trigger={"triggerType": "StartPipelineExecution", "triggerDetail": detail})
    assert problems(governed, approval(governed.version())) == expected


def test_a_commit_that_was_not_built_at_that_time_is_no_witness(governed: Governed) -> None:
    # The commit's own code wrote the metadata: it named another commit than the one that was built.
    governed.commit("9" * 40, email="ben@example.org")
    governed.push("9" * 40, "ben", "p9")
    [problem] = problems(governed, approval(governed.version("9" * 40)))
    assert problem.startswith(
        f"The package says that it was built from {'9' * 40}, but churn-main-build did not"
    )


def test_a_package_that_names_another_commit_than_its_own_hides_nobody(governed: Governed) -> None:
    # Ana's commit registers a version under the commit of Ben, which was built before hers.
    hers = "7" * 40
    governed.commit(hers, (HEAD,), when=3000)
    governed.push(hers, "ana", "p7")
    governed.build(hers, id_="e7")
    assert problems(governed, approval(governed.version(HEAD))) == [
        "Ana Almeida pushed 77777777, and approves it: somebody else must."
    ]


def test_a_commit_that_nobody_recorded_is_refused(governed: Governed) -> None:
    governed.commit("8" * 40)
    governed.build("8" * 40)
    [problem] = problems(governed, approval(governed.version("8" * 40)))
    assert problem == f"Nobody recorded who pushed {'8' * 40}. Push a new commit, and approve its version."


def test_in_the_profile_standard_people_are_compared_by_their_names(
    governed: Governed, monkeypatch: pytest.MonkeyPatch
) -> None:
    governed.recorder.settings = replace(governed.settings, gxp=False, bound=False)
    who = session("zoe", source=None)
    assert problems(governed, approval(governed.version(), "d1", who=who)) == []
    governed.push(HEAD, "zoe", "p2")
    assert problems(governed, approval(governed.version(), "d2", who=who)) == [
        "zoe pushed aaaaaaaa, and approves it: somebody else must."
    ]


def test_the_first_version_of_a_delivery_with_many_builds_can_be_approved(governed: Governed) -> None:
    for number in range(120):
        commit = f"{number:040d}"
        governed.commit(commit, (BASE,), when=1500)
        governed.build(commit, id_=f"old{number}")
    assert problems(governed, approval(governed.version())) == []


def test_whoever_pushed_an_older_commit_does_not_approve_it_again(governed: Governed) -> None:
    governed.recorder.handle(approval(governed.version()))
    governed.commit(BASE, email="ben@example.org")
    governed.push(BASE, "ana", "p0")
    governed.build(BASE, id_="again")
    assert problems(governed, approval(governed.version(BASE), "d2")) == [
        "Ana Almeida pushed bbbbbbbb, and approves it: somebody else must."
    ]
