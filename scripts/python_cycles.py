"""Name the cycles among the modules of a folder, imports for types alone included. Usage: python_cycles.py FOLDER..."""

from __future__ import annotations

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path


def module_of(root: Path, file: Path) -> str:
    """The dotted name of a file; a package is named by its folder."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(root: Path, file: Path) -> set[str]:
    """Every name that a file may import: the resolver keeps those that are modules of the folder."""
    package = list(file.relative_to(root).parent.parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) - node.level + 1] if node.level else []
            base = [*start, *(node.module.split(".") if node.module else [])]
            # `from package import module` imports the module; the package itself only where it defines the name.
            for alias in node.names:
                named = ".".join([*base, alias.name])
                found.add(named if is_module(root, named) else ".".join(base))
    return found


def is_module(root: Path, name: str) -> bool:
    """Whether a dotted name is a file or a package of the folder."""
    path = root.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def cycle_in(root: Path) -> list[str]:
    """One cycle of a folder, as the modules that lead back to the first; empty when there is none."""
    files = {module_of(root, file): file for file in root.rglob("*.py")}
    graph = {name: (imports_of(root, file) & files.keys()) - {name} for name, file in files.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def main(folders: list[str]) -> int:
    """Print the cycles; 1 when there is one."""
    cycles = {folder: cycle for folder in folders if (cycle := cycle_in(Path(folder)))}
    for folder, cycle in cycles.items():
        print(f"{folder}: {' imports '.join(reversed(cycle))}")
    return 1 if cycles else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
