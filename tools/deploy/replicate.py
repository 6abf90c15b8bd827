"""
A model for an environment in another region than the build's: SageMaker takes artifacts, images and packages
of its own region alone.
"""

from __future__ import annotations

import importlib
from functools import partial
from typing import Any

import packages
from aws import Aws
from copying import WORKERS, Copier
from package_groups import parse_group
from registry import Package
from targets import Environment, Refused

_config: Any = importlib.import_module("botocore.config")

PREFIX = "models"
"""Where copies are in an environment's deployment bucket."""

# S3 answers the copy of a large part only after minutes, and copies many at a time.
PATIENT = _config.Config(
    retries={"mode": "standard", "total_max_attempts": 10},
    read_timeout=900,
    max_pool_connections=WORKERS * WORKERS,
)


def replicate(aws: Aws, environment: Environment, package: Package) -> str:
    """
    The package that the environment's model is made from: the approved one, or its copy in another region.

    A copy is made once for each version and content; it is registered as approved, since the original is.
    """
    if environment.replica_group is None:
        return package.arn
    role = environment.replicate_role
    if role is None:
        raise Refused(
            f"{environment.name} has a group for copies but no role to make them; deploy the infrastructure."
        )
    client = partial(aws.client_of, role)
    _, _, _, region, *_ = package.arn.split(":")
    copy = packages.PackageCopy(
        package=package.details,
        destination=packages.Destination(
            parse_group(environment.replica_group), environment.deployment_bucket, PREFIX
        ),
        # The bucket's own encryption, with the environment's key, is that of the copies.
        copier=Copier(client("s3", region, PATIENT), client("s3", environment.region, PATIENT), once=True),
        ecr=partial(client, "ecr"),
        say=lambda text: print(f"{environment.name}: {text}"),
    )
    served = packages.replicate(copy, client("sagemaker", environment.region))
    print(f"{environment.name}: {served} is the copy of {package.arn} in {environment.region}")
    return served
