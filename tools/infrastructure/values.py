"""Where two values of a template differ, as paths with what was there before and what is there after."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

ABSENT: Any = None
"""What a template does not have; it cannot have null."""

LONG = 200
"""Texts beyond this are shown without what is the same at their ends."""

CONTEXT = 40
"""How much of that is left for the reader to find his way."""


@dataclass(frozen=True)
class Difference:
    """One value that comes, goes or changes."""

    path: tuple[str, ...]
    before: Any
    after: Any
    statement: bool = False
    """Whether it is a statement of a policy."""


def text_of(value: Any) -> str:
    """The same text for the same value; CloudFormation knows no difference between "1" and 1."""
    if isinstance(value, (dict, list)):
        return json.dumps(_scalars(value), sort_keys=True)
    return json.dumps(_scalar(value))


def seen_as(value: Any, deployed: Any) -> Any:
    """
    A value as CloudFormation would show it where that is what is deployed.

    It shows every character beyond ASCII as "?" (cdk, `mangleLikeCloudFormation`): such a difference is none.
    """
    if isinstance(value, str) and isinstance(deployed, str):
        return deployed if re.sub(r"[^\x00-\x7f]", "?", value) == deployed else value
    if isinstance(value, dict) and isinstance(deployed, dict):
        return {key: seen_as(own, deployed.get(key)) for key, own in value.items()}
    if isinstance(value, list) and isinstance(deployed, list) and len(value) == len(deployed):
        return [seen_as(own, other) for own, other in zip(value, deployed, strict=True)]
    return value


def differences(old: Any, new: Any, path: tuple[str, ...] = ()) -> Iterator[Difference]:
    """All of them, as deep in the values as they are."""
    if text_of(old) == text_of(new):
        return
    if _is_policy(old, new) or _is_policy(new, old):
        yield from _policy(old or {}, new or {}, path)
    elif isinstance(old, dict) and isinstance(new, dict):
        for key in sorted({*old, *new}):
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path)
    elif isinstance(old, str) and isinstance(new, str):
        yield from _texts(old, new, path)
    else:
        yield Difference(path, old, new)


def statements(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """The statements of all policies in a value."""
    if _is_policy(value, value):
        for statement in _list_of(value["Statement"]):
            yield (*path, "Statement"), statement
        return
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from statements(part, (*path, str(key)))


def without_statements(value: Any) -> Any:
    """The rest of it."""
    if _is_policy(value, value):
        return {**value, "Statement": "see above"}
    if isinstance(value, dict):
        return {key: without_statements(part) for key, part in value.items()}
    return [without_statements(part) for part in value] if isinstance(value, list) else value


def _is_policy(value: Any, other: Any) -> bool:
    return isinstance(value, dict) and "Statement" in value and isinstance(other, (dict, type(ABSENT)))


def _policy(old: dict[str, Any], new: dict[str, Any], path: tuple[str, ...]) -> Iterator[Difference]:
    """Statement by statement: what counts is which are there, wherever they stand."""
    for key in sorted({*old, *new} - {"Statement"}):
        yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, key))
    before, after = (_list_of(policy.get("Statement", [])) for policy in (old, new))
    inside = (*path, "Statement")
    gone, come = _beyond(before, after), _beyond(after, before)
    yield from (Difference(inside, statement, ABSENT, True) for statement in gone)
    yield from (Difference(inside, ABSENT, statement, True) for statement in come)
    if not gone and not come and text_of(before) != text_of(after):
        yield Difference(inside, before, after, True)


def _beyond(own: list[Any], other: list[Any]) -> list[Any]:
    left = [text_of(value) for value in other]
    found = []
    for value in own:
        if text_of(value) in left:
            left.remove(text_of(value))
        else:
            found.append(value)
    return found


def _lists(old: list[Any], new: list[Any], path: tuple[str, ...]) -> Iterator[Difference]:
    matcher = SequenceMatcher(None, [text_of(v) for v in old], [text_of(v) for v in new], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "replace" and b - a == d - c:
            for before, (place, after) in zip(old[a:b], enumerate(new[c:d], c), strict=True):
                yield from differences(before, after, (*path, str(place)))
        elif tag != "equal":
            yield from (Difference((*path, str(place)), old[place], ABSENT) for place in range(a, b))
            yield from (Difference((*path, str(place)), ABSENT, new[place]) for place in range(c, d))


def _texts(old: str, new: str, path: tuple[str, ...]) -> Iterator[Difference]:
    """Documents are looked into; of other long texts the same beginning and end are left out."""
    documents = _document(old), _document(new)
    inner = [] if None in documents else list(differences(*documents, path))
    if inner:
        yield from inner
        return
    if max(len(old), len(new)) <= LONG:
        yield Difference(path, old, new)
        return
    begin = _common(old, new)
    end = min(_common(old[::-1], new[::-1]), min(len(old), len(new)) - begin)
    yield Difference(path, _middle(old, begin, end), _middle(new, begin, end))


def _document(text: str) -> Any:
    try:
        found = json.loads(text) if text[:1] in ("{", "[") else None
    except ValueError:
        return None
    return found


def _common(one: str, other: str) -> int:
    return next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )


def _middle(text: str, begin: int, end: int) -> str:
    first, last = max(0, begin - CONTEXT), min(len(text), len(text) - end + CONTEXT)
    return ("..." if first else "") + text[first:last] + ("..." if last < len(text) else "")


def _list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _scalars(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _scalars(own) for key, own in value.items()}
    return [_scalars(own) for own in value] if isinstance(value, list) else _scalar(value)


def _scalar(value: Any) -> Any:
    return value if value is None or isinstance(value, str) else json.dumps(value)
