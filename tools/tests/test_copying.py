"""Copies between buckets, made by moto's S3; the limits are small, so that copies in parts really happen."""

from __future__ import annotations

import itertools
from typing import Any

import boto3
import pytest

import copying
from buckets import COPY, GIB, KEY, SOURCE, TARGET, WHOLE, Buckets
from copying import Copier, even_parts
from fakes import before_calls
from objects import Location, parse
from targets import Refused


def test_an_object_is_copied_with_its_checksum_headers_and_metadata_under_the_given_key(buckets):
    found = buckets.put(ChecksumAlgorithm="SHA256", ContentType="application/gzip", Metadata={"made": "here"})
    assert buckets.copier(KEY).copy(found, COPY) is True
    head = buckets.target.head_object(Bucket=TARGET, Key=COPY.key, ChecksumMode="ENABLED")
    assert head["ContentType"] == "application/gzip"
    assert head["Metadata"]["made"] == "here"
    assert head["SSEKMSKeyId"] == KEY
    assert found.checksum and head["ChecksumSHA256"] == found.checksum.value
    [call] = buckets.arguments("CopyObject")
    assert call["TaggingDirective"] == "REPLACE"
    assert call["CopySourceIfMatch"] == found.etag


def test_without_a_key_the_buckets_own_encryption_is_used(buckets):
    buckets.copier().copy(buckets.put(), COPY)
    assert "ServerSideEncryption" not in buckets.arguments("CopyObject")[0]


@pytest.mark.parametrize("algorithm", [None, "SHA256", "CRC32"])
def test_a_second_run_copies_nothing(buckets, algorithm):
    found = buckets.put(**({"ChecksumAlgorithm": algorithm} if algorithm else {}))
    assert buckets.copier().copy(found, COPY) is True
    buckets.calls.clear()
    assert buckets.copier().copy(found, COPY) is False
    assert buckets.copies() == []
    assert buckets.said[-1] == f"{COPY.uri} already exists"


@pytest.mark.parametrize("algorithm", [None, "SHA256"])
def test_a_changed_object_of_the_same_size_is_copied_again(buckets, algorithm):
    more = {"ChecksumAlgorithm": algorithm} if algorithm else {}
    buckets.copier().copy(buckets.put(b"first", **more), COPY)
    if not algorithm:
        # Without a checksum the time of the change tells, in whole seconds; versions do better.
        buckets.source.put_bucket_versioning(Bucket=SOURCE, VersioningConfiguration={"Status": "Enabled"})
    assert buckets.copier().copy(buckets.put(b"other", **more), COPY) is True
    assert buckets.content() == b"other"


def test_a_copy_under_another_key_is_made_again(buckets):
    found = buckets.put(ChecksumAlgorithm="SHA256")
    buckets.copier().copy(found, COPY)
    assert buckets.copier(KEY).copy(found, COPY) is True


@pytest.mark.usefixtures("small_limits")
def test_an_object_above_the_limit_is_copied_in_parts_and_ends_up_whole(buckets):
    content = bytes(range(50))
    found = buckets.put(content, Metadata={"made": "here"}, ContentType="application/gzip")
    assert buckets.copier(KEY).copy(found, COPY) is True
    assert buckets.content() == content
    ranges = sorted((c["PartNumber"], c["CopySourceRange"]) for c in buckets.arguments("UploadPartCopy"))
    assert ranges[0] == (1, "bytes=0-3") and ranges[-1] == (13, "bytes=48-49") and len(ranges) == 13
    assert buckets.arguments("CreateMultipartUpload")[0]["ChecksumAlgorithm"] == "CRC64NVME"
    head = buckets.target.head_object(Bucket=TARGET, Key=COPY.key)
    assert (head["ContentType"], head["Metadata"]["made"], head["SSEKMSKeyId"]) == (
        "application/gzip",
        "here",
        KEY,
    )
    assert any("of 13 parts" in line for line in buckets.said)
    buckets.calls.clear()
    assert buckets.copier(KEY).copy(found, COPY) is False
    assert buckets.copies() == []


@pytest.mark.usefixtures("small_limits")
@pytest.mark.parametrize("operation", ["UploadPartCopy", "CompleteMultipartUpload"])
def test_a_copy_that_fails_half_way_leaves_no_parts_and_can_be_run_again(buckets, operation):
    found = buckets.put(bytes(50))
    buckets.failing[operation] = 7 if operation == "UploadPartCopy" else 1
    with pytest.raises(Refused, match=r"cannot be copied to .*broken"):
        buckets.copier().copy(found, COPY)
    assert buckets.copies()[-1] == "AbortMultipartUpload"
    assert "Uploads" not in buckets.target.list_multipart_uploads(Bucket=TARGET)
    assert buckets.target.list_objects_v2(Bucket=TARGET)["KeyCount"] == 0
    buckets.failing.clear()
    assert buckets.copier().copy(found, COPY) is True


def test_an_object_that_changes_while_it_is_copied_is_not_copied(buckets):
    found = buckets.put(b"first")
    buckets.put(b"other")
    with pytest.raises(Refused, match="not as it was"):
        buckets.copier().copy(found, COPY)


def test_a_copy_with_another_checksum_than_the_original_is_refused(buckets, monkeypatch):
    found = buckets.put(b"first", ChecksumAlgorithm="SHA256")

    def swap(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        answer = real(client, operation, arguments)
        if operation == "CopyObject":
            client.put_object(Bucket=TARGET, Key=COPY.key, Body=b"wrong", ChecksumAlgorithm="SHA256")
        return answer

    before_calls(monkeypatch, "s3", swap)
    with pytest.raises(Refused, match=r"differs from s3://source-models/churn/model.tar.gz"):
        buckets.copier().copy(found, COPY)


class PartsOfTheOriginal:
    """S3's answers for an object with a checksum made of those of its parts, which moto leaves out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, value: str = "abcd==") -> None:
        self.value = value
        before_calls(monkeypatch, "s3", self._call)

    def _call(self, real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if "PartNumber" in arguments:
            # moto compares the precondition with the part.
            arguments.pop("IfMatch", None)
        answer = real(client, operation, arguments)
        if operation == "HeadObject" and "PartNumber" not in arguments:
            headers = answer["ResponseMetadata"]["HTTPHeaders"]
            for name in [n for n in headers if n.startswith("x-amz-checksum")]:
                del headers[name]
            headers["x-amz-checksum-crc32"] = (
                self.value if arguments["Bucket"] == TARGET else "abcd=="
            ) + "-3"
        if operation == "UploadPartCopy":
            answer["CopyPartResult"]["ChecksumCRC32"] = f"part{arguments['PartNumber']}"
        return answer


def upload_in_parts(buckets: Buckets, sizes: tuple[int, ...]) -> None:
    place = {"Bucket": SOURCE, "Key": WHOLE.key}
    upload = buckets.source.create_multipart_upload(**place, ChecksumAlgorithm="CRC32")["UploadId"]
    parts = []
    for number, size in enumerate(sizes, 1):
        tag = buckets.source.upload_part(
            **place, UploadId=upload, PartNumber=number, Body=bytes([number]) * size
        )["ETag"]
        parts.append({"PartNumber": number, "ETag": tag})
    buckets.source.complete_multipart_upload(**place, UploadId=upload, MultipartUpload={"Parts": parts})
    buckets.calls.clear()


@pytest.mark.usefixtures("small_limits")
def test_a_checksum_made_of_parts_is_compared_by_copying_the_same_parts(buckets, monkeypatch):
    upload_in_parts(buckets, (5, 7, 2))
    PartsOfTheOriginal(monkeypatch)
    found = buckets.copier().look(WHOLE)
    assert str(found.checksum) == "CRC32 abcd==-3"
    assert buckets.copier().copy(found, COPY) is True
    ranges = {c["PartNumber"]: c["CopySourceRange"] for c in buckets.arguments("UploadPartCopy")}
    assert ranges == {1: "bytes=0-4", 2: "bytes=5-11", 3: "bytes=12-13"}
    assert buckets.arguments("CreateMultipartUpload")[0]["ChecksumAlgorithm"] == "CRC32"
    [done] = buckets.arguments("CompleteMultipartUpload")
    assert [p["ChecksumCRC32"] for p in done["MultipartUpload"]["Parts"]] == ["part1", "part2", "part3"]
    assert buckets.content() == b"\x01" * 5 + b"\x02" * 7 + b"\x03" * 2


@pytest.mark.usefixtures("small_limits")
def test_a_copy_whose_parts_add_up_to_another_checksum_is_refused(buckets, monkeypatch):
    upload_in_parts(buckets, (5, 7, 2))
    PartsOfTheOriginal(monkeypatch, value="wxyz==")
    with pytest.raises(Refused, match="CRC32 wxyz==-3 instead of"):
        buckets.copier().copy(buckets.copier().look(WHOLE), COPY)


def test_a_prefix_is_listed_without_what_stands_for_folders(buckets):
    for key in ("churn/", "churn/code/a.py", "churn/weights.bin", "churnother"):
        buckets.put(b"" if key.endswith("/") else b"x", Location(SOURCE, key))
    found = list(buckets.copier().below(Location(SOURCE, "churn/")))
    assert [f.at.key for f in found] == ["churn/code/a.py", "churn/weights.bin"]


def test_many_objects_are_copied_side_by_side_and_counted(buckets):
    pairs = []
    for number in range(20):
        at = Location(SOURCE, f"churn/{number}")
        pairs.append(
            (
                buckets.put(b"%d" % number, at, ChecksumAlgorithm="SHA256"),
                Location(TARGET, f"copies/{number}"),
            )
        )
    assert buckets.copier().copy_all(pairs[:5]) == 5
    assert buckets.copier().copy_all(pairs) == 15
    assert buckets.content(Location(TARGET, "copies/19")) == b"19"


def test_after_a_failure_no_further_object_is_begun(buckets, monkeypatch):
    monkeypatch.setattr(copying, "WORKERS", 1)
    pairs = [
        (buckets.put(b"x", Location(SOURCE, f"churn/{n}")), Location(TARGET, f"copies/{n}"))
        for n in range(20)
    ]
    buckets.failing["CopyObject"] = 2
    with pytest.raises(Refused, match="broken"):
        buckets.copier().copy_all(pairs)
    assert len(buckets.arguments("CopyObject")) < 6


def test_what_is_not_there_is_nothing_and_what_is_denied_says_which_rights_are_needed(buckets):
    assert buckets.copier().look(Location(SOURCE, "nothing")) is None
    buckets.failing["HeadObject"] = sum(name == "HeadObject" for name, _ in buckets.calls) + 1
    with pytest.raises(Refused, match="must allow this role s3:GetObject and s3:ListBucket"):
        buckets.copier().look(WHOLE)


@pytest.mark.parametrize("size", [1, 5 * GIB + 1, 5 * 1024 * GIB, copying.PARTS_LIMIT * copying.PART_LIMIT])
def test_parts_cover_an_object_of_any_size_within_the_limits(size):
    parts = even_parts(size)
    assert parts[0][0] == 0 and parts[-1][1] == size and len(parts) <= 10_000
    assert all(a[1] == b[0] for a, b in itertools.pairwise(parts))
    sizes = [end - first for first, end in parts]
    assert max(sizes) <= 5 * GIB and all(s >= 5 * 1024**2 for s in sizes[:-1])


def test_an_object_larger_than_s3_can_copy_is_refused():
    with pytest.raises(Refused, match="larger than S3 can copy"):
        even_parts(copying.PARTS_LIMIT * copying.PART_LIMIT + 1)


@pytest.mark.parametrize(
    "uri",
    [
        "s3://bucket.name/a/b c.bin",
        "https://s3.eu-west-1.amazonaws.com/bucket.name/a/b c.bin",
        "https://bucket.name.s3.eu-west-1.amazonaws.com/a/b c.bin",
    ],
)
def test_every_form_of_address_is_understood(uri):
    assert parse(uri) == Location("bucket.name", "a/b c.bin")
    assert parse(uri).uri == "s3://bucket.name/a/b c.bin"


def test_another_address_is_refused():
    with pytest.raises(Refused, match="not an S3 URL"):
        parse("file:///model.tar.gz")


def test_a_newer_boto3_keeps_the_originals_whole_checksum_for_large_objects(
    buckets, small_limits, monkeypatch
):
    found = buckets.put(bytes(50), ChecksumAlgorithm="CRC32")
    client = boto3.client("s3", region_name="us-east-1")
    shape = client.meta.service_model.operation_model("CreateMultipartUpload").input_shape
    monkeypatch.setitem(shape.members, "ChecksumType", shape.members["ChecksumAlgorithm"])
    expected = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"}
    monkeypatch.setattr(
        client.meta.service_model, "operation_model", lambda _: type("Model", (), {"input_shape": shape})
    )
    assert Copier(client, client)._checksum_of_parts(found) == expected
