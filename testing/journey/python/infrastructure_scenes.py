"""Scenes about the pipeline that deploys the infrastructure."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from typing import Any

from facts import Group, Infrastructure
from journey import Journey, expect
from moto_client import raw_client
from permissions import Call
from values import Denied, Place


def first_deployment(j: Journey, group: Group) -> None:
    """By hand everything is there before a pipeline starts that deploys it again, and before one fills a bucket."""
    for pipeline in j.world.cloud.all("AWS::CodePipeline::Pipeline"):
        stack = next(s for s in j.world.cloud.stacks if s.name == pipeline.stack)
        resources: dict[str, Any] = stack.template["Resources"]
        [identity] = [i for i, r in resources.items() if r.get("Properties", {}).get("Name") == pipeline.name
                      and r["Type"] == "AWS::CodePipeline::Pipeline"]  # fmt: skip
        apart = ("AWS::CDK::Metadata", "AWS::CodePipeline::Pipeline")
        rest = {i for i, r in resources.items() if r["Type"] not in apart}
        late = sorted(rest - set(resources[identity].get("DependsOn", [])) - references(resources[identity]))
        expect(not late, f"{pipeline.name} may start before {', '.join(late)} of its stack is there")
    infrastructure = j.facts.infrastructure
    if infrastructure is None:
        return
    artifacts = json.loads((j.world.settings.assembly / "manifest.json").read_text())["artifacts"]
    stacks = {i: a for i, a in artifacts.items() if a["type"] == "aws:cloudformation:stack"}
    own = j.world.cloud.named("AWS::CodePipeline::Pipeline", infrastructure.pipeline).stack
    [mine] = [i for i, a in stacks.items() if a["properties"].get("stackName", i) == own]
    early = sorted(set(stacks) - {mine} - set(stacks[mine].get("dependencies", [])))
    expect(not early, f"{infrastructure.pipeline} may start before {', '.join(early)} is there")


def references(part: Any) -> set[str]:
    """Logical ids that a part of a template refers to, which CloudFormation makes first too."""
    if isinstance(part, list):
        return set().union(*(references(each) for each in part))
    if not isinstance(part, dict):
        return set()
    named = {part["Ref"]} if "Ref" in part else set()
    named |= {part["Fn::GetAtt"][0]} if "Fn::GetAtt" in part else set()
    return named.union(*(references(value) for value in part.values()))


def unseen(j: Journey, group: Group) -> None:
    """Nothing of the infrastructure reaches production unseen: no deployer gets there from elsewhere, and what is
    executed is what was approved."""
    infrastructure = j.facts.infrastructure
    if infrastructure is None:
        return
    j.settle_infrastructure()
    for role, others in infrastructure.deployers:
        for other in others:
            try:
                j.world.gateway.judge.ask(role, [Call("sts:AssumeRole", other)])
            except Denied:
                continue
            expect(False, f"{role} may assume {other}")
    if "SelfMutate" not in infrastructure.approvals:
        return
    execution = _changed(j, group, infrastructure)
    before = len(j.world.infrastructure.executed)
    expect(
        execution.question is not None and execution.question.stage == "SelfMutate",
        f"{infrastructure.pipeline} changes itself without an approval",
    )
    artifact = execution.artifacts["Diff_self"]
    _replace(artifact.bucket, artifact.key, group.tooling)
    j.world.answer(execution, True, None)
    j.fail(execution, "someone replaced it")
    expect(len(j.world.infrastructure.executed) == before, "another change set than the approved one was executed")
    _changed(j, group, infrastructure)
    j.release(infrastructure)
    j.settle_infrastructure()


def _changed(j: Journey, group: Group, infrastructure: Infrastructure) -> Any:
    repository = group.tooling.arn("codecommit", infrastructure.repository)
    j.world.push(repository, infrastructure.branch, {"infra/app.ts": f"// {uuid.uuid4()}\n"})
    return j.world.pipelines.of(infrastructure.pipeline)[-1]


def _replace(bucket: str, key: str, place: Place) -> None:
    """The synth of another commit writes over what a diff has left."""
    s3 = raw_client("s3", place)
    files = zipfile.ZipFile(io.BytesIO(s3.get_object(Bucket=bucket, Key=key)["Body"].read()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in files.namelist():
            archive.writestr(name, files.read(name).replace(b'"protected": true', b'"protected": false'))
    s3.put_object(Bucket=bucket, Key=key, Body=buffer.getvalue())
