"""What option checks know of instance types is what the pinned botocore and moto say."""

from __future__ import annotations

import importlib.util

from conftest import SOURCE


def test_the_table_of_the_option_checks_is_what_the_script_writes() -> None:
    """Types by use, processors, and storage of their own."""
    spec = importlib.util.spec_from_file_location("instance_types", SOURCE / "scripts" / "instance_types.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TABLE.read_text("utf-8") == module.text()
