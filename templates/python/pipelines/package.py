"""The code and the sample data that jobs take from S3, each under the hash of its content."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from pipelines import packages
from pipelines.environment import Environment
from pipelines.errors import PipelineError
from pipelines.metric_settings import check_functions
from pipelines.settings import Settings

CODE = Path("model")
ARCHIVE = "sourcedir.tar.gz"
MONITOR = Path("pipelines/monitor")
WATCHING = "model_monitor"
"""The package that describes the training rows, in the folder above and, for jobs, beside the scripts."""

DATA_FILE = "data.json"
"""What the scripts need to know about the data; it lies beside them, also in the artifact."""

COLUMNS = Path("config/columns.json")
"""The decision about each column, an object by column name; optional."""

DATA_ENDINGS = (".csv", ".csv.gz", ".parquet", ".jsonl", ".jsonl.gz")
PACKAGING = ("setup.py", "setup.cfg", "pyproject.toml", "MANIFEST.in", "build", "*.egg-info")
"""What the containers write into the code when they install it: `train.py` leaves it out of the artifact."""


def digest(files: Iterable[Path], base: Path) -> str:
    """The SHA-256 of files: their paths relative to `base` and their bytes, in the order of the paths."""
    return _total((file.relative_to(base).as_posix(), _sha256(file)) for file in files)


def digest_contents(contents: Mapping[str, bytes]) -> str:
    """The same of files that are given as bytes by relative path."""
    return _total((name, hashlib.sha256(content).hexdigest()) for name, content in contents.items())


def _total(hashes: Iterable[tuple[str, str]]) -> str:
    total = hashlib.sha256()
    for name, content in sorted(hashes):
        total.update(f"{name} {content}\n".encode())
    return total.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


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


def code_contents(root: Path, settings: Settings) -> dict[str, bytes]:
    """The code as jobs get it, by path: the files of `model/`, `data.json`, and your own packages."""
    base = root / CODE
    contents = {file.relative_to(base).as_posix(): file.read_bytes() for file in code_files(root)}
    check_functions(root, settings.custom_metrics, settings.model.problem_type)
    for name in {packages.LIST, packages.ARCHIVE} & contents.keys():
        raise PipelineError(
            f"{CODE / name}: a file of this name is made from the dependency group {packages.GROUP} of "
            f"{packages.PROJECT}; remove it, or give it another name"
        )
    if DATA_FILE in contents:
        raise PipelineError(
            f"{CODE / DATA_FILE}: a file of this name is made from section data of config/parameters.json "
            f"and from {COLUMNS}; remove it, or give it another name"
        )
    return {
        **contents,
        **monitor_contents(root, contents),
        DATA_FILE: data_json(root, settings),
        **packages.contents(root, settings),
    }


def monitor_contents(root: Path, code: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the package that watches, by path. Raises `PipelineError`."""
    if taken := [name for name in code if name.partition("/")[0] in (WATCHING, f"{WATCHING}.py")]:
        raise PipelineError(
            f"{CODE / taken[0]}: the package {WATCHING} of {MONITOR} goes to this place in a job; give yours "
            "another name"
        )
    base = root / MONITOR
    files = [file for file in sorted((base / WATCHING).rglob("*.py")) if file.is_file()]
    if not files:
        raise PipelineError(
            f"{MONITOR / WATCHING} does not exist, and preprocess.py describes the training rows with it: "
            "restore it from the repository's history, or write it with the projen task `default`"
        )
    return {file.relative_to(base).as_posix(): file.read_bytes() for file in files}


def data_json(root: Path, settings: Settings) -> bytes:
    """What is set about the data's columns and form, with `config/columns.json` as `columns`."""
    content = dict(settings.data.form())
    if (file := root / COLUMNS).is_file():
        content["columns"] = _columns(file)
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _columns(file: Path) -> dict[str, Any]:
    try:
        columns = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise PipelineError(f"{COLUMNS} is not JSON: {error}") from None
    if not isinstance(columns, dict):
        raise PipelineError(f"{COLUMNS} must be an object of objects, each by the name of a column")
    for name, column in columns.items():
        if not isinstance(column, dict):
            raise PipelineError(f"{COLUMNS}: {name!r} is {json.dumps(column)}, it must be an object")
    return columns


def check_names(base: Path, files: Iterable[Path]) -> None:
    """Raises `PipelineError` for what a container could not install, or would overwrite."""
    requirements = base / "requirements.txt"
    if requirements.is_file():
        lines = (line.partition("#")[0].strip() for line in requirements.read_text("utf-8").splitlines())
        if named := [line for line in lines if line]:
            raise PipelineError(
                f"{CODE / requirements.name} lists {', '.join(named[:5])}: the containers would install "
                "it at each start, from a package index that an endpoint with network isolation cannot "
                f"reach; add packages to the dependency group {packages.GROUP} of {packages.PROJECT} "
                f'("uv add --group {packages.GROUP} <package>")'
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

    contents: Mapping[str, bytes]
    code_hash: str
    code_prefix: str
    data_url: str
    data_prefix: str | None
    data_path: Path | None

    @classmethod
    def of(cls, root: Path, settings: Settings, environment: Environment) -> Package:
        """Hash the code, and the data if it is in the repository."""
        contents = code_contents(root, settings)
        code_hash = digest_contents(contents)
        prefix = f"{environment.root}/code/{code_hash[:16]}/"
        url = settings.data.input_data_url
        if not settings.data.local:
            return cls(contents, code_hash, prefix, url, None, None)
        path = root / url
        if not path.exists() or not path.resolve().is_relative_to(root.resolve()):
            raise PipelineError(
                f"config/parameters.json: data.inputDataUrl is {url!r}, it must be a file or directory of "
                "this repository or an s3:// URL"
            )
        files = data_files(path)
        base = path if path.is_dir() else path.parent
        data_prefix = f"{environment.root}/data/{digest(files, base)[:16]}/"
        data_url = data_prefix + ("" if path.is_dir() else path.name)
        return cls(contents, code_hash, prefix, data_url, data_prefix, path)

    def write_code(self, directory: Path) -> None:
        """Put the code into a directory as it is in S3: the files, and all of them as `sourcedir.tar.gz`."""
        if directory.exists():
            shutil.rmtree(directory)
        for name, content in self.contents.items():
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        (directory / ARCHIVE).write_bytes(archive(self.contents))


def data_files(path: Path) -> list[Path]:
    """The files of a data file or directory, without hidden files and directories."""
    if path.is_file():
        return [path]
    files = [
        file
        for file in sorted(path.rglob("*"))
        if file.name.lower().endswith(DATA_ENDINGS)
        and not any(part.startswith(".") for part in file.relative_to(path).parts)
        and file.is_file()
    ]
    if not files:
        raise PipelineError(f"{path} has no data file: their names end with {', '.join(DATA_ENDINGS)}")
    return files


def archive(contents: Mapping[str, bytes]) -> bytes:
    """A tar.gz of files that depends on nothing but their paths and bytes."""
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, filename="") as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for name, content in sorted(contents.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode, entry.mtime = len(content), 0o644, 0
            tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
