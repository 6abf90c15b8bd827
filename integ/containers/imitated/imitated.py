"""What both images add to the public toolkits for a server: imitated, since PyPI has neither image's package.

Written from the behaviour of `sagemaker_xgboost_container.serving` and `sagemaker_sklearn_container.serving`:
the script's functions, or defaults, go into the toolkit's transformer, and that into its worker.
`transform_fn` beside one of the other functions is refused.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from sagemaker_containers.beta.framework import encoders, env, transformer, worker

FUNCTIONS = ("input_fn", "predict_fn", "output_fn")


def application(defaults: dict[str, Callable[..., Any]]) -> Any:
    """The worker for the user's module, its model loaded; `defaults` by the names in `FUNCTIONS`."""
    name = env.ServingEnv().module_name
    module = importlib.import_module(name)
    own = {function: getattr(module, function, None) for function in FUNCTIONS}
    transform = getattr(module, "transform_fn", None)
    if transform and any(own.values()):
        raise ValueError("transform_fn excludes input_fn, predict_fn and output_fn")
    if transform:
        handlers = {"transform_fn": transform}
    else:
        handlers = {function: own[function] or defaults[function] for function in FUNCTIONS}
    model_fn = getattr(module, "model_fn", transformer.default_model_fn)
    served = transformer.Transformer(model_fn=model_fn, **handlers)
    served.initialize()
    return worker.Worker(transform_fn=served.transform, module_name=name)


class Lazy:
    """A WSGI application that is made at the first request, as in both images."""

    def __init__(self, defaults: dict[str, Callable[..., Any]]) -> None:
        self._defaults = defaults
        self._made: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self._made is None:
            self._made = application(self._defaults)
        answer: Iterable[bytes] = self._made(environ, start_response)
        return answer


def respond(prediction: Any, accept: str) -> Any:
    """The default `output_fn` of both images."""
    return worker.Response(encoders.encode(prediction, accept), mimetype=accept)
