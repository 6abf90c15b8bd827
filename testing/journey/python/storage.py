"""What moto lacks of S3, KMS and ECR: an upload in parts that must not replace anything, keys, images."""

from __future__ import annotations

import hashlib
from typing import Any

from botocore.exceptions import ClientError

from cloud import Cloud
from gateway import Fake, client_error
from moto_client import raw_client
from permissions import Request
from values import Place, parse_arn


def complete_upload(request: Request, place: Place) -> dict[str, Any]:
    """CompleteMultipartUpload with If-None-Match."""
    s3 = raw_client("s3", place)
    if request.params.get("IfNoneMatch") == "*":
        try:
            s3.head_object(Bucket=request["Bucket"], Key=request["Key"])
        except ClientError:
            pass
        else:
            raise client_error("CompleteMultipartUpload", "PreconditionFailed", "the object is there already", 412)
    answer: dict[str, Any] = s3.complete_multipart_upload(**request.params)
    return {k: v for k, v in answer.items() if k != "ResponseMetadata"}


def describe_key(cloud: Cloud) -> Fake:
    """DescribeKey of the keys that the delivery has made, by id, ARN or alias."""

    def answer(request: Request, _: Place) -> dict[str, Any]:
        arn = cloud.key_of(request["KeyId"], request.place) or ""
        return {"KeyMetadata": {"KeyId": parse_arn(arn).resource.removeprefix("key/"), "Arn": arn}}

    return answer


def first_party_image(request: Request, place: Place) -> dict[str, Any]:
    """What a registry of AWS says of an image that it publishes; nobody else has a registry here."""
    images = [{"registryId": place.account, "repositoryName": request["repositoryName"],
               "imageId": {**wanted, "imageDigest": f"sha256:{hashlib.sha256(str(wanted).encode()).hexdigest()}"}}
              for wanted in request["imageIds"]]  # fmt: skip
    return {"images": images, "failures": []}
