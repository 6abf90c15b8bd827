"""What another template would change beside resources."""

from __future__ import annotations

import json
from typing import Any

from cloud_assembly import Synthesized
from deployed_stacks import DeployedStack, Parameter
from section_changes import Sections, read_names, section_changes

SECRET = "hunter2"


def changes(
    old: dict[str, Any], new: dict[str, Any], given: dict[str, str] | None = None,
    tags: dict[str, str] | None = None, *, protected: bool = True,
) -> Sections:  # fmt: skip
    parameters = {name: Parameter(value, None) for name, value in (given or {}).items()}
    deployed = DeployedStack(old, parameters, {"team": "one"}, protected, "")
    synthesized = Synthesized(b"", (), tags if tags is not None else {"team": "one"}, True, 0)
    return section_changes(old, new, deployed, synthesized, {})


def parameters(default: object, **more: object) -> dict[str, Any]:
    return {"Parameters": {"P": {"Type": "String", "Default": default, **more}}}


def test_a_parameter_gets_its_default_whatever_somebody_has_given_it() -> None:
    found = changes(parameters("a"), parameters("a"), {"P": "b"})
    assert (found.text, found.values) == (['  ~ value of parameter P: "b" -> "a"'], {"P"})
    found = changes(parameters("a"), parameters("b"), {"P": "a"})
    assert found.text == ['  ~ value of parameter P: "a" -> "b"', '  ~ parameter P/Default: "a" -> "b"']
    assert changes(parameters(1), parameters(1), {"P": "1"}) == Sections()


def test_values_that_nobody_may_see_are_not_shown() -> None:
    hidden = parameters(SECRET, NoEcho=True)
    for old, new in (
        (hidden, parameters("x", NoEcho=True)),
        (hidden, parameters("x")),
        (parameters("x"), hidden),
    ):
        found = changes(old, new, {"P": "****"})
        assert found.values == {"P"}
        assert SECRET not in json.dumps(found.text)
        assert any("parameter P/Default: **** -> ****" in line for line in found.text)
    assert changes(hidden, hidden, {"P": "****"}) == Sections()


def test_outputs_tags_and_protection_are_changes_by_themselves() -> None:
    found = changes(
        {"Outputs": {"O": {"Value": "a"}}}, {"Outputs": {"O": {"Value": "b"}, "N": {"Value": "c"}}}
    )
    assert found.counts == ["outputs"]
    assert found.text == ['  + output N: - -> {"Value": "c"}', '  ~ output O/Value: "a" -> "b"']
    found = changes({}, {}, tags={"team": "two"})
    assert found.tags and found.text[0] == '  ~ tag team: "one" -> "two"'
    assert changes({}, {}, protected=False).counts == ["protection"]


def test_the_rest_is_told() -> None:
    found = changes({"Rules": {"R": {"a": 1}}}, {"Mappings": {"M": {"a": {"b": 1}}}})
    assert found.text == ['  + mapping M: - -> {"a": {"b": 1}}', '  - rule R: {"a": 1} -> -']
    assert (found.counts, found.values, found.tags) == ([], set(), False)


def test_the_version_of_the_bootstrap_is_read_only_if_something_has_it() -> None:
    read = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"}
    names = {"BootstrapVersion": read, "P": read, "Q": {"Type": "AWS::SSM::Parameter::Name", "Default": "/a"}}
    assert read_names({"Parameters": names}) == {"P": "/a"}
    used = {"Q": {"Properties": {"DelaySeconds": {"Ref": "BootstrapVersion"}}}}
    assert read_names({"Parameters": names, "Resources": used}) == {"BootstrapVersion": "/a", "P": "/a"}
