"""Becomes `python3` in builds: forks a process with boto3 loaded for every program that a build runs.

Each program has a process, a directory, an environment and outputs of its own, as if it were started anew; only the
second that loading boto3 takes is saved. Anything but a script (with or without `-u`, in the input or on the command
line) and the module `zipfile` is started anew.
"""

from __future__ import annotations

import functools
import json
import os
import runpy
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.client
import botocore.session

sys.path.insert(0, str(Path(__file__).parent / "hook"))
from sitecustomize import GITHUB, call, find_github, pass_time  # found through the line above

SERVICES = (
    "cloudformation", "cloudwatch", "codedeploy", "dynamodb", "events", "ecr", "firehose", "lambda", "logs", "s3",
    "sagemaker", "sagemaker-runtime", "ssm", "sts",
)  # fmt: skip


def read(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The question with the descriptors of the input and the outputs."""
    head, descriptors, _, _ = socket.recv_fds(connection, 8, 3)
    size, body = int.from_bytes(head, "big"), b""
    while len(body) < size:
        body += connection.recv(size - len(body))
    return json.loads(body), list(descriptors)


def run_text(text: str, arguments: list[str]) -> int:
    """A program that stands in the input, or on the command line."""
    sys.argv = arguments
    sys.path[0] = ""
    return ended(lambda: exec(compile(text, "<string>", "exec"), {"__name__": "__main__"}))


def ended(program: Callable[[], Any]) -> int:
    """The exit code of a program."""
    try:
        program()
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
            return 1
        return int(end.code or 0)
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def become(question: dict[str, Any], descriptors: list[int]) -> int:
    """Runs the program in this process; gives its exit code."""
    pass_time()
    for target, descriptor in enumerate(descriptors):
        os.dup2(descriptor, target)
    os.chdir(question["directory"])
    os.environ.clear()
    os.environ.update(question["environment"])
    if GITHUB in os.environ:
        find_github()
    arguments = question["arguments"]
    if arguments[:1] == ["-u"]:
        # Like Python itself: every word is written at once, between those of other programs.
        arguments = arguments[1:]
        sys.stdout.reconfigure(write_through=True)  # type: ignore[union-attr]
    if arguments == ["-"]:
        return run_text(sys.stdin.read(), arguments)
    if arguments[:1] == ["-c"]:
        return run_text(arguments[1], ["-c", *arguments[2:]])
    if arguments[:2] == ["-m", "zipfile"]:
        sys.argv = arguments[1:]
        return ended(lambda: runpy.run_module("zipfile", run_name="__main__", alter_sys=True))
    if not arguments or arguments[0].startswith("-"):
        os.execve(sys.executable, [sys.executable, *arguments], dict(os.environ))
    sys.argv = list(arguments)
    sys.path[0] = str(Path(arguments[0]).resolve().parent)
    return ended(lambda: runpy.run_path(arguments[0], run_name="__main__"))


def serve(connection: socket.socket) -> None:
    """One program, in a process of its own."""
    if os.fork():
        return
    code = 70
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        question, descriptors = read(connection)
        child = os.fork()
        if child == 0:
            connection.close()
            code = become(question, descriptors)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall((code & 0xFF).to_bytes(8, "big"))
    finally:
        os._exit(0)


def main() -> None:
    """Loads what all programs need, then waits for them."""
    # Each session reads the models of its services anew, which is most of what a tool does here; now all share them.
    botocore.session.create_loader = functools.cache(botocore.session.create_loader)
    botocore.client.BaseClient._make_api_call = call
    for service in SERVICES:
        boto3.client(service, region_name="eu-west-1", aws_access_key_id="warm", aws_secret_access_key="up")
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listening.bind(sys.argv[1])
    listening.listen(64)
    print("ready", flush=True)
    while True:
        connection, _ = listening.accept()
        serve(connection)
        connection.close()


if __name__ == "__main__":
    main()
