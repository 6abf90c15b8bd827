"""What the runner itself takes: memory while it runs, and modules that it must not load."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Repository


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_the_runner_stays_under_60_megabytes(repository: Repository) -> None:
    """Also with big data passing through, and a log of megabytes."""
    rows = "".join(f"{number % 2},{number}.5\n" for number in range(400_000))
    (repository.root / "data" / "data.csv").write_text("target,x\n" + rows)
    source = (repository.build / "code" / "preprocess.py").read_text()
    repository.code(
        "preprocess.py",
        source + "\nfor _ in range(100_000):\n    print('a line of the log that says nothing')\n",
    )
    show = (
        "import atexit, pathlib, sys; "
        "atexit.register(lambda: sys.stderr.write(pathlib.Path('/proc/self/status').read_text()))"
    )
    (repository.root / "sitecustomize.py").write_text(show)
    environment = repository.environment()
    environment["PYTHONPATH"] += f":{repository.root}"
    done = subprocess.run(
        [*repository.command("run", "--only", "Preprocess")],
        cwd=repository.root,
        env=environment,
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    peaks = [int(peak) for peak in re.findall(r"VmHWM:\s+(\d+) kB", done.stderr)]
    assert peaks and peaks[-1] < 60_000


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["runs"], ["tarfile", "subprocess", "local_runner.execution", "webbrowser"]),
        (["registry", "list"], ["tarfile", "local_runner.execution", "local_runner.report"]),
        (["--help"], ["tarfile", "subprocess", "local_runner.execution", "local_runner.report"]),
    ],
)
def test_a_command_loads_only_what_it_needs(
    repository: Repository, arguments: list[str], absent: list[str]
) -> None:
    code = (
        "import sys\nfrom local_runner.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=repository.root,
        env=repository.environment(),
        text=True,
        capture_output=True,
    )
    loaded = done.stdout.rpartition("LOADED ")[2].split()
    assert done.returncode == 0 and "local_runner.cli" in loaded
    assert not set(absent) & set(loaded)


def test_only_the_standard_library_is_used(repository: Repository) -> None:
    root = Path(__file__).parents[1] / "local_runner"
    names = set()
    for path in root.rglob("*.py"):
        for line in path.read_text().splitlines():
            if match := re.match(r"\s*(?:from|import) ([A-Za-z_]\w*)", line):
                names.add(match[1])
    names -= {"numpy", "xgboost"}  # inside the model's own process, where a model that needs it has it
    assert names <= set(sys.stdlib_module_names), names - set(sys.stdlib_module_names)
