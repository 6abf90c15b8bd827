"""The code and the sample data that jobs take from S3, each under the hash of its content."""

from __future__ import annotations

import gzip
import hashlib
import io
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from pipelines.environment import Environment
from pipelines.errors import PipelineError
from pipelines.settings import Settings

CODE = Path("model")
ARCHIVE = "sourcedir.tar.gz"
PACKAGING = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "build", "*.egg-info")
"""What the containers write into the code when they install it: `train.py` leaves it out of the artifact."""


def digest(files: Iterable[Path], base: Path) -> str:
    """The SHA-256 of files: their paths relative to `base` and their bytes, in the order of the paths."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(base).as_posix()} {content}\n".encode())
    return total.hexdigest()


def code_files(root: Path) -> list[Path]:
    """The files of `model/`, without caches and hidden files."""
    base = root / CODE
    files = [
        file
        for file in sorted(base.rglob("*"))
        if file.is_file()
        and not any(p.startswith((".", "__pycache__")) for p in file.relative_to(base).parts)
    ]
    check_names(base, files)
    for needed in ("preprocess.py", "train.py", "evaluate.py", "inference.py"):
        if base / needed not in files:
            raise PipelineError(f"{CODE / needed} does not exist: the pipeline runs it")
    return files


def check_names(base: Path, files: Iterable[Path]) -> None:
    """Raises `PipelineError` for what a container could not install, or would overwrite."""
    requirements = base / "requirements.txt"
    if requirements.is_file():
        lines = (line.partition("#")[0].strip() for line in requirements.read_text("utf-8").splitlines())
        if named := [line for line in lines if line]:
            raise PipelineError(
                f"{CODE / requirements.name} asks for {', '.join(named[:5])}: the containers would install "
                "it at each start, from a package index that an endpoint with network isolation cannot "
                "reach; use what the image has, put pure Python into model/, or make an image of your own"
            )
    for file in files:
        name = file.relative_to(base).parts[0]
        if any(fnmatch(name, pattern) for pattern in PACKAGING):
            raise PipelineError(
                f"{CODE / name}: the containers install model/ with packaging files of their own, so none of "
                f"{', '.join(PACKAGING)} may be there; remove it, or give it another name"
            )


@dataclass(frozen=True)
class Package:
    """Code and data of one state of the repository; the S3 prefixes end with a slash."""

    root: Path
    code_hash: str
    code_prefix: str
    data_url: str
    data_prefix: str | None
    data_path: Path | None

    @classmethod
    def of(cls, root: Path, settings: Settings, environment: Environment) -> Package:
        """Hash the code, and the data if it is in the repository."""
        code_hash = digest(code_files(root), root / CODE)
        prefix = f"{environment.root}/code/{code_hash[:16]}/"
        url = settings.data.input_data_url
        if not settings.data.local:
            return cls(root, code_hash, prefix, url, None, None)
        path = root / url
        if not path.exists() or not path.resolve().is_relative_to(root.resolve()):
            raise PipelineError(
                f"config/parameters.json: data.inputDataUrl is {url!r}, it must be a file or directory of "
                "this repository or an s3:// URL"
            )
        files = data_files(path)
        base = path if path.is_dir() else path.parent
        data_prefix = f"{environment.root}/data/{digest(files, base)[:16]}/"
        return cls(
            root, code_hash, prefix, data_prefix + ("" if path.is_dir() else path.name), data_prefix, path
        )

    def write_code(self, directory: Path) -> None:
        """Put the code into a directory as it is in S3: the files, and all of them as `sourcedir.tar.gz`."""
        if directory.exists():
            shutil.rmtree(directory)
        base = self.root / CODE
        files = code_files(self.root)
        for file in files:
            target = directory / file.relative_to(base)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        (directory / ARCHIVE).write_bytes(archive(files, base))


def data_files(path: Path) -> list[Path]:
    """The CSV files of a data file or directory."""
    files = [path] if path.is_file() else sorted(path.rglob("*.csv"))
    if not files:
        raise PipelineError(f"{path} has no CSV file")
    return files


def archive(files: Iterable[Path], base: Path) -> bytes:
    """A tar.gz of files that depends on nothing but their paths and bytes."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for file in sorted(files):
            entry = tarfile.TarInfo(file.relative_to(base).as_posix())
            content = file.read_bytes()
            entry.size, entry.mode, entry.mtime = len(content), 0o644, 0
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
