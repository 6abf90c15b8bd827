"""What packages must fit to be of use in an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags

from pipelines import packages
from pipelines.settings import Settings

OLDEST_GLIBC = 5
LEGACY = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}
"""Older names of manylinux tags, by the minor version of glibc."""


@dataclass(frozen=True)
class Image:
    """What packages must fit: the image's packages by name, and the marker values and tags of its Python."""

    name: str
    python: str
    platform: str
    packages: dict[str, str]

    @classmethod
    def of(cls, settings: Settings) -> Image:
        """The image of the settings."""
        known = packages.image(settings)
        name = f"{settings.model.framework} {settings.model.framework_version}"
        return cls(name, known["python"], known["platform"], known["packages"])

    def takes(self, requirement: Requirement, extras: Sequence[str] = ("",)) -> bool:
        """Whether a requirement is one on the image's Python."""
        marker = requirement.marker
        return marker is None or any(marker.evaluate({**self.markers(), "extra": extra}) for extra in extras)

    def markers(self) -> dict[str, str]:
        """The values of environment markers there."""
        return {
            "implementation_name": "cpython",
            "os_name": "posix",
            "platform_machine": self.platform.partition("-")[0],
            "platform_python_implementation": "CPython",
            "platform_system": "Linux",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
        }

    def tags(self) -> list[Tag]:
        """The tags of wheels that can be installed there, the best first."""
        machine, _, libc = self.platform.partition("-")
        newest = int(libc.rpartition("_")[2])
        platforms = []
        for minor in range(newest, OLDEST_GLIBC - 1, -1):
            platforms += [f"manylinux_2_{minor}_{machine}"]
            platforms += [f"{LEGACY[minor]}_{machine}"] if minor in LEGACY else []
        platforms.append(f"linux_{machine}")
        major, minor = (int(part) for part in self.python.split("."))
        interpreter = f"cp{major}{minor}"
        return [
            *cpython_tags((major, minor), [interpreter], platforms),
            *compatible_tags((major, minor), interpreter, platforms),
        ]
