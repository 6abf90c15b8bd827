"""The commit's code writes the cloud assembly and the artifacts: nothing in them is believed."""

from __future__ import annotations

from typing import Any

import pytest

import diff
import execute
from bootstraps import Infrastructure, exports
from targets import Refused

MACROS: dict[str, Any] = {
    "macro": {"Transform": "AWS::Include"},
    "macro inside": {"Outputs": {"O": {"Value": {"Fn::Transform": {"Name": "AWS::Include"}}}}},
    "loop": {"Fn::ForEach::T": ["N", ["a"], {}]},
    "module": {"Resources": {"M": {"Type": "A::B::C::MODULE"}}},
}


def spoil(kind: str, infra: Infrastructure) -> None:
    """What code of a commit could write into the assembly."""
    stack = "churn-infrastructurepipeline"

    def files(change: Any) -> None:
        infra.assets(stack, lambda content: [change(f) for f in content["files"].values()])

    if kind == "outside":
        files(lambda f: f["source"].update(path="../../etc"))
    elif kind == "link":
        [folder] = [p.parent for p in infra.assembly.glob("asset.*/stages.json")]
        (folder / "passwd").symlink_to("/etc/passwd")
    elif kind == "bucket":
        files(lambda f: [d.update(bucketName="somebody-elses") for d in f["destinations"].values()])
    elif kind == "command":
        files(lambda f: f.update(source={"executable": ["sh", "-c", "id"]}))
    elif kind == "image":
        infra.assets(stack, lambda content: content.update(dockerImages={"a": {}}))
    elif kind == "elsewhere":
        infra.manifest(stack, lambda a: a.update(environment="aws://999999999999/eu-west-1"))
    elif kind == "nested":
        infra.template(stack, lambda t: t["Resources"].update(N={"Type": "AWS::CloudFormation::Stack"}))
    elif kind in MACROS:
        infra.template(stack, lambda t: t.update(MACROS[kind]))
    elif kind == "parameter":
        infra.template(stack, lambda t: t["Parameters"].update(P={"Type": "String"}))
    else:
        infra.manifest(stack, lambda a: a["properties"].update(stackName="gone"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("outside", "names a file outside of the cloud assembly"),
        ("link", "names a file outside of the cloud assembly: passwd"),
        ("bucket", "goes to the bucket somebody-elses; files are published to cdk-mlteam-assets-1111"),
        ("command", "has an asset that a command makes"),
        ("image", "has a container image as an asset"),
        ("elsewhere", "planned for 111111111111/eu-west-1, but the commit synthesizes it for 999999999999"),
        ("nested", "has nested stacks, whose changes the diff cannot show: N"),
        *((kind, "has macros or modules, which change its template") for kind in MACROS),
        ("parameter", "has parameters without a default: P"),
        ("missing", "The CDK app has no stack churn-infrastructurepipeline"),
    ],
)
def test_what_the_commit_says_is_checked(infra: Infrastructure, kind: str, words: str) -> None:
    spoil(kind, infra)
    for look in (infra.diff, infra.look):
        with pytest.raises(Refused, match=words):
            look("self")
    assert infra.cloudformation.operations("ExecuteChangeSet") == []


def test_the_programs_hand_over_a_digest_and_refuse_an_artifact_that_somebody_has_replaced(
    infra: Infrastructure, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = infra.folder / "diff"
    folder.mkdir()
    given = {"STAGE": "self", "EXECUTION_ID": "e1"}
    assert infra.run(diff, [str(infra.assembly), str(folder)], **given) == 0
    said = exports(folder)
    assert said["CHANGES"] == "yes"
    assert "churn-infrastructurepipeline +" in said["DIFF"]
    assert "  + AWS::CodePipeline::Pipeline" in (folder / "diff.txt").read_text()
    content = (folder / "diff.json").read_bytes()
    (folder / "diff.json").write_bytes(content.replace(b"diff-e1", b"diff-e2"))
    assert infra.run(execute, [str(folder)], **given, DIGEST=said["DIGEST"]) == 1
    assert "someone replaced it" in capsys.readouterr().err
    assert infra.cloudformation.operations("ExecuteChangeSet") == []
    (folder / "diff.json").write_bytes(content)
    assert infra.run(execute, [str(folder)], **given, DIGEST=said["DIGEST"]) == 0
    assert infra.run(diff, [str(infra.assembly), str(folder)], **given, KEEP="no") == 0
    assert exports(folder)["CHANGES"] == "no"


def test_an_unknown_stage_is_refused(infra: Infrastructure, capsys: pytest.CaptureFixture[str]) -> None:
    assert infra.run(diff, ["a", "b"], STAGE="moon", EXECUTION_ID="e1") == 1
    assert "'moon'; the tools were deployed with self, dev, preprod, prod" in capsys.readouterr().err
