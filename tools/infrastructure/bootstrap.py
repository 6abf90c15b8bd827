"""Access to accounts and regions through the roles of their bootstrap."""

from __future__ import annotations

from typing import Any

from aws import Aws
from stages import Place
from targets import Refused


class BootstrapAws(Aws):
    """Clients with the rights of a bootstrap's deploy and file-publishing roles."""

    def cloudformation(self, place: Place) -> Any:
        """CloudFormation, which works with the bootstrap's execution role."""
        return self.client_of(place.role("deploy"), "cloudformation", place.region)

    def files(self, place: Place) -> Any:
        """The bootstrap's bucket."""
        return self.client_of(place.role("file-publishing"), "s3", place.region)

    def version(self, place: Place) -> int:
        """Version of the bootstrap."""
        client = self.client_of(place.role("deploy"), "ssm", place.region)
        try:
            return int(client.get_parameter(Name=place.version_parameter)["Parameter"]["Value"])
        except client.exceptions.ParameterNotFound:
            raise Refused(
                f"{place} has no bootstrap with the qualifier {place.qualifier}. "
                "Run cdk bootstrap as the guide says (npx projen bootstrap:guide), "
                "then start the pipeline again."
            ) from None

    def _take_on(self, role: str) -> dict[str, str]:
        try:
            return super()._take_on(role)
        except Refused as refusal:
            raise Refused(
                f"The role {role} cannot be taken on: {refusal.__cause__}. "
                "Run cdk bootstrap there as the guide says (npx projen bootstrap:guide), "
                "then start the pipeline again."
            ) from refusal
