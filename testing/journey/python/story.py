"""The journey as it is printed: who did what, and with what result."""

from __future__ import annotations

import time
from dataclasses import dataclass, field


@dataclass
class Story:
    """Lines in the order of what happened."""

    quiet: bool = False
    lines: list[str] = field(default_factory=list)
    begin: float = field(default_factory=time.monotonic)

    def chapter(self, title: str) -> None:
        """A new part of the journey."""
        self._add("")
        self._add(f"## {title}")

    def tell(self, who: str, what: str) -> None:
        """Something happened."""
        self._add(f"  {who:<34} {what}")

    def detail(self, text: str) -> None:
        """What a program printed."""
        for line in text.strip().splitlines():
            self._add(f"  {'':<34} | {line}")

    def _add(self, line: str) -> None:
        self.lines.append(line)
        if not self.quiet:
            print(line, flush=True)
