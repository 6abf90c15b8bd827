"""Scripts find their job at /opt/ml: by a mount of their own, else by the machine's own directory, else not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local_runner.errors import RunnerError, StepError
from local_runner.opt_ml import place, shared
from local_runner.opt_ml.place import Place, choose
from local_runner.opt_ml.scan import absolute_path

from .build import output_of, pipeline, processing, training, write
from .conftest import NEEDS_NAMESPACES, Repository

HERE = Path(place.__file__).parent
MAKE = processing("Make", write("data/x", "made"), outputs=["data"])
READ = processing("Read", "print(open('/opt/ml/processing/in/x').read())", {"in": output_of("Make", "data")})
SHELL = ["/bin/bash", "-c", "python3 -c 'import sys; print(sys.executable)'; python --version; pip install x"]


@NEEDS_NAMESPACES
def test_absolute_paths_are_those_of_the_job_and_nothing_is_left_on_the_machine(
    repository: Repository,
) -> None:
    before = sorted(Path("/opt").rglob("*")) if Path("/opt").exists() else []
    repository.write("definition.json", pipeline(MAKE, READ))
    assert "Read | made" in repository.run()
    assert before == (sorted(Path("/opt").rglob("*")) if Path("/opt").exists() else [])


@NEEDS_NAMESPACES
def test_what_stands_beside_it_in_opt_is_still_there(tmp_path: Path) -> None:
    names = sorted(path.name for path in Path("/opt").iterdir())
    command = [
        sys.executable,
        "-I",
        "-S",
        str(HERE / "enter.py"),
        str(tmp_path),
        "/opt/ml",
        "/bin/ls",
        "/opt",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split() == sorted({*names, "ml"})


EMPTY = """
import ctypes, os, sys
sys.path.insert(0, sys.argv[1])
import enter
libc = ctypes.CDLL(None, use_errno=True)
enter._unshare(libc)
enter._mount(libc, "none", "/", enter._RECURSIVE | enter._PRIVATE)
enter._mount(libc, "tmpfs", "/opt", 0, "tmpfs", "mode=755")
os.mkdir("/opt/tool")
for name in ("/opt/tool/inside", "/opt/file"):
    with open(name, "w") as file:
        file.write("there")
os.symlink("tool", "/opt/link")
enter._make_place(libc)
print(sorted(os.listdir("/opt")), open("/opt/link/inside").read(), open("/opt/file").read(), os.listdir("/opt/ml"))
"""


@NEEDS_NAMESPACES
def test_on_a_machine_without_the_directory_everything_in_opt_is_bound_back() -> None:
    """Whether this machine has an /opt/ml or not: the /opt that is looked at is made here."""
    done = subprocess.run([sys.executable, "-c", EMPTY, str(HERE)], capture_output=True, text=True)
    assert done.stdout == "['file', 'link', 'ml', 'tool'] there there []\n", done.stderr


@NEEDS_NAMESPACES
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become somebody else")
def test_nobody_needs_to_be_root() -> None:
    root = Path("/tmp") / f"opt-ml-{os.getpid()}"
    (root / "job" / "sub").mkdir(parents=True)
    try:
        shutil.copy2(HERE / "enter.py", root / "enter.py")
        for path in (root, *root.rglob("*")):
            path.chmod(0o755)
            os.chown(path, 65534, 65534)
        script = "id -u; pwd; echo there > /opt/ml/sub/file"
        command = [
            _any_python(),
            "-I",
            "-S",
            "enter.py",
            str(root / "job"),
            "/opt/ml/sub",
            "/bin/sh",
            "-c",
            script,
        ]
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, user=65534, group=65534, extra_groups=[]
        )
        assert (done.stdout.split(), done.stderr) == (["65534", "/opt/ml/sub"], "")
        assert (root / "job" / "sub" / "file").read_text() == "there\n"
    finally:
        shutil.rmtree(root)


def _any_python() -> str:
    """Return an interpreter that everybody may run."""
    for path in ("/usr/bin/python3", "/usr/local/bin/python3", sys.executable):
        if (
            Path(path).exists()
            and subprocess.run([path, "-c", "import ctypes"], user=65534, check=False).returncode == 0
        ):
            return path
    pytest.skip("no interpreter that another user may run")


@pytest.mark.parametrize("name", ["python3", "/usr/bin/python3.9", "python3.99"])
def test_whatever_version_an_entry_point_names_it_is_the_pipeline_s_interpreter(
    repository: Repository, name: str
) -> None:
    command = [name, "-c", "import sys; print(sys.version_info[:2])"]
    step = processing(
        "Old", None, extra={"AppSpecification": {"ImageUri": "i", "ContainerEntrypoint": command}}
    )
    repository.write("definition.json", pipeline(step))
    assert f"Old | {sys.version_info[:2]}" in repository.run()


def test_python_and_pip_in_a_shell_are_those_of_the_interpreter(repository: Repository) -> None:
    step = processing(
        "Shell", None, extra={"AppSpecification": {"ImageUri": "i", "ContainerEntrypoint": SHELL}}
    )
    repository.write("definition.json", pipeline(step))
    repository.run()
    log = (repository.folder("Shell") / "log.txt").read_text()
    executable, version, pip = log.splitlines()
    assert (
        Path(executable).parent.samefile(Path(sys.executable).parent)
        and version == f"Python {sys.version.split()[0]}"
    )
    assert pip.startswith("pip install x: not done on this machine")
    assert repository.steps()["Shell"]["notes"] == [
        "pip installed nothing here: the script ran with the packages of --python."
    ]


@pytest.fixture
def shared_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of the user's that stands for the machine's /opt/ml."""
    path = tmp_path / "shared"
    path.mkdir()
    monkeypatch.setattr(shared, "OPT_ML", path)
    monkeypatch.setattr(place, "OPT_ML", str(path))
    return path


def no_mount(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "why_not_mounted", lambda: "unshare: Operation not permitted")


def test_without_namespaces_steps_take_turns_at_the_machine_s_own(
    repository: Repository, shared_place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_mount(monkeypatch)
    alone = (
        "import os, time; os.mkdir('{0}/busy'); time.sleep(0.1); os.rmdir('{0}/busy'); "
        "open('{0}/processing/{1}/x', 'w').write('{1}')"
    )
    steps = [
        processing(name, alone.format(shared_place, name), outputs=[name]) for name in ("First", "Second")
    ]
    code(repository, steps, f"P = '{shared_place}'\n")
    monkeypatch.setattr("local_runner.prepare.absolute_path", lambda path: "code.py, line 1")
    repository.write("definition.json", pipeline(*steps))
    repository.run("run", "--jobs", "2")
    assert repository.object("s3://b/First/First/x").read_text() == "First"
    assert repository.object("s3://b/Second/Second/x").read_text() == "Second"
    assert list(shared_place.iterdir()) == []


def code(repository: Repository, steps: list[dict[str, Any]], text: str) -> None:
    """Give steps an input with code, which is what is looked through for absolute paths."""
    repository.code("code.py", text)
    uri = "s3://artifacts/demo/code/0123456789abcdef/code.py"
    for step in steps:
        s3 = {
            "S3Uri": uri,
            "LocalPath": "/opt/ml/processing/code",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
        }
        step["Arguments"]["ProcessingInputs"].append({"InputName": "code", "S3Input": s3})


def test_a_run_that_cannot_have_it_is_refused_before_its_first_step(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_mount(monkeypatch)
    monkeypatch.setattr(shared, "reason_against", lambda: "there is no /opt/ml, and you may not create it")
    steps = [processing("Make", "print(1)")]
    code(repository, steps, "import os\nA = os.environ.get('A', '/opt/ml/a')\nopen('/opt/ml/processing/x')\n")
    repository.write("definition.json", pipeline(*steps))
    output = repository.run("run", code=1)
    assert "step Make uses /opt/ml by its absolute path (code.py, line 3)" in output
    assert "unshare: Operation not permitted" in output and "you may not create it" in output
    assert 'sudo mkdir -p /opt/ml && sudo chown "$USER" /opt/ml' in output
    assert not repository.work.exists()


def test_scripts_that_take_their_paths_from_variables_run_without_any_of_it(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_mount(monkeypatch)
    monkeypatch.setattr(shared, "reason_against", lambda: "no")
    repository.run()
    assert repository.record()["status"] == "Succeeded"


def test_a_step_that_writes_to_the_machine_s_own_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "OPT_ML", str(tmp_path / "ml"))
    with (
        pytest.raises(StepError, match="it wrote to .*/ml of this machine"),
        Place("mapped").occupied(tmp_path, bool),
    ):
        (tmp_path / "ml" / "processing").mkdir(parents=True)
    with Place("mapped").occupied(tmp_path, bool):
        (tmp_path / "elsewhere").mkdir()


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        (
            "a.py",
            "import os\nx = os.environ.get('X', '/opt/ml/x')\ny = os.getenv('Y', f'/opt/ml/{x}')\n",
            None,
        ),
        ("a.py", '"""Reads /opt/ml/x."""\n# /opt/ml\n', None),
        ("a.py", "import os\nopen('/opt/ml/x')", 2),
        ("a.py", "x = f'/opt/ml/{1}'", 1),
        ("a.py", "print '/opt/ml/x'", 1),
        ("a.py", "x = '/x/opt/ml'", None),
        ("a.sh", "# /opt/ml\ncd /opt/ml/processing", 2),
        ("a.txt", "/opt/ml", None),
    ],
)
def test_which_code_needs_absolute_paths(tmp_path: Path, name: str, text: str, line: int | None) -> None:
    (tmp_path / name).write_text(text)
    found = absolute_path(tmp_path)
    assert found == (f"{name}, line {line}" if line else None)


def test_an_archive_is_looked_into(repository: Repository) -> None:
    repository.code("train.py", "open('/opt/ml/x')")
    assert absolute_path(repository.build / "code" / "sourcedir.tar.gz") == "train.py, line 1"


def test_what_would_be_hidden_is_not_mounted_over() -> None:
    assert choose(None, lambda: None, ("/opt/ml/code/.venv/bin/python",)) == Place("mapped")
    with pytest.raises(RunnerError, match="/opt/ml/code/work is below it"):
        choose(None, lambda: ("A", "a.py, line 1"), ("/opt/ml/code/work",))


@NEEDS_NAMESPACES
def test_a_training_job_with_an_entry_point_of_its_own_is_run(repository: Repository) -> None:
    train = training("Train", {}, "open('/opt/ml/model/m', 'w').write('1')")
    repository.write("definition.json", pipeline(train))
    repository.run()
    assert repository.states()["Train"] == "Succeeded"
