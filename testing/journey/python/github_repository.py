"""Repositories on GitHub: branches and their commits, pull requests, forks, environments and who approves for them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from values import NotThere
from workflow_events import wanted


@dataclass(frozen=True)
class Account:
    """A person or an organization; the id of one that is gone is never given again."""

    login: str
    identity: int


@dataclass(frozen=True)
class Commit:
    """All files at a moment."""

    sha: str
    files: dict[str, str]
    parent: str = ""


@dataclass
class GithubEnvironment:
    """What a job must get past that names an environment."""

    name: str
    reviewers: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    """Branches that may deploy; all of them where none is named."""
    no_self_review: bool = False

    def admits(self, branch: str) -> bool:
        """Whether jobs of a branch may have it."""
        return not self.branches or wanted(list(self.branches), branch)


@dataclass
class Repository:
    """A repository."""

    owner: Account
    name: str
    identity: int
    default_branch: str = "main"
    immutable_subject: bool = True
    """Whether the subjects of its tokens have ids: made or renamed from 2026-07-15 on, or chosen since."""
    fork_of: Repository | None = None
    branches: dict[str, str] = field(default_factory=dict)
    commits: dict[str, Commit] = field(default_factory=dict)
    environments: dict[str, GithubEnvironment] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    pulls: int = 0
    merges: dict[str, str] = field(default_factory=dict)
    """`refs/pull/7/merge` to its commit."""

    @property
    def full_name(self) -> str:
        """Owner and name."""
        return f"{self.owner.login}/{self.name}"

    def commit(self, branch: str, files: dict[str, str | None]) -> tuple[str, Commit]:
        """Changes files on a branch, or takes those away that are None; gives the commit before, too."""
        before = self.branches.get(branch, "")
        base = self.commits[before].files if before else {}
        changed = {**base, **files}
        made = self.store({path: text for path, text in changed.items() if text is not None}, before)
        self.branches[branch] = made.sha
        return before, made

    def store(self, files: dict[str, str], parent: str = "") -> Commit:
        """Keeps a commit that no branch has yet."""
        text = json.dumps([self.identity, parent, sorted(files.items())])
        made = Commit(hashlib.sha1(text.encode()).hexdigest(), files, parent)
        self.commits[made.sha] = made
        return made

    def branch(self, name: str, start: str) -> None:
        """A new branch that begins where another one is."""
        self.branches[name] = self.branches[start]

    def fork(self, owner: Account, identity: int) -> Repository:
        """A copy that belongs to somebody else."""
        return Repository(
            owner, self.name, identity, self.default_branch, True, self, dict(self.branches), dict(self.commits)
        )

    def resolve(self, ref: str) -> Commit:
        """The commit that a branch, a ref or a commit's id names."""
        for sha in (self.branches.get(ref.removeprefix("refs/heads/")), self.merges.get(ref), ref):
            if sha in self.commits:
                return self.commits[sha]
        raise NotThere(f"{self.full_name} has no {ref}")

    def merge(self, base: str, head: Commit) -> tuple[str, Commit]:
        """What a pull request would make of a branch: the head's changes over the branch's files."""
        self.pulls += 1
        ref = f"refs/pull/{self.pulls}/merge"
        made = self.store({**self.commits[self.branches[base]].files, **head.files}, self.branches[base])
        self.merges[ref] = made.sha
        return ref, made

    def changed(self, before: str, after: str) -> tuple[str, ...]:
        """Paths that differ between two commits."""
        old = self.commits[before].files if before in self.commits else {}
        new = self.commits[after].files
        return tuple(sorted(p for p in {*old, *new} if old.get(p) != new.get(p)))

    def environment(self, name: str) -> tuple[GithubEnvironment, bool]:
        """An environment, and whether it is only made now: one that a job names and nobody has made protects nothing
        (documentation, "Managing environments for deployment")."""
        found = {known.lower(): about for known, about in self.environments.items()}
        if name.lower() in found:
            return found[name.lower()], False
        self.environments[name] = GithubEnvironment(name)
        return self.environments[name], True
