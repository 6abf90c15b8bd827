"""Whether a decision counts: who signed it, whether they may, and why it was taken."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from govern_settings import Settings
from identities import Identities, Kind, Person
from people import Involved, name_of, role_of
from trail_event import APPROVED, HIDDEN, Caller, Decision

OWN_AUTHOR = "upgrade@sagemaker-cicd-projen.invalid"
"""
The author of commits that the delivery makes itself (`tools/upgrade/prepare.sh`); who merges them counts.
"""

_JIRA = re.compile(r"\s*\(Jira [A-Z][A-Z0-9_]*-\d+, ([^()\s]+)\)$")

_SESSION = re.compile(r"arn:[^:]+:sts::\d{12}:assumed-role/([^/]+)/.+")

PERSON, RULE, JIRA, PIPELINE = "person", "rule", "jira", "pipeline"


@dataclass(frozen=True)
class Signer:
    """Who signed, as the record names them, and the person behind it; a rule has none."""

    name: str
    principal: str
    identity: str
    person: Person | None

    def to_json(self) -> dict[str, str]:
        return {"name": self.name, "principal": self.principal, "identity": self.identity}


def signer_of(decision: Decision, method: str, identities: Identities) -> tuple[Signer, list[str]]:
    """The signer, and what keeps them from being one."""
    caller = decision.caller
    if method == RULE:
        return Signer("Approval by rule", caller.principal, "rule", None), []
    if method == JIRA:
        found = _JIRA.search(decision.reason)
        if not found:
            problem = "The reason does not end with the Jira issue and the account of whoever moved it."
            return Signer(caller.name, caller.principal, "Jira", None), [problem]
        person = identities.find("jira", found[1])
        return Signer(person.name, caller.principal, f"Jira account {found[1]}", person), []
    person = identities.find("aws", caller.name)
    return Signer(person.name, caller.principal, f"{caller.identity} {caller.name}", person), []


def problems_of(decision: Decision, method: str | None, settings: Settings) -> tuple[Signer, list[str]]:
    """The signer, and why the decision does not count on its own; nothing is asked of the change yet."""
    caller = decision.caller
    signer, problems = signer_of(decision, method or PERSON, settings.identities)
    if method is None:
        problems.append(f"{caller.principal} may not decide: only the delivery's roles for approvals may.")
    if settings.bound and method in (PERSON, PIPELINE) and _is_asserted(caller):
        problems.append(
            f"The name {caller.name} was chosen by the caller. Take the role on with a source identity, "
            "as docs/governance.md shows."
        )
    if settings.gxp and signer.person and not signer.person.known:
        problems.append(f"{signer.person.given} is not in governance.identities. Add the person there.")
    if not _JIRA.sub("", decision.reason).strip() or HIDDEN in decision.reason:
        problems.append("There is no reason. Decide again and say why.")
    if method != RULE and decision.meaning == "rejection" and decision.status == APPROVED:
        problems.append("An approval was signed with the meaning rejection. Decide again.")
    return signer, problems


def _is_asserted(caller: Caller) -> bool:
    return caller.chosen


def separation(signer: Signer, involved: Iterable[Involved], settings: Settings) -> list[str]:
    """Why the people of a change keep the signer from approving it."""
    own = {role_of(role) for role in settings.own_roles}
    done: dict[str, str] = {}
    unknown: dict[str, str] = {}
    anonymous: dict[str, str] = {}
    for one in involved:
        if one.name.casefold() == OWN_AUTHOR or (one.kind == "aws" and role_of(one.name) in own):
            continue
        if settings.bound and one.kind == "aws" and is_self_chosen(one.name):
            anonymous.setdefault(one.name, one.what)
            continue
        person = settings.identities.find(one.kind, _short(one.kind, one.name))
        if signer.person and settings.identities.same(signer.person, person):
            done.setdefault(signer.person.name, one.what)
        if settings.gxp and not person.known:
            unknown.setdefault(person.given, one.what)
    return [
        *(f"{name} {what}, and approves it: somebody else must." for name, what in done.items()),
        *(
            f"{name}, who {what}, is not in governance.identities. Add the person there."
            for name, what in unknown.items()
        ),
        *(
            f"{name} {what}, and whoever takes on that role chooses the name of the session: nobody knows "
            "who it was. Push as an IAM user or through Identity Center, and approve what is built from that."
            for name, what in anonymous.items()
        ),
    ]


def is_self_chosen(principal: str) -> bool:
    """Whether a principal is the session of a role that is not Identity Center's, which names its own."""
    session = _SESSION.fullmatch(principal)
    return session is not None and not session[1].startswith("AWSReservedSSO_")


def _short(kind: Kind, name: str) -> str:
    return name_of(name) if kind == "aws" else name
