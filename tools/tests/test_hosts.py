"""Hosts of repositories, on loopback, with answers in the shape that each publishes."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

import host_api
from host_api import Api
from hosts import Bitbucket, GitHub, GitLab, host_of
from people import Unavailable, Unknown

HEAD, FEATURE, BASE = "a" * 40, "c" * 40, "b" * 40


class Served:
    """Answers by path; what was asked, with which token."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = {}
        self.failures: list[int] = []
        self.asked: list[tuple[str, str | None]] = []
        served = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                served.asked.append((self.path, self.headers["Authorization"]))
                if served.failures:
                    self.send_response(status := served.failures.pop(0))
                    if status == 302:
                        self.send_header("Location", "http://127.0.0.1:9/")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                found = served.answers.get(address.path)
                page = int(parse_qs(address.query).get("page", ["1"])[0])
                body = found[page - 1] if isinstance(found, tuple) else found
                self.send_response(404 if found is None else 200)
                if isinstance(found, tuple) and page < len(found):
                    following = f"{served.url}{address.path}?page={page + 1}"
                    self.send_header("Link", f'<{served.url}/x>; rel="prev", <{following}>; rel="next"')
                content = json.dumps(body).encode()
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def api(self) -> Api:
        return Api(self.url, {"Authorization": "Bearer t"})


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    monkeypatch.setattr(host_api, "WAIT", 0.01)
    monkeypatch.setattr(host_api, "TIMEOUT", 0.5)
    made = Served()
    yield made
    made.server.shutdown()
    made.server.server_close()


def said(found) -> list[str]:
    return sorted({f"{one.name} {one.what}" for one in found})


def github(served: Served) -> GitHub:
    def commit(sha: str, login: str | None, email: str) -> dict[str, object]:
        who = {"login": login} if login else None
        return {
            "sha": sha,
            "author": who,
            "committer": {"login": "web-flow"},
            "commit": {"author": {"email": email}, "committer": {"email": "noreply@github.com"}},
        }

    repo = "/repos/acme/churn"
    served.answers = {
        f"{repo}/compare/{BASE}...{HEAD}": {
            "total_commits": 2,
            "commits": [commit(FEATURE, None, "eve@example.org"), commit(HEAD, "ben-b", "ben@x")],
        },
        # The schema's form on one page, that of its example on the other.
        f"{repo}/activity": (
            [
                {
                    "after": HEAD,
                    "before": BASE,
                    "ref": "refs/heads/main",
                    "activity_type": "pr_merge",
                    "actor": {"login": "ana-a"},
                }
            ],
            [
                {
                    "after": FEATURE,
                    "before": BASE,
                    "ref": "refs/heads/f",
                    "push_type": "normal",
                    "pusher": {"login": "eve-e"},
                },
                {"after": "f" * 40, "activity_type": "push", "actor": None},
            ],
        ),
        f"{repo}/commits/{HEAD}/pulls": [{"number": 7, "merged_at": "2026-01-01T00:00:00Z"}],
        f"{repo}/commits/{FEATURE}/pulls": [
            {"number": 7, "merged_at": "2026-01-01T00:00:00Z"},
            {"number": 8, "merged_at": None},
        ],
        f"{repo}/pulls/7": {"user": {"login": "eve-e"}, "merged_by": {"login": "ana-a"}},
    }
    return GitHub(served.api(), "acme/churn")


def test_github_names_who_wrote_pushed_opened_and_merged(served: Served) -> None:
    assert said(github(served).people([HEAD], BASE)) == [
        "ana-a merged aaaaaaaa",
        "ana-a merged pull request 7",
        "ben-b wrote aaaaaaaa",
        "eve-e opened pull request 7",
        "eve-e pushed cccccccc",
        "eve@example.org wrote cccccccc",
    ]
    assert {token for _, token in served.asked} == {"Bearer t"}


def test_github_without_a_witness_of_the_push_is_refused(served: Served) -> None:
    host = github(served)
    served.answers["/repos/acme/churn/activity"] = []
    with pytest.raises(Unknown, match=f"does not say who pushed {HEAD}"):
        host.people([HEAD], BASE)


def test_gitlab_names_who_wrote_pushed_opened_and_merged(served: Served) -> None:
    # GitLab documentation, "Events API", "Repositories API" and "Commits API".
    project = "/projects/acme%2Fchurn"
    served.answers = {
        f"{project}/repository/compare": {
            "commits": [{"id": HEAD, "author_email": "ben@example.org", "committer_email": "ben@example.org"}]
        },
        f"{project}/events": [
            {
                "action_name": "pushed to",
                "author": {"username": "ben-b"},
                "push_data": {
                    "commit_count": 1,
                    "action": "pushed",
                    "ref_type": "branch",
                    "commit_from": BASE,
                    "commit_to": HEAD,
                    "ref": "main",
                },
            },
            {"action_name": "joined", "author": {"username": "zoe"}},
        ],
        f"{project}/repository/commits/{HEAD}/merge_requests": [
            {
                "iid": 3,
                "state": "merged",
                "author": {"username": "eve-e"},
                "merge_user": {"username": "ana-a"},
            },
            {"iid": 4, "state": "opened", "author": {"username": "zoe"}},
        ],
    }
    assert said(GitLab(served.api(), "acme/churn").people([HEAD], BASE)) == [
        "ana-a merged merge request 3",
        "ben-b pushed aaaaaaaa",
        "ben@example.org wrote aaaaaaaa",
        "eve-e opened merge request 3",
    ]
    served.answers[f"{project}/events"] = []
    with pytest.raises(Unknown, match="GitLab does not say who pushed"):
        GitLab(served.api(), "acme/churn").people([HEAD], BASE)


def test_bitbucket_counts_only_what_a_pull_request_brought(served: Served) -> None:
    # Bitbucket Cloud REST API, groups "Commits" and "Pullrequests".
    repo = "/repositories/acme/churn"
    served.answers = {
        f"{repo}/commits": {
            "values": [
                {"hash": HEAD, "author": {"raw": "Ben <ben@example.org>", "user": {"nickname": "ben-b"}}},
                {"hash": FEATURE, "author": {"raw": "Eve <eve@example.org>"}},
            ]
        },
        f"{repo}/commit/{HEAD}/pullrequests": {"values": [{"id": 5}]},
        f"{repo}/commit/{FEATURE}/pullrequests": {"values": []},
        f"{repo}/pullrequests/5": {
            "id": 5,
            "state": "MERGED",
            "author": {"nickname": "eve-e"},
            "closed_by": {"nickname": "ana-a"},
        },
    }
    assert said(Bitbucket(served.api(), "acme/churn").people([HEAD], BASE)) == [
        "ana-a merged pull request 5",
        "ben-b wrote aaaaaaaa",
        "eve-e opened pull request 5",
        "eve@example.org wrote cccccccc",
    ]
    served.answers[f"{repo}/pullrequests/5"]["state"] = "OPEN"  # type: ignore[index]
    with pytest.raises(Unknown, match="Merge through pull requests"):
        Bitbucket(served.api(), "acme/churn").people([HEAD], BASE)


def test_a_host_that_is_busy_is_asked_again(served: Served) -> None:
    served.answers = {"/x": {"a": 1}}
    served.failures = [503, 429]
    assert served.api().get("/x") == {"a": 1}
    assert len(served.asked) == 3


@pytest.mark.parametrize(
    ("failures", "message"),
    [
        ([500, 502, 503], "/x answers 503."),
        ([401], "/x answers 401; check that the token in governance.sourceTokenArn"),
        ([404], "/x answers 404; check that the token"),
        ([302], "/x answers 302."),
    ],
)
def test_a_host_that_does_not_answer_is_named_with_what_to_do(
    served: Served, failures: list[int], message: str
) -> None:
    served.failures = failures
    with pytest.raises(Unavailable) as refusal:
        served.api().get("/x")
    assert message in str(refusal.value)


def test_a_host_that_is_not_there_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="gives no answer"):
        Api("http://127.0.0.1:9", {}).get("/x")


def test_the_token_is_not_taken_to_another_host(served: Served) -> None:
    served.answers = {"/x": {"values": [1], "next": "http://127.0.0.1:9/steal"}}
    with pytest.raises(Unavailable, match="another host"):
        list(served.api().pages("/x"))


@pytest.mark.parametrize(
    ("kind", "secret", "message"),
    [
        ("github", "", "holds no token"),
        ("github", "{}", "holds no token"),
        ("github-enterprise", "t", "does not name the API of github-enterprise"),
        ("gitlab-self-managed", '{"token": "t", "url": "http://git.example.org"}', "must be https"),
        ("sourcehut", "t", "not known"),
    ],
)
def test_a_secret_that_does_not_do_is_refused_with_what_to_put_there(
    kind: str, secret: str, message: str
) -> None:
    with pytest.raises(Unknown, match=message):
        host_of(kind, "acme/churn", secret)


def test_a_secret_is_a_token_or_names_the_host_too() -> None:
    assert isinstance(host_of("github", "acme/churn", "t"), GitHub)
    assert isinstance(
        host_of("gitlab-self-managed", "a/b", '{"token": "t", "url": "https://git.example.org/api/v4"}'),
        GitLab,
    )
