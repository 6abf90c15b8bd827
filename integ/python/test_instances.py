"""What is known here of instance types is what the pinned botocore and moto say of them."""

from __future__ import annotations

import importlib.util

from conftest import SOURCE


def test_the_tables_of_option_checks_and_pipeline_are_what_the_script_writes() -> None:
    """Types by use, processors, and storage of their own."""
    spec = importlib.util.spec_from_file_location("instance_types", SOURCE / "scripts" / "instance_types.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.TABLE.read_text("utf-8") == module.text()
    assert module.LOCAL_STORAGE.read_text("utf-8") == module.local_storage()
