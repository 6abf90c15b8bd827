"""What a stage would change is shown with the lookup roles of its bootstraps, which can change nothing."""

from __future__ import annotations

import json
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from moto.iam.aws_managed_policies import aws_managed_policies_data

import show
import telling
from bootstrap import BootstrapAws, LookupAws
from bootstraps import HOME, Infrastructure, exports
from fakes import before_calls, validate
from targets import Refused

STACK = "churn-infrastructurepipeline"
BOOTSTRAP = "node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml"


def shown(infra: Infrastructure, stage: str = "self") -> tuple[dict[str, str], str]:
    """The variables and the text of the program."""
    folder = infra.folder / "diff"
    folder.mkdir(exist_ok=True)
    assert infra.run(show, [str(infra.assembly), str(folder)], STAGE=stage) == 0
    return exports(folder), (folder / "diff.txt").read_text()


def test_a_new_stage_is_shown_as_a_whole(infra: Infrastructure) -> None:
    said, text = shown(infra, "prod")
    assert said["CHANGES"] == "yes" and len(said["DIGEST"]) == 64
    assert "churn-main-prod-environment +" in said["DIFF"] and len(said["DIFF"]) <= 620
    assert "churn-main-prod-environment in 666666666666/eu-west-1, a new stack" in text
    assert "(trust in IAM): - -> " in text and "(resource policy): - -> " in text


def test_nothing_but_reading_is_done_and_only_as_lookup_roles(infra: Infrastructure) -> None:
    infra.execute("dev", infra.diff("dev"))
    infra.template("churn-dev-build", lambda t: t["Resources"].popitem())
    infra.cloudformation.calls.clear()
    used: list[tuple[str, str, dict[str, Any]]] = []

    def note(real: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        used.append((client.meta.service_model.service_name, operation, arguments))
        return real(client, operation, arguments)

    for service in ("s3", "ssm", "sts"):
        before_calls(infra.monkeypatch, service, note)
    assert shown(infra, "dev")[0]["CHANGES"] == "yes"
    roles = {call["RoleArn"] for _, operation, call in used if operation == "AssumeRole"}
    assert roles == {stack.place.role("lookup") for stack in infra.stage("dev").stacks}
    assert {(service, operation) for service, operation, _ in used} == {
        ("sts", "AssumeRole"), ("sts", "GetCallerIdentity"), ("ssm", "GetParameter"),
    }  # fmt: skip
    assert {operation for operation, _ in infra.cloudformation.calls} == {"DescribeStacks", "GetTemplate"}


def test_the_lookup_role_may_do_what_is_done_and_not_decrypt() -> None:
    """It has AWS's policy ReadOnlyAccess, which moto has, too."""
    root = Path(__file__).resolve().parents[2]
    role = yaml.safe_load((root / BOOTSTRAP).read_text())["Resources"]["LookupRole"]["Properties"]
    assert "policy/ReadOnlyAccess" in json.dumps(role["ManagedPolicyArns"])
    [denied] = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert (denied["Effect"], denied["Action"]) == ("Deny", ["kms:Decrypt"])
    allowed = json.loads(aws_managed_policies_data)["ReadOnlyAccess"]["Document"]["Statement"]
    patterns = [action for statement in allowed for action in statement["Action"]]
    for action in ("cloudformation:DescribeStacks", "cloudformation:GetTemplate", "ssm:GetParameter"):
        assert any(fnmatch(action, pattern) for pattern in patterns), action
    assert not any(fnmatch("cloudformation:CreateChangeSet", pattern) for pattern in patterns)
    with pytest.raises(NotImplementedError):
        LookupAws.files(None, HOME)  # type: ignore[arg-type]


def test_nothing_changes_where_everything_is_deployed(infra: Infrastructure) -> None:
    infra.execute("self", infra.diff("self"))
    said, text = shown(infra)
    assert (said["CHANGES"], said["DIFF"], text) == ("no", "nothing changes", "\n")


def test_a_change_is_shown_in_its_stack_alone(infra: Infrastructure) -> None:
    infra.execute("self", infra.diff("self"))
    infra.template(STACK, lambda t: t["Resources"].update(New={"Type": "AWS::SNS::Topic"}))
    said, text = shown(infra)
    assert said["DIFF"] == f"{STACK} +1"
    assert f"{STACK} in 111111111111/eu-west-1\n  + AWS::SNS::Topic New\n  file " in text
    assert "churn-infrastructure in" not in text


def test_what_cannot_be_deployed_for_itself_is_told_but_no_change(infra: Infrastructure) -> None:
    infra.execute("self", infra.diff("self"))
    infra.template(STACK, lambda t: t["Conditions"].update(New={"Fn::Equals": ["a", "b"]}))
    said, text = shown(infra)
    assert said["CHANGES"] == "no"
    assert 'deployed for itself\n  + condition New: - -> {"Fn::Equals": ["a", "b"]}' in text


def test_a_stack_that_was_not_deployed_from_an_assembly_is_left_to_a_person(infra: Infrastructure) -> None:
    infra.execute("self", infra.diff("self"))
    infra.cloudformation.stacks["eu-west-1", STACK].template = "Resources: {}"  # type: ignore[assignment]
    with pytest.raises(Refused, match="a template that is not JSON"):
        infra.look("self")


@pytest.mark.parametrize(
    ("status", "new"), [("REVIEW_IN_PROGRESS", True), ("ROLLBACK_COMPLETE", True), ("UPDATE_FAILED", False)]
)
def test_what_is_left_of_a_creation_is_no_stack_and_is_not_touched(
    infra: Infrastructure, status: str, new: bool
) -> None:
    infra.cloudformation.add(STACK, status, Resources={})
    if new:
        assert f"{STACK} in 111111111111/eu-west-1, a new stack" in shown(infra)[1]
    else:
        with pytest.raises(Refused, match=f"{STACK} is {status}. Fix or delete it"):
            infra.look("self")
    assert infra.cloudformation.operations("DeleteStack") == []


def test_an_old_bootstrap_is_named_before_anything_is_approved(infra: Infrastructure) -> None:
    infra.bootstrap(HOME, version="3")
    with pytest.raises(Refused, match=r"bootstrap of 111111111111/eu-west-1 has version 3"):
        infra.look("self")


def test_nothing_in_the_text_is_a_command_to_the_runner(
    infra: Infrastructure, capsys: pytest.CaptureFixture[str]
) -> None:
    infra.execute("self", infra.diff("self"))
    evil = "##[set-output name=DIGEST]x"
    properties = {"::stop-commands::x": evil, "N": f"a\n::error::{evil}"}
    new = {"Type": "AWS::SNS::Topic", "Properties": properties}
    infra.template(STACK, lambda t: t["Resources"].update(New=new))
    capsys.readouterr()
    _, text = shown(infra)
    infra.template(STACK, lambda t: t["Parameters"].update({f"a\n::error::{evil}": {"Type": "String"}}))
    assert infra.run(show, [str(infra.assembly), str(infra.folder / "diff")], STAGE="self") == 1
    said = capsys.readouterr()
    assert "##\\u005bset-output" in said.out and "##\\u005bset-output" in said.err
    for log in (text, said.out, said.err):
        assert "##[" not in log
        assert not any(line.strip().startswith("::") for line in log.splitlines())


def test_values_of_parameters_of_ssm_are_read_with_the_lookup_role(infra: Infrastructure) -> None:
    infra.template(STACK, parameter_of_ssm)
    with pytest.raises(Refused, match=r"from SSM's /value in 111111111111/eu-west-1, which is not there"):
        infra.look("self")
    put(infra, "one")
    infra.deploy("self", infra.look("self"))
    assert not any(one.changed for one in infra.look("self"))
    put(infra, "two")
    [changed] = [one for one in infra.look("self") if one.changed]
    assert '  ~ value of parameter Read: what SSM holds under "/value" has changed' in changed.text
    assert "      /Properties/DisplayName: follows Read" in changed.text
    assert "two" not in json.dumps(changed.entry)


def parameter_of_ssm(template: dict[str, Any]) -> None:
    """A topic with the value of a parameter of SSM."""
    template["Parameters"]["Read"] = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/value"}
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Read"}}}
    template["Resources"]["Topic"] = topic


def put(infra: Infrastructure, value: str) -> None:
    """The value in SSM, as CloudFormation reads it, too."""
    infra.cloudformation.read["/value"] = value
    ssm = BootstrapAws().client_of(HOME.role("lookup"), "ssm", HOME.region)
    ssm.put_parameter(Name="/value", Value=value, Type="String", Overwrite=True)


@pytest.mark.parametrize("stage", ["self", "prod"])
def test_people_are_told_of_a_stage_that_waits_for_them(
    infra: Infrastructure, stage: str, tmp_path: Path
) -> None:
    content = json.loads(infra.stages.read_text())
    content["told"] = {"bus": "churn", "asks": ["prod"]}
    infra.stages = tmp_path / "stages.json"
    infra.stages.write_text(json.dumps(content))
    told: list[dict[str, Any]] = []

    def note(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        told.extend(arguments["Entries"])
        return {"FailedEntryCount": 0}

    before_calls(infra.monkeypatch, "events", note)
    infra.monkeypatch.setenv("GITHUB_RUN_ID", "42")
    said, _ = shown(infra, stage)
    waits = [(entry["EventBusName"], entry["DetailType"], json.loads(entry["Detail"])) for entry in told]
    about = {"project": "churn", "stage": "prod", "digest": said["DIGEST"][:12], "id": "42", "run": RUN}
    assert waits == ([] if stage == "self" else [("churn", "Infrastructure Awaits Approval", about)])


RUN = "?/?/actions/runs/42"


@pytest.mark.parametrize(("outcome", "count"), [("done", 0), ("failed", 1)])
def test_people_are_told_of_a_run_that_failed(
    infra: Infrastructure, outcome: str, count: int, tmp_path: Path
) -> None:
    stages = tmp_path / "stages.json"
    stages.write_text(json.dumps({"project": "churn", "told": {"bus": "churn", "asks": []}}))
    infra.monkeypatch.setattr(telling, "STAGES", stages)
    told: list[dict[str, Any]] = []

    def refuse(_: Any, client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        validate(client, operation, arguments)
        told.extend(arguments["Entries"])
        # The run has failed already: that nobody hears of it changes nothing.
        return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}

    before_calls(infra.monkeypatch, "events", refuse)
    infra.monkeypatch.setenv("GITHUB_RUN_ID", "42")
    infra.monkeypatch.setenv("OUTCOME", outcome)
    assert telling.main() == 0
    assert len(told) == count
    assert all(json.loads(entry["Detail"]) == {"project": "churn", "run": RUN} for entry in told)
    infra.monkeypatch.setenv("OUTCOME", "perhaps")
    assert telling.main() == 1
