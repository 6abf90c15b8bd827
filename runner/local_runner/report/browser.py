"""Opens a page in the browser, where there is one."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path


def open_in_browser(page: Path) -> None:
    """Open a page, or say that there is no browser here; its path has been printed."""
    try:
        opened = webbrowser.open(page.absolute().as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        print(
            "There is no browser here: open that file yourself, or name a browser in the variable BROWSER.",
            file=sys.stderr,
        )
