"""What GitHub must have before workflows deploy, one function for each kind of check; they only read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from preflight_aws import CannotLook
from preflight_host import Host, NotThere, segment
from preflight_result import MISSING, OK, UNKNOWN, WARNING, Result

Wants = dict[str, Any]

BY_AWS = 'engine.github.approvals "aws"'
"""What stands in for required reviewers."""

PLAN = "Required reviewers in private repositories need GitHub Enterprise"


def repository(host: Host, wants: Wants) -> Result:
    """The repository by its numbers, and its default branch."""
    found = host.get()
    wrong = [
        f"{what} is {is_now}, not {wanted}"
        for what, is_now, wanted in (
            ("its number", str(found["id"]), wants["repositoryId"]),
            ("its owner's number", str(found["owner"]["id"]), wants["ownerId"]),
            ("its name", found["full_name"], host.repository),
            ("its default branch", found["default_branch"], wants["defaultBranch"]),
        )
        if is_now != wanted
    ]
    if wrong:
        # Whatever is asked next is asked of the right repository.
        return Result(MISSING, "; ".join(wrong), partly=True)
    return Result(MISSING, "it is archived", partly=True) if found.get("archived") else Result(OK)


def subject(host: Host, wants: Wants) -> Result:
    """Whether tokens have the subject that roles trust."""
    found = host.get("actions/oidc/customization/sub")
    if found["use_default"]:
        return Result(OK, "default")
    keys = ", ".join(found.get("include_claim_keys") or ["nothing"])
    return Result(MISSING, f"it is made from {keys}")


def branch(host: Host, wants: Wants) -> Result:
    """Whether a branch takes changes through pull requests alone; by its protection, or by rules."""
    name = segment(wants["branch"])
    found = host.get(f"branches/{name}")
    rules = {str(rule["type"]) for rule in host.get(f"rules/branches/{name}")}
    if "pull_request" in rules:
        return Result(OK, "by rules")
    if not found["protected"]:
        return Result(MISSING, "everyone who can write to the repository can push to it")
    reviews = (found.get("protection") or {}).get("required_pull_request_reviews")
    return Result(OK, "protected" if reviews is None else "protected, with reviews")


def environment(host: Host, wants: Wants) -> Result:
    """An environment: its reviewers, and the branches that may use it."""
    name, wanted = segment(wants["name"]), str(wants["branch"])
    try:
        found = host.get(f"environments/{name}")
    except NotThere:
        return Result(MISSING, "a job that names it would create it without any protection")
    rules = {str(rule["type"]) for rule in found.get("protection_rules", [])}
    if wants["asks"] and "required_reviewers" not in rules:
        return _nobody_asked(host)
    return _branches(host, name, wanted, found.get("deployment_branch_policy"))


def _nobody_asked(host: Host) -> Result:
    # GitHub documentation, "Deployments and environments", required reviewers.
    is_public = host.get().get("visibility") == "public"
    where = "" if is_public else f"{PLAN}; {BY_AWS} asks people in AWS instead. "
    fix = f"{where}npx sagemaker-cicd-projen bootstrap-guide prints the commands that add reviewers."
    return Result(MISSING, "it has no required reviewers: nobody would be asked", fix)


def _branches(host: Host, name: str, wanted: str, policy: Wants | None) -> Result:
    if policy is None:
        return Result(WARNING, "every branch may use it; its roles are for one branch alone")
    if policy["protected_branches"]:
        is_protected = bool(host.get(f"branches/{segment(wanted)}")["protected"])
        return (
            Result(OK, "protected branches")
            if is_protected
            else Result(MISSING, f"{wanted} is not protected")
        )
    found = host.get(f"environments/{name}/deployment-branch-policies")["branch_policies"]
    allowed = sorted(str(one["name"]) for one in found if one.get("type", "branch") == "branch")
    if wanted not in allowed:
        return Result(MISSING, f"{wanted} may not use it, but {', '.join(allowed) or 'no branch'}")
    others = [other for other in allowed if other != wanted]
    return Result(WARNING, f"{', '.join(others)} may use it, too") if others else Result(OK, f"only {wanted}")


HOST_CHECKS: dict[str, Callable[[Host, Wants], Result]] = {
    "hostBranch": branch,
    "hostEnvironment": environment,
    "hostRepository": repository,
    "hostSubject": subject,
}


def look_at_host(host: Host, check: Wants) -> Result:
    """Runs one check. Any failure is an answer too."""
    try:
        return HOST_CHECKS[check["kind"]](host, check["wants"])
    except NotThere as error:
        return Result(MISSING, f"GitHub does not show {error} to these credentials")
    except CannotLook as error:
        return Result(UNKNOWN, str(error), cause=str(error))
    except (KeyError, TypeError, ValueError) as error:
        return Result(UNKNOWN, f"{type(error).__name__}: {error}")
