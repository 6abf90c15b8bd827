"""The scikit-learn image's server."""

from __future__ import annotations

from typing import Any

import numpy as np
from sagemaker_containers.beta.framework import content_types, encoders, worker  # noqa: F401  as there

from imitated import Lazy, respond


def decode(body: Any, content_type: str) -> Any:
    """The default `input_fn`: an array, of float32 for CSV and JSON."""
    array = encoders.decode(body, content_type)
    return array.astype(np.float32) if content_type in content_types.UTF8_TYPES else array


main = Lazy({"input_fn": decode, "predict_fn": lambda data, model: model.predict(data), "output_fn": respond})
