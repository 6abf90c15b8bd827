"""The digest of what was shown changes with everything that counts, and with nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

import change_text
from bootstraps import Infrastructure
from test_show import parameter_of_ssm, put

STACK = "churn-infrastructurepipeline"


def digest(infra: Infrastructure, *, without: str | None = None) -> str:
    entries = [
        {part: own for part, own in one.entry.items() if part != without} for one in infra.look("self")
    ]
    return hashlib.sha256(json.dumps(entries).encode()).hexdigest()


def deployed(infra: Infrastructure) -> Any:
    return infra.cloudformation.stacks["eu-west-1", STACK]


def stages(infra: Infrastructure, change: Callable[[list[Any]], object]) -> None:
    content = json.loads(infra.stages.read_text())
    change(content["stages"]["self"])
    # Not in the assembly, where it is a file of the commit.
    infra.stages = infra.folder / "stages.json"
    infra.stages.write_text(json.dumps(content))


def asset(infra: Infrastructure) -> Any:
    """The tools of the commit, not those that run."""
    [folder] = {file.parent for file in infra.assembly.glob("asset.*/stages.json")}
    return folder


CHANGES: dict[str, Callable[[Infrastructure], object]] = {
    "a template": lambda i: i.template(STACK, lambda t: t.update(Description="other")),
    "a default of a parameter": lambda i: i.template(
        STACK, lambda t: t["Parameters"]["BootstrapVersion"].update(Default="/other")
    ),
    "what a parameter of SSM holds": lambda i: put(i, "other"),
    "a file": lambda i: (asset(i) / "diff.py").write_text("other"),
    "one more file": lambda i: (asset(i) / "more.py").write_text("other"),
    "the key of a file": lambda i: i.assets(
        STACK,
        lambda c: [
            destination.update(objectKey="other.zip") for file in c["files"].values()
            if file["source"]["packaging"] == "zip" for destination in file["destinations"].values()
        ],
    ),
    "the template of what is deployed": lambda i: deployed(i).template.update(Description="other"),
    "a value of what is deployed": lambda i: deployed(i).parameters["Read"].update(ParameterValue="/other"),
    "what was read for what is deployed": lambda i: deployed(i).parameters["Read"].update(ResolvedValue="x"),
    "one more parameter of what is deployed": lambda i: deployed(i).parameters.update(
        More={"ParameterValue": "a"}
    ),
    "a tag": lambda i: i.manifest(STACK, lambda a: a["properties"].update(tags={"team": "other"})),
    "a tag of what is deployed": lambda i: deployed(i).tags.append({"Key": "team", "Value": "other"}),
    "the protection": lambda i: i.manifest(
        STACK, lambda a: a["properties"].update(terminationProtection=False)
    ),
    "the protection of what is deployed": lambda i: setattr(deployed(i), "protected", False),
    "whether it is deployed": lambda i: i.cloudformation.stacks.pop(("eu-west-1", STACK)),
    "one stack less": lambda i: stages(i, lambda waves: waves.pop()),
    "one more stack": lambda i: stages(i, lambda waves: waves.append(
        [{"name": "churn-main-delivery", "account": "111111111111", "region": "eu-west-1"}])),
    "the order of the stacks": lambda i: stages(i, lambda waves: waves.reverse()),
    "waves that become one": lambda i: stages(
        i, lambda waves: waves.__setitem__(slice(0, 2), [waves[0] + waves[1]])
    ),
}  # fmt: skip

NO_CHANGES: dict[str, Callable[[Infrastructure], object]] = {
    "nothing": lambda i: None,
    "the order of what is deployed": lambda i: setattr(
        deployed(i), "template", dict(reversed(deployed(i).template.items()))
    ),
    "the order of tags": lambda i: deployed(i).tags.reverse(),
    "what else is in the assembly": lambda i: (i.assembly / "more.json").write_text("{}"),
    "a stack that is not of this stage": lambda i: i.template(
        "churn-main-delivery", lambda t: t.update(Description="other")
    ),
    "how a deployment ended": lambda i: setattr(deployed(i), "status", "UPDATE_ROLLBACK_COMPLETE"),
    "a change set that nobody has executed": lambda i: deployed(i).change_sets.update(
        {"arn": {"ChangeSetName": "mine"}}
    ),
    "the mode and time of a file": lambda i: (asset(i) / "diff.py").touch(),
}


@pytest.fixture
def ready(infra: Infrastructure) -> Infrastructure:
    """Deployed with a parameter that is read, and two tags."""
    infra.template(STACK, parameter_of_ssm)
    infra.manifest(STACK, lambda a: a["properties"].update(tags={"team": "one", "cost": "two"}))
    put(infra, "one")
    infra.deploy("self", infra.look("self"))
    return infra


@pytest.mark.parametrize("kind", CHANGES)
def test_another_digest(ready: Infrastructure, kind: str) -> None:
    """Also without what was said about it, which is there for changes of these tools."""
    before = digest(ready, without="shown")
    CHANGES[kind](ready)
    assert digest(ready, without="shown") != before


def test_another_digest_where_something_else_is_said(
    ready: Infrastructure, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready.template(STACK, lambda t: t["Resources"].popitem())
    before = digest(ready)
    monkeypatch.setitem(change_text.KEPT, "Delete", "gone")
    assert digest(ready) != before


@pytest.mark.parametrize("kind", NO_CHANGES)
def test_the_same_digest(ready: Infrastructure, kind: str) -> None:
    before = digest(ready)
    NO_CHANGES[kind](ready)
    assert digest(ready) == before
