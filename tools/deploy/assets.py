"""Assets of an endpoint stack: CloudFormation actions of a pipeline publish none, so this does."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from objects import MISSING
from targets import Environment, Refused

PREFIX = "assets/"
"""Where assets are in an environment's deployment bucket."""

STACK = "aws:cloudformation:stack"
"""Type of a stack in the manifest of a cloud assembly."""


@dataclass(frozen=True)
class Asset:
    """A file, or a folder that becomes an archive, and where it goes."""

    source: Path
    packaging: str
    key: str


def find_stack(assembly: Path, stack: str) -> tuple[Path, dict[str, Any]]:
    """A stack's artifact and the folder it is in, wherever in the (nested) cloud assembly that is."""
    folders = [assembly]
    for folder in folders:
        manifest = folder / "manifest.json"
        content = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
        for key, artifact in content.get("artifacts", {}).items():
            properties: dict[str, Any] = artifact.get("properties", {})
            if artifact.get("type") == "cdk:cloud-assembly":
                folders.append(folder / str(properties["directoryName"]))
            elif artifact.get("type") == STACK and properties.get("stackName", key) == stack:
                return folder, artifact
    raise Refused(
        f"The CDK app has no stack {stack}: "
        "config/delivery.json is not the one that the deploy tools were deployed with."
    )


@dataclass(frozen=True)
class Home:
    """The values of the placeholders in an asset's bucket."""

    account: str
    region: str
    partition: str

    def fill(self, bucket: str) -> str:
        """The bucket's name."""
        own = {
            "${AWS::AccountId}": self.account,
            "${AWS::Region}": self.region,
            "${AWS::Partition}": self.partition,
        }
        for placeholder, value in own.items():
            bucket = bucket.replace(placeholder, value)
        return bucket


def assets_of(
    stack: str,
    folder: Path,
    artifact: dict[str, Any],
    home: Home,
    check_place: Callable[[str, str], None],
    within: Callable[[Path], Path] = lambda file: file,
) -> list[Asset]:
    """
    What a stack consists of beside its template.

    `check_place` refuses buckets and keys that nothing is published to, `within` files that nobody may name.
    """
    artifacts: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))[
        "artifacts"
    ]
    found: dict[str, Asset] = {}
    for name in artifact.get("dependencies", []):
        needed = artifacts.get(name, {})
        if needed.get("type") != "cdk:asset-manifest":
            continue
        file = within(folder / str(needed["properties"]["file"]))
        manifest = json.loads(file.read_text(encoding="utf-8"))
        if manifest.get("dockerImages"):
            raise Refused(
                f"{stack} has a container image as an asset; only files are published. "
                "Push the image to a repository of your own and refer to it there."
            )
        for entry in manifest.get("files", {}).values():
            source = entry["source"]
            if "path" not in source:
                raise Refused(
                    f"{stack} has an asset that a command makes; only files and folders are published."
                )
            if source["path"] == artifact["properties"]["templateFile"]:
                continue
            path = within(folder / str(source["path"]))
            for destination in entry["destinations"].values():
                key = str(destination["objectKey"])
                check_place(home.fill(str(destination["bucketName"])), key)
                found[key] = Asset(path, source.get("packaging", "file"), key)
    return [found[key] for key in sorted(found)]


def read_assets(assembly: Path, environment: Environment, partition: str) -> list[Asset]:
    """What the environment's endpoint stack consists of beside its template."""

    def check_place(bucket: str, key: str) -> None:
        if bucket != environment.deployment_bucket or not key.startswith(PREFIX):
            raise Refused(
                f"An asset of {environment.stack} goes to s3://{bucket}/{key}; the deploy pipeline publishes "
                f"to s3://{environment.deployment_bucket}/{PREFIX} only. Do not change its synthesizer."
            )

    folder, artifact = find_stack(assembly, environment.stack)
    home = Home(environment.account, environment.region, partition)
    return assets_of(environment.stack, folder, artifact, home, check_place)


def publish(s3: Any, environment: Environment, assets: list[Asset]) -> None:
    """Uploads what is not there yet. Assets are named by their content, so what is there is right."""
    for asset in assets:
        if is_there(s3, environment, asset.key):
            print(f"{environment.name}: {asset.key} already exists")
            continue
        with tempfile.TemporaryDirectory() as scratch:
            file = asset.source
            if asset.packaging == "zip":
                file = Path(scratch) / "asset.zip"
                archive(asset.source, file)
            s3.upload_file(
                Filename=str(file),
                Bucket=environment.deployment_bucket,
                Key=asset.key,
                ExtraArgs={
                    "ServerSideEncryption": "aws:kms",
                    "SSEKMSKeyId": environment.key,
                    # Bucket names are global: never write to somebody else's bucket of this name.
                    "ExpectedBucketOwner": environment.account,
                },
            )
        print(f"{environment.name}: {asset.key} published")


def is_there(s3: Any, environment: Environment, key: str) -> bool:
    """Whether an environment's deployment bucket has an object."""
    try:
        s3.head_object(Bucket=environment.deployment_bucket, Key=key, ExpectedBucketOwner=environment.account)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return False
        raise
    return True


def archive(folder: Path, file: Path) -> None:
    """The folder as a zip archive: the same files always give the same bytes."""
    paths = sorted(
        (Path(root) / name for root, _, names in os.walk(folder, followlinks=True) for name in names),
        key=lambda path: path.relative_to(folder).as_posix(),
    )
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        for path in paths:
            # The earliest time that the format knows; only whether a file may be executed counts of its mode.
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (0o100755 if path.stat().st_mode & 0o100 else 0o100644) << 16
            with path.open("rb") as content, target.open(entry, "w", force_zip64=True) as member:
                while block := content.read(1024 * 1024):
                    member.write(block)
