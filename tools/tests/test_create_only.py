"""The table of what replaces a resource is what cfn-lint says, and knows all types of the stacks."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

import replacing

SOURCE = Path(__file__).resolve().parents[2]


def script() -> ModuleType:
    """`scripts/create_only.py`, which writes the table."""
    spec = importlib.util.spec_from_file_location("create_only", SOURCE / "scripts" / "create_only.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_the_script_writes() -> None:
    module = script()
    assert module.TABLE.read_text("utf-8") == module.text()


def test_what_only_the_documentation_says_is_not_in_the_schemas_meanwhile() -> None:
    module = script()
    types = json.loads((module.SCHEMAS / "providers" / "us-east-1.json").read_text("utf-8"))
    for name, properties in module.DOCUMENTED.items():
        content = module.schema(types[name])
        said = [*content.get("createOnlyProperties", []), *content.get("conditionalCreateOnlyProperties", [])]
        assert not {f"/properties/{own}" for own in properties} & set(said), name
        assert set(properties) <= set(content["properties"]), name


def test_every_type_of_the_stacks_is_in_it(assemblies: Path) -> None:
    templates = [*assemblies.rglob("*.template.json"), *(SOURCE / "test/infra/templates").glob("*.json")]
    resources = [r for file in templates for r in json.loads(file.read_text("utf-8"))["Resources"].values()]
    assert {r["Type"] for r in resources} - set(replacing.TABLE) == set()


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        (["A"], "True"), (["A", "any"], "True"), (["B", "C"], "True"), (["B", "C", "0"], "True"),
        (["B"], "Conditional"), ([], "Conditional"), (["B", "D"], "False"), (["L", "3", "N"], "True"),
        (["L", "3", "O"], "False"), (["M"], "Conditional"), (["M", "N"], "Conditional"), (["Z"], "False"),
    ],
)  # fmt: skip
def test_paths(monkeypatch: pytest.MonkeyPatch, path: list[str], wanted: str) -> None:
    monkeypatch.setitem(replacing.TABLE, "T", {"always": ["A", "B/C", "L/*/N"], "maybe": ["M"]})
    assert replacing.effect("T", path) == wanted
