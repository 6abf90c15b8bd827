"""Assets of endpoint stacks are published to the bucket of their environment before the change set."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

import prepare
from assets import Asset, archive, publish, read_assets
from fakes import before_calls
from places import SERVING, Places
from targets import Refused

FOLDER = "e" * 64 + ".zip"
FILE = "f" * 64 + ".json"


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch, assemblies: Path, tmp_path: Path) -> Iterator[Places]:
    """The delivery `regions`, with a function and a file added to the stack of its environment `far`."""
    assembly = tmp_path / "cdk.out"
    shutil.copytree(assemblies / "regions", assembly)
    with mock_aws():
        made = Places(monkeypatch, assembly)
        add_assets(made, made.targets.environment("far").deployment_bucket)
        yield made


def add_assets(places: Places, bucket: str, **more: Any) -> None:
    """Writes an asset manifest as the CDK does."""
    [manifest] = [
        m for m in places.assembly.rglob("manifest.json") if "churn-main-far-endpoint" in m.read_text()
    ]
    folder = manifest.parent
    (folder / "asset.code").mkdir(exist_ok=True)
    (folder / "asset.code" / "index.py").write_text("def handler(event, context): return 1\n")
    # Files of a user may be called anything, also what the CDK calls its own.
    (folder / "asset.code" / "manifest.json").write_text("[]")
    (folder / "asset.file.json").write_text("{}")
    destination = {"bucketName": bucket, "region": "us-east-1", "assumeRoleArn": "ignored"}
    files = {
        "e": {
            "source": {"path": "asset.code", "packaging": "zip"},
            "destinations": {"far": {**destination, "objectKey": f"assets/{FOLDER}"}},
        },
        "f": {
            "source": {"path": "asset.file.json", "packaging": "file"},
            "destinations": {"far": {**destination, "objectKey": f"assets/{FILE}"}},
        },
    }
    content = {"version": "48.0.0", "files": files, "dockerImages": {}, **more}
    (folder / "far.assets.json").write_text(json.dumps(content))
    written = json.loads(manifest.read_text())
    written["artifacts"]["far.assets"] = {
        "type": "cdk:asset-manifest",
        "properties": {"file": "far.assets.json"},
    }
    for artifact in written["artifacts"].values():
        if artifact.get("properties", {}).get("stackName") == "churn-main-far-endpoint":
            artifact["dependencies"] = ["far.assets"]
    manifest.write_text(json.dumps(written))


def run(places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str = "keep-live") -> None:
    monkeypatch.setattr(prepare, "TOOLS", places.file.parent)
    execution = prepare.Execution("e", wanted, "2026-01-02T00:00:00.0Z")
    prepare.prepare(places.aws, places.assembly, tmp_path / "deployment", execution)


def test_the_preparation_publishes_them_under_the_environments_key(places, tmp_path, monkeypatch):
    run(places, tmp_path, monkeypatch)
    assert places.keys("far") == [f"assets/{FOLDER}", f"assets/{FILE}"]
    assert places.keys("near") == places.keys("same") == []
    s3, bucket = places.bucket("far")
    for key in places.keys("far"):
        head = s3.head_object(Bucket=bucket, Key=key)
        assert head["ServerSideEncryption"] == "aws:kms"
        assert head["SSEKMSKeyId"] == places.targets.environment("far").key
    file = tmp_path / "code.zip"
    file.write_bytes(s3.get_object(Bucket=bucket, Key=f"assets/{FOLDER}")["Body"].read())
    with zipfile.ZipFile(file) as content:
        assert content.read("index.py") == b"def handler(event, context): return 1\n"


def test_the_code_of_a_function_that_the_cdk_put_there_is_where_the_template_looks_for_it(
    monkeypatch, assemblies, tmp_path
):
    with mock_aws():
        places = Places(monkeypatch, assemblies / "regions-with-function")
        run(places, tmp_path, monkeypatch)
        template = json.loads((tmp_path / "deployment" / "far" / "template.json").read_text())
        [code] = [
            r["Properties"]["Code"]
            for r in template["Resources"].values()
            if r["Type"] == "AWS::Lambda::Function"
        ]
        s3, bucket = places.bucket("far")
        assert (code["S3Bucket"], [code["S3Key"]]) == (bucket, places.keys("far"))
        file = tmp_path / "code.zip"
        file.write_bytes(s3.get_object(Bucket=bucket, Key=code["S3Key"])["Body"].read())
        with zipfile.ZipFile(file) as content:
            assert content.read("index.py").startswith(b"def handler")


def test_they_are_uploaded_once_with_the_publish_role_to_nobody_elses_bucket(places, tmp_path, monkeypatch):
    calls: list[tuple[str, dict[str, Any]]] = []
    roles: list[str] = []

    def note(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        calls.append((operation, arguments))
        return real(client, operation, arguments)

    def take_on(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        roles.append(arguments.get("RoleArn", ""))
        return real(client, operation, arguments)

    before_calls(monkeypatch, "s3", note)
    before_calls(monkeypatch, "sts", take_on)
    run(places, tmp_path, monkeypatch)
    assert f"arn:aws:iam::{SERVING}:role/churn-main-far-publish" in roles
    # What the execution decided is kept in another bucket.
    assets = [(operation, a) for operation, a in calls if a["Bucket"] != places.targets.records]
    assert len([a for operation, a in assets if operation == "PutObject"]) == 2
    assert {a["ExpectedBucketOwner"] for _, a in assets} == {SERVING}
    calls.clear()
    run(places, tmp_path, monkeypatch)
    again = {operation for operation, a in calls if a["Bucket"] != places.targets.records}
    assert again == {"HeadObject"}


def test_an_environment_that_is_left_alone_gets_none(places, tmp_path, monkeypatch):
    run(places, tmp_path, monkeypatch, places.register("Rejected"))
    assert places.keys("far") == []


def test_another_bucket_than_the_environments_is_refused(places):
    add_assets(places, "cdk-hnb659fds-assets-333333333333-us-east-1")
    with pytest.raises(Refused, match=r"goes to s3://cdk-hnb659fds.*Do not change its synthesizer"):
        read_assets(places.assembly, places.targets.environment("far"), "aws")


def test_container_images_are_refused(places):
    far = places.targets.environment("far")
    add_assets(places, far.deployment_bucket, dockerImages={"x": {}})
    with pytest.raises(Refused, match="container image as an asset"):
        read_assets(places.assembly, far, "aws")


def test_what_a_command_makes_is_refused(places):
    far = places.targets.environment("far")
    destination = {"bucketName": far.deployment_bucket, "objectKey": "assets/x"}
    made = {"x": {"source": {"executable": ["make"]}, "destinations": {"far": destination}}}
    add_assets(places, far.deployment_bucket, files=made)
    with pytest.raises(Refused, match="a command makes"):
        read_assets(places.assembly, far, "aws")


def test_placeholders_stand_for_the_environments_account_and_region(places):
    far = places.targets.environment("far")
    name = far.deployment_bucket.replace(SERVING, "${AWS::AccountId}").replace("us-east-1", "${AWS::Region}")
    assert "${AWS::AccountId}-${AWS::Region}" in name
    add_assets(places, name)
    assert [a.key for a in read_assets(places.assembly, far, "aws")] == [f"assets/{FOLDER}", f"assets/{FILE}"]


def test_a_bucket_that_may_not_be_looked_at_fails_instead_of_being_written_to_blindly(places):
    far = places.targets.environment("far")
    s3, _ = places.bucket("far")
    s3.delete_bucket(Bucket=far.deployment_bucket)
    asset = Asset(places.file, "file", "assets/x.json")
    with pytest.raises(s3.exceptions.ClientError):
        publish(s3, far, [asset])


def test_the_same_folder_gives_the_same_archive_whenever_and_however_it_was_written(tmp_path):
    archives = []
    for name, order in (("a", ["x.py", "b/y.py", "run.sh"]), ("b", ["run.sh", "b/y.py", "x.py"])):
        folder = tmp_path / name
        for file in order:
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).write_text(file)
        (folder / "run.sh").chmod(0o755 if name == "a" else 0o700)
        (folder / "x.py").chmod(0o644 if name == "a" else 0o600)
        archive(folder, tmp_path / f"{name}.zip")
        archives.append((tmp_path / f"{name}.zip").read_bytes())
    assert archives[0] == archives[1]
    out = tmp_path / "out"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(tmp_path / "a.zip"), str(out)], check=True)
    assert (out / "b" / "y.py").read_text() == "b/y.py"
    with zipfile.ZipFile(tmp_path / "a.zip") as content:
        modes = {i.filename: i.external_attr >> 16 & 0o777 for i in content.infolist()}
    assert modes == {"b/y.py": 0o644, "run.sh": 0o755, "x.py": 0o644}


def test_links_in_a_folder_are_followed(tmp_path):
    (tmp_path / "real.py").write_text("1")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "more.py").write_text("2")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.py").symlink_to(tmp_path / "real.py")
    (folder / "inside").symlink_to(tmp_path / "shared")
    archive(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as content:
        assert content.namelist() == ["inside/more.py", "link.py"]
