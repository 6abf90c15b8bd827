"""Write the tables of SageMaker's instance types from the botocore and the moto that this runs with.

    .venvs/sdk/bin/python scripts/instance_types.py

One is for option checks and constructs, one for the pipeline's code, which has to do without this package.
botocore's model of SageMaker says which types there are for which use. moto keeps what EC2 says of each type
(DescribeInstanceTypes): processors, and storage of its own.
"""

from __future__ import annotations

import gzip
import json
import textwrap
from importlib.metadata import version
from pathlib import Path
from typing import Any

import botocore.session
import moto

ROOT = Path(__file__).parents[1]
TABLE = ROOT / "src" / "options" / "knowledge" / "instance-types.ts"
LOCAL_STORAGE = ROOT / "templates" / "python" / "pipelines" / "local_storage.py"
SHAPES = {
    "training": "TrainingInstanceType",
    "processing": "ProcessingInstanceType",
    "endpoint": "ProductionVariantInstanceType",
    "transform": "TransformInstanceType",
}

NVME_BESIDES = {"dl1", "p6e-gb200"}
ARM_BESIDES = {"p6e-gb200"}
"""Families that moto does not know (EC2 guide, "Instance store volumes" and "Accelerated computing")."""


def families(use: str) -> dict[str, list[str]]:
    """The sizes of each family."""
    model = botocore.session.get_session().get_service_model("sagemaker")
    found: dict[str, list[str]] = {}
    for name in model.shape_for(SHAPES[use]).enum:
        _, family, size = name.split(".")
        found.setdefault(family, []).append(size)
    return dict(sorted(found.items()))


def ec2() -> dict[str, dict[str, Any]]:
    """What EC2 says of one type of each family."""
    file = Path(moto.__file__).parent / "ec2" / "resources" / "instance_types.json.gz"
    types: dict[str, dict[str, Any]] = json.loads(gzip.decompress(file.read_bytes()))
    return {name.split(".")[0]: said for name, said in types.items()}


def architectures(said: dict[str, Any]) -> list[str]:
    """The processors of a type."""
    found: list[str] = said.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
    return found


def with_storage() -> list[str]:
    """The families with NVMe storage of their own."""
    said = ec2()
    used = sorted({family for use in SHAPES for family in families(use)})
    return [f for f in used if f in NVME_BESIDES or said.get(f, {}).get("InstanceStorageSupported")]


def words(names: list[str]) -> str:
    """The entries of a list of words, in lines."""
    quoted = ", ".join(f"'{name}'" for name in names)
    return textwrap.fill(quoted, 116, initial_indent="  ", subsequent_indent="  ") + ","


def local_storage() -> str:
    """The pipeline's file, as `ruff format` leaves it."""
    names = "\n".join(f'        "{name}",' for name in with_storage())
    return f'''"""Which instance types have NVMe storage of their own.

Their volumes are encrypted by the hardware, and SageMaker refuses a key for them (SageMaker API reference,
ResourceConfig and ProcessingClusterConfig, "VolumeKmsKeyId").
"""

FAMILIES = frozenset(
    {{
{names}
    }}
)
"""Families with such storage, as EC2 says (moto {version("moto")}, DescribeInstanceTypes)."""


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type, such as ml.g5.xlarge, is of these families."""
    return instance_type.removeprefix("ml.").partition(".")[0] in FAMILIES
'''


def sizes_by_family(found: dict[str, list[str]]) -> list[str]:
    """A line for each family; all names are quoted where one has to be."""
    quote = "'" if any("-" in family for family in found) else ""
    return [f"    {quote}{family}{quote}: '{' '.join(sizes)}'," for family, sizes in found.items()]


def text() -> str:
    """The file: one line per family, so that differences can be read."""
    said, source = ec2(), f"botocore {version('botocore')}"
    used = sorted({family for use in SHAPES for family in families(use)})
    arm = [f for f in used if f in ARM_BESIDES or "arm64" in architectures(said.get(f, {}))]
    rows = {use: sizes_by_family(families(use)) for use in SHAPES}
    blocks = "\n".join("\n".join([f"  {use}: {{", *lines, "  },"]) for use, lines in rows.items())
    return f"""/** What SageMaker uses an instance for. */
export type InstanceUse = 'training' | 'processing' | 'endpoint' | 'transform';

/** Where the types below come from. */
export const INSTANCE_SOURCE = '{source}';

/**
 * The sizes of each family, by use. Written by `scripts/instance_types.py` from {source}.
 */
export const INSTANCE_TYPES: {{ readonly [use in InstanceUse]: {{ readonly [family: string]: string }} }} = {{
{blocks}
}};

/** Families with NVMe storage of their own, as EC2 says (moto {version("moto")}, DescribeInstanceTypes). */
export const NVME_FAMILIES: readonly string[] = [
{words(with_storage())}
];

/** Families with ARM processors, from there too. */
export const ARM_FAMILIES: readonly string[] = [
{words(arm)}
];
"""


if __name__ == "__main__":
    for file, content in ((TABLE, text()), (LOCAL_STORAGE, local_storage())):
        file.write_text(content, encoding="utf-8", newline="\n")
