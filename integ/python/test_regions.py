"""The regions that option checks know are those in which the pinned SDK finds an image of each framework."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import sagemaker.core
from sagemaker.core import image_uris

from conftest import SOURCE, VERSIONS

REGIONS = SOURCE / "src" / "options" / "knowledge" / "regions.ts"
FRAMEWORKS = SOURCE / "src" / "options" / "knowledge" / "frameworks.ts"


def known() -> list[str]:
    """The list in the source of the option checks."""
    found = re.search(r"CONTAINER_REGIONS[^=]*= \[(.*?)\];", REGIONS.read_text("utf-8"), re.DOTALL)
    assert found
    return re.findall(r"'([a-z0-9-]+)'", found[1])


@pytest.mark.parametrize("framework", VERSIONS)
def test_the_regions_are_those_of_the_sdk(framework: str) -> None:
    """The image's registries, for training and for serving."""
    config = Path(sagemaker.core.__file__).parent / "image_uri_config" / f"{framework}.json"
    content = json.loads(config.read_text("utf-8"))
    for scope in ("training", "inference"):
        registries = content[scope]["versions"][VERSIONS[framework]]["registries"]
        assert sorted(registries) == known()


def test_the_versions_are_those_of_the_options() -> None:
    """The versions here are those that a repository is generated with."""
    assert re.findall(r"containerVersion: '(.*?)'", FRAMEWORKS.read_text("utf-8")) == list(VERSIONS.values())


@pytest.mark.parametrize("framework", VERSIONS)
def test_every_region_gives_an_address(framework: str) -> None:
    """The call that the pipeline makes, once per region; a region that is not listed gives none."""
    for region in known():
        uri = image_uris.retrieve(framework, region, version=VERSIONS[framework])
        assert f".{region}." in uri
    with pytest.raises(ValueError, match=r"[Uu]nsupported region"):
        image_uris.retrieve(framework, "ap-southeast-9", version=VERSIONS[framework])
