"""A package index on the loopback, with small wheels that the tests make."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PURE = "py3-none-any"
NATIVE = "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64"
USER, PASSWORD = "reader", "secret"


def metadata(name: str, version: str, requires: Sequence[str]) -> str:
    """The text of a package's METADATA."""
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    return "\n".join([*lines, *(f"Requires-Dist: {requirement}" for requirement in requires)]) + "\n"


class Index:
    """Files by name, served as the pages of a simple index below `/simple/`."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.hashes: dict[str, str] = {}
        self.asked: list[str] = []
        self.url = ""
        self.private = False

    def wheel(
        self,
        name: str,
        version: str,
        *requires: str,
        tag: str = PURE,
        files: Mapping[str, str | bytes] | None = None,
    ) -> None:
        """Offer a wheel; without files it has one module of its name, which says its version."""
        module = name.replace("-", "_")
        content: dict[str, str | bytes] = dict(
            files or {f"{module}/__init__.py": f"VERSION = {version!r}\n", f"{module}/.libs/part.txt": "x"}
        )
        info = f"{module}-{version}.dist-info"
        content[f"{info}/METADATA"] = metadata(name, version, requires)
        content[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag.split('.')[0]}\n"
        content[f"{info}/entry_points.txt"] = f"[console_scripts]\n{module} = {module}:main\n"
        content[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*content, f"{info}/RECORD"])
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as zipped:
            for path, text in content.items():
                zipped.writestr(zipfile.ZipInfo(path), text)
        self.offer(f"{module}-{version}-{tag}.whl", buffer.getvalue())

    def source(self, name: str, version: str) -> None:
        """Offer a source distribution."""
        buffer, top = io.BytesIO(), f"{name}-{version}"
        build = f'[project]\nname = "{name}"\nversion = "{version}"\n'
        with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
            for path, text in {"PKG-INFO": metadata(name, version, ()), "pyproject.toml": build}.items():
                entry = tarfile.TarInfo(f"{top}/{path}")
                entry.size = len(text)
                tar.addfile(entry, io.BytesIO(text.encode()))
        self.offer(f"{top}.tar.gz", buffer.getvalue())

    def offer(self, file: str, content: bytes) -> None:
        """Offer a file under the hash of its content."""
        self.files[file], self.hashes[file] = content, hashlib.sha256(content).hexdigest()

    def page(self, project: str) -> str | None:
        """The page of a project; None if it has no file."""
        names = [file for file in self.files if file.partition("-")[0].replace("_", "-").lower() == project]
        links = [f'<a href="/files/{file}#sha256={self.hashes[file]}">{file}</a>' for file in names]
        return f"<!DOCTYPE html><html><body>{' '.join(links)}</body></html>" if links else None


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, index: Index, *rest: object) -> None:
        self.index = index
        super().__init__(*rest)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        self.index.asked.append(self.path)
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.index.private and self.headers.get("Authorization") != expected:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="packages"')
            self.end_headers()
            return
        top, _, name = self.path.strip("/").partition("/")
        page = self.index.page(name) if top == "simple" else None
        body = page.encode() if page else self.index.files.get(Path(name).name) if top == "files" else None
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html" if page else "application/octet-stream")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body or b"")

    do_HEAD = do_GET

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[Index]:
    """An empty index that is served until the end."""
    index = Index()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Handler, index))
    index.url = f"http://127.0.0.1:{server.server_address[1]}/simple"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
