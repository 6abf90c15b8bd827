"""What an execution of the deploy pipeline does in an environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from live import Live
from registry import Package
from targets import NO_PACKAGE, Refused


@dataclass(frozen=True)
class Decision:
    """Deploy this package (or "none"), or leave the environment alone."""

    action: str
    package: str
    reason: str
    live: str = NO_PACKAGE
    """What was live when this was decided."""
    follows_live: bool = True
    """Whether the decision came from what was live, and so holds only as long as that is."""
    attempt: int = 1
    """Number of the attempt to deploy the same."""


class NothingApproved(Refused):
    """The live package lost its approval, and no other has one. The endpoint stays; somebody must know."""

    def __init__(self, live: Package) -> None:
        super().__init__(
            f"Version {live.version} is live and {live.approval}, and no other version is approved. "
            "The endpoint stays as it is: approve a version to replace it."
        )
        self.live = live


def decide(
    requested: Package | None,
    live: Live | None,
    look_up: Callable[[str], Package],
    newest: Callable[[], Package | None],
) -> Decision:
    """
    Decides for one environment.

    `requested` is None when the execution brought no package (the pipeline was created, or its infrastructure
    changed). A live endpoint is never given up: where neither the live package nor another one is approved,
    the execution is refused and everything stays as it is.
    """
    current = live.package if live else None
    if requested is None:
        return _keep(current, look_up, newest)
    now = current or NO_PACKAGE
    if requested.approved:
        return Decision("deploy", requested.arn, f"version {requested.version} was approved", now, False)
    if requested.approval != "Rejected":
        raise Refused(
            f"{requested.arn} is {requested.approval}. "
            "Approve it first; this pipeline then starts automatically."
        )
    if current != requested.arn:
        return Decision("skip", now, f"version {requested.version} was rejected, but is not live here", now)
    return _replace(requested, newest)


def _keep(
    current: str | None, look_up: Callable[[str], Package], newest: Callable[[], Package | None]
) -> Decision:
    if current is None:
        return Decision("deploy", NO_PACKAGE, "no model has been deployed here yet" + _overlooked(0, newest))
    package = look_up(current)
    if package.approved:
        reason = f"version {package.version} stays live" + _overlooked(package.version, newest)
        return Decision("deploy", package.arn, reason, package.arn)
    return _replace(package, newest)


def _overlooked(version: int, newest: Callable[[], Package | None]) -> str:
    """A newer approved version: a change of the pipeline cancels the execution that was to deploy it."""
    try:
        other = newest()
    except Refused:
        # What stays live does not depend on it.
        return ""
    if other is None or other.version <= version:
        return ""
    return f"; version {other.version} is approved and not deployed here: start the pipeline with {other.arn}"


def _replace(live: Package, newest: Callable[[], Package | None]) -> Decision:
    """A live package that is not approved any more gives way to the newest one that is."""
    other = newest()
    if other is None:
        raise NothingApproved(live)
    return Decision(
        "deploy",
        other.arn,
        f"version {live.version} is {live.approval}; version {other.version} is the newest approved one",
        live.arn,
    )
