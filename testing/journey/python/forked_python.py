# `python3` of a build: hands its arguments, surroundings and outputs to a process that has boto3 loaded already and
# forks. Only what the standard library has, and as little of that as possible: this runs at every call.
import json
import os
import socket
import sys

if sys.argv[1:4] == ["-m", "pip", "install"]:
    # What is installed is there already.
    with open(os.environ["JOURNEY_REPLACED"], "a") as replaced:  # noqa: PTH123
        replaced.write(f"python3 {' '.join(sys.argv[1:])}\n")
    sys.exit(0)
connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
connection.connect(os.environ["JOURNEY_PYTHON"])
directory = os.getcwd()  # noqa: PTH109 (pathlib costs too much time)
question = json.dumps({"arguments": sys.argv[1:], "directory": directory, "environment": dict(os.environ)}).encode()
socket.send_fds(connection, [len(question).to_bytes(8, "big")], [0, 1, 2])
connection.sendall(question)
answer = connection.recv(8)
sys.exit(int.from_bytes(answer, "big") if answer else 70)
