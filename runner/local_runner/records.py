"""Records of decisions: a chain for each group, in which every record names the hash of the one before it.

A laptop and the audit account write and check the same chain, so the governance tools take this file along;
it imports nothing of the runner. A record is never replaced: whoever writes one must find its number free,
which a store decides for all writers together. A chain alone does not show that its end was cut off or
written again: that needs an anchor, which is a record's number and hash noted somewhere else.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, runtime_checkable

Record = dict[str, Any]

FORMAT = 1
ATTEMPTS = 1000
"""How often another writer may be faster before something is wrong."""

REDELIVERY = timedelta(days=60)
"""For how long an event can come again: two queues, one after the other, keep it for 14 days each."""

_GROUP = re.compile(r"[A-Za-z0-9](-*[A-Za-z0-9]){0,62}")
_HASH = re.compile(r"[0-9a-f]{64}")


class ChainBroken(ValueError):
    """A chain that nothing can be appended to."""


class Store(Protocol):
    """Keeps the bytes of records by group and number."""

    def latest(self, group: str) -> int:
        """The highest number in use; 0 when there is none."""

    def read(self, group: str, number: int) -> bytes | None:
        """The record as it was written; None when there is none."""

    def create(self, group: str, number: int, body: bytes) -> bool:
        """Write a record, as a whole; False when the number is in use."""


@runtime_checkable
class Inspected(Protocol):
    """A store that can hold more than records, or hide them."""

    def oddities(self, group: str) -> list[str]:
        """What is there and should not be, in words."""


@dataclass(frozen=True)
class Anchor:
    """A record as something outside the chain knows it."""

    sequence: int
    hash: str
    where: str = "the anchor"

    @staticmethod
    def parse(text: str, where: str = "the anchor") -> Anchor:
        """An anchor as `str` writes it: number and hash, with a colon between them."""
        number, _, digest = text.partition(":")
        if not number.isdecimal() or int(number) < 1 or not _HASH.fullmatch(digest):
            raise ValueError(f"{text!r} is not an anchor: write NUMBER:HASH, as audit:verify prints it.")
        return Anchor(int(number), digest, where)

    def __str__(self) -> str:
        return f"{self.sequence}:{self.hash}"


def canonical(value: object) -> bytes:
    """The one form in which records are written and hashed."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest(record: Mapping[str, Any]) -> str:
    """SHA-256 of a record without its own hash."""
    return hashlib.sha256(canonical({k: v for k, v in record.items() if k != "hash"})).hexdigest()


def anchor_of(record: Mapping[str, Any], where: str = "the anchor") -> Anchor:
    """What to note of a record elsewhere, so that nobody can take it away unnoticed."""
    return Anchor(record["sequence"], record["hash"], where)


def append(
    store: Store,
    group: str,
    entry: Mapping[str, Any],
    settle: Callable[[Record | None], Mapping[str, Any]] | None = None,
) -> Record:
    """Append an entry and return its record; an entry whose event was recorded before is not written again.

    `settle` makes the entry again from the last decision on the same package, for each attempt: of several
    decisions at once each one knows those that came before it.
    """
    _check_group(group)
    event, package = entry.get("event"), (entry.get("bound") or {}).get("package")
    before: Record | None = None
    decided: Record | None = None
    seen = 0
    for _ in range(ATTEMPTS):
        latest = store.latest(group)
        enough = _never if seen or settle else _far_enough(entry)
        for record in _arrived(store, group, seen, latest, enough):
            if event is not None and record.get("event") == event:
                return record
            if _is_decision_on(record, package):
                decided = record
            before = record
        seen = latest
        record = {
            **(settle(decided) if settle else entry),
            "format": FORMAT,
            "group": group,
            "sequence": latest + 1,
            "previous": before["hash"] if before else None,
        }
        record["hash"] = digest(record)
        if store.create(group, latest + 1, canonical(record)):
            return record
    raise ChainBroken(f"{group}: {ATTEMPTS} times, another writer was faster. Try again.")


def _never(_: Record) -> bool:
    return False


def _far_enough(entry: Mapping[str, Any]) -> Callable[[Record], bool]:
    """Whether the entry's event cannot be in the records before this one."""
    if entry.get("event") is None:
        return lambda record: True
    since = _time(entry.get("time")) - REDELIVERY
    return lambda record: _time(record.get("time")) < since


def _arrived(
    store: Store, group: str, seen: int, latest: int, enough: Callable[[Record], bool]
) -> list[Record]:
    """The records after `seen`, in order, only as far back as is enough."""
    found: list[Record] = []
    for number in range(latest, seen, -1):
        found.append(_parsed(store.read(group, number), group, number))
        if enough(found[-1]):
            break
    return found[::-1]


def _parsed(body: bytes | None, group: str, number: int) -> Record:
    record, problem = _record(body, group, number)
    if record is None or problem:
        raise ChainBroken(f"{problem} Nothing is appended to a broken chain; run audit:verify.")
    return record


def _time(text: object) -> datetime:
    """A time as records have it."""
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        raise ChainBroken(f"{text!r} is no time: records have the time in UTC, in ISO 8601.") from None
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def read_all(store: Store, group: str) -> Iterator[Record]:
    """Every record in order; ChainBroken at the first that is not one."""
    for number in range(1, store.latest(group) + 1):
        yield _parsed(store.read(group, number), group, number)


def newest_first(store: Store, group: str) -> Iterator[Record]:
    """Every record from the last one on; ChainBroken at the first that is not one."""
    for number in range(store.latest(group), 0, -1):
        yield _parsed(store.read(group, number), group, number)


def _is_decision_on(record: Record, package: str | None) -> bool:
    bound = record.get("bound") or {}
    return package is not None and record.get("kind") == "decision" and bound.get("package") == package


def verify(store: Store, group: str, anchors: Sequence[Anchor] = ()) -> list[str]:
    """Say where a chain is broken and how; an empty list when it is whole and has all its anchors."""
    _check_group(group)
    problems = list(store.oddities(group)) if isinstance(store, Inspected) else []
    latest = store.latest(group)
    before: str | None = None
    known: dict[int, str] = {}
    events: dict[str, int] = {}
    for number in range(1, latest + 1):
        record, problem = _record(store.read(group, number), group, number)
        if problem:
            problems.append(problem)
        if record is None:
            before = _UNKNOWN
            continue
        previous = record.get("previous")
        if before not in (previous, _UNKNOWN):
            problems.append(
                f"{_place(group, number)} names {_short(previous)} as the record before it, which is "
                f"{_short(before)}: a record was changed, removed, inserted or moved here."
            )
        before = known[number] = digest(record)
        if (event := record.get("event")) is not None:
            first = events.setdefault(str(event), number)
            if first != number:
                problems.append(f"{_place(group, number)} is about the event of record {first} again.")
    for anchor in anchors:
        found = known.get(anchor.sequence)
        if anchor.sequence > latest:
            problems.append(
                f"{_place(group, anchor.sequence)} is missing: {anchor.where} names it, and the chain ends "
                f"with {latest}. Its end was removed."
            )
        elif found is not None and found != anchor.hash:
            problems.append(
                f"{_place(group, anchor.sequence)} has the hash {_short(found)}, {anchor.where} says "
                f"{_short(anchor.hash)}: it was written again."
            )
    return problems


def _record(body: bytes | None, group: str, number: int) -> tuple[Record | None, str | None]:
    """A record by itself, as far as it is one, and the first thing that is wrong with it."""
    where = _place(group, number)
    if body is None:
        return None, f"{where} is missing."
    try:
        record = json.loads(body)
        plain = canonical(record)
    except ValueError:
        return None, f"{where} is not JSON."
    if not isinstance(record, dict):
        return None, f"{where} is not a JSON object."
    wrong = {"format": FORMAT, "group": group, "sequence": number, "hash": digest(record)}
    for field, value in wrong.items():
        given = record.get(field)
        if type(given) is not type(value) or given != value:
            return record, f"{where} has {field} {_short(given)}, not {_short(value)}{_MEANS[field]}"
    if plain != body:
        return record, f"{where} is not in canonical form: its bytes were changed."
    return record, None


_UNKNOWN = "unknown"
"""In place of the hash of a record that is missing, which is told by itself."""

_MEANS = {
    "format": ": this version of the program does not know it.",
    "group": ": it belongs to another chain.",
    "sequence": ": it was moved or copied here.",
    "hash": ": it was changed.",
}


def _place(group: str, number: int) -> str:
    return f"{group}, record {number}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return f"{text[:12]}…" if _HASH.fullmatch(text) else text[:80]


def _check_group(group: str) -> None:
    if not _GROUP.fullmatch(group):
        raise ValueError(f"{group!r} is no group: up to 63 letters and digits, with hyphens between them.")
