"""Put on the path of every child process: botocore's calls go to the journey's gateway instead of a network."""

from __future__ import annotations

import base64
import datetime
import importlib.abc
import importlib.util
import io
import json
import os
import sys
import time
import urllib.request
from typing import Any

GATEWAY = "JOURNEY_GATEWAY"
GITHUB = "JOURNEY_GITHUB"


def encode(value: Any) -> Any:
    """A value of botocore in JSON."""
    if isinstance(value, bytes | bytearray):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime.datetime):
        return {"$time": value.isoformat()}
    if hasattr(value, "read"):
        data = value.read()
        return encode(data.encode() if isinstance(data, str) else data)
    if isinstance(value, dict):
        return {k: encode(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [encode(v) for v in value]
    return value


def decode(value: Any) -> Any:
    """The value that `encode` was given; a stream comes back as bytes."""
    if isinstance(value, dict):
        if set(value) == {"$bytes"}:
            return base64.b64decode(value["$bytes"])
        if set(value) == {"$time"}:
            return datetime.datetime.fromisoformat(value["$time"])
        return {k: decode(v) for k, v in value.items()}
    return [decode(v) for v in value] if isinstance(value, list) else value


def tell(question: dict[str, Any]) -> Any:
    """Puts a question to the journey."""
    request = urllib.request.Request(
        os.environ[GATEWAY], json.dumps(question).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=300) as response:
        return decode(json.loads(response.read()))


def call(client: Any, operation: str, params: dict[str, Any]) -> Any:
    """Stands in for botocore's own `_make_api_call`."""
    from botocore.response import StreamingBody

    model = client.meta.service_model
    credentials = (
        client._get_credentials() if hasattr(client, "_get_credentials") else client._request_signer._credentials
    )
    # Who has a token of an identity provider has no credentials yet.
    if credentials is None and operation != "AssumeRoleWithWebIdentity":
        from botocore.exceptions import NoCredentialsError

        raise NoCredentialsError()
    question = {
        "key": credentials.access_key if credentials else "",
        "region": client.meta.region_name,
        "service": model.service_name,
        "operation": operation,
        "params": encode(params),
    }
    answer = tell(question)
    if "error" in answer:
        error = answer["error"]
        raise client.exceptions.from_code(error["Error"]["Code"])(error, operation)
    result = answer["result"]
    if operation == "GetTemplate":
        # As botocore's own handler of this answer does.
        result["TemplateBody"] = json.loads(result["TemplateBody"])
    output = model.operation_model(operation).output_shape
    for name, shape in (output.members if output is not None else {}).items():
        if (
            output.serialization.get("payload") == name
            and shape.type_name == "blob"
            and isinstance(result.get(name), bytes)
        ):
            result[name] = StreamingBody(io.BytesIO(result[name]), len(result[name]))
    return result


class _Finder(importlib.abc.MetaPathFinder):
    """Waits for botocore.client to be imported: a program that never does pays nothing."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name != "botocore.client":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            load(module)
            module.BaseClient._make_api_call = call

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def pass_time() -> None:
    """Whoever waits has waited at once; the journey is told, so that for others time has passed as well."""
    clock, passed = time.monotonic, [0.0]

    def sleep(seconds: Any) -> None:
        passed[0] += float(seconds)
        tell({"slept": float(seconds)})

    time.sleep = sleep
    time.monotonic = lambda: clock() + passed[0]


def find_github() -> None:
    """GitHub's API is on this machine."""
    opened, address = urllib.request.OpenerDirector.open, os.environ[GITHUB]

    def elsewhere(self: Any, url: Any, *rest: Any, **more: Any) -> Any:
        if isinstance(url, urllib.request.Request) and url.full_url.startswith("https://api.github.com/"):
            url.full_url = url.full_url.replace("https://api.github.com", address, 1)
        return opened(self, url, *rest, **more)

    urllib.request.OpenerDirector.open = elsewhere  # type: ignore[assignment,method-assign]


if GITHUB in os.environ:
    find_github()
if GATEWAY in os.environ:
    pass_time()
    sys.meta_path.insert(0, _Finder())
