"""Write the table of AWS's own container images from the SageMaker SDK that this runs with.

    .venvs/sdk/bin/python scripts/image_accounts.py [FILE]

AWS publishes its images from accounts that differ by region and framework; the SDK's `image_uri_config` lists them.
Repositories with equal accounts share an entry. The deploy tools read the table, so that they need no SDK.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import botocore.session
import sagemaker.core

Accounts = dict[str, str]

TABLE = Path(__file__).parents[1] / "tools" / "deploy" / "images.json"


def entries(value: Any) -> Iterator[tuple[str, Accounts]]:
    """Every repository below a part of a configuration, with its accounts by region."""
    if isinstance(value, dict):
        if "registries" in value and "repository" in value:
            yield value["repository"], value["registries"]
        for below in value.values():
            yield from entries(below)


def configurations() -> Iterator[tuple[str, Any]]:
    """Every framework or algorithm that the SDK knows images of."""
    for file in sorted((Path(sagemaker.core.__file__).parent / "image_uri_config").glob("*.json")):
        yield file.stem, json.loads(file.read_text("utf-8"))


def repositories() -> dict[str, Accounts]:
    """The accounts of each repository.

    Its versions differ in the regions that have them, never in a region's account.
    """
    found: dict[str, Accounts] = {}
    for name, configuration in configurations():
        for repository, accounts in entries(configuration):
            known = found.setdefault(repository, {})
            for region, account in accounts.items():
                if known.setdefault(region, account) != account:
                    raise ValueError(f"{name}: {repository} has two accounts in {region}")
    return found


def suffixes() -> dict[str, str]:
    """The domain of each partition, by the beginning of its regions; every other region has the usual one."""
    partitions = (
        botocore.session.get_session().get_component("data_loader").load_data("partitions")["partitions"]
    )
    domains = {}
    for partition in partitions:
        domain = partition["outputs"]["dnsSuffix"]
        beginning = (
            partition["regionRegex"].split("\\w")[0].lstrip("^").replace("\\-", "-").replace("(de)", "de")
        )
        if domain != "amazonaws.com":
            domains[beginning] = domain
    return domains


def table() -> dict[str, Any]:
    """The whole table: regions are listed by account, which is far shorter where one account serves many."""
    groups: dict[str, list[str]] = {}
    for repository, accounts in sorted(repositories().items()):
        groups.setdefault(json.dumps(accounts, sort_keys=True), []).append(repository)
    registries = []
    for text, names in groups.items():
        by_account: dict[str, list[str]] = {}
        for region, account in json.loads(text).items():
            by_account.setdefault(account, []).append(region)
        accounts = {account: " ".join(regions) for account, regions in sorted(by_account.items())}
        registries.append({"repositories": names, "accounts": accounts})
    return {
        "source": f"sagemaker-core {version('sagemaker-core')}",
        "suffixes": suffixes(),
        "registries": registries,
    }


def text() -> str:
    """The file: one line per entry, so that differences can be read."""
    content = table()
    lines = ",\n".join(f"    {json.dumps(entry)}" for entry in content["registries"])
    head = json.dumps({k: v for k, v in content.items() if k != "registries"}, indent=2)[:-2]
    return f'{head},\n  "registries": [\n{lines}\n  ]\n}}\n'


if __name__ == "__main__":
    (Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE).write_text(text(), encoding="utf-8", newline="\n")
