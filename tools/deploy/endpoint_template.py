"""The template of an endpoint stack, handed to CloudFormation: as a text, or from the deployment bucket."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from assets import PREFIX, is_there
from objects import MISSING
from targets import Environment, Refused

BODY_LIMIT = 51_200
"""Bytes of a template in a request (CloudFormation user guide, "Understand CloudFormation quotas")."""

FOLDER = f"{PREFIX}templates/"


def compact(file: Path) -> bytes:
    """The template without the spaces that only people need."""
    content = json.loads(file.read_text(encoding="utf-8"))
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def key_of(template: bytes) -> str:
    """Where it is in the deployment bucket: named by its content."""
    return f"{FOLDER}{hashlib.sha256(template).hexdigest()}.json"


def publish_template(s3: Any, environment: Environment, file: Path) -> None:
    """Uploads a template that no request has room for; nothing for others."""
    template = compact(file)
    if len(template) <= BODY_LIMIT or is_there(s3, environment, key_of(template)):
        return
    s3.put_object(
        Bucket=environment.deployment_bucket,
        Key=key_of(template),
        Body=template,
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=environment.key,
        # Bucket names are global: never write to somebody else's bucket of this name.
        ExpectedBucketOwner=environment.account,
    )
    print(f"{environment.name}: {key_of(template)} published")


def template_argument(s3: Any, environment: Environment, partition: str, file: Path) -> dict[str, str]:
    """What a request says of the template. What lies in the bucket must be what was prepared."""
    template = compact(file)
    if len(template) <= BODY_LIMIT:
        return {"TemplateBody": template.decode()}
    bucket, key = environment.deployment_bucket, key_of(template)
    try:
        found = s3.get_object(Bucket=bucket, Key=key, ExpectedBucketOwner=environment.account)
    except s3.exceptions.ClientError as error:
        if error.response["Error"]["Code"] not in MISSING:
            raise
        raise Refused(
            f"The template of {environment.stack} is not in s3://{bucket}/{key}. Run this deployment again "
            "from its first job, which publishes it."
        ) from error
    if found["Body"].read() != template:
        raise Refused(
            f"s3://{bucket}/{key} is not the template that was prepared: someone replaced it. Find out who "
            "wrote to the deployment bucket before anything is deployed."
        )
    host = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    return {"TemplateURL": f"https://{bucket}.s3.{environment.region}.{host}/{key}"}
