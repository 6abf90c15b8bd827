"""A host's API: JSON over HTTPS, with a token, asked again while the host is busy."""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode, urlsplit

from people import Unavailable, Unknown

TIMEOUT = 10.0
"""Seconds for one answer."""

TRIES = 3
"""How often one address is asked."""

WAIT = 1.0
"""Seconds before the second try; twice as many before each further one."""

PAGES = 20
"""Pages of a list at most: of 100 entries each."""


class Api:
    """A host's API: JSON over HTTPS with a token that never leaves for another host."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url.rstrip("/")
        self._headers = {"Accept": "application/json", "User-Agent": "sagemaker-cicd-projen", **headers}

    def get(self, path: str, **query: str | int) -> Any:
        """The answer of one address; None where there is nothing."""
        return self._ask(self._address(path, query))[0]

    def pages(
        self, path: str, *, newest: bool = False, within: str = "values", **query: str | int
    ) -> Iterator[Any]:
        """
        Every entry of a list, or only its newest ones, by the header `Link` or the field `next`; `within` is
        the field that has the list, where an answer is an object.
        """
        address: str | None = self._address(path, query)
        for _ in range(PAGES):
            content, address = self._ask(address or "")
            entries = content.get(within, content) if isinstance(content, dict) else content
            yield from entries or ()
            if address is None:
                return
        if not newest:
            raise Unknown(f"{self._named(path)} has more than {PAGES} pages. Approve versions more often.")

    def _address(self, path: str, query: dict[str, str | int]) -> str:
        return f"{self.url}{path}" + (f"?{urlencode(query)}" if query else "")

    def _named(self, address: str) -> str:
        return f"{urlsplit(self.url).netloc}{urlsplit(address).path}"

    def _ask(self, address: str) -> tuple[Any, str | None]:
        if urlsplit(address)[:2] != urlsplit(self.url)[:2]:
            raise Unavailable(f"{self._named(self.url)} refers to another host, which the token is not for.")
        problem = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(WAIT * 2 ** (attempt - 1))
            try:
                request = urllib.request.Request(address, headers=self._headers)
                with _OPENER.open(request, timeout=TIMEOUT) as answer:
                    content = json.loads(answer.read() or b"null")
                    return content, _next(answer.headers.get("Link"), content)
            except urllib.error.HTTPError as error:
                problem = f"answers {error.code}"
                if error.code in (401, 403, 404):
                    problem += "; check that the token in governance.sourceTokenArn is valid and may read it"
                if error.code < 500 and error.code not in (408, 429):
                    break
            except (OSError, ValueError) as error:
                problem = f"gives no answer ({error})"
        raise Unavailable(f"{self._named(address)} {problem}.")


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirection: it would carry the token to where it leads."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_Stay)


def _next(link: str | None, content: Any) -> str | None:
    if isinstance(content, dict) and content.get("next"):
        return str(content["next"])
    found = re.search(r'<([^>]+)>\s*;\s*rel="next"', link or "")
    return found[1] if found else None
