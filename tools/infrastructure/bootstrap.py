"""Access to accounts and regions through the roles of their bootstrap."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from aws import Aws
from engine_words import to_change_again
from stages import Place, Stage, read_stage
from targets import Refused

GUIDE = "the guide says (npx projen bootstrap:guide)"


class BootstrapAws(Aws):
    """Clients with the rights of a bootstrap's deploy and file-publishing roles."""

    @property
    def remedy(self) -> str:
        """What helps where a role cannot be assumed."""
        return f"Run cdk bootstrap there as {GUIDE}, then {to_change_again()}."

    reader = "deploy"
    """Role of the bootstrap that stacks and parameters are read with."""

    def cloudformation(self, place: Place) -> Any:
        """CloudFormation, which works with the bootstrap's execution role."""
        return self.client_of(place.role(self.reader), "cloudformation", place.region)

    def files(self, place: Place) -> Any:
        """The bootstrap's bucket."""
        return self.client_of(place.role("file-publishing"), "s3", place.region)

    def parameters(self, place: Place) -> Any:
        """Parameters of SSM."""
        return self.client_of(place.role(self.reader), "ssm", place.region)

    def version(self, place: Place) -> int:
        """Version of the bootstrap."""
        client = self.parameters(place)
        try:
            return int(client.get_parameter(Name=place.version_parameter)["Parameter"]["Value"])
        except client.exceptions.ParameterNotFound:
            raise Refused(
                f"{place} has no bootstrap with the qualifier {place.qualifier}. "
                f"Run cdk bootstrap as {GUIDE}, "
                f"then {to_change_again()}."
            ) from None

    def stage(self, file: Path) -> Stage:
        """The stage of the file that the job names, for this account and region."""
        return read_stage(
            file, os.environ["STAGE"],
            partition=self.partition, account=self.account, region=self.region,
        )  # fmt: skip


class LookupAws(BootstrapAws):
    """Clients with the rights of a bootstrap's lookup role: it reads, and changes nothing."""

    reader = "lookup"

    def files(self, place: Place) -> Any:
        """The lookup role publishes no files."""
        raise NotImplementedError(f"no file goes to {place}")
