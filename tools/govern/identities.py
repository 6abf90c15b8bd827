"""Who is who in git, AWS and Jira, as the delivery's options say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["aws", "git", "jira"]


@dataclass(frozen=True)
class Person:
    """Somebody under one of their names; `known` if the options list it."""

    name: str
    known: bool
    given: str
    """The name that they were found by."""


class Identities:
    """The people of a delivery. Names are compared without regard to case, as git's hosts and e-mail do."""

    def __init__(self, people: Iterable[Mapping[str, Any]]) -> None:
        self._names: dict[tuple[str, str], str] = {}
        for person in people:
            for kind in ("aws", "git", "jira"):
                for name in person.get(kind) or ():
                    self._names[kind, str(name).casefold()] = str(person["name"])

    def find(self, kind: Kind, name: str) -> Person:
        """The person behind a name; where nobody lists it, somebody of that name alone."""
        found = self._names.get((kind, name.casefold()))
        return Person(found or name, found is not None, name)

    def same(self, one: Person, other: Person) -> bool:
        """Whether both are one person: by who they are, or where somebody is not listed by the raw name."""
        if one.known and other.known:
            return one.name == other.name
        return bool(
            {one.given.casefold(), one.name.casefold()} & {other.given.casefold(), other.name.casefold()}
        )
