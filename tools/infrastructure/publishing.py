"""What goes before a change set: a bootstrap that will do, the stack's files, and the request itself."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bootstrap import BootstrapAws
from change_sets import Stacks
from cloud_assembly import Synthesized
from contents import bytes_of, digest, publish
from engine_words import to_change_again
from stages import PlannedStack
from targets import Refused


def check_bootstrap(aws: BootstrapAws, planned: PlannedStack, synthesized: Synthesized) -> None:
    """Refuses a bootstrap that is too old for the stack."""
    version = aws.version(planned.place)
    if version < synthesized.bootstrap:
        raise Refused(
            f"The bootstrap of {planned.place} has version {version}; {planned.name} needs "
            f"{synthesized.bootstrap}. Run cdk bootstrap there again (npx projen bootstrap:guide), "
            f"then {to_change_again()}."
        )


def digests_of(synthesized: Synthesized) -> dict[str, str]:
    """What the files of a stack hold, by key."""
    return {asset.key: digest(bytes_of(asset), asset.packaging) for asset in synthesized.assets}


def file_lines(digests: dict[str, str]) -> list[str]:
    """The same in words."""
    return [f"  file {json.dumps(key)}: content sha256 {digest}" for key, digest in digests.items()]


def begin_change_set(
    aws: BootstrapAws, stacks: Stacks, planned: PlannedStack, synthesized: Synthesized, name: str
) -> tuple[str, dict[str, str]]:
    """Publishes a stack's files and begins a change set: its ARN, and the digests of the files by key."""
    s3, place = aws.files(planned.place), planned.place
    key = f"{hashlib.sha256(synthesized.template).hexdigest()}.json"
    publish(s3, place, key, synthesized.template, "file")
    digests = {a.key: publish(s3, place, a.key, bytes_of(a), a.packaging) for a in synthesized.assets}
    url = f"https://{place.bucket}.{place.host}/{key}"
    is_new = stacks.is_new(planned.name)
    return stacks.create(_request(planned, synthesized, name, url, is_new=is_new)), digests


def _request(
    planned: PlannedStack, synthesized: Synthesized, name: str, url: str, *, is_new: bool
) -> dict[str, Any]:
    return {
        "StackName": planned.name,
        "ChangeSetName": name,
        "ChangeSetType": "CREATE" if is_new else "UPDATE",
        "TemplateURL": url,
        # CAPABILITY_AUTO_EXPAND has no effect here (CloudFormation API reference, "CreateChangeSet").
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        "RoleARN": planned.place.role("cfn-exec"),
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(synthesized.tags.items())],
        # What is kept under a fixed name when an option goes is taken back when it comes again.
        "ImportExistingResources": True,
    }
