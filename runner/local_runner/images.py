"""The two images whose code is known here, and what they ask of the names of programs.

Read in aws/sagemaker-xgboost-container and aws/sagemaker-scikit-learn-container. The servers of both, and the
training of XGBoost, are sagemaker-containers, which imports a program as a module; scikit-learn trains by
sagemaker-training, which runs it as a file.
"""

from __future__ import annotations

from pathlib import Path

XGBOOST, SKLEARN = "xgboost", "sklearn"
_REPOSITORIES = {"sagemaker-xgboost": XGBOOST, "sagemaker-scikit-learn": SKLEARN}


def kind_of(image: object) -> str:
    """Return which of the two images an image uri names; an empty text for any other."""
    repository = str(image).rpartition("/")[2].partition(":")[0].partition("@")[0]
    return _REPOSITORIES.get(repository, "")


def module_name(program: str) -> str:
    """Return the module that sagemaker-containers makes of a program."""
    return program.removesuffix(".py")


def no_module(program: str) -> str | None:
    """Say why a program can be no module, whatever the code holds; None when it can."""
    if "/" in program:
        file = program.rpartition("/")[2]
        return (
            f"{program!r} is in a subdirectory, and the image runs its program as a module, by its name"
            f" alone: put {file} at the top of the code, and name that"
        )
    if program.endswith(".sh"):
        return f"{program!r} is a shell script, and the image runs only Python modules: name a .py file"
    return None


def has_module(code: Path, program: str, run: bool = False) -> bool:
    """Say whether `python -m` (with `run`) or an import finds the module of a program in a directory."""
    path = code.joinpath(*module_name(program).split("."))
    package = path / ("__main__.py" if run else "__init__.py")
    return path.with_name(f"{path.name}.py").is_file() or package.is_file()
