"""The XGBoost image's server: loads sagemaker-inference too, which its multi-model server is made of."""

from __future__ import annotations

from typing import Any

import sagemaker_inference.errors  # noqa: F401  what misled a script that took this for its server

from imitated import Lazy, respond


def decode(body: Any, content_type: str) -> Any:
    """The default `input_fn`: CSV to a DMatrix (the image also takes libsvm and recordio)."""
    import numpy as np
    import xgboost
    from sagemaker_containers import _errors

    if content_type.split(";")[0].strip() != "text/csv":
        raise _errors.UnsupportedFormatError(content_type)
    text = body.decode() if isinstance(body, bytes) else body
    return xgboost.DMatrix(
        np.array([[cell or "nan" for cell in line.split(",")] for line in text.split("\n")], float)
    )


main = Lazy(
    {
        "input_fn": decode,
        "predict_fn": lambda data, model: model.predict(data, validate_features=False),
        "output_fn": respond,
    }
)
