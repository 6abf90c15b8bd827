"""Stands in for the AWS CLI: operations of services, with their arguments read by botocore's models, and `aws s3 cp`.

After the AWS CLI user guide ("Specifying parameter values", "Filter command output", "Return codes"); what it does not
know is an error.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, NoReturn

import boto3
import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError, NoCredentialsError, ParamValidationError

GLOBAL = {"--region", "--output", "--query", "--endpoint-url", "--profile"}
SWITCHES = {"--no-cli-pager", "--no-paginate", "--only-show-errors", "--no-progress", "--quiet"}


def fail(code: int, message: str) -> NoReturn:
    """Ends as the CLI does."""
    print(f"\n{message}", file=sys.stderr)
    sys.exit(code)


class Arguments:
    """What stands on the command line."""

    def __init__(self, words: list[str]) -> None:
        self.words: list[str] = []
        self.options: dict[str, list[str]] = {}
        name = ""
        for word in words:
            if word.startswith("--"):
                name, equal, value = word.partition("=")
                self.options[name] = [value] if equal else []
                name = "" if equal or name in SWITCHES else name
            elif name:
                self.options[name].append(word)
                name = name if name not in GLOBAL else ""
            else:
                self.words.append(word)

    def of_all(self, name: str, default: str = "") -> str:
        """An option that every command has."""
        return self.options.get(name, [default])[0]


def value_of(shape: Any, given: list[str], name: str) -> Any:
    """A parameter as its shape wants it: plain words, JSON, a file, or keys with their values."""
    texts = [Path(text[7:]).read_text() if text.startswith("file://") else text for text in given]
    if shape.type_name == "boolean":
        return True if not texts else texts[0] == "true"
    if not texts:
        fail(252, f"aws: error: argument {name}: expected one argument")
    if shape.type_name in ("list", "structure", "map") and texts[0].lstrip().startswith(("{", "[")):
        found = json.loads(texts[0])
        return [found] if shape.type_name == "list" and isinstance(found, dict) else found
    if shape.type_name == "list":
        return [value_of(shape.member, [text], name) for text in texts]
    if shape.type_name in ("structure", "map"):
        return _short(shape, texts[0], name)
    if len(texts) > 1:
        fail(252, f"aws: error: unrecognized arguments: {' '.join(texts[1:])}")
    kinds: dict[str, Any] = {"integer": int, "long": int, "float": float, "double": float, "blob": str.encode}
    return kinds.get(shape.type_name, str)(texts[0])


def _short(shape: Any, text: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in text.split(","):
        key, equal, value = part.partition("=")
        if not equal:
            fail(252, f"aws: error: argument {name}: {text} is not known here; write it in JSON")
        member = shape.members.get(key) if shape.type_name == "structure" else shape.value
        if member is None:
            fail(252, f'aws: error: Parameter validation failed: Unknown parameter in input: "{key}"')
        found[key] = value_of(member, [value], name)
    return found


def call(service: str, operation: str, arguments: Arguments) -> Any:
    """One operation of a service."""
    client = boto3.client(service.removesuffix("api") if service == "s3api" else service,
                          region_name=arguments.of_all("--region") or os.environ.get("AWS_REGION"))  # fmt: skip
    names = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    if operation not in names:
        fail(252, f"aws: error: argument operation: Invalid choice: {operation}")
    model = client.meta.service_model.operation_model(names[operation])
    members = model.input_shape.members if model.input_shape else {}
    params = {}
    for option, given in arguments.options.items():
        if option in GLOBAL or option in SWITCHES:
            continue
        name = option.removeprefix("--no-") if option.startswith("--no-") else option.removeprefix("--")
        member = next((m for m in members if xform_name(m, "-") == name), None)
        if member is None:
            fail(252, f"aws: error: Unknown options: {option}")
        found = value_of(members[member], given, option)
        params[member] = not found if option.startswith("--no-") else found
    answer = getattr(client, xform_name(names[operation]))(**params)
    answer.pop("ResponseMetadata", None)
    streams = [name for name, value in answer.items() if hasattr(value, "read")]
    for name in streams:
        Path(arguments.words[2]).write_bytes(answer.pop(name).read())
    return answer


def copy(arguments: Arguments) -> None:
    """`aws s3 cp` of one object."""
    source, target = arguments.words[2:]
    unknown = set(arguments.options) - GLOBAL - SWITCHES
    if unknown:
        fail(252, f"aws: error: Unknown options: {', '.join(unknown)}")
    s3 = boto3.client("s3", region_name=arguments.of_all("--region") or os.environ.get("AWS_REGION"))
    split = lambda url: dict(zip(("Bucket", "Key"), url.removeprefix("s3://").split("/", 1), strict=True))
    if source.startswith("s3://"):
        data = s3.get_object(**split(source))["Body"].read()
        if target == "-":
            sys.stdout.buffer.write(data)
        else:
            file = Path(target)
            (file / source.rpartition("/")[2] if file.is_dir() or target.endswith("/") else file).write_bytes(data)
    else:
        s3.put_object(**split(target), Body=Path(source).read_bytes())


def show(answer: Any, kind: str) -> None:
    """Prints an answer."""
    if kind == "json":
        if answer != {}:
            print(json.dumps(answer, indent=4, default=str))
    elif kind == "text":
        print(_text(answer))
    else:
        fail(252, f"aws: error: argument --output: {kind} is not known here")


def _text(answer: Any) -> str:
    if isinstance(answer, dict) or (isinstance(answer, list) and any(isinstance(i, dict | list) for i in answer)):
        fail(252, "this output as text is not known here; choose values with --query")
    if isinstance(answer, list):
        return "\t".join(str(item) for item in answer)
    return str(answer)


def main() -> None:
    """One command."""
    arguments = Arguments(sys.argv[1:])
    try:
        if arguments.words[:2] == ["s3", "cp"] and len(arguments.words) == 4:
            copy(arguments)
            return
        if len(arguments.words) < 2 or arguments.words[0] == "s3" or arguments.words[1] == "wait":
            fail(252, f"aws: {' '.join(arguments.words)} is not known here")
        answer = call(arguments.words[0], arguments.words[1], arguments)
        query = arguments.of_all("--query")
        show(jmespath.search(query, answer) if query else answer, arguments.of_all("--output", "json"))
    except NoCredentialsError:
        fail(253, 'Unable to locate credentials. You can configure credentials by running "aws configure".')
    except ParamValidationError as error:
        fail(252, str(error))
    except ClientError as error:
        fail(254, str(error))


if __name__ == "__main__":
    main()
