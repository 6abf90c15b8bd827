"""
Writes src/ci/github/sdk-requirements.ts: the newest AWS SDK for Python, with everything that it stands on and the
SHA-256 of each file, for the Python of the workflows' jobs. Needs uv; packages come from the index that pip uses.

    python3 scripts/sdk_requirements.py           # writes the file
    python3 scripts/sdk_requirements.py --text    # prints the requirements
"""

import re
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src" / "ci" / "github" / "sdk-requirements.ts"
# `takeJob` and the other jobs of `src/ci` ask for this one.
PYTHON = "3.12"
PACKAGE = re.compile(r"^([a-z0-9-]+==\S+)")
DIGEST = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def index_of_pip() -> list[str]:
    """The index that pip is configured for, which uv does not look up by itself."""
    command = [sys.executable, "-m", "pip", "config", "get", "global.index-url"]
    found = subprocess.run(
        command, capture_output=True, text=True, check=False
    ).stdout.strip()
    return ["--default-index", found] if found else []


def resolve() -> str:
    """What uv finds; no name of an index gets into it."""
    command = [
        "uv",
        "pip",
        "compile",
        "--generate-hashes",
        "--python-version",
        PYTHON,
        "--no-annotate",
    ]
    command += ["--no-header", "--no-emit-index-url", "--quiet", *index_of_pip(), "-"]
    return subprocess.run(
        command, input="boto3\n", capture_output=True, text=True, check=True
    ).stdout


def packages(text: str) -> list[tuple[str, list[str]]]:
    """Each package by its version, with its digests."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if package := PACKAGE.match(line):
            found.append((package[1], []))
        if digest := DIGEST.search(line):
            found[-1][1].append(digest[1])
    if not found or any(not digests for _, digests in found):
        raise SystemExit("Some package has no digest: the index lists none.")
    return found


def written(found: list[tuple[str, list[str]]], before: str) -> str:
    """The file with other packages; what is around them stays."""
    begin = before.index("> = [\n") + len("> = [\n")
    end = before.index("];\n", begin)
    lines: list[str] = []
    for name, digests in found:
        lines += [
            f"  ['{name}', [",
            *(f"    '{digest}'," for digest in digests),
            "  ]],",
        ]
    return before[:begin] + "\n".join(lines) + "\n" + before[end:]


def main() -> None:
    found = packages(resolve())
    if "--text" in sys.argv:
        for name, digests in found:
            print(name, *(f"--hash=sha256:{digest}" for digest in digests))
    else:
        TARGET.write_text(
            written(found, TARGET.read_text(encoding="utf-8")), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
