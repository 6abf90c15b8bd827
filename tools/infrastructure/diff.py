"""Shows what a stage would change, and leaves a change set of each stack for exactly that.

Nothing of the commit's code runs here: this comes from the last approved deployment, and the commit's cloud
assembly is read as data. STAGE names the stage; with KEEP=no the change sets go again, and only
whether something would change is said.
"""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import change_text
from bootstrap import BootstrapAws
from change_sets import Stacks, Wait
from cloud_assembly import Synthesized, read_stack
from contents import bytes_of, publish
from stages import PlannedStack, Stage
from targets import Refused


@dataclass(frozen=True)
class Looked:
    """A stack that was looked at."""

    planned: PlannedStack
    entry: dict[str, Any]
    text: list[str]
    counts: str


def diff(
    aws: BootstrapAws, stage: Stage, assembly: Path, execution: str, *, keep: bool, wait: Wait
) -> list[Looked]:
    """The stacks that would change, in the order of their deployment."""
    begun: list[tuple[PlannedStack, Synthesized, Stacks, str, list[str]]] = []
    for planned in stage.stacks:
        synthesized = read_stack(assembly, planned)
        version = aws.version(planned.place)
        if version < synthesized.bootstrap:
            raise Refused(
                f"The bootstrap of {planned.place} has version {version}; {planned.name} needs "
                f"{synthesized.bootstrap}. Run cdk bootstrap there again (npx projen bootstrap:guide), "
                "then start the pipeline again."
            )
        files = _publish(aws, planned, synthesized)
        stacks = Stacks(aws.cloudformation(planned.place), wait)
        name = f"{'diff' if keep else 'look'}-{execution}"
        arn = stacks.create(_request(planned, synthesized, name, is_new=stacks.is_new(planned.name)))
        begun.append((planned, synthesized, stacks, arn, files))
    found: list[Looked] = []
    for planned, synthesized, stacks, arn, files in begun:
        changes = stacks.changes(planned.name, arn)
        if changes is None or not keep:
            stacks.forget(planned.name, arn)
        if changes is None:
            continue
        entry = {
            "stack": planned.name,
            "account": planned.place.account,
            "region": planned.place.region,
            "changeSet": arn,
            "template": hashlib.sha256(synthesized.template).hexdigest(),
            "protected": synthesized.protected,
        }
        text = [f"{planned.name} in {planned.place}", *change_text.lines(changes), *files]
        found.append(Looked(planned, entry, text, change_text.counted(changes)))
    return found


def _publish(aws: BootstrapAws, planned: PlannedStack, synthesized: Synthesized) -> list[str]:
    s3, place = aws.files(planned.place), planned.place
    publish(s3, place, _template_key(synthesized), synthesized.template, "file")
    digests = {a.key: publish(s3, place, a.key, bytes_of(a), a.packaging) for a in synthesized.assets}
    return [f"  file {json.dumps(key)}: content sha256 {digest}" for key, digest in digests.items()]


def _template_key(synthesized: Synthesized) -> str:
    return f"{hashlib.sha256(synthesized.template).hexdigest()}.json"


def _request(planned: PlannedStack, synthesized: Synthesized, name: str, *, is_new: bool) -> dict[str, Any]:
    place = planned.place
    return {
        "StackName": planned.name,
        "ChangeSetName": name,
        "ChangeSetType": "CREATE" if is_new else "UPDATE",
        "TemplateURL": f"https://{place.bucket}.{place.host}/{_template_key(synthesized)}",
        # No CAPABILITY_AUTO_EXPAND: a macro would change the template after everybody has read it.
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"],
        "RoleARN": place.role("cfn-exec"),
        "Tags": [{"Key": key, "Value": value} for key, value in sorted(synthesized.tags.items())],
        # What is kept under a fixed name when an option goes is taken back when it comes again.
        "ImportExistingResources": True,
    }


def write(folder: Path, stage: Stage, found: list[Looked]) -> dict[str, str]:
    """The files of the artifact, and the variables that the pipeline goes on with."""
    content = json.dumps([looked.entry for looked in found], indent=2).encode()
    text = "\n".join(line for looked in found for line in looked.text)
    (folder / "diff.json").write_bytes(content)
    (folder / "diff.txt").write_text(f"{text}\n", encoding="utf-8")
    print(text or f"Nothing of {stage.project} changes in this stage.")
    return {
        "CHANGES": "yes" if found else "no",
        "DIFF": change_text.summary({looked.planned.name: looked.counts for looked in found})
        or "nothing changes",
        # Artifacts lie in a bucket that builds of other commits write to; variables do not.
        "DIGEST": hashlib.sha256(content).hexdigest(),
    }


def main(wait: Wait | None = None) -> int:
    """Works on the cloud assembly that the first argument names, writes to the folder of the second one."""
    assembly, folder = (Path(argument) for argument in sys.argv[1:3])
    try:
        aws = BootstrapAws()
        stage = aws.stage(Path(__file__).resolve().parent / "stages.json")
        found = diff(
            aws,
            stage,
            assembly,
            os.environ["EXECUTION_ID"],
            keep=os.environ.get("KEEP") != "no",
            wait=wait or Wait(),
        )
    except Refused as refusal:
        print(f"Refused: {refusal}", file=sys.stderr)
        return 1
    variables = write(folder, stage, found)
    exports = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in variables.items())
    (folder / "exports.sh").write_text(exports, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
