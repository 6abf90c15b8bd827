"""People: how they sign in, and how they take on the roles that the delivery has for them."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import Called, Gateway, Session
from identities import Identity
from permissions import Call, Context, Request
from story import Story
from values import Denied, Place, parse_arn

SUFFIX = "0123456789abcdef"
"""What Identity Center appends to the name of a permission set's role."""


@dataclass(frozen=True)
class Person:
    """Somebody, with the credentials that he signed in with."""

    name: str
    identity: Identity


def iam_user(name: str, account: str, second_factor: bool = True) -> Person:
    """A user of IAM; with a session that his second factor confirmed, unless he has none."""
    return Person(name, Identity(f"arn:aws:iam::{account}:user/{name}", second_factor=second_factor))


def of_identity_center(name: str, account: str, permission_set: str, region: str) -> Person:
    """A user of IAM Identity Center, which names the session after its user (Identity Center user guide, "Referencing
    permission sets in resource policies")."""
    path = f"aws-reserved/sso.amazonaws.com/{region}" if region != "us-east-1" else "aws-reserved/sso.amazonaws.com"
    role = f"arn:aws:iam::{account}:role/{path}/AWSReservedSSO_{permission_set}_{SUFFIX}"
    return Person(name, Identity(role, name))


def federated(name: str, role: str, source: str | None = None) -> Person:
    """Somebody who an identity provider let in as a role; the provider sets the source identity."""
    return Person(name, Identity(role, name, name if source is None else source))


@dataclass
class People:
    """What people do before they decide anything."""

    gateway: Gateway
    story: Story

    def take(self, person: Person, role: str, name: str | None = None, source: str | None = None) -> Session:
        """Somebody takes a role on, under his own name unless he claims another; raises Denied.

        A source identity that he has stays with him; without one he may set it, if the role lets him.
        """
        own = person.identity
        session = person.name if name is None else name
        claimed = own.source or source or ""
        named: Context = {"sts:RoleSessionName": session}
        given: Context = {"sts:SourceIdentity": claimed} if claimed else {}
        calls = [Call("sts:AssumeRole", role, {**own.context(), **named, **given})]
        if claimed:
            calls.append(Call("sts:SetSourceIdentity", role, {**own.context(), **given}))
        params = {"RoleArn": role, "RoleSessionName": session, **({"SourceIdentity": claimed} if claimed else {})}
        region = self.gateway.cloud.default.region
        request = Request(own.principal, Place(own.account, region), "sts", "AssumeRole", params)
        place = Place(parse_arn(role).account, region)
        try:
            self.gateway.judge.ask(own.issuer, calls, outsider=True)
        except Denied as denied:
            self.gateway.watch(Called(request, place, own, None, denied))
            raise
        self.gateway.watch(Called(request, place, own, {}, None))
        self.story.tell(f"person {person.name}", f"signs in as {role.rpartition('/')[2]} under the name {session}")
        return self.gateway.session(role, Identity(role, session, claimed, second_factor=own.second_factor))

    def may_not_take(self, person: Person, role: str, name: str | None = None, source: str | None = None) -> bool:
        """Whether the role does not let him in."""
        try:
            self.take(person, role, name, source)
        except Denied as denied:
            self.story.tell("judge", str(denied))
            return True
        return False
