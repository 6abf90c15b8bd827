"""The CodeCommit repositories of the journey."""

from __future__ import annotations

import hashlib
import io
import time
import zipfile
from typing import Any

from gateway import client_error
from permissions import Request
from values import NotThere, Place


class Git:
    """The CodeCommit repositories."""

    def __init__(self) -> None:
        self._branches: dict[tuple[str, str], list[tuple[str, dict[str, str]]]] = {}
        self._commits: dict[tuple[str, str], dict[str, Any]] = {}

    def commit(
        self, repository: str, branch: str, files: dict[str, str], author: str = "developer@example.org"
    ) -> tuple[str | None, str]:
        """A commit on a branch; gives the ids of the one before and of the new one."""
        commits = self._branches.setdefault((repository, branch), [])
        before = commits[-1] if commits else (None, {})
        merged = {**before[1], **files}
        identity = hashlib.sha1(f"{branch}{len(commits)}{sorted(merged.items())}".encode()).hexdigest()
        commits.append((identity, merged))
        person = {"name": author.split("@")[0], "email": author, "date": f"{int(time.time())} +0000"}
        self._commits[(repository, identity)] = {
            "commitId": identity, "treeId": identity, "parents": [before[0]] if before[0] else [],
            "message": "message\n", "author": person, "committer": person,
        }  # fmt: skip
        return before[0], identity

    def get(self, repository: str, branch: str, wanted: str | None) -> tuple[str, bytes]:
        """A commit's files, zipped."""
        for identity, files in reversed(self._branches.get((repository, branch), [])):
            if wanted in (None, identity):
                buffer = io.BytesIO()
                with zipfile.ZipFile(buffer, "w") as archive:
                    for name, text in files.items():
                        archive.writestr(name, text)
                return identity, buffer.getvalue()
        raise NotThere(f"{repository} has no commit {wanted or ''} on {branch}")

    def changed(self, repository: str, before: str | None, after: str) -> list[str]:
        """Paths that differ between two commits."""
        known = {i: f for (r, _), commits in self._branches.items() if r == repository for i, f in commits}
        old, new = known.get(before or "", {}), known[after]
        return sorted(p for p in {*old, *new} if old.get(p) != new.get(p))

    def told(self, request: Request, place: Place) -> dict[str, Any]:
        """The answer of `GetCommit`."""
        arn = place.arn("codecommit", request["repositoryName"])
        found = self._commits.get((arn, request["commitId"]))
        if found is None:
            raise client_error(request.operation, "CommitIdDoesNotExistException", f"no commit {request['commitId']}")
        return {"commit": found}

    def differences(self, request: Request, place: Place) -> dict[str, Any]:
        """The answer of `GetDifferences`, which is paged."""
        arn = place.arn("codecommit", request["repositoryName"])
        changed = self.changed(arn, request.params.get("beforeCommitSpecifier"), request["afterCommitSpecifier"])
        begin, size = int(request.params.get("NextToken", 0)), int(request.params.get("MaxResults", 100))
        page = [
            {"afterBlob": {"path": path, "blobId": "0", "mode": "100644"}, "changeType": "M"}
            for path in changed[begin : begin + size]
        ]
        more = {"NextToken": str(begin + size)} if len(changed) > begin + size else {}
        return {"differences": page, **more}
