"""What option checks know of regions is what the pinned cfn-lint, botocore and SDK say."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest
import sagemaker.core
from sagemaker.core import image_uris

from conftest import SOURCE, VERSIONS

MANIFESTS = SOURCE / "templates" / "python" / "pipelines" / "frameworks"


def script() -> ModuleType:
    """`scripts/region_services.py`, which writes the table."""
    spec = importlib.util.spec_from_file_location(
        "region_services", SOURCE / "scripts" / "region_services.py"
    )
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def known(framework: str) -> list[str]:
    """The regions that the framework's manifest names."""
    manifest = json.loads((MANIFESTS / f"{framework}.json").read_text("utf-8"))
    return list(manifest["image"]["regions"])


def test_the_table_of_the_option_checks_is_what_the_script_writes() -> None:
    """From the pinned cfn-lint, botocore and SDK."""
    module = script()
    assert module.TABLE.read_text("utf-8") == module.text()
    for file in MANIFESTS.glob("*.json"):
        assert file.read_text("utf-8") == module.manifest(file)


@pytest.mark.parametrize("framework", VERSIONS)
def test_the_regions_are_those_of_the_sdk(framework: str) -> None:
    """The image's registries, for training and for serving."""
    config = Path(sagemaker.core.__file__).parent / "image_uri_config" / f"{framework}.json"
    content = json.loads(config.read_text("utf-8"))
    for scope in ("training", "inference"):
        registries = content[scope]["versions"][VERSIONS[framework]]["registries"]
        assert sorted(registries) == known(framework)


def test_the_versions_are_those_of_the_options() -> None:
    """The versions here are those that a repository is generated with."""
    for name, version in VERSIONS.items():
        manifest = json.loads((MANIFESTS / f"{name}.json").read_text("utf-8"))
        assert manifest["containerVersion"] == version


@pytest.mark.parametrize("framework", VERSIONS)
def test_every_region_gives_an_address(framework: str) -> None:
    """The call that the pipeline makes, once per region; a region that is not listed gives none."""
    manifest = json.loads((MANIFESTS / f"{framework}.json").read_text("utf-8"))
    for region in known(framework):
        uri = image_uris.retrieve(framework, region, version=VERSIONS[framework])
        assert f".{region}." in uri
        assert uri.rpartition("/")[2].partition(":")[0] == manifest["image"]["repository"]
    with pytest.raises(ValueError, match=r"[Uu]nsupported region"):
        image_uris.retrieve(framework, "ap-southeast-9", version=VERSIONS[framework])
