"""
Who is behind commits at GitHub, GitLab and Bitbucket: connections do not say who pushed, so their APIs are
asked.

With a token that reads the repository: GitHub "Metadata", "Contents" and "Pull requests" (read), and
"Actions" (read) where its workflows build; GitLab `read_api`; Bitbucket `repository` and `pullrequest`. An
API that does not answer is asked again, here and with the next try of the event; what it can never answer is
said at once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol
from urllib.parse import quote

from host_api import Api
from people import LIMIT, Involved, Unknown

APIS = {
    "github": "https://api.github.com",
    "gitlab": "https://gitlab.com/api/v4",
    "bitbucket": "https://api.bitbucket.org/2.0",
}
"""Addresses of the public hosts; for others the secret names its own."""


class Host(Protocol):
    """The host of a repository."""

    def people(self, heads: Sequence[str], base: str | None) -> list[Involved]:
        """Whoever wrote, pushed or merged what `heads` bring and `base` has not."""


class GitHub:
    """GitHub, and GitHub Enterprise Server."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._path = api, f"/repos/{quote(repository)}"

    def people(self, heads: Sequence[str], base: str | None) -> list[Involved]:
        head, found = heads[0], list[Involved]()
        ids = []
        for commit in _limited((c for one in heads for c in self._commits(one, base)), "sha", base):
            ids.append(commit["sha"])
            what = f"wrote {commit['sha'][:8]}"
            for side in ("author", "committer"):
                login = (commit.get(side) or {}).get("login")
                found.append(Involved(what, "git", login or commit["commit"][side]["email"]))
        # Everywhere, not only on the branch: what is merged was pushed to another one before.
        pushed = False
        for activity in self._api.pages(f"{self._path}/activity", newest=True, per_page=100):
            # GitHub's schema says `actor` and `activity_type`, its example `pusher` and `push_type`.
            login = (activity.get("actor") or activity.get("pusher") or {}).get("login")
            kind = str(activity.get("activity_type") or activity.get("push_type") or "push")
            if activity["after"] in ids and login:
                pushed = pushed or activity["after"] == head
                verb = "merged" if "merge" in kind else "pushed"
                found.append(Involved(f"{verb} {activity['after'][:8]}", "git", login))
        for number in {pull["number"] for commit in ids for pull in self._pulls(commit)}:
            pull = self._api.get(f"{self._path}/pulls/{number}")
            for side, verb in (("user", "opened"), ("merged_by", "merged")):
                if login := (pull.get(side) or {}).get("login"):
                    found.append(Involved(f"{verb} pull request {number}", "git", login))
        if not pushed:
            raise Unknown(
                f"GitHub does not say who pushed {head}. Push a new commit, and approve its version."
            )
        return _without_host(found)

    def _commits(self, head: str, base: str | None) -> Iterator[Any]:
        if base is None:
            pages = self._api.pages(f"{self._path}/commits", newest=True, sha=head, per_page=100)
            yield from islice(pages, LIMIT)
            return
        # An object with a list of commits on each page.
        page = 1
        while True:
            answer = self._api.get(f"{self._path}/compare/{base}...{head}", per_page=100, page=page)
            yield from answer["commits"]
            if page * 100 >= answer["total_commits"]:
                return
            page += 1

    def _pulls(self, commit: str) -> list[Any]:
        return [
            pull for pull in self._api.pages(f"{self._path}/commits/{commit}/pulls") if pull.get("merged_at")
        ]


class GitLab:
    """GitLab, also self-managed."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._path = api, f"/projects/{quote(repository, safe='')}"

    def people(self, heads: Sequence[str], base: str | None) -> list[Involved]:
        head, found = heads[0], list[Involved]()
        ids = []
        for commit in _limited((c for one in heads for c in self._commits(one, base)), "id", base):
            ids.append(commit["id"])
            for side in ("author_email", "committer_email"):
                found.append(Involved(f"wrote {commit['id'][:8]}", "git", commit[side]))
        known = False
        for event in self._api.pages(f"{self._path}/events", newest=True, action="pushed", per_page=100):
            push = event.get("push_data") or {}
            if push.get("commit_to") in ids:
                known = known or push["commit_to"] == head
                found.append(Involved(f"pushed {push['commit_to'][:8]}", "git", event["author"]["username"]))
        for commit in ids:
            for merge in self._api.pages(f"{self._path}/repository/commits/{commit}/merge_requests"):
                if merge.get("state") != "merged":
                    continue
                by = merge.get("merge_user") or merge.get("merged_by") or {}
                known = known or (
                    bool(by.get("username"))
                    and head
                    in (merge.get("merge_commit_sha"), merge.get("squash_commit_sha"), merge.get("sha"))
                )
                for who, verb in ((merge.get("author") or {}, "opened"), (by, "merged")):
                    if who.get("username"):
                        found.append(Involved(f"{verb} merge request {merge['iid']}", "git", who["username"]))
        if not known:
            raise Unknown(
                f"GitLab does not say who pushed {head}. Push a new commit, and approve its version."
            )
        return list(dict.fromkeys(found))

    def _commits(self, head: str, base: str | None) -> Iterator[Any]:
        # From the merge base: without `straight` GitLab compares as git does with three dots.
        if base is None:
            pages = self._api.pages(
                f"{self._path}/repository/commits", newest=True, ref_name=head, per_page=100
            )
            yield from islice(pages, LIMIT)
        else:
            yield from self._api.get(f"{self._path}/repository/compare", **{"from": base, "to": head})[
                "commits"
            ]


class Bitbucket:
    """Bitbucket Cloud. It does not say who pushed: only what a pull request brought has a witness."""

    def __init__(self, api: Api, repository: str) -> None:
        self._api, self._path = api, f"/repositories/{quote(repository)}"

    def people(self, heads: Sequence[str], base: str | None) -> list[Involved]:
        head, found = heads[0], list[Involved]()
        merged = False
        for commit in _limited((c for one in heads for c in self._commits(one, base)), "hash", base):
            author = commit.get("author") or {}
            # `raw` is what git says: a name, and an e-mail address in angle brackets.
            named = re.search(r"<([^>]+)>", author.get("raw") or "")
            account = author.get("user") or {}
            name = (
                account.get("nickname") or account.get("account_id") or (named[1] if named else author["raw"])
            )
            found.append(Involved(f"wrote {commit['hash'][:8]}", "git", name))
            for pull in self._api.pages(f"{self._path}/commit/{commit['hash']}/pullrequests"):
                whole = self._api.get(f"{self._path}/pullrequests/{pull['id']}")
                if whole.get("state") != "MERGED":
                    continue
                closed = whole.get("closed_by") or {}
                merged = merged or (commit["hash"] == head and bool(closed))
                for who, verb in ((whole.get("author") or {}, "opened"), (closed, "merged")):
                    if name := who.get("nickname") or who.get("account_id"):
                        found.append(Involved(f"{verb} pull request {whole['id']}", "git", name))
        if not merged:
            raise Unknown(
                f"Bitbucket does not say who pushed {head}. Merge through pull requests, and "
                "forbid pushes to "
                "the branch."
            )
        return list(dict.fromkeys(found))

    def _commits(self, head: str, base: str | None) -> Iterator[Any]:
        query: dict[str, Any] = {"exclude": base} if base else {}
        pages = self._api.pages(
            f"{self._path}/commits", newest=base is None, include=head, pagelen=100, **query
        )
        return islice(pages, LIMIT if base is None else None)


def _limited(commits: Iterator[Any], key: str, base: str | None) -> Iterator[Any]:
    """Each commit once, as far as can be looked at."""
    seen: set[str] = set()
    for commit in commits:
        if commit[key] in seen:
            continue
        seen.add(commit[key])
        if len(seen) > LIMIT:
            if base is None:
                return
            raise Unknown(
                f"There are more than {LIMIT} commits since {base}, the last approved one. "
                "Build and approve a version in between."
            )
        yield commit


def _without_host(found: list[Involved]) -> list[Involved]:
    """GitHub itself commits what is merged on its pages; whoever merged is named by the activity."""
    return [one for one in dict.fromkeys(found) if one.name not in ("web-flow", "noreply@github.com")]


def host_of(kind: str, repository: str, secret: str) -> Host:
    """
    The host of a repository; `secret` is a token, or JSON with `token` and, for hosts of one's own, `url`.
    """
    return _MAKERS[_brand(kind)](api_of(kind, secret), repository)


_MAKERS: dict[str, Callable[[Api, str], Host]] = {
    "github": GitHub,
    "gitlab": GitLab,
    "bitbucket": Bitbucket,
}


def _brand(kind: str) -> str:
    brand = kind.split("-")[0]
    if brand not in _MAKERS:
        raise Unknown(f"The host {kind!r} is not known; it is one of {', '.join(_MAKERS)}.")
    return brand


def api_of(kind: str, secret: str) -> Api:
    """The API of a host, with the token."""
    token, url = _read(secret)
    brand = _brand(kind)
    if kind in ("github-enterprise", "gitlab-self-managed") and not url:
        raise Unknown(
            f"The secret in governance.sourceTokenArn does not name the API of {kind}. "
            'Make it {"token": "...", "url": "https://<host>/api/v'
            + ("3" if brand == "github" else "4")
            + '"}.'
        )
    if url and not url.startswith("https://"):
        raise Unknown(
            f"The secret in governance.sourceTokenArn names {url!r}. The API's address must be https://..."
        )
    headers = {"Authorization": f"Bearer {token}"}
    if brand == "github":
        headers |= {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    return Api(url or APIS[brand], headers)


def _read(secret: str) -> tuple[str, str]:
    try:
        content = json.loads(secret)
    except ValueError:
        content = secret
    token, url = (content.get("token"), content.get("url")) if isinstance(content, dict) else (content, "")
    if not isinstance(token, str) or not token.strip() or not isinstance(url or "", str):
        raise Unknown(
            "The secret in governance.sourceTokenArn holds no token. Make it the token itself, or "
            '{"token": "..."}.'
        )
    return token.strip(), url or ""
