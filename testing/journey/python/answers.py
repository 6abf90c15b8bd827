"""The scenes in which an endpoint does not answer as the model did when it was measured."""

from __future__ import annotations

from facts import Group
from golden_rows import evaluated
from journey import Journey
from moto_client import described
from values import in_bucket


def other_answers(j: Journey, group: Group) -> None:
    """An endpoint that answers otherwise than the model did when it was measured fails its deployment; a rejection
    brings back what answered well."""
    good = j.settled(group)
    package = j.register(group)
    j.world.sagemaker.answer = 0
    execution = j.decide(group, package, "Approved")
    j.say_yes(group, execution)
    j.fail(execution, f"does not answer as {package} did when it was measured: row 1: the answer is 0, 1 was measured")
    j.told(f"FAILED: pipeline {group.deploy_pipeline}")
    j.world.sagemaker.answer = 1
    execution = j.decide(group, package, "Rejected")
    j.say_yes(group, execution)
    j.succeed(execution)
    j.expect_live(group, **j.everywhere(group, good))


def changed_rows(j: Journey, group: Group) -> None:
    """Golden rows that somebody fits to another model after the registration are refused, and nothing is deployed."""
    live = j.settled(group)
    package = j.register(group)
    bucket, key = in_bucket(described(package)["CustomerMetadataProperties"]["GoldenRows"])
    evaluated(group.build, bucket, f"{key.rpartition('/')[0]}/evaluation.json", answer=0)
    j.world.sagemaker.answer = 0
    execution = j.decide(group, package, "Approved")
    j.say_yes(group, execution)
    j.world.sagemaker.answer = 1
    j.fail(execution, "GoldenRowsSha256")
    j.expect_live(group, **j.everywhere(group, live))
    j.silently(group, package, "Rejected")
