"""
Chains of records: what is appended once stays, and whatever is done to a chain shows.

`npm test` has 200 approvals at once; TEST_LONG=true has 1,000.
"""

from __future__ import annotations

import json
import os
import random
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local_runner import records
from local_runner.record_folder import Folder
from local_runner.records import Anchor, ChainBroken

GROUP = "churn-main"
START = "2026-03-01T12:00:00Z"
APPROVALS = 1000 if os.environ.get("TEST_LONG") == "true" else 200


class Memory:
    """A store that a test can do to what it likes."""

    def __init__(self, *bodies: bytes) -> None:
        self.bodies: dict[int, bytes] = dict(enumerate(bodies, 1))

    def latest(self, group: str) -> int:
        return max(self.bodies, default=0)

    def read(self, group: str, number: int) -> bytes | None:
        return self.bodies.get(number)

    def create(self, group: str, number: int, body: bytes) -> bool:
        return self.bodies.setdefault(number, body) is body


def decision(number: int, package: str = "arn:1", **more: Any) -> dict[str, Any]:
    return {
        "kind": "decision", "decision": "Approved", "outcome": "accepted", "event": f"event-{number}",
        "time": START, "reason": f"Grund {number}: größer", "bound": {"package": package}, **more,
    }  # fmt: skip


def parsed(body: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(body)
    return found


def chain(length: int, group: str = GROUP) -> list[bytes]:
    store = Memory()
    for number in range(1, length + 1):
        records.append(store, group, decision(number, f"arn:{number % 3}"))
    return list(store.bodies.values())


def again(record: dict[str, Any], **changed: Any) -> bytes:
    """A record that somebody changed and gave the fitting hash."""
    made = {**record, **changed}
    return records.canonical({**made, "hash": records.digest(made)})


def rehashed(bodies: list[bytes], start: int) -> list[bytes]:
    """The chain as somebody writes it who makes all hashes after a place anew."""
    made = list(bodies[:start])
    before = json.loads(made[-1])["hash"] if made else None
    for number, body in enumerate(bodies[start:], start + 1):
        made.append(again(json.loads(body), sequence=number, previous=before))
        before = json.loads(made[-1])["hash"]
    return made


Change = Callable[[random.Random, list[bytes]], list[bytes]]


def flip_a_byte(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies))
    body = bytearray(bodies[at])
    body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return [*bodies[:at], bytes(body), *bodies[at + 1 :]]


def change_a_field(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies))
    record = json.loads(bodies[at])
    field = chance.choice(sorted(set(record) - {"hash"}))
    made = {**record, field: chance.choice(["other", 99, None, True, [], {"a": 1}])}
    keeps = chance.random() < 0.5
    return [*bodies[:at], records.canonical(made) if keeps else again(made), *bodies[at + 1 :]]


def remove(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies))
    return [*bodies[:at], *bodies[at + 1 :]]


def remove_and_rehash(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies))
    return rehashed([*bodies[:at], *bodies[at + 1 :]], at)


def insert(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies) + 1)
    copied = chance.choice(bodies + chain(3, "other-group"))
    return [*bodies[:at], copied, *bodies[at:]]


def insert_and_rehash(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies))
    return rehashed([*bodies[:at], chance.choice(bodies), *bodies[at:]], at)


def reorder(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    made = list(bodies)
    one, other = chance.sample(range(len(bodies)), 2)
    made[one], made[other] = made[other], made[one]
    return made


def replace_by_another_groups(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies))
    return [*bodies[:at], chain(at + 1, "other-group")[at], *bodies[at + 1 :]]


def add_blanks(chance: random.Random, bodies: list[bytes]) -> list[bytes]:
    at = chance.randrange(len(bodies))
    return [*bodies[:at], chance.choice([b" %b", b"%b\n", b"\n%b"]) % bodies[at], *bodies[at + 1 :]]


CHANGES: tuple[Change, ...] = (
    flip_a_byte, change_a_field, remove, remove_and_rehash, insert, insert_and_rehash, reorder,
    replace_by_another_groups, add_blanks,
)  # fmt: skip


def test_whatever_is_changed_removed_inserted_or_reordered_is_found() -> None:
    chains = {length: chain(length) for length in range(2, 12)}
    for case in range(APPROVALS):
        chance = random.Random(case)
        bodies = chains[chance.randrange(2, 12)]
        change = CHANGES[case % len(CHANGES)]
        made = change(chance, bodies)
        last = Memory(*bodies)
        anchor = records.anchor_of(list(records.read_all(last, GROUP))[-1])
        same = made == bodies
        found = records.verify(Memory(*made), GROUP, [anchor])
        # A record that is replaced by its own value, or inserted where it was, is the same chain.
        assert bool(found) != same, f"case {case}, {change.__name__}: {found}"


def test_a_whole_chain_has_no_problems() -> None:
    store = Memory(*chain(30))
    last = list(records.read_all(store, GROUP))[-1]
    assert records.verify(store, GROUP, [records.anchor_of(last), Anchor.parse(f"30:{last['hash']}")]) == []
    assert records.verify(Memory(), GROUP) == []


def test_the_end_that_was_cut_off_is_found_by_what_names_it() -> None:
    bodies = chain(5)
    last = list(records.read_all(Memory(*bodies), GROUP))[-1]
    assert records.verify(Memory(*bodies[:4]), GROUP) == []
    [told] = records.verify(Memory(*bodies[:4]), GROUP, [records.anchor_of(last, "version 4")])
    assert (
        told
        == f"{GROUP}, record 5 is missing: version 4 names it, and the chain ends with 4. Its end was removed."
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"{", "is not JSON"),
        (b"\xff\xfe", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"NaN", "is not JSON"),
    ],
)
def test_what_is_no_record_is_named(body: bytes, told: str) -> None:
    bodies = chain(3)
    assert records.verify(Memory(bodies[0], body, bodies[2]), GROUP) == [f"{GROUP}, record 2 {told}."]


def test_the_chain_of_another_group_is_none_of_this_one() -> None:
    other = Memory(*chain(1, "other-group"))
    [told] = records.verify(other, GROUP)
    assert told == f"{GROUP}, record 1 has group other-group, not {GROUP}: it belongs to another chain."


def test_a_record_under_another_number_is_told_although_its_hash_fits() -> None:
    [told] = records.verify(Memory(again(parsed(chain(1)[0]), sequence=2)), GROUP)
    assert told == f"{GROUP}, record 1 has sequence 2, not 1: it was moved or copied here."


def test_it_says_where_a_record_is_missing() -> None:
    store = Memory(*chain(4))
    del store.bodies[2]
    assert records.verify(store, GROUP) == [f"{GROUP}, record 2 is missing."]


def test_an_event_that_comes_again_gets_the_record_that_there_is() -> None:
    store = Memory(*chain(5))
    assert records.append(store, GROUP, decision(2))["sequence"] == 2
    assert store.latest(GROUP) == 5
    assert records.append(store, GROUP, decision(6))["sequence"] == 6


def test_an_event_is_looked_for_as_far_back_as_it_can_come_from() -> None:
    store = Memory()
    for day in range(1, 29):
        records.append(store, GROUP, decision(day, time=f"2026-02-{day:02}T00:00:00Z"))
    reads: list[int] = []
    real = store.read
    store.read = lambda group, number: reads.append(number) or real(group, number)  # type: ignore[func-returns-value,method-assign]
    records.append(store, GROUP, decision(99, time="2026-04-15T00:00:00Z"))
    # 60 days before the event is 14 February; one record before that shows that older ones cannot be it.
    assert min(reads) == 13


def test_nothing_is_appended_to_a_broken_chain() -> None:
    bodies = chain(3)
    with pytest.raises(ChainBroken, match="record 3 is not JSON. Nothing is appended to a broken chain"):
        records.append(Memory(*bodies[:2], b"x"), GROUP, decision(4))


@pytest.mark.parametrize("group", ["", "../x", "a/b", "a" * 64, "-a", "a-"])
def test_a_group_is_a_name(group: str) -> None:
    with pytest.raises(ValueError, match="is no group"):
        records.append(Memory(), group, decision(1))


@pytest.mark.parametrize("text", ["", "5", "0:" + "a" * 64, "x:" + "a" * 64, "5:" + "A" * 64, "5:abc"])
def test_an_anchor_is_a_number_and_a_hash(text: str) -> None:
    with pytest.raises(ValueError, match="write NUMBER:HASH"):
        Anchor.parse(text)


def test_concurrent_approvals_are_one_decision_for_each_version(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    versions = APPROVALS // 10
    barrier = threading.Barrier(20)

    def approve(call: int) -> str:
        if call < 20:
            barrier.wait()
        version = call % versions
        entry = decision(call, f"arn:{version}")

        def settle(before: records.Record | None) -> dict[str, Any]:
            return entry if before is None else {**entry, "outcome": "refused", "problems": ["decided"]}

        return str(records.append(folder, GROUP, entry, settle)["outcome"])

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(approve, range(APPROVALS)))
    assert outcomes.count("accepted") == versions
    assert records.verify(folder, GROUP) == []
    made = list(records.read_all(folder, GROUP))
    accepted = [record["bound"]["package"] for record in made if record["outcome"] == "accepted"]
    assert len(made) == APPROVALS and len(accepted) == len(set(accepted)) == versions
    assert [path.name for path in (tmp_path / GROUP).iterdir() if path.name.startswith(".")] == []


def test_one_event_that_arrives_ten_times_at_once_is_one_record(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with ThreadPoolExecutor(10) as pool:
        made = list(pool.map(lambda call: records.append(folder, GROUP, decision(call % 5)), range(50)))
    assert {record["event"] for record in made} == {f"event-{n}" for n in range(5)}
    assert len({record["sequence"] for record in made}) == folder.latest(GROUP) == 5
    assert records.verify(folder, GROUP) == []


def test_a_foreign_file_between_the_records_is_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    records.append(folder, GROUP, decision(1))
    (tmp_path / GROUP / "00000001 (copy).json").write_bytes(b"{}")
    (tmp_path / GROUP / "1.json").write_bytes(b"{}")
    assert records.verify(folder, GROUP) == [
        f"{GROUP}: 00000001 (copy).json is not a record.",
        f"{GROUP}: 1.json is not a record.",
    ]
    assert folder.groups() == [GROUP]
