"""A generated repository that has packages of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from conftest import SOURCE, Repository

UV = shutil.which("uv") or str(SOURCE / ".venvs" / "uv" / "bin" / "uv")


class WithPackages(Repository):
    """A repository that may have packages, with uv and an index."""

    def __init__(self, root: Path, framework: str, index: str) -> None:
        super().__init__(root, framework, "binary")
        self.index = index
        self.require()

    def require(self, *requirements: str, also: str = "", python: str = ">=3.11", tool: str = "") -> None:
        """Write `pyproject.toml` with the group `model`."""
        group = ", ".join(json.dumps(requirement) for requirement in requirements)
        (self.root / "pyproject.toml").write_text(
            f'[project]\nname = "churn"\nversion = "0.0.0"\nrequires-python = "{python}"\n'
            f"dependencies = [{also}]\n\n[dependency-groups]\nmodel = [{group}]\n\n"
            f'[tool.uv]\npackage = false\ndefault-groups = ["model"]\n{tool}',
            encoding="utf-8",
        )

    @property
    def variables(self) -> dict[str, str]:
        """What uv needs; without an index of the test, uv's own settings decide."""
        index = {"UV_DEFAULT_INDEX": self.index} if self.index else {}
        return {"UV": UV, "UV_CACHE_DIR": str(self.root.parent / "cache"), **index}

    def lock(self, **more: str) -> None:
        """Write `uv.lock`."""
        environment = {**os.environ, **self.variables, **more}
        done = subprocess.run([UV, "lock"], cwd=self.root, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    def fetch(self, **more: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m pipelines packages`."""
        return self.run("pipelines", "packages", python=sys.executable, **{**self.variables, **more})

    def refused(self, **more: str) -> str:
        """What fetching says when it fails; it leaves nothing."""
        done = self.fetch(**more)
        assert (done.returncode, done.stdout) == (1, ""), done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert not (self.root / ".local" / "packages").exists()
        return done.stderr

    def fetched(self, **more: str) -> Path:
        """Fetch; the directory with what was fetched."""
        done = self.fetch(**more)
        assert done.returncode == 0, done.stderr
        (place,) = (self.root / ".local" / "packages").iterdir()
        return place

    def names(self) -> list[str]:
        """The files of the archive."""
        with tarfile.open(self.fetched() / "packages.tar") as tar:
            return tar.getnames()

    def listed(self) -> dict[str, str]:
        """The packages of the list."""
        packages: dict[str, str] = json.loads((self.fetched() / "packages.json").read_text())["packages"]
        return packages
