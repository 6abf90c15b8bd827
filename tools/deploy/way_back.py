"""
To which version an endpoint can return at once: the configurations of proven ones are still there.

A person's return and one that an alarm asks for look for it alike.
"""

from __future__ import annotations

from aws import Aws
from decision_records import recorded_in
from live import origin
from owned import PROVEN_TAG, Made, own
from registry import describe
from rollbacks import rollbacks_of
from serving import Serving, instance_type_of_config, package_of_config
from stack import deployed
from targets import Environment, Refused, Targets


class WayBack:
    """The versions that one environment's endpoint can return to."""

    def __init__(self, aws: Aws, targets: Targets, environment: Environment) -> None:
        self._aws, self._targets, self._environment = aws, targets, environment
        self._look = aws.client("sagemaker", environment)
        self._list = aws.client_of(environment.retire_role, "sagemaker", environment.region)

    def newest(self, now: Serving) -> tuple[Made, str]:
        """The newest proven configuration of another version that may be served, with its package."""
        found = (
            c
            for c in own(self._list, self._environment, "EndpointConfig", now.config)
            if c.name != now.config
        )
        problems = []
        serves, scaled = self.origin(now.package), self._scaled_on(now)
        for config in sorted(found, key=lambda c: c.made, reverse=True):
            package = (
                self.origin(package_of_config(self._look, config.name)) if PROVEN_TAG in config.tags else None
            )
            if package is None or package == serves:
                continue
            problem = self.problem(package) or self._keeps_type(scaled, config, package)
            if problem is None:
                return config, package
            problems.append(problem)
        gone = "no configuration of an earlier proven version is left"
        raise Refused(
            f"{self._environment.endpoint} cannot return at once: {'; '.join(problems) or gone}. "
            "Reject the version that is live, which deploys the newest approved one, or approve another."
        )

    def _scaled_on(self, now: Serving) -> str | None:
        """The instance type that a scaled endpoint keeps (`live.py` says why); None if it is not scaled."""
        stack = deployed(self._aws.client("cloudformation", self._environment), self._environment.stack)
        return now.instance_type if stack and stack.scaling else None

    def _keeps_type(self, scaled: str | None, config: Made, package: str) -> str | None:
        """Why a configuration would change the type of a scaled endpoint; None if it would not."""
        other = instance_type_of_config(self._look, config.name) if scaled else None
        if other == scaled:
            return None
        version = package.rsplit("/", 1)[-1]
        return f"version {version} was served on {other}, and the endpoint is scaled on {scaled}"

    def origin(self, served: str | None) -> str | None:
        """The group's package that is served, itself or as a copy; None where it is of another origin."""
        return origin(self._aws, self._environment, self._targets.registry, served) if served else None

    def problem(self, package: str) -> str | None:
        """Why a package must not be served; None where it may."""
        recorded = recorded_in(self._aws, self._targets)
        found = describe(self._aws.registry(self._targets), package, self._targets.registry, recorded)
        if not found.approved:
            return f"version {found.version} is {found.approval}"
        if rollbacks_of(self._aws, self._targets).active(self._environment.name, found.version):
            return f"version {found.version} was rolled back here"
        return None
