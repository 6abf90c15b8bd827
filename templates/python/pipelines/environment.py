"""Where the pipeline is built for: the build's environment variables, or fixed placeholders on a laptop.

The placeholders make the compiled definition the same bytes on every machine, whatever AWS settings it has:
without `ARTIFACT_BUCKET` nothing is read from the environment.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from pipelines.checks import declared
from pipelines.errors import PipelineError
from pipelines.local_storage import has_local_storage
from pipelines.manifests import hyperparameters
from pipelines.rules import meant
from pipelines.settings import Settings, Value

VOLUME_KEY = "VolumeKmsKey"
"""The parameter with the key of the jobs' volumes; only in a pipeline with a job that takes one."""


@dataclass(frozen=True)
class Environment:
    """What a definition depends on besides the repository's files; `local` is False in a build for AWS."""

    local: bool
    region: str
    bucket: str
    kms_key: str
    role_arn: str
    processing_role_arn: str
    training_role_arn: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    pipeline_name: str
    description: str
    model_package_group: str
    processing_type: str
    training_type: str
    hyperparameters: tuple[tuple[str, Value], ...] = ()
    """Hyperparameters that only this build sets."""

    @classmethod
    def load(cls, settings: Settings, variables: Mapping[str, str]) -> Environment:
        """Read the build's variables. Raises `PipelineError` when some that belong together are missing."""
        pipeline, model = settings.pipeline, settings.model
        types = {"processing_type": settings.processing.instance_type}
        types["training_type"] = settings.training.instance_type
        placeholder = "arn:aws:iam::111122223333:role/local-pipeline"
        if not variables.get("ARTIFACT_BUCKET"):
            return cls(
                local=True,
                region="us-east-1",
                bucket="local-artifacts",
                kms_key="",
                role_arn=placeholder,
                processing_role_arn=placeholder,
                training_role_arn=placeholder,
                subnets=(),
                security_groups=(),
                pipeline_name=pipeline.name,
                description=pipeline.description,
                model_package_group=model.model_package_group_name,
                processing_type=types["processing_type"],
                training_type=types["training_type"],
            )
        if missing := [
            name for name in ("AWS_REGION", "SAGEMAKER_PIPELINE_ROLE_ARN") if not variables.get(name)
        ]:
            raise PipelineError(
                f"ARTIFACT_BUCKET is set but {' and '.join(missing)} not: a build needs all of them"
            )
        given = given_parameters(variables)
        for name, parameter in (
            ("processing_type", "ProcessingInstanceType"),
            ("training_type", "TrainingInstanceType"),
        ):
            types[name] = str(given.get(parameter, types[name]))
        # The pipeline's role only orchestrates; jobs run with the role of their kind, if there is one.
        role = role_arn(variables, "SAGEMAKER_PIPELINE_ROLE_ARN")
        return cls(
            local=False,
            region=variables["AWS_REGION"],
            bucket=variables["ARTIFACT_BUCKET"],
            kms_key=variables.get("ARTIFACT_BUCKET_KMS_KEY", ""),
            role_arn=role,
            processing_role_arn=role_arn(variables, "SAGEMAKER_PROCESSING_ROLE_ARN", role),
            training_role_arn=role_arn(variables, "SAGEMAKER_TRAINING_ROLE_ARN", role),
            subnets=names(variables.get("SAGEMAKER_SUBNET_IDS", "")),
            security_groups=names(variables.get("SAGEMAKER_SECURITY_GROUP_IDS", "")),
            pipeline_name=variables.get("SAGEMAKER_PIPELINE_NAME") or pipeline.name,
            description=variables.get("SAGEMAKER_PIPELINE_DESCRIPTION") or pipeline.description,
            model_package_group=variables.get("MODEL_PACKAGE_GROUP_NAME") or model.model_package_group_name,
            processing_type=types["processing_type"],
            training_type=types["training_type"],
            hyperparameters=further_hyperparameters(settings, given),
        )

    @property
    def root(self) -> str:
        """The S3 prefix of everything that belongs to this pipeline, without a slash at the end."""
        return f"s3://{self.bucket}/{self.pipeline_name}"

    def encrypts_volumes(self, instance_type: str) -> bool:
        """Whether the volumes of an instance type get the key: storage of its own takes none."""
        return bool(self.kms_key) and not has_local_storage(instance_type)

    def fields(self) -> dict[str, object]:
        """All values, for hashing."""
        return asdict(self)


def role_arn(variables: Mapping[str, str], variable: str, default: str = "") -> str:
    """The role that a variable names. Raises `PipelineError` if it is not a complete ARN."""
    role = variables.get(variable) or default
    if not role.startswith("arn:"):
        raise PipelineError(f"{variable} is {role!r}, it must be a whole ARN (arn:aws:iam::...)")
    return role


def further_hyperparameters(settings: Settings, given: Mapping[str, Any]) -> tuple[tuple[str, Value], ...]:
    """The hyperparameters of `PIPELINE_PARAMETERS` that are not in the settings. Raises `PipelineError`."""
    rules = hyperparameters(settings.model.framework, settings.model.problem_type)
    tuned = settings.tuning.names if settings.tuning else ()
    found: list[tuple[str, Value]] = []
    for name, value in given.items():
        if name in rules and name not in settings.training.hyperparameters and name not in tuned:
            if (wanted := declared(rules[name])(value)) is not None:
                raise PipelineError(f"PIPELINE_PARAMETERS: {name} is {value!r}, it must be: {wanted}")
            seen = meant(rules[name], value)
            found.append((name, value if isinstance(seen, (dict, list)) else seen))
    return tuple(found)


def given_parameters(variables: Mapping[str, str]) -> dict[str, Any]:
    """The values of `PIPELINE_PARAMETERS`, a JSON object by parameter name. Raises `PipelineError`."""
    text = variables.get("PIPELINE_PARAMETERS", "").strip() or "{}"
    try:
        values = json.loads(text)
    except ValueError as error:
        raise PipelineError(f"PIPELINE_PARAMETERS is not JSON: {error}") from None
    if not isinstance(values, dict) or any(isinstance(v, (dict, list)) or v is None for v in values.values()):
        raise PipelineError(
            'PIPELINE_PARAMETERS must be an object of values by name, such as {"max_depth": 6}'
        )
    return values


def names(text: str) -> tuple[str, ...]:
    """The parts of a list that is separated by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())
