"""Where the pipeline is built for: the build's environment variables, or fixed placeholders on a laptop.

The placeholders make the compiled definition the same bytes on every machine, whatever AWS settings it has:
without `ARTIFACT_BUCKET` nothing is read from the environment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pipelines.errors import PipelineError
from pipelines.settings import Settings


@dataclass(frozen=True)
class Environment:
    """What a definition depends on besides the repository's files; `local` is False in a build for AWS."""

    local: bool
    region: str
    bucket: str
    kms_key: str
    role_arn: str
    pipeline_name: str
    description: str
    model_package_group: str

    @classmethod
    def load(cls, settings: Settings, variables: Mapping[str, str]) -> Environment:
        """Read the build's variables. Raises `PipelineError` when some that belong together are missing."""
        pipeline, model = settings.pipeline, settings.model
        if not variables.get("ARTIFACT_BUCKET"):
            return cls(
                local=True,
                region="us-east-1",
                bucket="local-artifacts",
                kms_key="",
                role_arn="arn:aws:iam::111122223333:role/local-pipeline",
                pipeline_name=pipeline.name,
                description=pipeline.description,
                model_package_group=model.model_package_group_name,
            )
        if missing := [
            name for name in ("AWS_REGION", "SAGEMAKER_PIPELINE_ROLE_ARN") if not variables.get(name)
        ]:
            raise PipelineError(
                f"ARTIFACT_BUCKET is set but {' and '.join(missing)} not: a build needs all of them"
            )
        role = variables["SAGEMAKER_PIPELINE_ROLE_ARN"]
        if not role.startswith("arn:"):
            raise PipelineError(
                f"SAGEMAKER_PIPELINE_ROLE_ARN is {role!r}, it must be a whole ARN (arn:aws:iam::...)"
            )
        return cls(
            local=False,
            region=variables["AWS_REGION"],
            bucket=variables["ARTIFACT_BUCKET"],
            kms_key=variables.get("ARTIFACT_BUCKET_KMS_KEY", ""),
            role_arn=role,
            pipeline_name=variables.get("SAGEMAKER_PIPELINE_NAME") or pipeline.name,
            description=variables.get("SAGEMAKER_PIPELINE_DESCRIPTION") or pipeline.description,
            model_package_group=variables.get("MODEL_PACKAGE_GROUP_NAME") or model.model_package_group_name,
        )

    @property
    def root(self) -> str:
        """The S3 prefix of everything that belongs to this pipeline, without a slash at the end."""
        return f"s3://{self.bucket}/{self.pipeline_name}"

    def fields(self) -> dict[str, object]:
        """All values, for hashing."""
        return asdict(self)
