"""What a build looks up before it starts an execution, looked up on this machine: parameters by their names.

`ApprovedModelUrl`, `ApprovedModelPackage` and `ApprovedModelImage` name the newest approved version of the
model, `InputDataListing` what the data at `InputDataUrl` holds. Only what the pipeline declares is looked up.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .hashing import Hasher, digest_text
from .pipeline import Definition
from .registry import Registry
from .store import LocalStore

APPROVED = ("ApprovedModelUrl", "ApprovedModelPackage", "ApprovedModelImage")
DATA, LISTING = "InputDataUrl", "InputDataListing"


def approved_model(definition: Definition, given: Mapping[str, Any], store: LocalStore) -> dict[str, str]:
    """Return the newest approved version of the group that the pipeline registers into; nothing without one.

    A version that is not one archive, or whose archive is gone, has no url here: the pipeline is told that
    there is such a version, and finds that it cannot be compared.
    """
    declared = {item.get("Name") for item in definition.parameters}
    groups = {
        step.arguments.get("ModelPackageGroupName")
        for step in definition.all_steps()
        if step.type == "RegisterModel"
    }
    if not declared.issuperset(APPROVED) or not given.keys().isdisjoint(APPROVED) or len(groups) != 1:
        return {}
    (group,) = groups
    versions = Registry(store.work / "registry").versions(group) if isinstance(group, str) else []
    package = next((one for one in reversed(versions) if one["ModelApprovalStatus"] == "Approved"), None)
    if package is None:
        return {}
    containers = package["InferenceSpecification"]["Containers"]
    container = containers[0] if len(containers) == 1 else {}
    url = container.get("ModelDataUrl")
    found = {
        "ApprovedModelPackage": str(package["ModelPackageArn"]),
        "ApprovedModelImage": str(container.get("Image") or "unknown"),
    }
    return {**found, "ApprovedModelUrl": url} if url and store.locate(url).is_file() else found


def listing(parameters: Mapping[str, Any], store: LocalStore, hasher: Hasher) -> dict[str, str]:
    """Return a hash of the data that is read in place; nothing for what must be fetched."""
    uri = parameters.get(DATA)
    path = store.in_place(uri) if LISTING in parameters and isinstance(uri, str) else None
    if path is None or not path.exists():
        return {}
    found = [path, *store.siblings(str(uri))]
    return {LISTING: digest_text("".join(f"{each.name} {hasher.digest(each)}\n" for each in found))[:32]}
