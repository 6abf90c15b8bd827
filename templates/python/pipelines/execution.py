"""What an execution and the pipeline are given besides the definition: parameter values, a name and tags."""

from __future__ import annotations

import json
import os
import re
from typing import Any

from pipelines import build_tests, git, retraining
from pipelines.checks import declared
from pipelines.compiler import State
from pipelines.environment import given_parameters
from pipelines.errors import PipelineError, nearest


def tags(state: State) -> list[dict[str, str]]:
    """The tags of the pipeline."""
    values = {
        "sagemaker:project-name": os.environ.get("PROJECT_NAME") or state.settings.model.name,
        "environment-type": os.environ.get("ENV_TYPE", ""),
        "git-branch": git.branch(state.root),
        "git-commit": git.commit(state.root),
    }
    return [{"Key": k, "Value": re.sub(r"[^\w\s.:/=+\-@]", "-", v)[:256]} for k, v in values.items() if v]


def parameters(state: State) -> dict[str, str]:
    """The values of an execution: this commit, branch and test run, and the build's `PIPELINE_PARAMETERS`."""
    # Last, because how the tests ended and why a build was started is nothing to be set by hand.
    own = {
        build_tests.PARAMETER: build_tests.result(state.root),
        retraining.PARAMETER: retraining.reason(os.environ),
    }
    taken = {name: value for name, value in own.items() if value is not None and _takes(state, name)}
    given = {"GitCommit": git.commit(state.root), "GitBranch": git.branch(state.root)}
    return {**given, **overrides(state), **taken}


def _takes(state: State, parameter: str) -> bool:
    return any(p["Name"] == parameter for p in json.loads(state.definition())["Parameters"])


def description(values: dict[str, str]) -> str | None:
    """What people read about an execution that no commit started."""
    why = values.get(retraining.PARAMETER, retraining.NONE)
    return None if why == retraining.NONE else f"Retraining: {why}"


def display_name(values: dict[str, str]) -> str:
    """A name for people: branch and commit, in at most 82 letters, digits and hyphens."""
    name = re.sub(r"[^a-zA-Z0-9]+", "-", f"{values['GitBranch']}-{values['GitCommit'][:8]}")
    return name[-82:].strip("-")


def overrides(state: State) -> dict[str, str]:
    """The parameter values of `PIPELINE_PARAMETERS`, a JSON object by parameter name, as texts."""
    values = given_parameters(os.environ)
    known = {p["Name"]: p for p in json.loads(state.definition())["Parameters"]}
    rules, not_taken = state.hyperparameters(), state.refused()
    for name, value in values.items():
        if name not in known and name in not_taken:
            raise PipelineError(f"PIPELINE_PARAMETERS: {name!r} is not taken: {not_taken[name]}")
        if name not in known:
            near = nearest(name, [*known, *rules])
            raise PipelineError(
                f"PIPELINE_PARAMETERS: {name!r} is not a pipeline parameter{near}; there are: "
                f"{', '.join(known)}, and hyperparameters: {', '.join(n for n in rules if n not in known)}"
            )
        if not _fits(value, known[name]):
            allowed = known[name].get("EnumValues") or known[name]["Type"]
            raise PipelineError(f"PIPELINE_PARAMETERS: {name} is {value!r}, it must be: {allowed}")
        rule = rules.get(name)
        if rule and (wanted := declared(rule)(value)) is not None:
            raise PipelineError(f"PIPELINE_PARAMETERS: {name} is {value!r}, it must be: {wanted}")
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}


def _fits(value: Any, parameter: dict[str, Any]) -> bool:
    if allowed := parameter.get("EnumValues"):
        return value in allowed
    try:
        {"Integer": int, "Float": float}.get(parameter["Type"], str)(str(value))
    except ValueError:
        return False
    return not isinstance(value, bool) or parameter["Type"] in ("String", "Boolean")
