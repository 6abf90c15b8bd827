"""Makes another version of a jsii wheel around another npm package.

Usage: next_wheel.py WHEEL VERSION TARBALL NEW_VERSION NEW_WHEEL
"""

import base64
import hashlib
import sys
import zipfile
from pathlib import Path


def main(wheel: str, version: str, tarball: str, new_version: str, new_wheel: str) -> None:
    assembly = Path(tarball).read_bytes()
    record: list[str] = []
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(new_wheel, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            name = entry.filename.replace(f"-{version}.d", f"-{new_version}.d")
            name = name.replace(f"@{version}.jsii", f"@{new_version}.jsii")
            content = old.read(entry)
            if name.endswith("/RECORD"):
                content = "\n".join([*record, f"{name},,", ""]).encode()
            elif name.endswith(".jsii.tgz"):
                content = assembly
            elif name.endswith((".dist-info/METADATA", "/_jsii/__init__.py")) or ".data/scripts/" in name:
                content = with_version(name, content.decode(), version, new_version)
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
            record.append(f"{name},sha256={digest},{len(content)}")
            info = zipfile.ZipInfo(name, entry.date_time)
            info.external_attr = entry.external_attr  # the mode: a script must stay one
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content)


def with_version(name: str, text: str, version: str, new_version: str) -> bytes:
    replaced = (
        text.replace(f"\nVersion: {version}\n", f"\nVersion: {new_version}\n", 1)
        .replace(f'"{version}"', f'"{new_version}"')
        .replace(f"@{version}.jsii.tgz", f"@{new_version}.jsii.tgz")
    )
    if replaced == text:
        raise SystemExit(f"{name} does not name version {version}.")
    return replaced.encode()


if __name__ == "__main__":
    main(*sys.argv[1:])
