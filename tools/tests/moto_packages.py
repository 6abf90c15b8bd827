"""What moto does otherwise than SageMaker when a model package is updated."""

from __future__ import annotations

from typing import Any

import pytest
from moto.sagemaker.models import SageMakerModelBackend


def keep_metadata(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto forgets approval, metadata and further specifications that an update does not bring."""
    real = SageMakerModelBackend.update_model_package

    def update(self: Any, model_package_arn: str, *args: Any, **more: Any) -> Any:
        names = ("model_approval_status", "approval_description", "customer_metadata_properties")
        given = {**dict(zip(names, args, strict=False)), **more}
        name = self.model_package_name_mapping.get(model_package_arn, model_package_arn)
        known = self.model_packages[name]
        given["model_approval_status"] = given.get("model_approval_status") or known.model_approval_status
        given["customer_metadata_properties"] = {
            **(known.customer_metadata_properties or {}),
            **(given.get("customer_metadata_properties") or {}),
        }
        before = known.additional_inference_specifications
        given.setdefault("approval_description", None)
        arn = real(self, model_package_arn, **given)
        if known.additional_inference_specifications is None:
            known.additional_inference_specifications = before
        return arn

    monkeypatch.setattr(SageMakerModelBackend, "update_model_package", update)
