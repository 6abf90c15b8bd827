"""
Write down what GitHub's API takes and answers, as far as the tools call it. Usage: github_api.py > FILE

From the description that GitHub publishes (npm, `@octokit/openapi`), which is too large to be installed for
tests: operations that are called, with all that they refer to, without what is only for people.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "23.0.2"

OPERATIONS = {
    "/app/installations/{installation_id}/access_tokens": "post",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches": "post",
    "/repos/{owner}/{repo}": "get",
    "/repos/{owner}/{repo}/actions/runs/{run_id}": "get",
    "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}": "get",
    "/repos/{owner}/{repo}/actions/workflows/{workflow_id}/runs": "get",
    "/repos/{owner}/{repo}/activity": "get",
    "/repos/{owner}/{repo}/actions/oidc/customization/sub": "get",
    "/repos/{owner}/{repo}/branches/{branch}": "get",
    "/repos/{owner}/{repo}/environments/{environment_name}": "get",
    "/repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies": "get",
    "/repos/{owner}/{repo}/rules/branches/{branch}": "get",
}

FOR_PEOPLE = ("description", "example", "examples", "summary", "externalDocs", "tags", "title", "x-octokit")


def described() -> dict:
    """The whole description."""
    with tempfile.TemporaryDirectory() as folder:
        package = f"@octokit/openapi@{VERSION}"
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        [archive] = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as files:
            member = files.extractfile("package/generated/api.github.com.json")
            assert member, "the package has another form"
            return json.load(member)


def plain(node: object, *, is_names: bool = False) -> object:
    """The same without what is only for people; below `properties` and the like keys are names."""
    if isinstance(node, list):
        return [plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: plain(value, is_names=not is_names and key in ("properties", "schemas", "responses", "headers"))
        for key, value in node.items()
        if is_names or key not in FOR_PEOPLE
    }


def references(node: object) -> set[str]:
    """Everything that is referred to."""
    if isinstance(node, list):
        return {found for one in node for found in references(one)}
    if not isinstance(node, dict):
        return set()
    own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
    return own | {found for one in node.values() for found in references(one)}


def main() -> int:
    """Print the extract."""
    whole = described()
    paths = {path: {verb: plain(whole["paths"][path][verb])} for path, verb in OPERATIONS.items()}
    components: dict = {}
    waiting = references(paths)
    while waiting:
        reference = waiting.pop()
        _, _, kind, name = reference.split("/")
        if name in components.setdefault(kind, {}):
            continue
        components[kind][name] = plain(whole["components"][kind][name])
        waiting |= references(components[kind][name])
    extract = {
        "openapi": whole["openapi"],
        "info": {"title": "@octokit/openapi", "version": VERSION},
        "paths": paths,
        "components": {kind: dict(sorted(found.items())) for kind, found in sorted(components.items())},
    }
    json.dump(extract, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
