"""What an execution of the deploy pipeline does in an environment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from live import Live
from registry import Package
from rollbacks import RolledBack
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
    retried: bool = False
    """Whether a person said that the package may be tried again where it was rolled back."""
    release: str | None = None
    """The release that was deployed last, where each package has an endpoint of its own."""

    @property
    def is_new(self) -> bool:
        """Whether a failure is the package's own: where it was live before, something around it changed."""
        return self.retried or self.package not in (self.live, NO_PACKAGE)


class NothingApproved(Refused):
    """The live package lost its approval, and no other has one. The endpoint stays; somebody must know."""

    def __init__(self, live: Package, rollback: RolledBack | None = None) -> None:
        self.state = "rolled back" if rollback else live.approval
        advice = f" {rollback}" if rollback else ""
        super().__init__(
            f"Version {live.version} is live and {self.state}, and no other version is approved. "
            f"The endpoint stays as it is: approve a version to replace it.{advice}"
        )
        self.live = live


def decide(
    requested: Package | None,
    live: Live | None,
    look_up: Callable[[str], Package],
    newest: Callable[[], Package | None],
    failed: Callable[[Package], RolledBack | None] = lambda _: None,
    start: Callable[[Package], str] = lambda package: package.arn,
) -> Decision:
    """
    Decides for one environment. `failed` knows the versions that were rolled back there: what of them is live
    gives way like a rejected one, and none of them is deployed. `newest` gives none of them.
    `start` says how a person has one deployed.

    `requested` is None when the execution brought no package (the pipeline was created, or its infrastructure
    changed). A live endpoint is never given up: where neither the live package nor another one is approved,
    the execution is refused and everything stays as it is.
    """
    current = live.package if live else None
    if requested is None:
        return _keep(current, look_up, newest, failed, start)
    now = current or NO_PACKAGE
    if requested.approved:
        if refusal := failed(requested):
            raise refusal
        return Decision("deploy", requested.arn, f"version {requested.version} was approved", now, False)
    if requested.approval != "Rejected":
        raise Refused(
            f"{requested.arn} is {requested.approval}. "
            "Approve it first; its deployment then starts automatically."
        )
    if current == requested.arn:
        return _replace(requested, newest)
    # Deployed beside what is live, it may be about to get the requests; not so one that was rolled back.
    is_next = live is not None and live.release is not None and live.deployed == requested.arn
    if is_next and not failed(requested):
        return replace(_replace(requested, newest), live=now)
    return Decision("skip", now, f"version {requested.version} was rejected, but is not live here", now)


def _keep(
    current: str | None,
    look_up: Callable[[str], Package],
    newest: Callable[[], Package | None],
    failed: Callable[[Package], RolledBack | None],
    start: Callable[[Package], str],
) -> Decision:
    if current is None:
        return Decision(
            "deploy", NO_PACKAGE, "no model has been deployed here yet" + _overlooked(0, newest, start)
        )
    package = look_up(current)
    refusal = failed(package) if package.approved else None
    if package.approved and not refusal:
        reason = f"version {package.version} stays live" + _overlooked(package.version, newest, start)
        return Decision("deploy", package.arn, reason, package.arn)
    return _replace(package, newest, refusal)


def _overlooked(version: int, newest: Callable[[], Package | None], start: Callable[[Package], str]) -> str:
    """A newer approved version: a change of the pipeline cancels the execution that was to deploy it."""
    try:
        other = newest()
    except Refused:
        # What stays live does not depend on it.
        return ""
    if other is None or other.version <= version:
        return ""
    return f"; version {other.version} is approved and not deployed here: {start(other)}"


def _replace(
    live: Package, newest: Callable[[], Package | None], rollback: RolledBack | None = None
) -> Decision:
    """A live package that lost its approval, or was rolled back, gives way to the newest that is of use."""
    other = newest()
    if other is None:
        raise NothingApproved(live, rollback)
    state = "rolled back" if rollback else live.approval
    return Decision(
        "deploy",
        other.arn,
        f"version {live.version} is {state}; version {other.version} is the newest approved one",
        live.arn,
    )
