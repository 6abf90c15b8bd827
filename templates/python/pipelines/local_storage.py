"""Which instance types have NVMe storage of their own.

Their volumes are encrypted by the hardware, and SageMaker refuses a key for them (SageMaker API reference,
ResourceConfig and ProcessingClusterConfig, "VolumeKmsKeyId").
"""

FAMILIES = frozenset(
    {
        "c5d",
        "c6gd",
        "dl1",
        "g4dn",
        "g5",
        "g6",
        "g6e",
        "g7",
        "g7e",
        "m5d",
        "m6gd",
        "p3dn",
        "p4d",
        "p4de",
        "p5",
        "p5e",
        "p5en",
        "p6-b200",
        "p6-b300",
        "p6e-gb200",
        "r5d",
        "r6gd",
        "r7gd",
        "trn1",
        "trn1n",
        "trn2",
    }
)
"""Families with such storage, as EC2 says (moto 5.2.5, DescribeInstanceTypes)."""


def has_local_storage(instance_type: str) -> bool:
    """Whether an instance type, such as ml.g5.xlarge, is of these families."""
    return instance_type.removeprefix("ml.").partition(".")[0] in FAMILIES
