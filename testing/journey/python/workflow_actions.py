"""The actions that rendered workflows use, each with the inputs that it knows; another one, or another input, is an
error.

After the file `action.yml` of each and what its README says of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from github_tokens import STS
from story import Story
from values import Denied, JourneyError, NotThere, parse_arn
from web_identity import WebIdentity
from workflow_machine import Action, Machine
from workflow_runs import KeptArtifact, StepFailed

Inputs = dict[str, str]
NEEDS_IDENTITY = "Could not load credentials from any providers: did you mean to set the `id-token` permission?"
_PINNED = re.compile(r"([\w.-]+/[\w.-]+)@[0-9a-f]{40}")
_SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")


@dataclass
class Known:
    """The programs of the actions, with what they need of the world."""

    web: WebIdentity
    token: Callable[[Machine, str], str]
    """An identity token for an audience; raises StepFailed where the job may not have one."""
    story: Story
    kept: int = 0
    bring: Callable[[Machine, KeptArtifact], bytes] = lambda _, artifact: artifact.data
    """What comes where a job brings an artifact."""

    def find(self, uses: str) -> tuple[Inputs, Action]:
        """An action by what stands at `uses`, which names a commit, since a tag can be moved."""
        match = _PINNED.fullmatch(uses)
        if match is None:
            raise JourneyError(f"{uses} names no commit of an action")
        found: dict[str, tuple[Inputs, Action]] = {
            "actions/checkout": (_CHECKOUT, self.check_out),
            "actions/setup-node": (_SETUP_NODE, _nothing),
            "actions/setup-python": (_SETUP_PYTHON, _nothing),
            "actions/upload-artifact": (_UPLOAD, self.upload),
            "actions/download-artifact": (_DOWNLOAD, self.download),
            "aws-actions/configure-aws-credentials": (_CREDENTIALS, self.take_role),
        }
        if match[1] not in found:
            raise JourneyError(f"the action {match[1]} is not known here")
        return found[match[1]]

    def check_out(self, machine: Machine, given: Inputs) -> Inputs:
        """The repository's files; its token is left beside them unless that is turned off."""
        repository = machine.run.repository
        if given["repository"] not in ("", repository.full_name):
            raise JourneyError(f"{given['repository']} is checked out, which the journey does not know")
        if "contents" not in machine.grant.permissions:
            raise StepFailed("fatal: repository not found: the token may not read contents")
        try:
            commit = repository.resolve(given["ref"] or machine.run.event.sha)
        except NotThere as error:
            raise StepFailed(f"A branch or tag with the name '{given['ref']}' could not be found") from error
        root = machine.resolve(given["path"])
        for path, text in commit.files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        if given["persist-credentials"] != "false":
            (machine.temporary / "git-credentials.config").write_text(machine.grant.token)
        return {"ref": given["ref"], "commit": commit.sha}

    def upload(self, machine: Machine, given: Inputs) -> Inputs:
        """Keeps files; a name is given once in an attempt, unless what has it is to go.

        Nothing changes an artifact: what comes in its place has another id.
        """
        run = machine.run
        same = [a for a in run.artifacts if a.name == given["name"] and a.attempt == run.attempt]
        if same and given["overwrite"] != "true":
            raise StepFailed("Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists")
        files = _matching(machine, given["path"].splitlines())
        if not files:
            if given["if-no-files-found"] == "error":
                raise StepFailed(f"No files were found with the provided path: {given['path']}")
            return {}
        run.artifacts = [a for a in run.artifacts if a not in same]
        self.kept += 1
        made = KeptArtifact(self.kept, given["name"], run.attempt, KeptArtifact.pack(files))
        run.artifacts.append(made)
        self.story.tell(f"workflow {run.workflow.file}", f"keeps {made.name} ({len(files)} files)")
        return {"artifact-id": str(made.identity), "artifact-digest": made.digest}

    def download(self, machine: Machine, given: Inputs) -> Inputs:
        """Brings what jobs of the run have kept: one by its name, or some by their ids."""
        run, target = machine.run, machine.resolve(given["path"])
        if given["artifact-ids"]:
            wanted = {int(text) for text in given["artifact-ids"].split(",")}
            found = [a for a in run.artifacts if a.identity in wanted]
            lost = wanted - {a.identity for a in found}
        else:
            newest = {a.name: a for a in run.artifacts}
            found = [newest[given["name"]]] if given["name"] in newest else []
            lost = set() if found else {0}
            if not given["name"]:
                raise JourneyError("all artifacts of a run are downloaded, which the journey does not know")
        if lost:
            raise StepFailed(f"Unable to download artifact(s): Artifact not found: {given['name'] or lost}")
        # Of several each has a folder of its own, unless they are to be one.
        apart = len(found) > 1 and given["merge-multiple"] != "true"
        for artifact in found:
            with zipfile.ZipFile(io.BytesIO(self.bring(machine, artifact))) as archive:
                archive.extractall(target / artifact.name if apart else target)
        return {"download-path": str(target)}

    def take_role(self, machine: Machine, given: Inputs) -> Inputs:
        """Takes a role on with the job's identity, and leaves its credentials to the steps that follow."""
        role, region = given["role-to-assume"], given["aws-region"]
        if not role or not region:
            raise StepFailed("role-to-assume and aws-region are needed")
        session = given["role-session-name"]
        if not _SESSION_NAME.fullmatch(session):
            raise StepFailed(f"Role session name is not valid: '{session}'")
        try:
            token = self.token(machine, given["audience"])
            taken = self.web.assume(role, token, session, int(given["role-duration-seconds"]))
        except (Denied, ClientError, NotThere) as error:
            self.story.tell("STS", str(error))
            raise StepFailed(f"Could not assume role with OIDC: {error}") from error
        self.story.tell(f"job {machine.job.job.identity}", f"works as {role.rpartition('/')[2]}")
        secrets = {"AWS_ACCESS_KEY_ID": taken.key, "AWS_SECRET_ACCESS_KEY": f"secret-of-{taken.key}",
                   "AWS_SESSION_TOKEN": f"token-of-{taken.key}"}  # fmt: skip
        account = parse_arn(role).account
        machine.masks += [*secrets.values(), *([account] if given["mask-aws-account-id"] == "true" else [])]
        if given["output-env-credentials"] != "false":
            machine.env |= {**secrets, "AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        told = {name.lower().replace("_", "-"): value for name, value in secrets.items()}
        return {"aws-account-id": account, **(told if given["output-credentials"] == "true" else {})}


def _nothing(_: Machine, __: Inputs) -> Inputs:
    """What is set up is there already."""
    return {}


def _matching(machine: Machine, patterns: list[str]) -> dict[str, Path]:
    """The files of some paths, by the names that they have below what the paths have in common."""
    found: list[Path] = []
    roots: list[Path] = []
    for pattern in (line.strip() for line in patterns if line.strip()):
        if pattern.startswith("!"):
            raise JourneyError(f"the path {pattern} of an artifact is not known here")
        path = machine.resolve(pattern)
        files = [path] if path.is_file() else []
        if path.is_dir():
            files = [file for file in path.rglob("*") if file.is_file()]
        elif not files and "*" in pattern:
            files = [file for file in machine.workspace.glob(pattern) if file.is_file()]
        # What begins with a dot is left out unless it is asked for ("include-hidden-files").
        found += [file for file in files if not any(p.startswith(".") for p in file.relative_to(machine.root).parts)]
        roots.append(path if path.is_dir() else path.parent)
    if not found:
        return {}
    base = roots[0]
    while any(base not in (file, *file.parents) for file in found):
        base = base.parent
    return {str(file.relative_to(base)): file for file in found}


_CHECKOUT: dict[str, Any] = {
    "ref": "", "repository": "", "path": "", "persist-credentials": "true", "fetch-depth": "1", "token": "",
    "submodules": "false", "lfs": "false",
}  # fmt: skip
_SETUP_NODE: dict[str, Any] = {"node-version": "", "package-manager-cache": "true", "check-latest": "false"}
_SETUP_PYTHON: dict[str, Any] = {"python-version": "", "check-latest": "false"}
_UPLOAD: dict[str, Any] = {
    "name": "artifact", "path": "", "if-no-files-found": "warn", "retention-days": "", "compression-level": "6",
    "include-hidden-files": "false", "overwrite": "false",
}  # fmt: skip
_DOWNLOAD: dict[str, Any] = {
    "name": "", "artifact-ids": "", "path": "", "merge-multiple": "false", "digest-mismatch": "error",
}  # fmt: skip
_CREDENTIALS: dict[str, Any] = {
    "role-to-assume": "", "aws-region": "", "audience": STS, "role-session-name": "GitHubActions",
    "role-duration-seconds": "3600", "mask-aws-account-id": "false", "output-env-credentials": "true",
    "output-credentials": "false", "unset-current-credentials": "false", "role-skip-session-tagging": "false",
    "allowed-account-ids": "", "retry-max-attempts": "12", "disable-retry": "false",
}  # fmt: skip
