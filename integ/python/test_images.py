"""The table of AWS's own images in the deploy tools is what the pinned SDK knows."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sagemaker.core import image_uris
from sagemaker.core.common_utils import _botocore_resolver

from conftest import SOURCE

TOOLS = SOURCE / "tools" / "deploy"


def load(file: Path) -> ModuleType:
    """A module by its file."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


load(TOOLS / "targets.py")
images: Any = load(TOOLS / "images.py")
generator: Any = load(SOURCE / "scripts" / "image_accounts.py")
RESOLVER: Any = _botocore_resolver()


def address(repository: str, account: str, region: str) -> str:
    """An image's address, made the way the SDK makes it."""
    host = RESOLVER.construct_endpoint("ecr", region)["hostname"]
    template: str = image_uris.ECR_URI_TEMPLATE
    return template.format(registry=account, hostname=host, repository=f"{repository}:1.0-cpu-py3")


def test_the_table_is_what_the_generator_writes() -> None:
    """Nobody edited it, and the SDK's version is the same."""
    assert (TOOLS / "images.json").read_text("utf-8") == generator.text()
    assert (TOOLS / "images.json").stat().st_size < 60_000


@pytest.mark.parametrize("framework", [name for name, _ in generator.configurations()])
def test_an_image_is_mapped_to_what_the_sdk_has_in_each_other_region(framework: str) -> None:
    """Every repository of the framework, from every region to every other one."""
    configuration = dict(generator.configurations())[framework]
    different = {
        (repository, tuple(accounts.items())) for repository, accounts in generator.entries(configuration)
    }
    for repository, accounts in different:
        by_region = dict(accounts)
        uris = {region: address(repository, account, region) for region, account in by_region.items()}
        for uri in uris.values():
            assert images.kind(uri) == "first-party"
            for region, expected in uris.items():
                assert images.map_image(uri, region) == expected


SERVED: list[tuple[str, dict[str, str]]] = [
    ("xgboost", {"version": "3.2-0"}),
    ("sklearn", {"version": "1.9-0"}),
    (
        "pytorch",
        {
            "version": "2.6.0",
            "py_version": "py312",
            "image_scope": "inference",
            "instance_type": "ml.g5.xlarge",
        },
    ),
    ("tensorflow", {"version": "2.19.0", "image_scope": "inference", "instance_type": "ml.c5.large"}),
    ("clarify", {}),
    ("model-monitor", {}),
    ("linear-learner", {}),
]


@pytest.mark.parametrize(("framework", "arguments"), SERVED, ids=[name for name, _ in SERVED])
def test_the_sdks_own_addresses_are_mapped_onto_each_other(framework: str, arguments: dict[str, str]) -> None:
    """As the SDK gives them to a user, tag included."""
    known = {
        r for _, accounts in generator.entries(dict(generator.configurations())[framework]) for r in accounts
    }
    uris = {}
    for region in known:
        try:
            uris[region] = image_uris.retrieve(framework, region, **arguments)
        except ValueError:
            continue
    assert len(uris) > 10
    for start in ("eu-west-1", "us-east-1"):
        for region, expected in uris.items():
            assert images.map_image(uris[start], region) == expected


def test_a_region_without_the_image_is_refused_with_those_that_have_it() -> None:
    """The SDK knows none there either."""
    uri = image_uris.retrieve("clarify", "eu-west-1")
    with pytest.raises(ValueError, match="region"):
        image_uris.retrieve("clarify", "ap-southeast-4")
    with pytest.raises(
        images.Refused,
        match=r"no image sagemaker-clarify-processing in ap-southeast-4; it does in .*eu-west-1",
    ):
        images.map_image(uri, "ap-southeast-4")
